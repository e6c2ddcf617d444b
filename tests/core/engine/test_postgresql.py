import os

import pyarrow as pa
import pytest

from workbench.core.engine.postgresql import PostgreSQLEngine, _plain
from workbench.core.errors import EngineError


@pytest.mark.engine("postgresql")
def test_postgresql(tmp_path):
    pytest.importorskip("adbc_driver_postgresql", reason="adbc-driver-postgresql is not installed")
    if "WORKBENCH_POSTGRESQL" not in os.environ:
        pytest.skip("WORKBENCH_POSTGRESQL names no server")
    from tests.core.engine.engine_checks import check_engine
    from workbench.core.engine import open_engine

    check_engine(open_engine(os.environ["WORKBENCH_POSTGRESQL"]), tmp_path)


@pytest.mark.engine("postgresql")
def test_a_server_that_cannot_serve_says_what_is_missing():
    pytest.importorskip("adbc_driver_postgresql", reason="adbc-driver-postgresql is not installed")
    url = os.environ.get("WORKBENCH_POSTGRESQL")
    if url is None:
        pytest.skip("WORKBENCH_POSTGRESQL names no server")
    from workbench.core.engine import open_engine

    open_engine(url).require_serving()
    with pytest.raises(EngineError, match="answers"):
        open_engine("postgresql:///postgres?host=/nowhere").require_serving()
    mine = open_engine(url)
    mine._run("CREATE ROLE reader LOGIN")
    try:
        reader = f"{url.partition('?')[0]}?{url.partition('?')[2].replace('user=workbench', 'user=reader')}"
        with pytest.raises(EngineError, match="reader may not make schema elsewhere"):
            open_engine(f"{reader}&schema=elsewhere").require_serving()
        mine._run("CREATE SCHEMA elsewhere AUTHORIZATION reader")
        theirs = PostgreSQLEngine.from_url(f"{reader}&schema=elsewhere")
        theirs.require_serving()
        assert theirs.home == "elsewhere" and "schema" not in theirs.url
    finally:
        mine._run("DROP SCHEMA IF EXISTS elsewhere")
        mine._run("DROP ROLE reader")


def test_ordinary_columns_stay_as_they_are():
    table = pa.table({"a": [1, 2], "b": ["x", "y"]})
    assert _plain(table).equals(table)
