import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from workbench.core import InputError
from workbench.tiers import regression_to_mean

NAMES = ["A", "B", "C"]


def waves(seed, change=0.0, n=2000):
    """Lasting value plus luck of each wave; tiers by the value of the first wave."""
    rng = np.random.default_rng(seed)
    lasting = rng.normal(100, 20, n)
    before, now = lasting + rng.normal(0, 20, n), lasting + rng.normal(0, 20, n)
    ids = [f"{i:05d}" for i in range(n)]

    def wave(value):
        tier = np.select([value > 130, value > 95], ["A", "B"], "C")
        return pd.DataFrame({"customer_id": ids, "tier": tier, "value": value.round(2)})

    first = wave(before)
    return first, wave(now + np.where(first["tier"] == "A", change, 0.0))


def test_expectation_is_that_of_least_squares():
    first, second = waves(1)
    found = regression_to_mean(first, second, tiers=NAMES)
    fit = sm.OLS(second["value"], sm.add_constant(first["value"])).fit()
    expected = fit.predict(sm.add_constant(first["value"])).groupby(first["tier"]).mean()
    np.testing.assert_allclose(found.table["expected"], expected.reindex(NAMES), rtol=1e-9)
    assert found.slope == pytest.approx(fit.params["value"]) and found.slope == pytest.approx(0.5, abs=0.06)
    assert found.correlation == pytest.approx(np.corrcoef(first["value"], second["value"])[0, 1])
    assert found.table["beyond"].sum() == pytest.approx(0, abs=0.1)
    parts = found.table[["general", "by_itself", "beyond"]].sum(axis=1)
    np.testing.assert_allclose(
        parts, found.table["customers"] * (found.table["after"] - found.table["before"]), rtol=1e-6
    )
    assert found.table["by_itself"].sum() == pytest.approx(0, abs=0.1)
    assert (found.table["by_itself"].iloc[0] < 0) and (found.table["by_itself"].iloc[-1] > 0)


def test_by_luck_alone_nothing_is_beyond_it():
    inside = 0
    for seed in range(30):
        line = regression_to_mean(*waves(seed, n=800), tiers=NAMES).table.iloc[0]
        inside += line["ci_low"] <= 0 <= line["ci_high"]
    assert inside >= 26


def test_a_real_fall_is_beyond_it():
    line = regression_to_mean(*waves(3, change=-15.0), tiers=NAMES).table.iloc[0]
    assert line["ci_high"] < 0
    balanced = regression_to_mean(*waves(3), tiers=NAMES).table.iloc[0]
    assert balanced["fell"] == pytest.approx(balanced["expected_fell"], abs=0.08)
    assert balanced["fell"] > 0.3


def test_refuses():
    first, second = waves(1, n=50)
    with pytest.raises(InputError, match="'value' is needed"):
        regression_to_mean(first.drop(columns="value"), second, tiers=NAMES)
    with pytest.raises(InputError, match="different value"):
        regression_to_mean(first.assign(value=1.0), second, tiers=NAMES)


def test_cdnow_falls_by_itself(cdnow_tiers):
    one, two = (
        cdnow_tiers[["customer_id"]].assign(tier=cdnow_tiers[p].astype(str), value=cdnow_tiers[s])
        for p, s in (("p1", "spend1"), ("p2", "spend2"))
    )
    found = regression_to_mean(one, two, tiers=["4", "3", "2", "1"])
    assert found.table["fell"].iloc[0] == pytest.approx(1 - 169 / 629)
    assert found.table["by_itself"].iloc[0] < 0
