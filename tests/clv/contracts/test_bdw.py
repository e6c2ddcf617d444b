import numpy as np
import pytest
from scipy.optimize import minimize

from workbench.clv import Bdw, Sbg, fit_bdw, fit_sbg, likelihood_ratio
from workbench.clv.contracts.bdw import _objective
from workbench.clv.contracts.contract_model import rows_of
from workbench.core import InputError

SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]


def test_with_c_of_one_it_is_the_shifted_beta_geometric():
    one, other = Bdw(alpha=0.668, beta=3.806, c=1.0), Sbg(alpha=0.668, beta=3.806)
    t = np.arange(1, 30)
    np.testing.assert_allclose(one.survival(t), other.survival(t), rtol=1e-12)
    np.testing.assert_allclose(one.retention(t), other.retention(t), rtol=1e-12)
    np.testing.assert_allclose(one.log_likelihood(t, t % 2), other.log_likelihood(t, t % 2), rtol=1e-10)
    assert one.residual_lifetime(7, 0.1) == pytest.approx(float(other.residual_lifetime(7, 0.1)), rel=1e-9)


def test_the_maximum_against_another_search():
    fit = fit_bdw(SURVIVORS)
    rows = fit.evidence

    def lack(logs):
        return -(Bdw.of(np.exp(logs)).log_likelihood(rows["period"], rows["left"]) @ rows["count"])

    best = minimize(
        lack, np.log([0.3, 2.0, 1.5]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10, "maxiter": 4000}
    )
    assert fit.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    np.testing.assert_allclose(fit.model.theta, np.exp(best.x), rtol=1e-5)
    assert fit.converged
    assert fit.log_likelihood == pytest.approx(-lack(np.log(fit.model.theta)), rel=1e-12)


def test_recovers_duration_dependence():
    truth = Bdw(alpha=0.8, beta=4.0, c=1.4)
    left = 1_000_000 * truth.survival(np.arange(11))
    fit = fit_bdw(np.round(left))
    np.testing.assert_allclose(fit.model.theta, truth.theta, rtol=0.02)
    assert likelihood_ratio(fit_sbg(np.round(left)), fit).table["p_value"][0] < 1e-9


@pytest.mark.parametrize("at", [[0.7, 3.8, 1.3], [5.0, 0.4, 0.5], [300.0, 900.0, 2.0]])
def test_derivatives(derivative, at):
    counts, at = np.array(SURVIVORS, dtype=float), np.array(at)
    rows = rows_of(counts)
    value, slope, curvature = _objective(at, counts)
    assert value == pytest.approx(Bdw.of(at).log_likelihood(rows["period"], rows["left"]) @ rows["count"], rel=1e-10)
    np.testing.assert_allclose(derivative(lambda t: _objective(t, counts)[0], at), slope, rtol=1e-6)
    scale = np.abs(curvature).max()
    np.testing.assert_allclose(derivative(lambda t: _objective(t, counts)[1], at) / scale, curvature / scale, atol=1e-8)


def test_refuses():
    with pytest.raises(InputError, match="Survivors fall"):
        fit_bdw([10, 11, 5, 3])
    with pytest.raises(InputError, match="three periods"):
        fit_bdw([10, 8, 5])
    with pytest.raises(InputError, match="discount rate"):
        Bdw(alpha=1, beta=1, c=1).residual_lifetime(0, 0.0)
