from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_mean, estimate_proportion, replicate_weights
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.sample import read_sample


@pytest.mark.parametrize("df", [7, np.int64(151), float("inf")])
def test_what_the_maker_says_goes_before_what_is_counted(reference, df):
    found = reference("fpc_rate_api")
    data = found.data("fpc_rate_api")
    design = Design(weight="w", stratum="stratum", population="N", df=df)
    name = {float("inf"): "Inf"}.get(df, str(df))
    expected = found.results[f"df_override_{name}"]
    row = estimate_mean(data, "y", design).table.iloc[0]
    assert row["ci_low"] == pytest.approx(expected["lower"], rel=1e-10)
    assert row["ci_high"] == pytest.approx(expected["upper"], rel=1e-10)
    logit = found.results[f"df_override_svyciprop_logit_{name}"]
    share = estimate_proportion(data, "yes", design, level=1, interval="xlogit").table.iloc[0]
    assert share["estimate"] == pytest.approx(logit["estimate"], rel=1e-9)
    assert share["ci_low"] == pytest.approx(logit["lower"], rel=1e-7)


def test_groups_never_have_more_than_their_units_give():
    data = pd.DataFrame({"g": np.repeat([0, 1], [4, 30]), "y": np.arange(34.0)})
    sample = read_sample(data, Design(df=10))
    assert degrees_of_freedom(sample).tolist() == [10.0]
    assert degrees_of_freedom(sample, data["g"].to_numpy(), 2).tolist() == [3.0, 10.0]
    jackknife = replicate_weights(data, Design(), method="jk1")
    given = read_sample(data, Design(replicates=jackknife, df=5))
    assert degrees_of_freedom(given, data["g"].to_numpy(), 2).tolist() == [5.0, 5.0]


@pytest.mark.parametrize("df", [0, -3, "many", False])
def test_no_degrees_are_none(df):
    with pytest.raises(InputError, match="number above 0"):
        Design(df=df)


def test_units_minus_strata():
    data = pd.DataFrame({"s": np.repeat([0, 1, 2], 30), "p": np.arange(90) // 5, "w": 2.0})
    sample = read_sample(data, Design(weight="w", stratum="s", psu="p"))
    assert degrees_of_freedom(sample).tolist() == [18 - 3]
    only = np.where(data["s"] == 1, 0, -1)
    assert degrees_of_freedom(sample, only, 1).tolist() == [5]
    rows = read_sample(data, Design(weight="w", stratum="s"))
    assert degrees_of_freedom(rows, only, 1).tolist() == [29]
