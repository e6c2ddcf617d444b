import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.weighting import trim


@settings(max_examples=40)
@given(st.lists(st.floats(0.1, 50), min_size=3, max_size=60), st.floats(1.5, 5))
def test_sum_is_kept_and_bounds_hold(weights, upper):
    data = pd.DataFrame({"w": weights})
    result = trim(data, upper=upper, relative_to="mean")
    assert result.weights.sum() == pytest.approx(data["w"].sum(), rel=1e-9)
    assert result.weights.max() <= upper * data["w"].mean() * (1 + 1e-9)
    assert result.table["n_effective"].item() >= data["w"].sum() ** 2 / (data["w"] ** 2).sum() - 1e-9


def test_lower_bound_and_cells():
    data = pd.DataFrame({"g": list("aabb"), "w": [1.0, 9.0, 2.0, 2.0]})
    result = trim(data, lower=0.5, upper=1.5, relative_to="mean", within="g")
    assert result.weights.groupby(data["g"]).sum().tolist() == [10.0, 4.0]
    assert result.weights.tolist() == [2.5, 7.5, 2.0, 2.0]


def test_impossible_bounds():
    with pytest.raises(InputError, match="keep their sum"):
        trim(pd.DataFrame({"w": [1.0, 1.0]}), upper=0.5, relative_to="absolute")
    with pytest.raises(InputError, match="median or mean"):
        trim(pd.DataFrame({"w": [1.0, 1.0]}), relative_to="mode")


def test_nothing_to_trim_changes_nothing():
    data = pd.DataFrame({"w": np.linspace(1, 2, 9)})
    result = trim(data)
    assert result.weights.tolist() == data["w"].tolist() and result.notes == ()


def test_a_row_that_counts_twice_is_cut_like_two_rows():
    rng = np.random.default_rng(4)
    w = rng.lognormal(0, 1, 60)
    times = rng.integers(1, 4, 60)
    single = pd.DataFrame({"w": np.repeat(w, times), "row": np.repeat(np.arange(60), times)})
    apart = trim(single, upper=2.5, lower=0.4).weights.groupby(single["row"]).sum()
    once = trim(pd.DataFrame({"w": w * times, "times": times}), upper=2.5, lower=0.4, times="times").weights
    np.testing.assert_allclose(once, apart, rtol=1e-12)
    plain = trim(pd.DataFrame({"w": w}), upper=2.5).weights
    ones = trim(pd.DataFrame({"w": w, "times": 1}), upper=2.5, times="times").weights
    assert plain.tolist() == ones.tolist()
