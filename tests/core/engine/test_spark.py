import os

import pytest


@pytest.mark.engine("spark")
def test_spark(tmp_path):
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    from tests.core.engine.engine_checks import check_engine
    from workbench.core.engine import open_engine

    check_engine(open_engine(os.environ.get("WORKBENCH_SPARK", "spark://local[2]")), tmp_path)


@pytest.mark.engine("spark")
def test_spark_connect_does_the_same(tmp_path):
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    if "WORKBENCH_CONNECT" not in os.environ:
        pytest.skip("WORKBENCH_CONNECT names no Spark Connect server")
    from tests.core.engine.engine_checks import check_engine
    from workbench.core.engine import open_engine

    engine = open_engine(os.environ["WORKBENCH_CONNECT"])
    engine.require_serving()
    check_engine(engine, tmp_path)
