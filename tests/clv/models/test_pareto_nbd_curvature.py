import numpy as np
import pandas as pd
import pytest

from workbench.clv.models.pareto_nbd import reach_slopes
from workbench.clv.models.pareto_nbd_curvature import Places, hessian, reach_bends
from workbench.clv.models.pareto_nbd_fit import gradient
from workbench.clv.purchases.patterns import as_patterns

AT = [[0.5, 10, 0.6, 12], [0.5, 15, 0.6, 7], [3, 400, 0.1, 2], [0.05, 2, 30, 900.0], [1, 10, 1, 10.0]]


@pytest.mark.parametrize("theta", AT)
def test_hessian_is_the_derivative_of_the_gradient(derivative, theta):
    rng, theta = np.random.default_rng(0), np.array(theta, dtype=float)
    x, T = rng.integers(0, 9, 6000), rng.integers(20, 400, 6000).astype(float)
    t_x = np.where(x > 0, np.floor(T * rng.random(6000)).clip(1), 0)
    patterns = as_patterns(pd.DataFrame({"x": x, "t_x": t_x, "T": T, "count": rng.integers(1, 5, 6000)}))
    places = Places.of(patterns)
    found = hessian(theta, patterns, places)
    told = derivative(lambda v: gradient(v, patterns, places)[1], theta)
    scale = np.sqrt(np.abs(np.outer(np.diag(found), np.diag(found))))
    np.testing.assert_allclose(found / scale, told / scale, atol=1e-9)


@pytest.mark.parametrize("theta", AT)
def test_second_derivatives_of_the_chance_to_leave(derivative, theta):
    x, tau = np.array([0.0, 3, 40]), np.array([0.0, 30, 900])
    theta = np.array(theta, dtype=float)
    told = derivative(lambda v: reach_slopes(v, x, tau)[1], theta)
    found = reach_bends(theta, x, tau)
    np.testing.assert_allclose(found, told, rtol=1e-7, atol=1e-9 * np.abs(found).max())


def test_places_lead_back_to_their_patterns():
    patterns = as_patterns(pd.DataFrame({"x": [0, 2, 2], "t_x": [0.0, 5, 7], "T": [9.0, 7, 9]}))
    places = Places.of(patterns)
    assert (places.x[places.at_age] == patterns.x).all()
    assert (places.tau[places.at_age] == patterns.T).all()
    assert (places.tau[places.at_recency] == patterns.t_x).all()
    assert len(places.x) == 5
