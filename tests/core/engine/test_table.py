from importlib.util import find_spec

import pytest

from workbench.core.engine import open_engine
from workbench.core.errors import EngineError


def test_known_schemes():
    assert open_engine("duckdb://").dialect.name == "duckdb"
    with pytest.raises(EngineError, match="known scheme"):
        open_engine("oracle://host")


@pytest.mark.parametrize(
    ("url", "module"), [("spark://local[1]", "pyspark"), ("postgresql://x", "adbc_driver_postgresql")]
)
def test_an_engine_that_is_not_installed_says_what_to_install(url, module):
    if find_spec(module):
        pytest.skip(f"{module} is installed here")
    with pytest.raises(EngineError) as error:
        open_engine(url)
    assert "pip install" in str(error.value)
