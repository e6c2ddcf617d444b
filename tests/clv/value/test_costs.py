from __future__ import annotations

import datetime as dt
import io

import pandas as pd
import pytest

from workbench.clv import customer_costs, profit_contribution
from workbench.clv.value.costs import costs_there, profit_by_group, with_groups

PERIOD = {"since": dt.date(2025, 7, 1), "until": dt.date(2026, 6, 30)}
ORDERS = """customer_id,ordered_at,amount
001,2026-01-05,100
001,2026-01-09,-20
002,2026-02-01,50
004,2026-02-01,10
001,2024-02-01,999
"""
CASES = """customer_id,opened_at,kind
002,2026-02-03,visit
002,2026-02-05,complaint
003,2026-02-05,complaint
003,2024-02-05,complaint
001,2026-02-05,enquiry
"""
PEOPLE = pd.DataFrame({"customer_id": ["001", "002", "003"], "region": ["north", "south", "north"]})


def read(text, day):
    return pd.read_csv(io.StringIO(text), dtype={"customer_id": str}, parse_dates=[day])


def test_every_cost_of_every_customer():
    rows = customer_costs(
        read(ORDERS, "ordered_at"),
        margin={"north": 0.5, "south": 0.2, "–": 0.5},
        service_cost=1.0,
        terms_by=(PEOPLE, "region"),
        contacts=read(CASES, "opened_at"),
        contact_cost=2.0,
        contact_costs={"visit": 30, "complaint": 15},
        **PERIOD,
    ).to_frame()
    rows = rows.set_index("customer_id")
    assert rows.loc["001"].tolist() == [100.0, 20.0, 40.0, 2.0, 1.0]
    assert rows.loc["002"].tolist() == pytest.approx([50.0, 0.0, 40.0, 45.0, 1.0])
    assert rows.loc["003"].tolist() == [0.0, 0.0, 0.0, 15.0, 1.0]  # who only complains costs, too
    assert rows.loc["004"].tolist() == [10.0, 0.0, 5.0, 0.0, 1.0]


def test_a_column_of_margins_comes_first():
    given = read(ORDERS, "ordered_at").assign(margin=4.0)
    rows = customer_costs(given, margin="margin", **PERIOD).to_frame().set_index("customer_id")
    assert rows.loc["001", "goods"] == pytest.approx(80 - 8)


def test_what_makes_a_group_unprofitable():
    rows = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "revenue": [400.0, 50.0, 0.0],
            "refunds": 0.0,
            "goods": [40.0, 40.0, 0.0],
            "contacts": [2.0, 45.0, 15.0],
            "service": 1.0,
        }
    )
    named = with_groups(rows, pd.DataFrame({"customer_id": ["a", "b"], "region": ["n", "s"]}), ["region"]).to_frame()
    assert named["region"].tolist() == ["n", "s", "–"]
    told = costs_there(rows)
    assert told == ["goods", "contacts", "service"]
    groups = profit_contribution(named, costs=told, by=["region"]).groups.set_index("group")
    assert groups["driver"].dropna().to_dict() == {"s": "contacts", "–": "contacts"}
    assert profit_by_group(rows, named[["customer_id", "region"]], "region").to_dict() == {
        "n": 357.0,
        "s": -36.0,
        "–": -16.0,
    }
