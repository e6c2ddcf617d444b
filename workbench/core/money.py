"""Amounts with their currency: one unit for both ends of an interval, in every language's own units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from babel import numbers

from workbench.core.language import Language, Message, babel_locale, current_language, format_value, message, money_unit


@dataclass(frozen=True)
class Money:
    """An amount of money, readable in every language with the sign of its currency.

    Attributes
    ----------
    amount
        The amount; nothing is a dash.
    currency
        ISO 4217 code, as ``wave.config.currency`` has it.
    like
        The amount whose unit (万, million …) it is written in; its own by default.

    Examples
    --------
    >>> Money(1_250_000, "CNY").text("en"), Money(1_250_000, "CNY").text("zh-CN")
    ('CN¥1.25 m', '¥125万')
    """

    amount: float | None
    currency: str
    like: float | None = None

    def text(self, language: Language) -> str:
        """Return the amount in `language`."""
        if self.amount is None or self.amount != self.amount:
            return format_value(None, "money", language)
        size, unit = money_unit(self.amount if self.like is None else self.like, language)
        scaled = abs(self.amount) / size
        digits = "dec0" if scaled >= 100 else "dec2"
        sign = "−" if self.amount < 0 else ""
        return f"{sign}{currency_sign(self.currency, language)}{format_value(scaled, digits, language)}{unit}"

    def __str__(self) -> str:
        return self.text(current_language())


def money_range(low: float, high: float, currency: str) -> Message:
    """Return an interval of amounts, both ends in the unit of the larger.

    Examples
    --------
    >>> money_range(275_420, 298_000_000, "CNY").text("en")
    'CN¥0.28 m to CN¥298 m'
    """
    larger = max((low, high), key=abs)
    return message("{low} to {high}", low=Money(low, currency, like=larger), high=Money(high, currency, like=larger))


@dataclass(frozen=True)
class CurrencyName:
    """The name of a currency, for captions and labels of columns."""

    currency: str

    def text(self, language: Language) -> str:
        """Return the name in `language`; a code nobody knows stays what it is."""
        return str(numbers.get_currency_name(self.currency, locale=babel_locale(language)))

    def __str__(self) -> str:
        return self.text(current_language())


@cache
def currency_sign(currency: str, language: Language) -> str:
    """Return the sign of a currency as readers of a language know it; of a code without one the code and a space.

    Examples
    --------
    >>> currency_sign("EUR", "en"), currency_sign("CNY", "zh-CN"), currency_sign("CHF", "en")
    ('€', '¥', 'CHF ')
    """
    sign = str(numbers.get_currency_symbol(currency, locale=babel_locale(language)))
    return f"{sign} " if sign == currency else sign


def one_unit(amounts: Iterable[float | None], currency: str) -> list[Money]:
    """Return amounts that stand beside each other, all in the unit of the largest."""
    listed = list(amounts)
    known = [a for a in listed if a is not None and a == a]
    largest = max(known, key=abs) if known else None
    return [Money(a, currency, like=largest) for a in listed]
