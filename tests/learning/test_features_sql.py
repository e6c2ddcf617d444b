from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from workbench.core.engine import as_table
from workbench.learning.features_sql import (
    contacts_part,
    contracts_part,
    features_query,
    lines_part,
    orders_until,
    purchases_part,
)

CUT = dt.date(2026, 6, 30)


def test_windows_waits_and_sums_of_one_customer():
    days = pd.to_datetime(["2025-01-01", "2026-01-01", "2026-06-01", "2026-06-01", "2026-06-21", "2026-07-05"])
    orders = as_table(pd.DataFrame({"customer_id": "a", "ordered_at": days, "amount": [5.0, 10, 20, -4, 30, 99]}))
    found = orders.rows(purchases_part(orders_until(orders, CUT))).iloc[0]
    assert found[["purchases", "silent_days", "tenure_days", "purchases_30", "purchases_365"]].tolist() == [
        4,
        9,
        545,
        2,
        3,
    ]
    assert found["amount_365"] == 10 + 16 + 30 and found["amount_91"] == 46
    assert found["amount_trend"] == 2 * found["amount_91"] - found["amount_365"] + 2 * 10, "January is 180 days ago"
    assert [found["waits"], found["waited"], found["waited_squared"]] == [3, 536, 365**2 + 151**2 + 20**2]


def test_refunds_and_kinds_of_the_last_year_are_counted():
    days = pd.to_datetime(["2024-01-01", "2026-01-01", "2026-02-01", "2026-03-01", "2026-07-01"])
    rows = {"customer_id": "a", "ordered_at": days, "amount": [9.0, 1, -1, 2, 3], "category": list("xyyzx")}
    orders = as_table(pd.DataFrame(rows))
    found = orders.rows(lines_part(orders_until(orders, CUT), ["category"])).iloc[0]
    assert found[["refunds_365", "different_category"]].tolist() == [1, 2]


def test_what_has_no_features_leaves_no_comma_behind():
    """The embedded engine reads over a comma behind the last column, and no other does."""
    orders = as_table(pd.DataFrame({"customer_id": ["a"], "ordered_at": [pd.Timestamp(CUT)], "amount": [1.0]}))
    base = purchases_part(orders_until(orders, CUT))
    sql = features_query(base, [], ["", f" LEFT JOIN {orders.source} AS k ON k.customer_id = p.customer_id"], orders)
    assert not re.search(r",\s*(FROM|,)", sql) and len(orders.rows(sql)) == 1


def test_contacts_and_contracts_after_the_cut_are_not_known():
    contacts = pd.DataFrame(
        {
            "customer_id": list("aaab"),
            "opened_at": pd.to_datetime(["2026-06-01", "2026-07-01", "2025-01-01", "2026-06-30"]),
            "kind": ["complaint", "complaint", "complaint", "visit"],
        }
    )
    table = as_table(contacts)
    found = table.rows(contacts_part(table, CUT, ["complaint"])).set_index("customer_id")
    assert found.loc[["a", "b"]].to_numpy().tolist() == [[1, 1], [1, 0]]
    held = pd.DataFrame(
        {
            "customer_id": list("abc"),
            "started_at": pd.to_datetime(["2026-01-01", "2026-07-01", "2025-01-01"]),
            "ended_at": pd.to_datetime(["2026-08-01", None, "2026-06-30"]),
        }
    )
    table = as_table(held)
    assert table.rows(contracts_part(table, CUT)).to_numpy().tolist() == [["a", 1, 180]]
