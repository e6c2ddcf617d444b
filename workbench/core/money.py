"""Amounts with their currency: one unit for both ends of an interval, in every language's own units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from babel import numbers

from workbench.core.currency import babel_locale, currency_sign, with_currency
from workbench.core.language import (
    Language,
    Message,
    current_language,
    format_value,
    message,
    money_unit,
)


@dataclass(frozen=True)
class Money:
    """An amount of money, readable in every language with the sign of its currency.

    Attributes
    ----------
    amount
        The amount; nothing is a dash.
    currency
        ISO 4217 code, as ``wave.config.currency`` has it; without one the amount has no sign.
    like
        The amount whose unit (万, million …) it is written in; its own by default.

    Examples
    --------
    >>> Money(1_250_000, "CNY").text("en"), Money(1_250_000, "CNY").text("zh-CN")
    ('CN¥1.25 m', '¥125万')
    """

    amount: float | None
    currency: str | None
    like: float | None = None

    def text(self, language: Language) -> str:
        """Return the amount in `language`."""
        if self.amount is None or self.amount != self.amount:
            return format_value(None, "money", language)
        size, unit = money_unit(self.amount if self.like is None else self.like, language)
        scaled = abs(self.amount) / size
        digits = "dec0" if scaled >= 100 else "dec2"
        sign = "−" if self.amount < 0 else ""
        shown = currency_sign(self.currency, language) if self.currency else ""
        return f"{sign}{shown}{format_value(scaled, digits, language)}{unit}"

    def __str__(self) -> str:
        return self.text(current_language())


def money_range(low: float, high: float, currency: str | None) -> Message:
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


def one_unit(amounts: Iterable[float | None], currency: str | None) -> list[Money]:
    """Return amounts that stand beside each other, all in the unit of the largest."""
    listed = list(amounts)
    known = [a for a in listed if a is not None and a == a]
    largest = max(known, key=abs) if known else None
    return [Money(a, currency, like=largest) for a in listed]


@dataclass(frozen=True)
class MoneyInterval:
    """An amount with its interval, all in one unit, in the currency that is shown (see `show_currency`).

    Examples
    --------
    >>> MoneyInterval(1_234_567, 998_000, 1_500_000).text("en")
    '1.23 m (1.00 m to 1.50 m)'
    """

    estimate: float
    low: float
    high: float

    def text(self, language: Language) -> str:
        """Return the words in `language`."""
        if any(v != v for v in (self.low, self.high)):
            return with_currency(format_value(self.estimate, "money", language), language)
        size, unit = money_unit(max((self.estimate, self.low, self.high), key=abs), language)
        digits = ["dec0" if abs(v) >= 100 * size else "dec2" for v in (self.estimate, self.low, self.high)]
        shown = [
            format_value(v / size, d, language) + unit
            for v, d in zip((self.estimate, self.low, self.high), digits, strict=True)
        ]
        around = message("{low} to {high}", low=shown[1], high=shown[2]).text(language)
        brackets = " ({})" if language == "en" else "（{}）"
        return with_currency(shown[0], language) + brackets.format(around)

    def __str__(self) -> str:
        return self.text(current_language())


def currency_words(currency: str | None) -> Message | str:
    """Return what stands in a sentence for the currency of amounts: its code, or that there is none.

    Examples
    --------
    >>> currency_words("CNY"), str(currency_words(None))
    ('CNY', 'money')
    """
    return currency or message("money")
