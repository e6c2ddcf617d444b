from __future__ import annotations

import pytest

from workbench.core.currency import currency_sign, show_currency, with_currency
from workbench.core.language import format_value, message, use_language
from workbench.core.money import MoneyInterval, currency_words


@pytest.fixture
def currency():
    yield show_currency
    show_currency(None)


@pytest.mark.parametrize(
    ("amount", "code", "en", "zh"),
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
def test_amounts_carry_the_currency_that_is_shown(currency, amount, code, en, zh):
    currency(code)
    told = message("{x:money}", x=amount)
    assert (told.text("en"), told.text("zh-CN")) == (en, zh)
    assert with_currency(format_value(amount, "money", "en"), "en") == en


def test_an_amount_and_its_interval_have_one_unit(currency):
    currency("CNY")
    assert MoneyInterval(1_950_000, 840_000, 3_070_000).text("en") == "CN¥1.95 m (0.84 m to 3.07 m)"
    assert MoneyInterval(12_000, 5_000, 20_000).text("zh-CN") == "¥1.20万（0.50万 至 2.00万）"
    with use_language("zh-CN"):
        assert str(MoneyInterval(30_000, 20_000, 40_000)).startswith("¥3.00万")


def test_an_amount_without_an_interval_stands_alone(currency):
    currency("EUR")
    assert MoneyInterval(100, float("nan"), float("nan")).text("en") == "€100"


def test_currencies_have_signs_and_words():
    assert currency_sign("XQX", "en") == "XQX "
    assert currency_words("EUR") == "EUR" and str(currency_words(None)) == "money"
