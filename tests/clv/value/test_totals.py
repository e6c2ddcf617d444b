import numpy as np
import pytest

from workbench.clv import fit_bg_nbd, fit_gamma_gamma, forecast_spend
from workbench.clv.value.totals import Total, sampled, total_of
from workbench.core import InputError


def test_forecast_of_cdnow(cdnow, reference):
    buying, spending = fit_bg_nbd(cdnow), fit_gamma_gamma(cdnow)
    bought, spent = forecast_spend(cdnow, buying, spending, days=273, seed=1)
    known = reference["cdnow_sample_exact_weeks"]["computed"]["predictions"]["bgnbd"]["cet"]["39.0"]["sum"]
    assert bought.estimate == pytest.approx(known, rel=1e-7)
    own = cdnow.table[["frequency", "recency", "T"]].to_numpy(dtype=float).T
    amount = buying.model.expected_purchases(39.0, *own) @ spending.model.expected_spend(
        own[0], cdnow.table["monetary_value"]
    )
    assert spent.estimate == pytest.approx(amount, rel=1e-9)


def test_intervals_of_a_forecast_hold_parameters_and_chance(cdnow):
    buying, spending = fit_bg_nbd(cdnow), fit_gamma_gamma(cdnow)
    bought, _ = forecast_spend(cdnow, buying, spending, days=273, level=0.9, seed=1)
    own = cdnow.table[["frequency", "recency", "T"]].to_numpy(dtype=float).T
    rng, drawn = np.random.default_rng(3), []
    for values in buying.draws(300, 5).to_numpy():
        model = type(buying.model).of(values)
        alive = rng.random(own.shape[1]) < model.probability_alive(*own)
        drawn.append((model.simulate_if_alive(39.0, own[0], own[2], rng) * alive).sum())
    assert bought.std_error == pytest.approx(np.std(drawn), rel=0.12)


def test_totals_below_zero_have_symmetric_intervals():
    total = total_of(-100.0, np.array([50.0]), np.array([[0.04]]), 0.0, 0.9)
    assert total.ci_low + total.ci_high == pytest.approx(-200)
    assert np.isnan(Total.unknown(0.9).estimate)


def test_sampling_in_proportion_is_unbiased():
    value = np.random.default_rng(1).gamma(0.3, 1, 20_000)
    what = np.sin(np.arange(20_000.0)) + 2
    places, share = sampled(value, 1)
    assert share @ what[places] == pytest.approx(value @ what / value.sum(), rel=0.02)


def test_refuses(cdnow):
    with pytest.raises(InputError, match="looks ahead"):
        forecast_spend(cdnow, fit_bg_nbd(cdnow), fit_gamma_gamma(cdnow), days=0, seed=1)
