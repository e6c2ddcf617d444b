from __future__ import annotations

import pandas as pd
import pytest

from tests.clv.made import END, contracts, faithful, monthly, orders
from tests.report.chapters.value.test_chapter import from_orders
from workbench.clv import contract_renewals, contract_spells, profit_contribution, value_contracts
from workbench.core.language import use_language
from workbench.report.chapters.value import tables
from workbench.report.chapters.value.chapter import Contracts, best_worth


def summary(**more):
    row = {
        "basis": "models",
        "customers": 100,
        "alive": 60,
        "clv": 1e6,
        "ci_low": 9e5,
        "ci_high": 1.1e6,
        "level": 0.9,
        "gini": 0.6,
        "top_10_share": 0.5,
        "top_10_low": 0.45,
        "top_10_high": 0.55,
        "at_risk": 2e5,
        "horizon_months": 12,
    }
    return pd.DataFrame([row | more])


def test_cards_say_how_sure_they_are():
    cards = tables.value_cards(summary(), summary(clv=8e5))
    assert len(cards) == 4
    assert "25.0% more" in str(cards[0].change)
    assert "90 %" in str(cards[0].detail)
    assert "0.90 m to 1.10 m" in str(cards[0].detail)
    assert "45.0% to 55.0%" in str(cards[3].detail)
    with use_language("zh-CN"):
        assert "万" in str(cards[0].value)


@pytest.mark.parametrize(
    ("basis", "words"),
    [("contracts", "under contract"), ("regular", "buy regularly"), ("silent", "Customers")],
)
def test_cards_of_other_bases_have_words_of_their_own(basis, words):
    cards = tables.value_cards(summary(basis=basis), None)
    assert words in str(cards[1].label)
    assert cards[0].change is None


def test_last_years_amounts_have_no_interval():
    nothing = dict.fromkeys(("ci_low", "ci_high", "alive", "at_risk", "top_10_share"), float("nan"))
    cards = tables.value_cards(summary(basis="last year", **nothing), summary())
    assert len(cards) == 1
    assert "without an interval" in str(cards[0].detail)


def test_worth_of_orders_and_contracts_stands_in_one_table():
    spells = contract_spells(contracts(900), observed_until=END)
    agreed = Contracts(spells, value_contracts(spells, contract_renewals(spells), annual_discount_rate=0.1))
    models = best_worth(from_orders(orders(900))[1], agreed)
    assert len(tables.worth_table(models, agreed, 12)) == 6
    assert len(tables.worth_table(best_worth(from_orders(faithful())[1], None), None, 12)) == 2
    regular = from_orders(monthly())[1]
    assert len(tables.worth_table(best_worth(regular, None), None, 12)) == 4
    assert [name for _, _, name, _ in tables.rhythm_tables(regular)] == ["rhythm", "regular-check"]
    assert tables.rhythm_tables(models.orders) == []
    runs = from_orders(monthly(), "mbg_nbd")[1]
    assert len(tables.worth_table(best_worth(runs, None), None, 12)) == 2
    assert [name for _, _, name, _ in tables.rhythm_tables(runs)] == ["rhythm"]
    last = tables.worth_table(best_worth(from_orders(orders(9))[1], None), None, 12)
    assert list(last.columns) == ["measure", "estimate"]
    assert len(tables.fit_table(models.orders.models, 0.8)) >= 4
    assert len(tables.compared(models.orders.models)) == 1
    assert tables.if_any(last.head(0)) == []


def test_unprofitable_groups_with_what_makes_them_so():
    rows = pd.DataFrame(
        {
            "customer_id": list("abc"),
            "revenue": [400.0, 50.0, 0.0],
            "refunds": 0.0,
            "goods": [40.0, 40.0, 0.0],
            "contacts": [2.0, 45.0, 15.0],
            "service": 1.0,
            "region": ["n", "s", "s"],
        }
    )
    costs = ["goods", "contacts", "service"]
    found = profit_contribution(rows, costs=costs, by=["region"])
    assert [str(d) for d in tables.drivers_table(found)["driver"]] == ["Complaints and other contacts"]
    shown = tables.shown_profit(found, "region").set_index("group")
    assert str(shown.loc["s", "driver"]) == "Complaints and other contacts"
    assert shown.loc["n", "driver"] is None
    nobody = profit_contribution(rows.assign(revenue=900.0), costs=costs, by=["region"])
    assert "loss" not in tables.shown_profit(nobody, "region")
