import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clv import BgNbd, GammaGamma, MbgNbd, ParetoNbd, fit_bg_nbd, fit_gamma_gamma, value_customers
from workbench.core import InputError


@pytest.fixture(scope="module")
def fits(cdnow):
    return fit_bg_nbd(cdnow), fit_gamma_gamma(cdnow)


def test_each_customer_is_expectation_times_amount(cdnow, fits, reference):
    known = reference["cdnow_sample_exact_weeks"]["computed"]["predictions"]
    value = value_customers(cdnow, *fits, annual_discount_rate=0.0, seed=1)
    table, histories = value.table, cdnow.table
    model = fits[0].model
    bought = model.expected_purchases(365 / 7, histories["frequency"], histories["recency"], histories["T"])
    np.testing.assert_allclose(table["expected_purchases"], bought, rtol=1e-12)
    np.testing.assert_allclose(table["clv"], table["expected_purchases"] * table["expected_spend"], rtol=1e-12)
    np.testing.assert_allclose(table["probability_alive"][:12], known["bgnbd"]["palive_head"], rtol=1e-7)
    np.testing.assert_allclose(table["expected_spend"][:12], known["gg_expected_spend"]["head"], rtol=1e-6)
    assert not table.isna().any().any()
    assert value.total.estimate == pytest.approx(table["clv"].sum(), rel=1e-12)


def test_discounting_against_a_fine_sum(cdnow, fits):
    value = value_customers(cdnow, *fits, annual_discount_rate=0.15, seed=1)
    histories, model = cdnow.table, fits[0].model
    days = np.linspace(0, 365, 1461)
    row = histories.iloc[0]
    grown = np.array([float(model.expected_purchases(d / 7, row["frequency"], row["recency"], row["T"])) for d in days])
    middle = (days[1:] + days[:-1]) / 2
    expected = float(np.diff(grown) @ 1.15 ** (-middle / 365.25)) * value.table["expected_spend"][0]
    assert value.table["clv"][0] == pytest.approx(expected, rel=1e-7)


def test_margin_scales_and_months_are_calendar_months(cdnow, fits):
    full = value_customers(cdnow, *fits, annual_discount_rate=0.1, seed=1)
    part = value_customers(cdnow, *fits, annual_discount_rate=0.1, margin=0.25, seed=1)
    assert part.total.estimate == pytest.approx(full.total.estimate / 4)
    month = value_customers(cdnow, *fits, annual_discount_rate=0.0, horizon_months=1, seed=1)
    row = cdnow.table.iloc[0]
    expected = fits[0].model.expected_purchases(31 / 7, row["frequency"], row["recency"], row["T"])
    assert month.table["expected_purchases"][0] == pytest.approx(float(expected))


def test_interval_of_the_total_against_draws_of_parameters_and_of_customers(cdnow, fits):
    value = value_customers(cdnow, *fits, annual_discount_rate=0.0, interval=0.9, seed=3)
    own = cdnow.table[["frequency", "recency", "T", "monetary_value"]].to_numpy(dtype=float).T
    rng, totals = np.random.default_rng(5), []
    for one, two in zip(fits[0].draws(400, 3).to_numpy(), fits[1].draws(400, 4).to_numpy(), strict=True):
        model, spend = BgNbd.of(one), GammaGamma.of(two)
        alive = rng.random(own.shape[1]) < model.probability_alive(*own[:3])
        bought = model.simulate_if_alive(365 / 7, own[0], own[2], rng) * alive
        spent = np.where(own[0] > 0, own[0] * own[3], 0.0)
        precision = rng.gamma(spend.p * own[0] + spend.q, 1 / (spend.gamma + spent))
        totals.append((rng.gamma(spend.p * bought) / precision).sum())
    assert value.total.std_error == pytest.approx(np.std(totals), rel=0.12)
    low, high = np.quantile(totals, [0.05, 0.95])
    assert value.total.ci_low == pytest.approx(low, rel=0.03)
    assert value.total.ci_high == pytest.approx(high, rel=0.03)
    assert value.total.ci_low < value.total.estimate < value.total.ci_high


def test_interval_from_a_sample_of_patterns_is_close(cdnow, fits, monkeypatch):
    whole = value_customers(cdnow, *fits, annual_discount_rate=0.1, seed=3).total
    monkeypatch.setattr("workbench.clv.value.totals._SAMPLED", 300)
    part = value_customers(cdnow, *fits, annual_discount_rate=0.1, seed=3).total
    assert part.std_error == pytest.approx(whole.std_error, rel=0.02)


def test_intervals_of_customers_hold_what_they_do(cdnow, fits):
    """Customers drawn from the models themselves: nine in ten stay between their limits, one in twenty above."""
    value = value_customers(cdnow, *fits, annual_discount_rate=0.0, interval=0.9, seed=3).table
    own = cdnow.table[["frequency", "recency", "T", "monetary_value"]].to_numpy(dtype=float).T
    model, spend, rng, above, outside = fits[0].model, fits[1].model, np.random.default_rng(8), [], []
    spent = np.where(own[0] > 0, own[0] * own[3], 0.0)
    for _ in range(40):
        alive = rng.random(own.shape[1]) < model.probability_alive(*own[:3])
        bought = model.simulate_if_alive(365 / 7, own[0], own[2], rng) * alive
        happened = rng.gamma(spend.p * bought) / rng.gamma(spend.p * own[0] + spend.q, 1 / (spend.gamma + spent))
        above.append((happened > value["ci_high"]).mean())
        outside.append(((happened < value["ci_low"]) | (happened > value["ci_high"])).mean())
    assert 0.035 < np.mean(above) < 0.06
    assert np.mean(outside) < 0.1


