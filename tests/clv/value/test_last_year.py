from __future__ import annotations

import pandas as pd
import pytest

from tests.clv.made import END, orders
from workbench.clv import value_last_year
from workbench.core import InputError
from workbench.core.language import message

DAYS = ["2026-01-05", "2026-03-01", "2025-07-01", "2025-06-30", "2027-01-01"]
LINES = pd.DataFrame(
    {"customer_id": list("aabbc"), "ordered_at": pd.to_datetime(DAYS), "amount": [100.0, -20.0, 30.0, 500.0, 9.0]}
)


def test_amounts_of_the_last_year_on_each_customers_terms():
    people = pd.DataFrame({"customer_id": ["a"], "tier": ["A"]})
    found = value_last_year(
        LINES,
        observed_until=END,
        horizon_months=6,
        margin={"A": 0.5, "–": 0.1},
        service_cost={"A": 4.0, "–": 0.0},
        terms_by=(people, "tier"),
        reason=message("Region"),
    )
    assert found.table.set_index("customer_id")["clv"].to_dict() == {"a": (80 * 0.5 - 4) / 2, "b": 1.5}
    assert found.total.estimate == pytest.approx(19.5)
    assert pd.isna(found.total.ci_low)
    assert "Region" in str(found.notes[0].message)


def test_nothing_in_the_last_year_is_a_value_of_nothing():
    found = value_last_year(LINES[LINES["amount"] == 500], observed_until=END)
    assert found.total.estimate == 0
    assert found.concentration is None
    with pytest.raises(TypeError, match="no picture"):
        found.plot()
    with pytest.raises(InputError, match="up to the last day"):
        value_last_year(LINES.tail(1), observed_until=END)


def test_it_is_what_was_spent():
    frame = orders(300)
    since = pd.Timestamp(END) - pd.Timedelta(days=364)
    found = value_last_year(frame, observed_until=END)
    assert found.total.estimate == pytest.approx(frame.loc[frame["ordered_at"] >= since, "amount"].sum())
    assert found.plot().axes
    assert len(found.table) == frame["customer_id"].nunique()
