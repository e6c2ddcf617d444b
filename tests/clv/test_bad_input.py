"""Every input that goes wrong in practice: the rule, what was found, what to do; or counted and said."""

import datetime as dt
from functools import partial

import numpy as np
import pandas as pd
import pytest

from workbench.clv import (
    BgNbd,
    GammaGamma,
    MbgNbd,
    ParetoNbd,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_nbd,
    fit_pareto_nbd,
    purchase_summary,
    value_customers,
)
from workbench.core import InputError

END = dt.date(2026, 6, 30)
FITS = [fit_bg_nbd, fit_mbg_nbd, fit_pareto_nbd, fit_nbd]
GOOD = {"x": [0, 1, 2, 5], "t_x": [0.0, 10, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 5]}


def orders(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"], format="ISO8601"))


def said(result):
    return [str(n.message) for n in result.notes]


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize(
    ("change", "rule", "fix"),
    [
        ({"t_x": [0.0, 40, 20, 35]}, "not after the end of observation", "not the days since"),
        ({"t_x": [38.0, 10, 20, 35]}, "without a repeat purchase has t_x = 0", "days since the last purchase"),
        ({"t_x": [0.0, 0, 20, 35]}, "after the first one", "Merge orders of the same day"),
        ({"x": [0, 1.5, 2, 5]}, "counts repeat purchases", "after the first"),
        ({"x": [0, -1, 2, 5]}, "counts repeat purchases", "after the first"),
        ({"T": [38.0, np.nan, 38, 38]}, "are numbers", "Leave out or fill in"),
        ({"t_x": [0.0, -1, 20, 35]}, "not negative", "after the end of observation"),
        ({"count": [60, 0, 10, 5]}, "above zero", "Leave out patterns"),
        ({"x": [0] * 4, "t_x": [0.0] * 4}, "bought a second time", "Observe longer"),
    ],
)
def test_histories_that_cannot_be(fit, change, rule, fix):
    with pytest.raises(InputError) as raised:
        fit(pd.DataFrame({**GOOD, **change}))
    assert rule in raised.value.rule
    assert fix in raised.value.fix
    assert raised.value.found


@pytest.mark.parametrize("model", [BgNbd(r=1, alpha=5, a=1, b=2), ParetoNbd(r=1, alpha=5, s=1, beta=5)])
def test_models_asked_directly_refuse_the_same(model):
    for ask in (model.log_likelihood, model.probability_alive, partial(model.expected_purchases, 10.0)):
        with pytest.raises(InputError, match="not after the end"):
            ask(1, 9.0, 5.0)


@pytest.mark.parametrize("fit", FITS)
def test_one_customer(fit):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = fit(pd.DataFrame({"x": [3], "t_x": [20.0], "T": [40.0]}))
    assert found.verdicts
    assert np.isfinite(found.log_likelihood)
    assert np.isfinite(found.expected_purchases(30)).all()
    with pytest.raises(InputError, match="bought a second time"):
        fit(pd.DataFrame({"x": [0], "t_x": [0.0], "T": [40.0]}))
    with pytest.raises(InputError, match="at least one customer"):
        fit(pd.DataFrame({"x": [], "t_x": [], "T": []}))


@pytest.mark.parametrize("fit", FITS)
def test_customers_of_the_last_day(fit):
    """T = 0: they tell nothing, and are worth what a new customer is."""
    found = fit(
        pd.DataFrame(
            {"x": [0, 0, 1, 2, 9], "t_x": [0.0, 0, 10, 20, 36], "T": [0.0, 38, 38, 38, 38], "count": [9, 60, 20, 10, 9]}
        )
    )
    model = found.model
    assert float(model.log_likelihood(0, 0, 0)) == pytest.approx(0.0, abs=1e-12)
    assert float(model.expected_purchases(26, 0, 0, 0)) == pytest.approx(
        float(model.new_customer_purchases(26)), rel=1e-12
    )
    without = fit(pd.DataFrame({"x": [0, 1, 2, 9], "t_x": [0.0, 10, 20, 36], "T": 38.0, "count": [60, 20, 10, 9]}))
    assert found.log_likelihood == pytest.approx(without.log_likelihood, rel=1e-7)


def test_amounts_of_zero_of_a_million_million_and_negative_ones():
    rows = [
        ("a", "2026-01-01", 5.0),
        ("a", "2026-02-01", 0.0),
        ("b", "2026-01-01", 1e12),
        ("b", "2026-02-01", 1e12),
        ("c", "2026-01-01", 9.0),
        ("c", "2026-03-01", -9.0),
        ("d", "2026-04-01", 7.0),
        ("d", "2026-05-01", 8.0),
    ]
    found = purchase_summary(orders(rows), observed_until=END)
    assert found.table["frequency"].tolist() == [0, 1, 0, 1]
    assert found.table["monetary_value"].tolist()[1] == 1e12
    assert any("2 days on which" in s for s in said(found))
    free = purchase_summary(orders(rows), observed_until=END, refunds="as_is")
    assert free.table["frequency"].tolist() == [1, 1, 1, 1]
    spend = fit_gamma_gamma(free)  # one amount of 8, one of a million million
    assert spend.verdicts
    assert any("2 customers whose repeat purchases add up to nothing" in s for s in said(spend))
    value = value_customers(
        free,
        MbgNbd(r=0.5, alpha=60.0, a=0.8, b=2.0),
        GammaGamma(p=6.0, q=4.0, gamma=15.0),
        annual_discount_rate=0.1,
        seed=1,
    )
    numbers = value.table.select_dtypes("number").to_numpy()
    assert np.isfinite(numbers).all()
    assert (numbers >= 0).all()


def test_a_mean_amount_that_does_not_exist():
    spend = pd.DataFrame({"x": [1] * 6, "monetary_value": [1.0, 10.0, 1e3, 1e5, 1e8, 1e12]})
    found = fit_gamma_gamma(spend)
    assert any("does not exist" in str(v) for v in found.verdicts)
    with pytest.raises(InputError, match="mean amount exists only"):
        found.model.expected_spend(0, 0.0)


def test_times_to_the_second_are_days():
    rows = [("a", "2026-01-01 00:00:00", 5.0), ("a", "2026-01-01 23:59:59", 4.0), ("a", "2026-01-02 00:00:01", 3.0)]
    found = purchase_summary(orders(rows), observed_until=END).table
    assert found[["frequency", "recency", "T"]].to_numpy().tolist() == [[1, 1.0, 180.0]]


def test_times_with_a_zone_need_the_zone_of_the_days():
    frame = orders([("a", "2026-01-01 15:30:00", 5.0), ("a", "2026-01-01 16:30:00", 4.0)])
    zoned = frame.assign(ordered_at=frame["ordered_at"].dt.tz_localize("UTC"))
    with pytest.raises(InputError, match="need the zone"):
        purchase_summary(zoned, observed_until=END)
    found = purchase_summary(zoned, observed_until=END, timezone="Asia/Shanghai").table
    assert found["frequency"].tolist() == [1]  # half past eleven in the evening, and half past midnight
    assert purchase_summary(zoned, observed_until=END, timezone="UTC").table["frequency"].tolist() == [0]
    with pytest.raises(InputError, match="IANA"):
        purchase_summary(zoned, observed_until=END, timezone="Shanghai")


def test_orders_after_the_last_day_are_counted():
    found = purchase_summary(
        orders([("a", "2026-01-01", 5.0), ("a", "2026-07-01", 5.0), ("b", "2026-08-01", 1.0)]), observed_until=END
    )
    assert "2 order lines after 2026-06-30 do not count." in said(found)
    assert found.customers == 1


def test_repeated_order_lines_are_counted_and_dropped_on_request():
    rows = [("a", "2026-01-01", 5.0), ("a", "2026-02-01", 7.0), ("a", "2026-02-01", 9.0), ("b", "2026-03-01", 1.0)]
    twice = orders(rows + rows)
    kept = purchase_summary(twice, observed_until=END)
    assert "4 order lines repeat another one of the same customer, time and amount." in said(kept)
    assert kept.table["repeat_amount"].tolist() == [32.0, 0.0]
    once = purchase_summary(twice, observed_until=END, duplicates="drop")
    assert once.table["repeat_amount"].tolist() == [16.0, 0.0]
    assert not any("repeat another" in s for s in said(purchase_summary(orders(rows), observed_until=END)))


def test_online_retail_has_no_identifiable_leaving():
    from pathlib import Path

    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "online_retail" / "online_retail.parquet"
    if not path.exists():
        pytest.skip(f"data file {path} is not here")
    frame = pd.read_parquet(path)
    names = {c.lower().replace(" ", "").replace("_", ""): c for c in frame.columns}
    frame = pd.DataFrame(
        {
            "customer_id": frame[names["customerid"]],
            "ordered_at": pd.to_datetime(frame[names["invoicedate"]]),
            "amount": frame[names["quantity"]] * frame[names.get("unitprice", names.get("price"))],
        }
    )
    frame = frame[frame["customer_id"].notna()]
    found = purchase_summary(
        frame.assign(customer_id=frame["customer_id"].astype(str)), observed_until=frame["ordered_at"].max().date()
    )
    fit = fit_bg_nbd(found)
    assert any("No leaving can be identified" in str(v) for v in fit.verdicts)
