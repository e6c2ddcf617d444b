from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import spread_test
from workbench.nps.spread import p_equal


def test_equal_regions_are_called_different_at_the_stated_rate():
    rng = np.random.default_rng(2)
    error = rng.uniform(1, 10, 8)
    found = np.array([p_equal(rng.normal(30, error), error) for _ in range(4000)])
    # three standard errors of a share of 4,000
    assert abs((found < 0.05).mean() - 0.05) < 0.011
    assert abs((found < 0.5).mean() - 0.5) < 0.025


def test_ten_measures_of_equal_regions_rarely_show_one_false_difference():
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"measure": np.repeat(np.arange(10), 6), "std_error": np.tile(rng.uniform(2, 9, 6), 10)})
    raw = adjusted = 0
    for _ in range(300):
        found = spread_test(rows.assign(estimate=rng.normal(50, rows["std_error"])))
        raw += (found["p_value"] < 0.05).any()
        adjusted += (found["p_adjusted"] < 0.05).any()
    assert raw > 90 and adjusted < 28


def test_what_cannot_be_tested_has_no_p():
    rows = pd.DataFrame({"measure": ["a", "b", "b"], "estimate": [1.0, 2.0, 3.0], "std_error": [1.0, 0.0, 1.0]})
    found = spread_test(rows)
    assert found["p_value"].isna().all() and np.isnan(found["spread"].iloc[0]) and found["spread"].iloc[1] == 1
    assert found["regions"].tolist() == [1, 2]
    with pytest.raises(InputError, match="not negative"):
        spread_test(rows.assign(std_error=-1.0))
    with pytest.raises(InputError, match="std_error"):
        spread_test(rows.drop(columns="std_error"))
