import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.weighting import adjust_nonresponse, response_propensity


def asked(seed=3, n=4000):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"age": rng.normal(45, 12, n), "channel": rng.choice(["app", "shop", "web"], n)})
    logit = -0.5 + 0.04 * (data["age"] - 45) + data["channel"].map({"app": 0.5, "shop": 0, "web": -0.7})
    data["responded"] = rng.random(n) < 1 / (1 + np.exp(-logit))
    data["base_weight"] = rng.uniform(1, 4, n)
    return data


def test_statsmodels_logit_agrees():
    data = asked()
    x = pd.get_dummies(data[["age", "channel"]], drop_first=True, dtype=float)
    fit = sm.GLM(
        data["responded"].astype(float),
        sm.add_constant(x),
        family=sm.families.Binomial(),
        freq_weights=data["base_weight"],
    ).fit()
    got = response_propensity(data, predictors=["age", "channel"], weight="base_weight").propensity
    np.testing.assert_allclose(got, fit.predict(), rtol=1e-6)


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_classes_are_ordered_and_about_equal(seed):
    data = asked(seed, 1500)
    result = response_propensity(data, predictors=["age", "channel"])
    assert result.table["asked"].between(280, 320).all()
    assert (result.table["high"].to_numpy()[:-1] <= result.table["low"].to_numpy()[1:]).all()


def test_weighting_by_class_restores_balance_and_the_mean():
    data = asked(n=20000)
    result = response_propensity(data, predictors=["age", "channel"])
    assert result.balance["before"].abs().max() > 0.15
    assert result.balance["after"].abs().max() < 0.06
    classed = data.assign(propensity_class=result.classes)
    weights = adjust_nonresponse(classed, classes="propensity_class").weights
    truth = np.average(data["age"], weights=data["base_weight"])
    biased = np.average(data["age"][data["responded"]], weights=data["base_weight"][data["responded"]])
    assert abs(np.average(data["age"], weights=weights) - truth) < abs(biased - truth) / 5
    assert result.plot("zh-CN").axes


def test_few_distinct_propensities_are_said():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"g": rng.choice(["a", "b"], 500)})
    data["responded"] = rng.random(500) < np.where(data["g"] == "a", 0.3, 0.6)
    result = response_propensity(data, predictors=["g"])
    assert len(result.table) == 2
    assert "instead of 5" in result.notes[0].message.text("en")


def test_errors():
    data = pd.DataFrame({"g": ["a", "a", "b", "b"], "x": [1.0, np.nan, 2, 3], "responded": [0, 1, 1, 1]})
    with pytest.raises(InputError, match="decides by itself"):
        response_propensity(data, predictors=["g"])
    with pytest.raises(InputError, match="value in 'x'"):
        response_propensity(data, predictors=["x"])
    with pytest.raises(InputError, match="some did not"):
        response_propensity(data.assign(responded=1), predictors=["g"])
    with pytest.raises(InputError, match="predictors"):
        response_propensity(data, predictors=[])


def test_few_different_propensities_make_one_class_each():
    data = pd.DataFrame({"g": np.repeat(["a", "b", "c"], [400, 350, 250]), "h": np.tile(["x", "y"], 500)})
    data["responded"] = np.random.default_rng(2).random(1000) < data["g"].map({"a": 0.2, "b": 0.5, "c": 0.8})
    result = response_propensity(data, predictors=["g"])
    assert result.table["asked"].tolist() == [400, 350, 250]
