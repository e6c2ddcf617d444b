from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from tests.clv.made import END, orders
from workbench.clv import check_forecast, customer_days, fit_gamma_gamma, fit_mbg_nbd, purchase_rhythm, purchase_summary
from workbench.core import InputError
from workbench.core.engine import as_table


@pytest.fixture(scope="module")
def lines():
    """Orders with refunds, lines that repeat another, and lines that cannot be read."""
    frame = orders(300)
    back = frame.iloc[::40].assign(amount=lambda d: -d["amount"] / 2)
    odd = frame.iloc[:3].assign(customer_id=[None, "x", "y"], amount=[1.0, None, 5.0])
    return pd.concat([frame, frame.iloc[:5], back, odd], ignore_index=True)


@pytest.mark.parametrize("holdout_from", [None, END - dt.timedelta(days=90)])
@pytest.mark.parametrize("how", [{}, {"refunds": "as_is"}, {"refunds": "drop", "duplicates": "drop"}])
def test_a_summary_of_days_is_that_of_the_lines(lines, how, holdout_from):
    asked = {"observed_until": END, "holdout_from": holdout_from, "unit": "week"}
    plain = purchase_summary(lines, **asked, **how)
    merged = purchase_summary(customer_days(lines, observed_until=END, **how), **asked)
    pd.testing.assert_frame_equal(merged.table, plain.table)
    pd.testing.assert_frame_equal(merged.patterns, plain.patterns)
    assert [n.message.text("en") for n in merged.notes] == [n.message.text("en") for n in plain.notes]
    if holdout_from:
        pd.testing.assert_frame_equal(merged.tracking, plain.tracking)


def test_waits_and_forecasts_are_those_of_the_lines(lines):
    days = customer_days(lines, observed_until=END)
    told, again = (purchase_rhythm(source, observed_until=END) for source in (lines, days))
    assert (again.shape, again.days, again.share) == (told.shape, told.days, told.share)
    pd.testing.assert_frame_equal(again.runs.to_frame(), told.runs.to_frame())
    made_on = END - dt.timedelta(days=120)
    known = purchase_summary(lines, observed_until=made_on)
    values = known.table[["customer_id"]].assign(clv=1.0)
    models = fit_mbg_nbd(known), fit_gamma_gamma(known)
    found = [check_forecast(source, values, *models, made_on=made_on, until=END, seed=1) for source in (lines, days)]
    assert found[0].spent == found[1].spent
    pd.testing.assert_frame_equal(found[0].table, found[1].table)


def test_lines_are_read_once(lines, monkeypatch):
    days = customer_days(lines, observed_until=END)
    asked = []
    engine = type(days.table.engine)
    real = engine.materialize
    monkeypatch.setattr(engine, "materialize", lambda self, sql, *a, **k: asked.append(sql) or real(self, sql, *a, **k))
    purchase_summary(days, observed_until=END)
    purchase_summary(days, observed_until=END, holdout_from=END - dt.timedelta(days=60))
    purchase_rhythm(days, observed_until=END)
    assert asked
    assert not any(days.read.table.source in sql for sql in asked)


def test_days_end_where_histories_do(lines):
    days = customer_days(as_table(lines), observed_until=END)
    for ask in (purchase_summary, purchase_rhythm):
        with pytest.raises(InputError, match="end on the last day"):
            ask(days, observed_until=END - dt.timedelta(days=1))


@pytest.mark.parametrize(("most", "digits"), [(1e6, 18), (9e12, 38)])
def test_sums_of_a_day_take_no_more_digits_than_all_amounts_together_need(lines, most, digits):
    large = pd.concat([lines, lines.iloc[:1].assign(amount=most)], ignore_index=True)
    days = customer_days(large, observed_until=END)
    assert days.table.columns["amount"] == f"DECIMAL({digits},4)"
    assert float(days.table.to_frame()["amount"].max()) >= most
