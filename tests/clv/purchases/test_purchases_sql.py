import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clv import purchase_summary
from workbench.clv.purchases.purchases_sql import (
    Orders,
    customer_sql,
    history_sql,
    line_counts,
    lines_sql,
    repeated_lines,
)
from workbench.core.engine import as_table
from workbench.core.order_days import adds_up, days_query, keep_days


def test_a_summary_with_holdout_splits_at_the_day(cdnow_orders):
    cut = dt.date(1997, 10, 1)
    found = purchase_summary(cdnow_orders, observed_until=dt.date(1998, 6, 30), holdout_from=cut, refunds="as_is").table
    days = cdnow_orders.drop_duplicates(["customer_id", "ordered_at"])
    held = days[days["ordered_at"] >= pd.Timestamp(cut)].groupby("customer_id").size()
    expected = held.reindex(found["customer_id"]).fillna(0).to_numpy()
    assert (found["holdout_frequency"].to_numpy() == expected).all()
    year = cdnow_orders[(cdnow_orders["ordered_at"] < pd.Timestamp(cut)) & (cdnow_orders["ordered_at"] > "1996-09-30")]
    spent = year.groupby("customer_id")["amount"].sum().reindex(found["customer_id"]).fillna(0)
    pd.testing.assert_series_equal(
        found["year_amount"], spent.reset_index(drop=True), check_names=False, check_exact=False, rtol=1e-9
    )


def test_first_amounts_are_those_of_the_first_day():
    frame = pd.DataFrame(
        {
            "customer_id": ["a"] * 4,
            "amount": [7.0, 5.0, 11.0, 2.0],
            "ordered_at": pd.to_datetime(["2026-02-01", "2026-01-01", "2026-03-01", "2026-01-01"]),
        }
    )
    assert purchase_summary(frame, observed_until=dt.date(2026, 6, 1)).table["repeat_amount"].tolist() == [18.0]


def test_repeated_lines_are_counted():
    frame = pd.DataFrame(
        {"customer_id": list("aaab"), "ordered_at": pd.Timestamp("2026-01-01"), "amount": [1.0, 1, 1, 1]}
    )
    end = dt.date(2026, 6, 1)
    orders = Orders(as_table(frame), "CAST(ordered_at AS DATE)", end, end, "net", False)
    assert repeated_lines(orders) == 2
    assert not orders.held


@pytest.mark.parametrize("held", [None, dt.date(2025, 6, 1)])
def test_the_orders_are_added_up_once_with_or_without_a_holdout(monkeypatch, held):
    """Lines are counted and added up; histories, holdout and tracking come from the sums."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(400)],
            "amount": rng.gamma(2, 20, 400),
            "ordered_at": pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 300, 400), unit="D"),
        }
    )
    orders = as_table(frame)
    asked = []
    for name in ("rows", "materialize", "batches"):
        real = getattr(type(orders.engine), name)
        monkeypatch.setattr(
            type(orders.engine),
            name,
            lambda self, sql, *a, real=real, **k: (asked.append(sql), real(self, sql, *a, **k))[1],
        )
    purchase_summary(orders, observed_until=dt.date(2025, 12, 1), holdout_from=held)
    assert sum(orders.source in sql for sql in asked) == 2


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.integers(1, 9)), min_size=1), st.booleans())
def test_amounts_known_to_be_above_zero_are_not_asked_again(lines, holdout):
    frame = pd.DataFrame(lines, columns=["customer_id", "day", "amount"])
    frame["ordered_at"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame.pop("day"), unit="D")
    end = dt.date(2026, 3, 1)
    cut = dt.date(2026, 1, 20) if holdout else end
    orders = Orders(as_table(frame), "CAST(ordered_at AS DATE)", cut, end, "net", False)
    asked, known = (
        orders.table.rows(f"SELECT * FROM ({customer_sql(o, f'({days_query(lines_sql(o))})')}) ORDER BY 1")
        for o in (orders, replace(orders, positive=True))
    )
    amounts = ["other_amount"]
    pd.testing.assert_frame_equal(asked.drop(columns=amounts), known.drop(columns=amounts), check_dtype=False)
    assert asked["other_days"].sum() == 0


@pytest.mark.parametrize("refunds", ["net", "as_is"])
def test_neighbours_decimals_and_whole_ten_thousandths_add_up_to_the_same(refunds):
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "customer_id": rng.choice(list("abcdefgh"), 500),
            "amount": np.round(rng.normal(30, 40, 500), 6),
            "ordered_at": pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 90, 500), unit="D"),
        }
    )
    end = dt.date(2025, 12, 1)
    orders = Orders(as_table(frame), "CAST(ordered_at AS DATE)", dt.date(2025, 2, 15), end, refunds, False)
    engine = orders.table.engine
    found = []
    for together in (1e6, 1e15):
        days = keep_days(engine, lines_sql(orders), together).source
        found.append(engine.rows(history_sql(f"({customer_sql(orders, days)})", orders, 1)))
    whole = replace(orders, whole=True)
    days = f"({days_query(lines_sql(whole))})"
    found.append(engine.rows(history_sql(f"({customer_sql(whole, days)})", whole, 1)))
    for other in found[1:]:
        pd.testing.assert_frame_equal(found[0], other, check_exact=True)


def test_large_amounts_are_added_up_as_decimals():
    frame = pd.DataFrame({"customer_id": list("ab"), "ordered_at": pd.Timestamp("2026-01-01"), "amount": [9e10, -9e10]})
    end = dt.date(2026, 6, 1)
    orders = Orders(as_table(frame), "CAST(ordered_at AS DATE)", end, end, "net", False)
    assert adds_up(line_counts(orders)["together"])
    more = pd.concat([frame, frame])
    assert not adds_up(line_counts(replace(orders, table=as_table(more)))["together"])
