import os
import subprocess
import sys

import pandas as pd
import pyarrow as pa
import pytest


@pytest.mark.engine("spark")
def test_spark(tmp_path):
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    from tests.core.engine.engine_checks import check_engine
    from workbench.core.engine import open_engine

    check_engine(open_engine(os.environ.get("WORKBENCH_SPARK", "spark://local[2]")), tmp_path)


CONNECTED = """
import sys
from pathlib import Path
from tests.core.engine.engine_checks import check_engine
from workbench.core.engine import open_engine
engine = open_engine(sys.argv[1])
engine.require_serving()
check_engine(engine, Path(sys.argv[2]))
"""


@pytest.mark.engine("spark")
def test_spark_connect_does_the_same(tmp_path):
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    if "WORKBENCH_CONNECT" not in os.environ:
        pytest.skip("WORKBENCH_CONNECT names no Spark Connect server")
    # PySpark has sessions of one kind in a process
    command = [sys.executable, "-c", CONNECTED, os.environ["WORKBENCH_CONNECT"], str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr and "{" not in done.stderr


@pytest.mark.engine("spark")
def test_names_with_a_point_are_names():
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    from workbench.core.engine import open_engine

    engine = open_engine(os.environ.get("WORKBENCH_SPARK", "spark://local[2]"))
    rows = pd.DataFrame({"1.a": [1, 2], "渠道(a.b*c?)": ["x", "y"], "c`d.e": [1.5, 2.5]})
    found = pa.Table.from_batches(engine.batches(f"SELECT * FROM {engine.register(rows)} ORDER BY 1"))
    assert found.to_pydict() == rows.to_dict("list")
