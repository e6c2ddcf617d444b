import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.weighting import Calibration, Weights
from workbench.weighting.result import kish_deff, kish_effective


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=50), st.floats(0.1, 50))
def test_kish_does_not_depend_on_the_scale(values, factor):
    weights = np.array(values)
    assert kish_deff(weights) >= 1 - 1e-9
    assert kish_effective(weights) == pytest.approx(len(weights) / kish_deff(weights))
    assert kish_deff(weights * factor) == pytest.approx(kish_deff(weights))


def test_residuals_are_those_of_a_weighted_regression():
    rng = np.random.default_rng(1)
    x, base, y = rng.normal(size=(40, 3)), rng.uniform(1, 2, 40), rng.normal(size=(40, 2))
    record = Calibration(np.arange(40), x, base, np.zeros(3))
    root = np.sqrt(base)[:, None]
    expected = y - x @ np.linalg.lstsq(x * root, y * root, rcond=None)[0]
    np.testing.assert_allclose(record.residuals(y), expected, atol=1e-10)


def test_effective_number_ignores_those_who_did_not_answer():
    weights = Weights(weights=pd.Series([0.0, 2.0, 2.0]), table=pd.DataFrame())
    assert weights.n_effective == 2
    assert weights.plot("zh-CN").axes
