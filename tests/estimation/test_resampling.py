from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, Replicates, estimate_mean, replicate_weights
from workbench.estimation.resampling import resampled_weights
from workbench.nps import driver_worth, key_drivers
from workbench.weighting import rake


def spread(drawn, y):
    return (drawn.T @ y / drawn.sum(axis=0)).std(ddof=1)


@pytest.mark.parametrize("case", ["repw_sdr80_api", "repw_jack_api_jk1"])
def test_mixed_replicates_vary_as_the_replicates_say(reference, case):
    data = reference(case).data(case)
    stem, kind, weight = {"repw_sdr80_api": ("PWGTP", "sdr", "PWGTP"), "repw_jack_api_jk1": ("jk1_w", "jk1", "w")}[case]
    design = Design(weight=weight, replicates=Replicates(columns=stem + "{r}", type=kind))
    drawn = resampled_weights(data, design, draws=4000, seed=1)
    error = estimate_mean(data, "y", design).table["std_error"].item()
    assert spread(drawn, data["y"].to_numpy(dtype=float)) == pytest.approx(error, rel=0.05)


def test_without_replicates_it_is_the_bootstrap():
    data = pd.DataFrame({"y": np.arange(50.0), "w": 2.0, "h": np.repeat([1, 2], 25)})
    design = Design(weight="w", stratum="h", order="y")
    resampled = resampled_weights(data, design, draws=60, seed=3)
    made = replicate_weights(data, design.as_random(), replicates=60, seed=3)
    assert (resampled == made.weights).all()
    with pytest.raises(InputError, match="two draws"):
        kept = Design(weight="w", replicates=made)
        resampled_weights(data, kept, draws=1, seed=1)


def raked_people(few, n=300, seed=2):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"staff": rng.integers(1, 6, n), "price": rng.integers(1, 6, n)})
    data["recommend"] = np.clip(np.round(2 + 1.3 * data["staff"] + rng.normal(size=n)), 0, 10).astype(int)
    data["shop"] = np.where(np.arange(n) < few, "tiny", np.where(np.arange(n) % 2, "a", "b"))
    data["base"] = 10.0
    raked = rake(data, {"shop": pd.Series({"tiny": 60.0, "a": 1500.0, "b": 1440.0})}, weight="base")
    return data.assign(w=raked.weights), Design(weight="w", calibration=raked)


def test_a_raked_level_of_four_does_not_kill_the_drivers():
    data, design = raked_people(few=4)
    made = replicate_weights(data, design, replicates=300, seed=1)
    totals = np.array([made.weights[data["shop"] == s].sum(axis=0) for s in ("tiny", "a", "b")])
    np.testing.assert_allclose(totals, np.repeat([[60.0], [1500.0], [1440.0]], 300, axis=1), rtol=1e-7)
    boot = estimate_mean(data, "recommend", Design(weight="w", replicates=made)).table["std_error"].item()
    assert boot == pytest.approx(estimate_mean(data, "recommend", design).table["std_error"].item(), rel=0.1)
    found = key_drivers(data, "recommend", ["staff", "price"], design, bootstrap=300, seed=1).table
    plain = key_drivers(data, "recommend", ["staff", "price"], Design(weight="w"), bootstrap=300, seed=1).table
    assert found["driver"].tolist() == ["staff", "price"] and found["clear"].tolist() == [True, False]
    wide = [t["ci_high"] - t["ci_low"] for t in (found, plain)]
    np.testing.assert_allclose(wide[0], wide[1], rtol=0.35)
    worth = driver_worth(data, "recommend", ["staff", "price"], design, bootstrap=200, seed=1).table
    alone = driver_worth(data, "recommend", ["staff", "price"], Design(weight="w"), bootstrap=200, seed=1).table
    assert worth["std_error"].iloc[0] == pytest.approx(alone["std_error"].iloc[0], rel=0.3)


def test_drivers_take_the_replicates_that_came_along(reference):
    data = reference("repw_jack_api_jk1").data("repw_jack_api_jk1").dropna(subset=["score", "x", "z"])
    design = Design(weight="w", replicates=Replicates(columns="jk1_w{r}", type="jk1"))
    clustered = key_drivers(data, "y", ["x", "z"], design, bootstrap=400, seed=1).table.set_index("driver")
    rows = key_drivers(data, "y", ["x", "z"], Design(weight="w", stratum="stratum", psu="psu"), bootstrap=400, seed=1)
    units = rows.table.set_index("driver").loc[clustered.index]
    assert clustered["share"].tolist() == pytest.approx(units["share"].tolist())
    wide = [(t["ci_high"] - t["ci_low"]).to_numpy() for t in (clustered, units)]
    np.testing.assert_allclose(wide[0], wide[1], rtol=0.35)
    assert clustered["share"].sum() == pytest.approx(1)
