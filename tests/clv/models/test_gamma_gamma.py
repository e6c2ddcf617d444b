import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clv import GammaGamma, fit_gamma_gamma
from workbench.clv.models.gamma_gamma import _Amounts, _objective
from workbench.core import InputError


def test_cdnow_to_the_last_digit(cdnow, reference):
    known = reference["cdnow_sample_exact_weeks"]["computed"]
    fit = fit_gamma_gamma(cdnow)
    assert fit.log_likelihood == pytest.approx(known["gg"]["ll"], abs=1e-9)
    assert fit.customers == known["n_gg"]
    for name, value in known["gg"]["params"].items():
        assert fit.parameters[name] == pytest.approx(value, rel=1e-6)
        assert fit.std_errors[name] == pytest.approx(known["gg"]["se"][name], rel=1e-4)
    table = cdnow.table
    spend = fit.model.expected_spend(table["frequency"], table["monetary_value"])
    assert spend.sum() == pytest.approx(known["predictions"]["gg_expected_spend"]["sum"], rel=1e-6)
    np.testing.assert_allclose(spend[:12], known["predictions"]["gg_expected_spend"]["head"], rtol=1e-6)
    assert f"({known['corr_x_m_repeaters']:.2f})" in str(fit.notes[-1].message)


def test_derivatives():
    x, mean, count = np.array([1, 3, 10]), np.array([12.0, 33.0, 20.0]), np.array([4.0, 2.0, 1.0])
    amounts = _Amounts.of(x, mean, count)
    at = np.array([3.0, 2.5, 20.0])
    value, gradient, hessian = _objective(at, amounts)
    assert value == pytest.approx(float(GammaGamma.of(at).log_likelihood(x, mean) @ count))
    for i in range(3):
        step = np.eye(3)[i] * at[i] * 1e-5
        up, down = _objective(at + step, amounts), _objective(at - step, amounts)
        assert gradient[i] == pytest.approx((up[0] - down[0]) / (2 * step[i]), rel=1e-5)
        np.testing.assert_allclose(hessian[i], (up[1] - down[1]) / (2 * step[i]), rtol=1e-5)


def test_likelihood_is_a_density():
    from scipy.integrate import quad

    model = GammaGamma(p=3.0, q=2.5, gamma=20.0)
    assert quad(lambda m: np.exp(model.log_likelihood(4, m)), 0, np.inf)[0] == pytest.approx(1.0, abs=1e-7)


@given(st.floats(0.1, 1e4), st.integers(1, 100), st.floats(1e-6, 1e12))
@settings(max_examples=50)
def test_expected_spend_lies_between_own_and_overall_mean(p, x, mean):
    model = GammaGamma(p=p, q=3.0, gamma=50.0)
    low, high = sorted([mean, model.mean_spend])
    assert low * (1 - 1e-9) <= float(model.expected_spend(x, mean)) <= high * (1 + 1e-9)


def test_currency_does_not_matter():
    rng = np.random.default_rng(1)
    x = rng.integers(1, 8, 2000)
    data = pd.DataFrame({"x": x, "monetary_value": rng.gamma(4.0 * x, 1 / (x * rng.gamma(3.0, 1 / 40.0, 2000)))})
    one = fit_gamma_gamma(data)
    other = fit_gamma_gamma(data.assign(monetary_value=data["monetary_value"] * 1e6))
    assert other.parameters["gamma"] == pytest.approx(one.parameters["gamma"] * 1e6, rel=1e-6)
    assert other.parameters["p"] == pytest.approx(one.parameters["p"], rel=1e-6)
    for name, true in {"p": 4.0, "q": 3.0, "gamma": 40.0}.items():
        assert abs(one.parameters[name] - true) < 4 * one.std_errors[name]


def test_a_mean_that_does_not_exist():
    model = GammaGamma(p=2.0, q=0.8, gamma=3.0)
    assert model.mean_spend == float("inf")
    assert float(model.expected_spend(2, 10.0)) > 0
    with pytest.raises(InputError, match="q is above 1"):
        model.expected_spend(0, np.nan)


def test_amounts_of_zero_are_counted_and_nobody_left_is_refused():
    data = pd.DataFrame({"x": [1, 2, 2, 4, 1], "monetary_value": [0.0, 20.0, 35.0, 18.0, 60.0]})
    assert "1 customer whose repeat purchases add up to nothing" in str(fit_gamma_gamma(data).notes[-2].message)
    with pytest.raises(InputError, match="above zero"):
        fit_gamma_gamma(data.assign(monetary_value=0.0))
    with pytest.raises(InputError, match="finite"):
        fit_gamma_gamma(data.assign(monetary_value=np.inf))


def test_customers_who_all_spend_alike_have_a_fit_and_a_verdict():
    rng = np.random.default_rng(3)
    x = rng.integers(1, 40, 1200)
    data = pd.DataFrame({"x": x, "monetary_value": rng.gamma(4 * x, 10 / x)})
    fit = fit_gamma_gamma(data)
    assert fit.converged and fit.parameters["q"] > 1e3
    assert any("run to infinity" in v.text("en") for v in fit.verdicts)
    assert fit.parameters["p"] == pytest.approx(4, rel=0.05)


def test_very_many_customers_are_told_together_where_they_are_nearly_alike(cdnow, monkeypatch):
    whole = fit_gamma_gamma(cdnow)
    monkeypatch.setattr("workbench.clv.models.gamma_gamma.MOST_BUYERS", 10)
    near = fit_gamma_gamma(cdnow)
    assert len(near.rows) < len(whole.rows) and near.customers == whole.customers
    np.testing.assert_allclose(near.model.theta, whole.model.theta, rtol=1e-5)
    np.testing.assert_allclose(near.log_covariance, whole.log_covariance, rtol=1e-4)
    assert [str(n.message) for n in near.notes] == [str(n.message) for n in whole.notes]
