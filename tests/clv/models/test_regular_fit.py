from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, monthly
from workbench.clv import fit_mbg_nbd, fit_regular_nbd, fit_rhythm, purchase_rhythm, purchase_summary
from workbench.clv.models.regular_fit import objective
from workbench.clv.purchases.patterns import as_patterns
from workbench.core import InputError


def histories(n, shape, *, r=3.0, alpha=15.0, a=0.8, b=8.0, until=300.0, seed=3):
    """Histories of the model, and the sum of the logarithms of their waits."""
    rng, rows, logs = np.random.default_rng(seed), [], 0.0
    for rate, leave in zip(rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n), strict=True):
        waits = rng.gamma(shape, 1 / rate, min(int(rng.geometric(leave)) - 1, 500))
        times = np.cumsum(waits)
        seen = times <= until
        rows.append((seen.sum(), times[seen][-1] if seen.any() else 0.0, until))
        logs += float(np.log(waits[seen]).sum())
    return pd.DataFrame(rows, columns=["x", "t_x", "T"]), logs


@pytest.fixture(scope="module")
def made():
    return histories(2500, 4)


def test_parameters_are_recovered(made):
    fit = fit_regular_nbd(made[0], 4)
    assert fit.converged
    assert fit.leaving_told
    for name, value in {"r": 3.0, "alpha": 15.0, "a": 0.8, "b": 8.0}.items():
        assert abs(fit.parameters[name] - value) < 4 * fit.std_errors[name]


def test_the_shape_is_told_by_the_times_between(made):
    data, logs = made
    by_shape = {k: fit_regular_nbd(data, k, log_waits=logs).log_likelihood for k in (1, 2, 4, 8)}
    assert max(by_shape, key=by_shape.get) == 4


def test_derivatives_are_those_of_the_value():
    data = as_patterns(histories(60, 3)[0])
    theta = np.array([0.8, 7.0, 0.9, 3.0])
    value, gradient, hessian = objective(theta, data, 3)
    steps = np.eye(4) * 1e-5
    slope = [(objective(theta + s, data, 3)[0] - objective(theta - s, data, 3)[0]) / 2e-5 for s in steps]
    bend = [(objective(theta + s, data, 3)[1] - objective(theta - s, data, 3)[1]) / 2e-5 for s in steps]
    assert gradient == pytest.approx(np.array(slope), rel=1e-5, abs=1e-5)
    assert hessian == pytest.approx(np.array(bend), rel=1e-5, abs=1e-5)
    assert np.isfinite(value)


def test_with_a_shape_of_one_it_fits_mbg_nbd():
    p = pd.DataFrame({"x": [0, 1, 2, 9, 3], "t_x": [0, 10.0, 20, 35, 38], "T": 38.0, "count": [60, 20, 10, 9, 4]})
    plain, one = fit_mbg_nbd(p), fit_regular_nbd(p, 1)
    assert one.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)
    for name, value in plain.parameters.items():
        assert one.parameters[name] == pytest.approx(value, rel=1e-6)


def test_where_all_buy_at_one_rhythm_the_interval_stays_sure():
    """r and α run to infinity together: only their ratio is told, and it is told well."""
    bought, rhythm = purchase_summary(monthly(), observed_until=END), purchase_rhythm(monthly(), observed_until=END)
    fit = fit_rhythm(bought, rhythm.log_waits, near=rhythm.shape)
    assert fit.converged
    assert fit.model.shape == 24
    assert np.isfinite(fit.log_covariance).all()
    wait = fit.draws(50, seed=1).eval("24 * alpha / (r - 1)")
    assert wait.mean() == pytest.approx(30.4, rel=0.02)
    assert wait.std() < 1
    with pytest.raises(InputError, match="above zero"):
        fit_rhythm(bought, float("inf"), near=9.0)


def test_where_nobody_leaves_that_is_said():
    rng = np.random.default_rng(2)
    waits = rng.gamma(4, 14 / 4, (150, 40)).cumsum(axis=1)
    seen = waits <= 300
    data = pd.DataFrame({"x": seen.sum(axis=1), "t_x": np.where(seen, waits, 0).max(axis=1), "T": 300.0})
    assert not fit_regular_nbd(data, 4).leaving_told
