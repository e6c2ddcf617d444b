import numpy as np
import pytest
from scipy.stats import nbinom

from workbench.clv.models.nbd import Nbd, objective
from workbench.clv.purchases.patterns import Patterns


def test_counts_are_negative_binomial():
    # the density of x purchase times, times T^x / x!, is the probability of x
    model, T = Nbd(r=0.7, alpha=12.0), 30.0
    for x in range(6):
        log_p = float(model.log_likelihood(x, T if x else 0, T)) + x * np.log(T) - sum(np.log(range(1, x + 1)))
        assert np.exp(log_p) == pytest.approx(nbinom.pmf(x, 0.7, 12 / 42), rel=1e-12)


def test_derivatives():
    p = Patterns(np.array([0, 2, 5]), np.array([0.0, 3, 8]), np.array([9.0, 9, 10]), np.array([3.0, 2, 1]))
    at, h = np.array([0.8, 5.0]), 1e-5
    value, gradient, hessian = objective(at, p)
    assert value == pytest.approx(float(Nbd.of(at).log_likelihood(p.x, p.t_x, p.T) @ p.count))
    for i in range(2):
        step = np.eye(2)[i] * h
        up, down = objective(at + step, p), objective(at - step, p)
        assert gradient[i] == pytest.approx((up[0] - down[0]) / (2 * h), rel=1e-6)
        np.testing.assert_allclose(hessian[i], (up[1] - down[1]) / (2 * h), rtol=1e-6)


def test_everybody_is_alive():
    assert Nbd(r=1, alpha=1).probability_alive([0, 1], [0, 1], [9, 9]).tolist() == [1, 1]
    assert float(Nbd(r=1.0, alpha=2.0).new_customer_purchases(4.0)) == 2.0
