import sys
from pathlib import Path

import pytest

from workbench.core.engine.spark import plain_text

sys.path.insert(0, str(Path(__file__).parent))


@pytest.mark.engine("spark")
def test_spark(tmp_path):
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    from engine_checks import check_engine

    from workbench.core.engine import open_engine

    check_engine(open_engine("spark://local[2]"), tmp_path)


def test_text_columns_become_plain():
    import pandas as pd

    table = plain_text(pd.DataFrame({"a": ["x", None], "b": pd.Categorical(["u", "v"]), "n": [1, 2]}))
    assert [str(t) for t in table.schema.types] == ["string", "string", "int64"]
