from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.engine import as_table
from workbench.report.chapters.value.profit import customer_costs, drivers_table, profit_of, shown_profit
from workbench.report.chapters.value.terms import WaveTerms, terms_of
from workbench.store import Wave

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
COSTS = (
    "value: {terms_by: region, margin: 0.5, margins: {south: 0.2}, service_cost: 1, contact_cost: 2, "
    "contact_costs: {visit: 30, complaint: 15}}\n"
)


@pytest.fixture
def wave(make_wave):
    text = WAVE.replace("tables:\n", "tables:\n  interactions: {file: raw/interactions.csv}\n") + COSTS
    return Wave.open(make_wave(wave_yaml=text, transactions=ORDERS, interactions=CASES))


def test_every_cost_of_every_customer(wave):
    rows = customer_costs(wave, terms_of(wave)).set_index("customer_id")
    assert rows.loc["001"].tolist() == [100.0, 20.0, 40.0, 2.0, 1.0]
    assert rows.loc["002"].tolist() == pytest.approx([50.0, 0.0, 40.0, 45.0, 1.0])
    assert rows.loc["003"].tolist() == [0.0, 0.0, 0.0, 15.0, 1.0]  # who only complains costs, too
    assert rows.loc["004"].tolist() == [10.0, 0.0, 5.0, 0.0, 1.0]


def test_a_column_of_margins_comes_first(make_wave):
    lines = ORDERS.splitlines()
    given = "\n".join([lines[0] + ",margin", *(f"{line},4" for line in lines[1:])]) + "\n"
    rows = customer_costs(Wave.open(make_wave(transactions=given)), WaveTerms(0.5, 0.0)).set_index("customer_id")
    assert rows.loc["001", "goods"] == pytest.approx(80 - 8)


def test_unprofitable_groups_with_what_makes_them_so(wave):
    rows = customer_costs(wave, terms_of(wave))
    rows.loc[rows["customer_id"] == "001", "revenue"] = 400.0
    people = as_table(pd.DataFrame({"customer_id": ["001", "002", "003"], "region": ["n", "s", "s"]}))
    found = profit_of(rows, people, ("region",))
    assert found.unprofitable == 2
    assert [str(d) for d in drivers_table(found)["driver"]] == ["Complaints and other contacts"]
    shown = shown_profit(found, "region", rows, people).set_index("group")
    assert str(shown.loc["s", "driver"]) == "Complaints and other contacts"
    assert shown.loc["s", "unprofitable"] == 1.0 and pd.isna(shown.loc["n", "driver"])
    assert {"ci_low", "ci_high"} <= set(shown.columns) and "–" in shown.index


def test_where_nobody_is_unprofitable_no_losses_are_shown():
    rows = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "revenue": [10.0, 20],
            "refunds": 0.0,
            "goods": [4.0, 9],
            "contacts": 0.0,
            "service": 0.0,
        }
    )
    people = as_table(pd.DataFrame({"customer_id": ["a", "b"], "region": ["n", "s"]}))
    found = profit_of(rows, people, ("region",))
    assert "refunds" not in found.table and "loss" not in shown_profit(found, "region", rows, people)
    assert profit_of(rows.assign(goods=100.0), people, ("region",)) is None


def test_without_orders_there_are_no_costs(make_wave):
    wave = Wave.open(make_wave(wave_yaml=WAVE.replace("  transactions: {file: raw/transactions.csv}\n", "")))
    rows = customer_costs(wave, WaveTerms(1.0, 0.0))
    assert not len(rows) and profit_of(rows, None, ()) is None
