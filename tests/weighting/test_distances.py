import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.weighting.distances import factor, solve_factors

DISTANCES = [
    ("linear", None),
    ("raking", None),
    ("logit", (0.4, 2.5)),
    ("truncated", (0.4, 2.5)),
    ("raking", (0.4, 2.5)),
]


@pytest.mark.parametrize(("distance", "bounds"), DISTANCES)
def test_no_change_at_zero_with_slope_one(distance, bounds):
    value, slope = factor(np.zeros(1), distance, bounds)
    assert value[0] == pytest.approx(1) and slope[0] == pytest.approx(1)


@pytest.mark.parametrize(("distance", "bounds"), DISTANCES)
@given(u=st.floats(-0.3, 0.3))
def test_slope_is_the_derivative(distance, bounds, u):
    step = 1e-6
    ends = factor(np.array([u - step, u + step]), distance, bounds)[0]
    assert factor(np.array([u]), distance, bounds)[1][0] == pytest.approx((ends[1] - ends[0]) / (2 * step), abs=1e-4)


@given(u=st.floats(-1000, 1000))
def test_bounds_hold_everywhere(u):
    for distance in ("logit", "truncated", "raking"):
        assert 0.4 - 1e-9 <= factor(np.array([u]), distance, (0.4, 2.5))[0][0] <= 2.5 + 1e-9


def test_unreachable_total_is_named():
    with pytest.raises(InputError, match="second: target 9"):
        solve_factors(np.eye(2), np.ones(2), np.array([1.0, 9.0]), ["first", "second"], "truncated", (0.5, 2), 1e-9, 50)
