import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from workbench.clv import (
    Sbg,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_to_json,
    purchase_summary,
    value_customers,
)
from workbench.clv.models.fit import log_covariance, parameter_table
from workbench.core import InputError, use_language


def test_draws_have_the_fits_moments(cdnow):
    fit = fit_bg_nbd(cdnow)
    logs = np.log(fit.draws(20_000, seed=1))
    np.testing.assert_allclose(np.cov(logs.T), fit.log_covariance, atol=0.003)
    np.testing.assert_allclose(logs.mean(), np.log(list(fit.parameters.values())), atol=0.01)
    assert fit.draws(3, seed=5).equals(fit.draws(3, seed=5))
    assert not fit.draws(3, seed=5).equals(fit.draws(3, seed=6))


def test_json_holds_everything(cdnow):
    read = json.loads(fit_to_json(fit_bg_nbd(cdnow)))
    assert read["unit"] == "week"
    assert read["parameters"]["r"] == fit_bg_nbd(cdnow).parameters["r"]


def test_unknown_directions_have_a_variance_beyond_all_measure():
    covariance, condition = log_covariance(np.array([[-4.0, 0.0], [0.0, 0.0]]))
    assert covariance.tolist() == [[0.25, 0.0], [0.0, 1e9]]
    assert condition == np.inf


def test_of_parameters_that_run_away_together_the_ratio_stays_known():
    """All leave with one chance a / (a + b), so a and b run to infinity: the chance is as sure as the data make it."""
    covariance, _ = log_covariance(np.array([[-50.0, 50.0], [50.0, -50.0]]))
    difference = np.array([1.0, -1.0])
    assert difference @ covariance @ difference == pytest.approx(1 / 50, rel=1e-4)
    assert (np.diag(covariance) > 1e8).all()
    table = parameter_table(Sbg(alpha=2.0, beta=1.0), covariance, 0.95)
    assert np.isinf(table["std_error"]).all()


def test_a_common_chance_to_leave_does_not_undo_the_value():
    """The interval of a year's value, where all customers leave with one chance, reached from 287 to 3.2 million."""
    rng, rows = np.random.default_rng(1), []
    for i in range(400):
        rate, usual, day = rng.gamma(1.2, 1 / 40), 30 / rng.gamma(5, 1 / 5), float(rng.integers(0, 200))
        while day <= 500:
            rows.append((f"{i:04d}", int(day), round(usual * rng.gamma(4, 1 / 4), 2)))
            if rng.random() < 0.08:
                break
            day += 1 + rng.exponential(1 / rate)
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    frame["ordered_at"] = pd.Timestamp("2026-06-30") - pd.to_timedelta(500 - frame["day"], unit="D")
    bought = purchase_summary(frame, observed_until=dt.date(2026, 6, 30))
    fit = fit_mbg_nbd(bought)
    assert fit.parameters["a"] > 1e3
    total = value_customers(bought, fit, fit_gamma_gamma(bought), annual_discount_rate=0.1, seed=1).total
    assert total.ci_high < 2 * total.ci_low


def test_a_model_of_amounts_does_not_know_who_is_alive(cdnow):
    with pytest.raises(InputError, match="Only a model of purchases"):
        fit_gamma_gamma(cdnow).probability_alive()


def test_shows_itself_in_both_languages(cdnow):
    fit = fit_bg_nbd(cdnow)
    with use_language("zh-CN"):
        assert "参数" in fit._repr_html_()
    assert "Standard error" in fit._repr_html_()


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
def test_where_nothing_is_known_the_interval_is_everything():
    """A fit that runs away must still be shown."""
    table = parameter_table(Sbg(alpha=2.0, beta=1.0), np.diag([0.01, 400.0]), 0.95)
    assert table["ci_low"].tolist()[1] == 0
    assert np.isinf(table["ci_high"].tolist()[1])
    lonely = fit_bg_nbd(pd.DataFrame({"x": [3, 4, 4], "t_x": [30.0, 33, 31], "T": [40.0] * 3}))
    assert "∞" in lonely._repr_html_()
