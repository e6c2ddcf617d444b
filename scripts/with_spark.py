"""Run a command with ``WORKBENCH_SPARK`` naming a standalone Spark cluster that lives only as long as the command.

A master and two workers are started on this machine, each in a process of its own, and a folder that all of them see;
where grpcio is installed also a Spark Connect server on that cluster, which ``WORKBENCH_CONNECT`` names.
A cluster named in the first variable already is left as it is. Where PySpark or Java is not installed, the command
runs without a cluster, and its tests say that they were skipped.
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
from urllib.parse import quote

VARIABLE, CONNECT = "WORKBENCH_SPARK", "WORKBENCH_CONNECT"
WORKERS = 2
WAIT = 300  # seconds
# processes that live for minutes gain nothing by the second compiler
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# every chapter is an application of its own; a core each lets one wait for none
SETTINGS = {
    "spark.cores.max": "2",
    "spark.executor.cores": "1",
    "spark.executor.memory": "900m",
    "spark.executor.extraJavaOptions": QUICK,
    "spark.driver.extraJavaOptions": QUICK,
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
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


def wait_for_port(port, process, log):
    """Wait until somebody listens on a port; where the process that should has ended, say its last words."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.3)
    sys.exit(f"The Spark Connect server did not come up.\n{log.read_text()[-2000:]}")


def main():
    """Start a cluster where one can be started, run the command, and stop the cluster."""
    command = sys.argv[1:]
    spec = find_spec("pyspark")
    if os.environ.get(VARIABLE) or spec is None or shutil.which("java") is None:
        sys.exit(subprocess.run(command).returncode)
    home = Path(spec.origin).parent
    port, page, door, pages = free_port(), free_port(), free_port(), [free_port() for _ in range(WORKERS)]
    started = []
    with tempfile.TemporaryDirectory(prefix="spark") as folder:
        own = {"SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
        env = {**os.environ, **own, "SPARK_DAEMON_JAVA_OPTS": QUICK}

        def start(name, *arguments):
            log = (Path(folder) / f"{name}.log").open("wb")
            line = [home / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", *arguments]
            started.append(subprocess.Popen([str(a) for a in line], env=env, stdout=log, stderr=log, cwd=folder))

        try:
            host = ("--host", "127.0.0.1")
            start("master.Master", *host, "--port", port, "--webui-port", page)
            master = f"spark://127.0.0.1:{port}"
            for number, door_of in enumerate(pages):
                size = ("--cores", 3, "--memory", "4g", "--work-dir", Path(folder) / f"work{number}")
                start("worker.Worker", *host, *size, "--webui-port", door_of, master)
            wait_for_workers(f"http://127.0.0.1:{page}/json/")
            lake = f"?folder={folder}/lake"
            env[VARIABLE] = f"{master}{lake}{''.join(f'&{quote(k)}={quote(v)}' for k, v in SETTINGS.items())}"
            if find_spec("grpc") is not None:
                told = {**SETTINGS, "spark.ui.enabled": "false", "spark.connect.grpc.binding.port": str(door)}
                settings = [part for k, v in told.items() for part in ("--conf", f"{k}={v}")]
                server = ("--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal")
                start("SparkSubmit", "--master", master, *settings, *server)
                wait_for_port(door, started[-1], Path(folder) / "SparkSubmit.log")
                env[CONNECT] = f"sc://127.0.0.1:{door}{lake}"
            code = subprocess.run(command, env=env).returncode
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait(timeout=30)
    sys.exit(code)


if __name__ == "__main__":
    main()
