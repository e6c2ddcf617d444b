from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.currency import current_currency, show_currency, with_currency
from workbench.core.language import message
from workbench.core.money import MoneyInterval
from workbench.core.names import Column
from workbench.core.tables import html_table


@pytest.fixture
def yuan():
    show_currency("CNY")
    yield
    show_currency(None)


def test_amounts_carry_their_currency_where_one_is_known(yuan):
    text = message("{x:money} of {n:int}", x=-2.5e6, n=3)
    assert text.text("zh-CN").startswith("−¥250万")
    assert with_currency("–", "en") == "–"
    assert current_currency("zh-CN") == "元"
    assert "¥" in MoneyInterval(1e6, 9e5, 2e6).text("zh-CN")


def test_a_column_names_it_once(yuan):
    html = html_table(
        pd.DataFrame({"value": [5.0]}), caption="x", columns={"value": Column(message("Value"), "money")}, language="en"
    )
    assert "Value (CNY)" in html
    assert html.count("CNY") == 1


def test_without_one_nothing_is_guessed():
    assert message("{x:money}", x=5).text("en") == "5.00"
    assert MoneyInterval(275_420, 255_000, 298e6).text("en") == "0.28 m (0.26 m to 298 m)"
