import os

import pyarrow as pa
import pytest

from workbench.core.engine.postgresql import _plain


@pytest.mark.engine("postgresql")
def test_postgresql(tmp_path):
    pytest.importorskip("adbc_driver_postgresql", reason="adbc-driver-postgresql is not installed")
    if "WORKBENCH_POSTGRESQL" not in os.environ:
        pytest.skip("WORKBENCH_POSTGRESQL names no server")
    from tests.core.engine.engine_checks import check_engine
    from workbench.core.engine import open_engine

    check_engine(open_engine(os.environ["WORKBENCH_POSTGRESQL"]), tmp_path)


def test_ordinary_columns_stay_as_they_are():
    table = pa.table({"a": [1, 2], "b": ["x", "y"]})
    assert _plain(table).equals(table)
