import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import DuckDBEngine, as_table
from workbench.core.errors import InputError
from workbench.sampling import with_activity, with_complaints, with_last_score

DAY = dt.date(2026, 6, 30)
ENGINE = DuckDBEngine()
PEOPLE = as_table(pd.DataFrame({"customer_id": ["a", "b", "c", "d"], "region": list("nnss")}), ENGINE)
ORDERS = pd.DataFrame(
    [
        ("a", "2026-06-30", 600.0),
        ("a", "2026-06-30", 500.0),
        ("a", "2025-07-01", 10.0),
        ("a", "2025-06-30", 70.0),
        ("a", "2024-07-01", 5.0),
        ("a", "2024-06-30", 9.0),
        ("b", "2026-07-01", 999.0),
        ("b", "2026-01-01", 100.0),
        ("b", "2026-01-02", -100.0),
        ("c", "2025-01-01", 3000.0),
    ],
    columns=["customer_id", "ordered_at", "amount"],
)
ORDERS["ordered_at"] = pd.to_datetime(ORDERS["ordered_at"]).dt.date


def active(**options):
    table = with_activity(PEOPLE, as_table(ORDERS, ENGINE), as_of=DAY, **options)
    return table.rows("SELECT * FROM {table} ORDER BY customer_id").set_index("customer_id")


def test_windows_end_on_the_day_and_begin_a_year_before():
    found = active()
    assert found["amount_12m"].tolist() == [1110.0, 0.0, 0.0, 0.0]
    assert found["amount_before_12m"].tolist() == [75.0, 0.0, 3000.0, 0.0]
    # two orders of one day are one; a refund is none; what comes after the day does not count
    assert found["orders_12m"].tolist() == [2, 1, 0, 0]
    assert found["days_since_order"].iloc[:3].tolist() == [0, 180, 545]
    assert np.isnan(found["days_since_order"].iloc[3])
    assert "amount_class" not in found


def test_classes():
    found = active(amount_bounds=[1000, 2000], frequency_bounds=[1])
    assert found["amount_class"].tolist() == ["1000–2000", "≤ 1000", "≤ 1000", "≤ 1000"]
    assert found["frequency_class"].tolist() == ["> 1", "≤ 1", "≤ 1", "≤ 1"]
    for name in ("amount_bounds", "frequency_bounds"):
        with pytest.raises(InputError, match="Bounds of classes rise"):
            active(**{name: [2, 1]})


def test_amounts_agree_with_pandas():
    rng = np.random.default_rng(3)
    orders = pd.DataFrame({"customer_id": rng.choice(list("abcd"), 500), "amount": rng.normal(50, 80, 500).round(2)})
    orders["ordered_at"] = [dt.date(2024, 1, 1) + dt.timedelta(days=int(d)) for d in rng.integers(0, 1000, 500)]
    table = with_activity(PEOPLE, as_table(orders, ENGINE), as_of=DAY)
    found = table.rows("SELECT * FROM {table} ORDER BY customer_id").set_index("customer_id")
    day = pd.to_datetime(orders["ordered_at"])
    year = orders[(day > "2025-06-30") & (day <= "2026-06-30")]
    before = orders[(day > "2024-06-30") & (day <= "2025-06-30")]
    assert found["amount_12m"].to_numpy() == pytest.approx(year.groupby("customer_id")["amount"].sum().to_numpy())
    assert found["amount_before_12m"].to_numpy() == pytest.approx(
        before.groupby("customer_id")["amount"].sum().to_numpy()
    )


def test_complaints_of_the_year_count():
    calls = pd.DataFrame(
        {"customer_id": ["a", "a", "a", "b", "x"], "kind": ["投诉", "投诉", "enquiry", "投诉", "投诉"]}
    )
    calls["opened_at"] = pd.to_datetime(
        ["2026-01-01 10:00", "2026-06-30 23:00", "2026-01-01", "2025-06-30", "2026-01-01"], format="mixed"
    )
    found = with_complaints(PEOPLE, as_table(calls, ENGINE), as_of=DAY, kinds=["投诉"])
    assert found.rows("SELECT * FROM {table} ORDER BY customer_id")["complaints_12m"].tolist() == [2, 0, 0, 0]
    with pytest.raises(InputError, match="kind"):
        with_complaints(PEOPLE, PEOPLE, as_of=DAY)


def test_last_scores_are_joined_and_missing_where_unknown():
    scores = as_table(pd.DataFrame({"customer_id": ["b", "x"], "recommend": [3, 4]}), ENGINE)
    found = with_last_score(PEOPLE, scores).rows("SELECT * FROM {table} ORDER BY customer_id")["last_score"]
    assert found[1] == 3 and found.isna().tolist() == [True, False, True, True]
    assert with_last_score(PEOPLE, None).rows("SELECT * FROM {table}")["last_score"].isna().all()


def test_29_february():
    table = with_activity(PEOPLE, as_table(ORDERS, ENGINE), as_of=dt.date(2028, 2, 29))
    assert table.rows("SELECT count(*) AS n FROM {table}")["n"][0] == 4
