import datetime as dt

import pandas as pd
import pytest

from workbench.core import InputError, Result
from workbench.core.engine import as_table
from workbench.tiers import customer_card, grade


@pytest.fixture
def tables(customers):
    day = pd.to_datetime(["2026-01-01", "2026-05-01"])
    orders = pd.DataFrame({"customer_id": ["C00001", "C00001"], "ordered_at": day, "amount": [30.0, 70.0]})
    calls = pd.DataFrame(
        {"customer_id": ["C00001"], "opened_at": [day[1]], "closed_at": [pd.NaT], "kind": ["complaint"]}
    )
    return {
        "customers": as_table(customers.assign(region="north")),
        "transactions": as_table(orders),
        "interactions": as_table(calls),
    }


def test_everything_known_is_on_the_card(customers, rules, tables):
    card = customer_card("C00001", grades=grade(customers, rules), tables=tables, as_of=dt.date(2026, 5, 31))
    shown = card.to_html("en")
    assert "C00001" in shown and "Tier" in shown and "north" in shown
    assert card.orders["amount"].tolist() == [70.0, 30.0]
    assert card.interactions["open_days"].tolist() == [30]
    assert "客户 C00001" in card.to_html("zh-CN") and card.plot().axes


def test_a_card_cannot_be_published(customers, tables):
    card = customer_card("C00002", tables=tables)
    assert not isinstance(card, Result)
    from workbench.report.site.blocks import table

    with pytest.raises((TypeError, AttributeError, AssertionError)):
        table(card, "card")


def test_nobody(tables):
    with pytest.raises(InputError, match="customer of this wave"):
        customer_card("nobody", tables=tables)
