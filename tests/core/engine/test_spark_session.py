import os
import subprocess
import sys

import pytest


@pytest.mark.engine("spark")
def test_starting_a_session_says_nothing_of_pandas():
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    started = (
        "from workbench.core.engine import open_engine; print(open_engine('spark://local[1]').rows('SELECT 1 AS n'))"
    )
    done = subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0 and "FutureWarning" not in done.stderr, done.stderr[-3000:]


HELD = """
import sys
from workbench.core.engine import open_engine
engine = open_engine(sys.argv[1])
print(engine.rows("SELECT count(*) AS n FROM range(1000)")["n"][0], flush=True)
sys.stdin.read()
"""


@pytest.mark.engine("spark")
def test_an_application_that_does_nothing_keeps_nobody_waiting():
    """A run holds a session while its chapters have theirs, on a cluster of which nobody said who may take what."""
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    url = os.environ.get("WORKBENCH_SPARK", "")
    if not url.startswith("spark://") or url.startswith("spark://local"):
        pytest.skip("WORKBENCH_SPARK names no cluster")
    settings = [
        part for part in url.partition("?")[2].split("&") if part.startswith(("folder", "spark.executor.memory"))
    ]
    command = [sys.executable, "-c", HELD, f"{url.partition('?')[0]}?{'&'.join(settings)}"]
    held = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        assert [p.stdout.readline().strip() for p in held] == ["1000", "1000"]
    finally:
        for process in held:
            process.communicate("", timeout=300)
