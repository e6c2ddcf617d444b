import numpy as np
import pandas as pd
import pytest

from workbench.clustering.feature_rules import FeatureRule, apply_rules
from workbench.core import InputError
from workbench.core.engine import DUCKDB, as_table


def test_frame_and_engine_make_the_same_feature():
    rows = pd.DataFrame({"n": range(4), "v": [-3.0, 0.0, 5.0, 900.0]})
    rule = FeatureRule("v", "log", 1.0, -1.0, 6.0, 2.0, 0.5)
    table = as_table(rows)
    in_engine = table.rows(f"SELECT {rule.sql('v')} AS z FROM {{table}} ORDER BY n")["z"]
    np.testing.assert_allclose(in_engine, apply_rules([rule], rows)[:, 0], rtol=1e-12)
    assert "coalesce" in rule.sql(DUCKDB.quote("v"))


def test_what_is_missing_is_refused_filled_or_kept():
    rows = pd.DataFrame({"v": [1.0, np.nan]})
    base = {"name": "v", "transform": "none", "low": -9.0, "high": 9.0, "centre": 0.0, "scale": 1.0}
    with pytest.raises(InputError, match="finite"):
        apply_rules([FeatureRule(fill=None, **base)], rows)
    assert apply_rules([FeatureRule(fill=2.0, **base)], rows).ravel().tolist() == [1.0, 2.0]
    assert np.isnan(apply_rules([FeatureRule(fill=None, missing="keep", **base)], rows)[1, 0])
