"""Amounts with their currency: one unit for both ends of an interval, in every language's own units."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.currency import with_currency
from workbench.core.language import (
    Language,
    Message,
    current_language,
    format_value,
    message,
    money_unit,
)


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
