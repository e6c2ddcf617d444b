import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clv.models.pareto_nbd_quadrature import log_reach, reach_bends_by_quadrature, reach_means
from workbench.clv.numerics.hypergeometric import gauss_fraction

X, TAU = np.array([0.0, 1, 30, 400]), np.array([0.0, 5, 90, 700])


def by_fraction(theta):
    """B(x, τ) by Gauss' fraction, with as many terms as it takes."""
    r, alpha, s, beta = theta
    rate = r + X
    if alpha >= beta:
        value = gauss_fraction(rate, rate + s + 1, (alpha - beta) / (alpha + TAU))
    else:
        value = (
            gauss_fraction(np.full(4, s + 1), rate + s + 1, (beta - alpha) / (beta + TAU))
            * (alpha + TAU)
            / (beta + TAU)
        )
    return np.log(s / (rate + s) * value)


LOG = st.floats(-2, 2)


@settings(max_examples=40)
@given(LOG, LOG, LOG, LOG)
def test_it_is_what_the_fraction_converges_to(r, alpha, s, beta):
    theta = np.array([10**r, 10 ** (alpha + 1), 10**s, 10 ** (beta + 1)])
    np.testing.assert_allclose(log_reach(theta, X, TAU), by_fraction(theta), rtol=1e-10, atol=1e-11)


def test_many_rates_of_leaving_that_are_all_the_same():
    """As s and β run to infinity B becomes μ (α + τ) e^y E_R(y) with y = μ (α + τ)."""
    from scipy.special import exp1

    theta = np.array([1.0, 3.0, 1e9, 2e10])
    y = 0.05 * (3.0 + TAU[:2])
    told = log_reach(theta, np.zeros(2), TAU[:2])
    np.testing.assert_allclose(told, np.log(y * np.exp(y) * exp1(y)), rtol=1e-7)


@pytest.mark.parametrize(
    "theta", [[0.5, 10, 0.6, 12], [0.6, 2.7, 3e4, 7e5], [900, 9e3, 0.5, 1], [0.006, 0.02, 0.05, 10]]
)
def test_derivatives(derivative, theta):
    theta = np.array(theta, dtype=float)
    value, first = reach_means(theta, X, TAU)
    second = reach_bends_by_quadrature(theta, X, TAU)
    np.testing.assert_allclose(value, log_reach(theta, X, TAU), rtol=1e-12)
    told = derivative(lambda t: log_reach(t, X, TAU), theta)
    np.testing.assert_allclose(first * theta[:, None], told * theta[:, None], rtol=1e-6, atol=1e-8)
    bent = derivative(lambda t: reach_means(t, X, TAU)[1], theta)
    scale = np.outer(theta, theta)[..., None]
    np.testing.assert_allclose(second * scale, bent * scale, rtol=1e-6, atol=1e-6)
