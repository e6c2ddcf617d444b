import datetime as dt

import numpy as np
import pandas as pd

from workbench.core.engine import DuckDBEngine, as_table
from workbench.core.order_days import days_query, lines_query, order_days

UNTIL = dt.date(2026, 6, 30)


def lines(n=5_000, seed=1):
    random = np.random.default_rng(seed)
    day = pd.Timestamp("2026-01-01") + pd.to_timedelta(random.integers(0, 200 * 24, n), unit="h")
    ids = np.where(random.random(n) < 0.02, None, random.integers(0, 300, n).astype(str))
    amount = np.where(random.random(n) < 0.03, np.nan, np.round(random.normal(30, 40, n), 2))
    return pd.DataFrame({"customer_id": ids, "ordered_at": day, "amount": amount})


def test_days_are_what_pandas_adds_up():
    frame = lines()
    found = order_days(as_table(frame), UNTIL).to_frame()
    kept = frame.dropna().assign(day=lambda f: f["ordered_at"].dt.normalize())
    told = kept[kept["day"] <= pd.Timestamp(UNTIL)].groupby(["customer_id", "day"])["amount"].sum().reset_index()
    assert found["customer_id"].tolist() == told["customer_id"].tolist()
    assert pd.to_datetime(found["day"]).tolist() == told["day"].tolist()
    assert np.allclose(found["amount"].astype(float), told["amount"], rtol=0, atol=1e-9)


def test_a_customers_days_lie_together_in_their_order():
    found = order_days(as_table(lines()), UNTIL).to_frame()
    assert found[["customer_id", "day"]].equals(found[["customer_id", "day"]].sort_values(["customer_id", "day"]))


def test_amounts_too_large_to_add_up_as_whole_numbers_are_the_same_days(monkeypatch):
    sorted_days = order_days(as_table(lines()), UNTIL).to_frame()
    monkeypatch.setattr("workbench.core.order_days.MOST_WHOLE", 100.0)
    kept = order_days(as_table(lines()), UNTIL).to_frame()
    assert kept.sort_values(["customer_id", "day"], ignore_index=True).equals(sorted_days)


def test_lines_that_do_not_count_are_left_out():
    engine = DuckDBEngine()
    table = as_table(lines(), engine)
    bought = engine.rows(days_query(lines_query(table.source, UNTIL, condition="amount >= 0")))
    every = engine.rows(days_query(lines_query(table.source, UNTIL)))
    assert (bought["amount"].astype(float) >= 0).all() and (every["amount"].astype(float) < 0).any()


def test_the_last_day_counts_to_its_end():
    frame = pd.DataFrame(
        {
            "customer_id": ["a", "a"],
            "ordered_at": pd.to_datetime(["2026-06-30 23:59", "2026-07-01 00:00"]),
            "amount": [1, 2],
        }
    )
    assert order_days(as_table(frame), UNTIL).to_frame()["amount"].astype(float).tolist() == [1.0]