def test_value_of_all_time_is_dert_times_amount(cdnow, reference):
    model = ParetoNbd(**reference["cdnow_sample_exact_weeks"]["computed"]["pnbd"]["params"])
    known = reference["cdnow_sample_exact_weeks"]["computed"]["predictions"]["pnbd"]["dert"]
    rate = np.expm1(known["delta"] * 365.25 / 7)
    value = value_customers(cdnow, model, GammaGamma(p=6.25, q=3.74, gamma=15.44), annual_discount_rate=rate, seed=1)
    dert = value.table["lifetime_value"] / value.table["expected_spend"]
    assert dert.sum() == pytest.approx(known["sum"], rel=2e-6)
    np.testing.assert_allclose(dert[:12], known["head"], rtol=2e-6)
    assert value.lifetime.estimate == pytest.approx(value.table["lifetime_value"].sum(), rel=1e-9)


def test_value_at_risk_and_of_a_new_customer(cdnow, fits):
    value = value_customers(cdnow, *fits, annual_discount_rate=0.0, seed=3)
    table = value.table
    expected = table["clv"] * (1 - table["probability_alive"]) / table["probability_alive"]
    np.testing.assert_allclose(table["at_risk"], expected, rtol=1e-9)
    assert value.at_risk == pytest.approx(table["at_risk"].sum())
    new = float(fits[0].model.new_customer_purchases(365 / 7)) * fits[1].model.mean_spend
    assert value.new_customer.estimate == pytest.approx(new)
    assert value.new_customer.ci_low < new < value.new_customer.ci_high
    assert np.isnan(value.lifetime.estimate)


def test_margins_and_service_by_tier(cdnow, fits):
    people = cdnow.table[["customer_id"]].assign(tier=["gold", "plain", None] * 785 + ["gold", "plain"])
    plain = value_customers(cdnow, *fits, annual_discount_rate=0.1, seed=1)
    terms = {"gold": 0.5, "plain": 0.3, "–": 0.2}
    found = value_customers(
        cdnow,
        *fits,
        annual_discount_rate=0.1,
        seed=1,
        margin=terms,
        service_cost={"gold": 10.0, "plain": 0.0, "–": 0.0},
        terms_by=(people, "tier"),
    )
    mine = people["tier"].fillna("–")
    cost = (
        np.where(mine == "gold", 10.0, 0.0)
        * plain.table["probability_alive"]
        * (1 - 1.1 ** (-365 / 365.25))
        / np.log(1.1)
    )
    np.testing.assert_allclose(found.table["clv"], plain.table["clv"] * mine.map(terms) - cost, rtol=1e-9)
    assert found.total.estimate == pytest.approx(found.table["clv"].sum())
    with pytest.raises(InputError, match="Every group has its terms"):
        value_customers(cdnow, *fits, annual_discount_rate=0.1, seed=1, margin={"gold": 1.0}, terms_by=(people, "tier"))
    with pytest.raises(InputError, match="need groups"):
        value_customers(cdnow, *fits, annual_discount_rate=0.1, seed=1, margin={"gold": 1.0})


def test_same_seed_same_file(cdnow, fits, tmp_path):
    for name in "ab":
        value_customers(cdnow, *fits, annual_discount_rate=0.1, seed=1, path=tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_known_parameters_leave_what_customers_happen_to_do(cdnow):
    value = value_customers(
        cdnow,
        MbgNbd(r=0.52, alpha=6.2, a=0.9, b=1.6),
        GammaGamma(p=6.25, q=3.74, gamma=15.44),
        annual_discount_rate=0.1,
        seed=1,
    )
    assert value.total.ci_low < value.total.estimate < value.total.ci_high
    assert "only covers what customers happen to do" in str(value.notes[-1].message)
    assert value.plot().axes
    assert "0001" not in value._repr_html_()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"horizon_months": 0}, "whole number of months"),
        ({"annual_discount_rate": -0.1}, "share per year"),
        ({"margin": 25}, "share of the amount"),
        ({"interval": 90}, "between 0 and 1"),
    ],
)
def test_refuses(cdnow, fits, change, rule):
    with pytest.raises(InputError, match=rule):
        value_customers(cdnow, *fits, **{"annual_discount_rate": 0.1, "seed": 1, **change})


def test_refuses_models_in_the_wrong_place_and_of_another_unit(cdnow, fits):
    with pytest.raises(InputError, match="model of purchases"):
        value_customers(cdnow, fits[1], fits[0], annual_discount_rate=0.1, seed=1)
    other = fit_bg_nbd(pd.DataFrame({"x": [0, 1, 3], "t_x": [0, 2.0, 9], "T": 9.0}))
    with pytest.raises(InputError, match="unit of time"):
        value_customers(cdnow, other, fits[1], annual_discount_rate=0.1, seed=1)


def test_observed_until_of_cdnow(cdnow):
    assert cdnow.observed_until == dt.date(1997, 9, 30)
