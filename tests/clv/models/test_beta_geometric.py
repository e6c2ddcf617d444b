import numpy as np
import pytest

from workbench.clv.models.beta_geometric import log_likelihood, objective
from workbench.clv.purchases.patterns import Patterns

P = Patterns(
    np.array([0, 1, 2, 7, 30]),
    np.array([0.0, 3, 12, 20, 39]),
    np.array([9.0, 30, 30, 40, 40]),
    np.array([5.0, 3, 2, 1, 1]),
)


@pytest.mark.parametrize("chances", [0, 1])
@pytest.mark.parametrize("theta", [(0.25, 4.4, 0.8, 2.4), (2.0, 30.0, 0.05, 0.3), (0.9, 0.7, 30.0, 400.0)])
def test_value_and_derivatives(chances, theta):
    at = np.array(theta)
    value, gradient, hessian = objective(at, P, chances)
    rows = log_likelihood(at, P.x.astype(float), P.t_x, P.T, chances)
    assert value == pytest.approx(float(rows @ P.count), rel=1e-12)
    for i in range(4):
        step = np.eye(4)[i] * at[i] * 1e-5
        up, down = objective(at + step, P, chances), objective(at - step, P, chances)
        assert gradient[i] == pytest.approx((up[0] - down[0]) / (2 * step[i]), rel=1e-5, abs=1e-7)
        np.testing.assert_allclose(hessian[i], (up[1] - down[1]) / (2 * step[i]), rtol=1e-5, atol=1e-7)
