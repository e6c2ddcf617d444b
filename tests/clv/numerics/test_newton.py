import numpy as np
import pytest

from workbench.clv.numerics.newton import maximise


def test_finds_a_gamma_fit():
    from scipy.special import polygamma, psi
    from scipy.stats import gamma

    data = gamma.rvs(2.5, scale=3.0, size=400, random_state=np.random.default_rng(1))
    n, total, logs = len(data), data.sum(), np.log(data).sum()

    def objective(theta):
        from scipy.special import gammaln

        k, rate = theta
        value = n * (k * np.log(rate) - gammaln(k)) + (k - 1) * logs - rate * total
        gradient = np.array([n * (np.log(rate) - psi(k)) + logs, n * k / rate - total])
        return value, gradient, np.array([[-n * polygamma(1, k), n / rate], [n / rate, -n * k / rate**2]])

    best = maximise(objective, [1.0, 1.0], size=n)
    shape, _, scale = gamma.fit(data, floc=0)
    assert best.converged
    assert best.values == pytest.approx([shape, 1 / scale], rel=1e-4)


def test_stops_where_there_is_no_maximum():
    best = maximise(lambda v: (np.log(v[0]), 1 / v, np.array([[-1 / v[0] ** 2]])), [1.0], size=1)
    assert not best.converged
    assert np.isfinite(best.values).all()


def test_a_top_is_one_where_rounding_is_all_that_is_left_of_the_slope():
    def objective(v):
        log = np.log(v)
        slope = -log + 3e-4 * np.sin(1e7 * log)
        return -1e4 - 0.5 * float(log @ log), slope / v, np.diag((-1 - slope) / v**2)

    best = maximise(objective, [2.0, 0.5], size=10)
    assert best.converged and np.abs(np.log(best.values)).max() < 1e-3


def test_a_slope_that_promises_more_is_no_top():
    def objective(v):
        log = np.log(v)
        return -1e4 - 0.5 * float(log @ log), (-log + 0.5) / v, np.diag((-1.5 + log) / v**2)

    assert not maximise(objective, [1.0], size=1e-3).converged
