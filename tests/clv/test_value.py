import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clv import BgNbd, GammaGamma, MbgNbd, fit_bg_nbd, fit_gamma_gamma, value_customers
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


def test_interval_of_the_total_against_all_patterns(cdnow, fits):
    value = value_customers(cdnow, *fits, annual_discount_rate=0.0, seed=3)
    histories = cdnow.table
    own = histories[["frequency", "recency", "T"]].to_numpy().T
    totals = []
    for one, two in zip(fits[0].draws(100, 3).to_numpy(), fits[1].draws(100, 4).to_numpy(), strict=True):
        spend = GammaGamma.of(two).expected_spend(histories["frequency"], histories["monetary_value"])
        totals.append(float(BgNbd.of(one).expected_purchases(365 / 7, *own) @ spend))
    low, high = np.quantile(totals, [0.05, 0.95])
    assert value.total.ci_low == pytest.approx(low, rel=0.03)
    assert value.total.ci_high == pytest.approx(high, rel=0.03)
    assert value.total.ci_low < value.total.estimate < value.total.ci_high


def test_interval_from_a_sample_of_patterns_is_close(cdnow, fits, monkeypatch):
    whole = value_customers(cdnow, *fits, annual_discount_rate=0.1, seed=3).total
    monkeypatch.setattr("workbench.clv.value._SAMPLED", 300)
    part = value_customers(cdnow, *fits, annual_discount_rate=0.1, seed=3).total
    assert part.ci_low == pytest.approx(whole.ci_low, rel=0.02)
    assert part.ci_high == pytest.approx(whole.ci_high, rel=0.02)


def test_same_seed_same_file(cdnow, fits, tmp_path):
    for name in "ab":
        value_customers(cdnow, *fits, annual_discount_rate=0.1, seed=1, path=tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_known_parameters_have_no_interval(cdnow):
    value = value_customers(
        cdnow, MbgNbd(r=0.52, alpha=6.2, a=0.9, b=1.6), GammaGamma(p=6.25, q=3.74, gamma=15.44),
        annual_discount_rate=0.1, seed=1,
    )  # fmt: skip
    assert np.isnan(value.total.ci_low)
    assert "No interval" in str(value.notes[-1].message)
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
