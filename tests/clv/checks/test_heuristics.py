import numpy as np
import pytest

from workbench.clv import fit_bg_nbd, fit_gamma_gamma
from workbench.clv.checks.heuristics import compare_rules, customer_rows, drawn_note


def test_rows_are_those_of_the_table(cdnow):
    rows, table = customer_rows(cdnow), cdnow.table
    assert "customer_id" not in rows
    for column in ("frequency", "recency", "T", "holdout_amount", "year_amount"):
        np.testing.assert_array_equal(rows[column], table[column])


def test_errors_by_hand(cdnow):
    buying, spending = fit_bg_nbd(cdnow), fit_gamma_gamma(cdnow)
    found, tests = compare_rules(cdnow, buying.model, spending, horizon=39.0, hiatus_days=180.0)
    assert set(tests["method"]) == {"rate", "year", "year_amount", "hiatus"}
    assert len(tests) == 4 + 4 + 4 + 3
    found = found.set_index(["target", "method"])
    table = cdnow.table
    rate = (table["frequency"] / table["T"]).fillna(0) * 39
    assert found.loc[("purchases", "rate"), "mae"] == pytest.approx((rate - table["holdout_frequency"]).abs().mean())
    silent = (table["T"] - table["recency"]) * 7
    right = ((silent <= 180) == (table["holdout_frequency"] > 0)).mean()
    assert found.loc[("active", "hiatus"), "correct"] == pytest.approx(right)
    amount = table["year_amount"] * 273 / 365
    assert found.loc[("amount", "year_amount"), "mae"] == pytest.approx((amount - table["holdout_amount"]).abs().mean())
    best = table["holdout_amount"].sum()
    assert 0 < found.loc[("amount", "model"), "top_decile"] < best


def test_without_amounts_there_is_no_rule_for_them(cdnow):
    found, _ = compare_rules(cdnow, fit_bg_nbd(cdnow).model, None, horizon=39.0, hiatus_days=180.0)
    assert "amount" not in set(found["target"])


def test_of_many_customers_some_are_drawn_and_it_is_said(cdnow, monkeypatch):
    assert drawn_note(cdnow.customers) == ()
    monkeypatch.setattr("workbench.clv.checks.heuristics.MOST_COMPARED", 1000)
    rows = customer_rows(cdnow)
    assert 900 < len(rows["T"]) < 1100
    assert rows["frequency"].mean() == pytest.approx(cdnow.table["frequency"].mean(), rel=0.1)
    assert "about 1,000 customers" in drawn_note(cdnow.customers)[0].message.text("en")
