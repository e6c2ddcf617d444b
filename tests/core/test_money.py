from __future__ import annotations

import pytest

from workbench.core.language import message, use_language
from workbench.core.money import CurrencyName, Money, currency_sign, money_range, one_unit


@pytest.mark.parametrize(
    ("amount", "currency", "en", "zh"),
    [
        (1_602, "CNY", "CN¥1,602", "¥1,602"),
        (-2_500_000, "EUR", "−€2.50 m", "−€250万"),
        (12.5, "CHF", "CHF 12.50", "CHF 12.50"),
        (None, "CNY", "–", "–"),
        (1_602, None, "1,602", "1,602"),
        (float("nan"), "CNY", "–", "–"),
        (3.2e9, "CNY", "CN¥3.20 bn", "¥32.00亿"),
    ],
)
def test_amounts_carry_their_currency(amount, currency, en, zh):
    assert (Money(amount, currency).text("en"), Money(amount, currency).text("zh-CN")) == (en, zh)


def test_an_interval_has_one_unit():
    said = money_range(840_000, 3_070_000, "CNY")
    assert said.text("en") == "CN¥0.84 m to CN¥3.07 m"
    assert [m.text("zh-CN") for m in one_unit([5_000, None, 20_000], "CNY")] == ["¥0.50万", "–", "¥2.00万"]
    assert [m.text("en") for m in one_unit([None], "CNY")] == ["–"]


def test_amounts_stand_in_sentences():
    worth = message("worth {amount}", amount=Money(100, "EUR"))
    assert worth.text("en") == "worth €100"
    with use_language("zh-CN"):
        assert str(Money(30_000, "CNY")) == "¥3.00万" and str(CurrencyName("CNY")) == "人民币"


def test_currencies_have_names_and_signs():
    assert CurrencyName("EUR").text("en") == "Euro"
    assert CurrencyName("XQX").text("en") == "XQX"
    assert currency_sign("XQX", "en") == "XQX "
