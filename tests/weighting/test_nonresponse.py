import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.weighting import adjust_nonresponse


def asked(seed=1, n=400):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"region": rng.choice(["n", "s"], n), "channel": rng.choice(["web", "shop"], n)})
    data["base_weight"] = rng.uniform(1, 5, n)
    data["responded"] = rng.random(n) < np.where(data["channel"] == "web", 0.3, 0.6)
    return data


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_each_class_keeps_its_sum_of_weights(seed):
    data = asked(seed)
    result = adjust_nonresponse(data, classes=["region", "channel"], minimum=1)
    keys = [data["region"], data["channel"]]
    np.testing.assert_allclose(result.weights.groupby(keys).sum(), data["base_weight"].groupby(keys).sum())
    assert (result.weights[~data["responded"]] == 0).all()


def test_closed_form():
    data = pd.DataFrame({"c": ["a"] * 4, "base_weight": [1.0, 2.0, 3.0, 4.0], "responded": [1, 0, 0, 1]})
    result = adjust_nonresponse(data, classes="c", minimum=2)
    assert result.weights.tolist() == [2.0, 0.0, 0.0, 8.0]
    assert result.table[["asked", "respondents", "response_rate", "factor"]].to_numpy().tolist() == [[4, 2, 0.5, 2.0]]


def test_small_and_empty_cells_are_named_with_a_proposal():
    data = asked()
    data.loc[(data["region"] == "n") & (data["channel"] == "web"), "responded"] = False
    with pytest.raises(
        InputError, match=r"(?s)region = n, channel = web: 0 respondents.*Combine region = n, channel = web with"
    ):
        adjust_nonresponse(data, classes=["region", "channel"])


def test_large_factor_is_noted():
    data = pd.DataFrame({"c": ["a"] * 100, "base_weight": 1.0, "responded": [1] * 20 + [0] * 80})
    assert adjust_nonresponse(data, classes="c").notes[0].severity == "caution"


def test_removes_bias_when_classes_explain_answering():
    rng = np.random.default_rng(12)
    n = 20000
    group = rng.integers(0, 4, n)
    y = group * 10 + rng.normal(0, 1, n)
    data = pd.DataFrame({"g": group, "base_weight": 1.0, "responded": rng.random(n) < 0.2 + 0.15 * group})
    weights = adjust_nonresponse(data, classes="g").weights
    assert np.average(y[data["responded"]]) - y.mean() > 2
    assert np.average(y, weights=weights) == pytest.approx(y.mean(), abs=0.1)


@pytest.mark.parametrize("bad", [[1, 2], [1, np.nan], ["yes", "no"]])
def test_responded_is_yes_or_no(bad):
    data = pd.DataFrame({"c": ["a", "a"], "base_weight": 1.0, "responded": bad})
    with pytest.raises(InputError, match="responded"):
        adjust_nonresponse(data, classes="c", minimum=1)
