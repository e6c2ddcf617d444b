"""How small a number of people may be told, from now on: below it a count reads "< 10"."""

from __future__ import annotations

import string
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

# styles of columns that count people: each in one row, the base of an estimate, and such as may be in several rows
PEOPLE = ("people", "base", "some")
_NUMBERS = ("money", "pct", "dec", "signed", "points")
_minimum: ContextVar[int] = ContextVar("minimum_cell", default=0)


def show_people_from(minimum: int) -> None:
    """Tell counts of people below `minimum` as fewer than that, from now on; 0 tells every count.

    Every notebook of a report does so; somebody who works by hand sees every count.

    Examples
    --------
    >>> from workbench.core.language import message
    >>> show_people_from(10)
    >>> message("{n:people} called, {all:people} listed", n=3, all=40).text("en")
    '< 10 called, 40 listed'
    >>> show_people_from(0)
    """
    _minimum.set(minimum)


def fewest_told() -> int:
    """Return the smallest count of people that is told; 0 where all are."""
    return _minimum.get()


def is_few(count: float) -> bool:
    """Tell whether a count of people is too small to be told; nobody is nobody, and may be.

    Examples
    --------
    >>> show_people_from(10)
    >>> is_few(3), is_few(0), is_few(10)
    (True, False, False)
    >>> show_people_from(0)
    """
    return bool(0 < count < _minimum.get())


def gives_few_away(template: str, values: Mapping[str, Any]) -> bool:
    """Tell whether a sentence says of few people more than that they are few: an amount, a share, a score.

    Parameters
    ----------
    template, values
        The sentence, as `workbench.core.language.Message` has it.

    Examples
    --------
    >>> show_people_from(10)
    >>> gives_few_away("{n:people} cost {loss:money}.", {"n": 3, "loss": 5.0})
    True
    >>> gives_few_away("{n:people} cost more than they bring.", {"n": 3})
    False
    >>> show_people_from(0)
    """
    places = [(name, style or "") for _, name, style, _ in string.Formatter().parse(template) if name]
    told = [values.get(name) for name, style in places if style in PEOPLE]
    few = any(isinstance(v, int | float) and is_few(v) for v in told)
    return few and any(style.startswith(_NUMBERS) for _, style in places)
