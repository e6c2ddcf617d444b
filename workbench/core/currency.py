"""The currency of amounts: shown with every amount of a sentence, and once above a column of them."""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache

from babel import Locale, numbers

_NONE = "–"
_currency: ContextVar[str | None] = ContextVar("currency", default=None)


@cache
def babel_locale(language: str) -> Locale:
    """Return what Babel knows of a language."""
    # an object, as the name of a locale is looked up anew for every number
    return Locale.parse(language, sep="-")


def show_currency(code: str | None) -> None:
    """Show amounts in sentences and the headings of tables with this currency (ISO 4217) from now on; None without.

    Examples
    --------
    >>> from workbench.core.language import message
    >>> show_currency("EUR")
    >>> message("{x:money}", x=1234).text("en"), message("{x:money}", x=1234).text("zh-CN")
    ('€1,234', '€1,234')
    >>> show_currency(None)
    """
    _currency.set(code)


def current_currency(language: str) -> str:
    """Return the currency of amounts as the heading of a column names it; empty where none is known."""
    code = _currency.get()
    if not code or language == "en":
        return code or ""
    return "元" if code == "CNY" else str(numbers.get_currency_name(code, locale=babel_locale(language)))


def with_currency(amount: str, language: str) -> str:
    """Return a written amount with the sign of its currency, where one is known."""
    code = _currency.get()
    if not code or amount == _NONE:
        return amount
    sign = "−" if amount.startswith("−") else ""
    return f"{sign}{currency_sign(code, language)}{amount.removeprefix(sign)}"


@cache
def currency_sign(currency: str, language: str) -> str:
    """Return the sign of a currency as readers of a language know it; of a code without one the code and a space.

    Examples
    --------
    >>> currency_sign("EUR", "en"), currency_sign("CNY", "zh-CN"), currency_sign("CHF", "en")
    ('€', '¥', 'CHF ')
    """
    sign = str(numbers.get_currency_symbol(currency, locale=babel_locale(language)))
    return f"{sign} " if sign == currency else sign
