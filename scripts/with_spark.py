"""Run a command with ``WORKBENCH_SPARK`` naming a standalone Spark cluster that lives only as long as the command.

A master and two workers are started on this machine, each in a process of its own, and a folder that all of them see.
A cluster named in that variable already is left as it is. Where PySpark or Java is not installed, the command runs
without a cluster, and its tests say that they were skipped.
Usage: ``python scripts/with_spark.py command ...``.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

VARIABLE = "WORKBENCH_SPARK"
WORKERS = 2
WAIT = 300  # seconds
# every chapter is an application of its own; a core each lets one wait for none
SETTINGS = {
    "spark.cores.max": "2",
    "spark.executor.cores": "1",
    "spark.executor.memory": "900m",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.host": "127.0.0.1",
}


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_workers(page):
    """Wait until the master's page tells of all workers."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(page, timeout=5) as answer:
            if answer.read().decode().count('"state" : "ALIVE"') >= WORKERS:
                return
        time.sleep(0.3)
    sys.exit(f"The Spark workers did not come up in {WAIT} seconds.")


def main():
    """Start a cluster where one can be started, run the command, and stop the cluster."""
    command = sys.argv[1:]
    spec = find_spec("pyspark")
    if os.environ.get(VARIABLE) or spec is None or shutil.which("java") is None:
        sys.exit(subprocess.run(command).returncode)
    home = Path(spec.origin).parent
    port, page, pages = free_port(), free_port(), [free_port() for _ in range(WORKERS)]
    started = []
    with tempfile.TemporaryDirectory(prefix="spark") as folder:
        env = {**os.environ, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}

        def start(name, *arguments):
            log = (Path(folder) / f"{name}.log").open("wb")
            line = [home / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1", *arguments]
            started.append(subprocess.Popen([str(a) for a in line], env=env, stdout=log, stderr=log, cwd=folder))

        try:
            start("master.Master", "--port", port, "--webui-port", page)
            for number, own in enumerate(pages):
                work = Path(folder) / f"work{number}"
                start(
                    "worker.Worker",
                    "--cores",
                    3,
                    "--memory",
                    "4g",
                    "--webui-port",
                    own,
                    "--work-dir",
                    work,
                    f"spark://127.0.0.1:{port}",
                )
            wait_for_workers(f"http://127.0.0.1:{page}/json/")
            settings = "".join(f"&{k}={v}" for k, v in SETTINGS.items())
            url = f"spark://127.0.0.1:{port}?folder={folder}/lake{settings}"
            code = subprocess.run(command, env={**env, VARIABLE: url}).returncode
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait(timeout=30)
    sys.exit(code)


if __name__ == "__main__":
    main()
