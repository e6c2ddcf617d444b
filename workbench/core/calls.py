"""What a call says in names of columns: one name, or several, in whatever a notebook has them in."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from workbench.core.errors import InputError

P = ParamSpec("P")
R = TypeVar("R")
EMPTY = str(inspect.Parameter.empty)
LISTS = (list, tuple, pd.Index, pd.Series, np.ndarray)


def takes_columns(*one: str, many: Iterable[str] = ()) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function be called with names of columns as people have them, and refuse what is none in words.

    Parameters
    ----------
    one
        Arguments that name a single column. None stays None where the function takes it.
    many
        Arguments that name one column or several: a list, a tuple, an index, a Series or an array of names becomes a
        list; a single name stays, or becomes a list where the function takes no single one.

    Raises
    ------
    InputError
        By the function, where an argument names no column: a number, the values of a column, a dict, a table.

    Examples
    --------
    >>> @takes_columns(many=["by"])
    ... def grouped(data, *, by):
    ...     return by
    >>> grouped(None, by=pd.Index(["region", "channel"]))
    ['region', 'channel']
    """
    several = tuple(many)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        kinds = {name: str(p.annotation) for name, p in signature.parameters.items()}
        asked = {*one, *several}
        optional = {name for name in asked if "None" in kinds[name] or kinds[name] == EMPTY}
        # who reads a list of names would take a single one for its letters
        lists = {name for name in several if kinds[name].startswith("Sequence")}

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            for name, given in bound.arguments.items():
                if name not in asked or (given is None and name in optional):
                    continue
                if name in several and isinstance(given, LISTS) and not len(given):
                    # none at all is for the function to judge
                    bound.arguments[name] = None if name in optional else []
                    continue
                read = column_names(given, name) if name in several else column_name(given, name)
                bound.arguments[name] = [read] if name in lists and isinstance(read, str) else read
            return function(*bound.args, **bound.kwargs)

        return call

    return decorate


def column_name(given: Any, where: str) -> str:
    """Return the name of a single column.

    Raises
    ------
    InputError
        If it is no name.

    Examples
    --------
    >>> column_name(np.str_("region"), "by")
    'region'
    """
    if isinstance(given, str) and given:
        return str(given)
    raise InputError(
        f"{where} is the name of a column.",
        found=_shown(given),
        fix=f'Write {where}="region", say: the name in quotes, not the column itself or a list.',
        where=where,
    )


def column_names(given: Any, where: str) -> Any:
    """Return names of columns as a list, a single one as it is.

    Raises
    ------
    InputError
        If there is something that is no name among them.

    Examples
    --------
    >>> column_names(pd.Series(["region", "channel"]), "by"), column_names("region", "by")
    (['region', 'channel'], 'region')
    """
    if isinstance(given, str):
        return column_name(given, where)
    names = list(given) if isinstance(given, LISTS) and np.ndim(given) == 1 else None
    if names and all(isinstance(n, str) for n in names):
        return [str(n) for n in names]
    raise InputError(
        f"{where} names columns.",
        found=_shown(given),
        fix=f'Write {where}="region" or {where}=["region", "channel"]: names in quotes, not the columns themselves.',
        where=where,
    )


def _shown(given: Any) -> str:
    if isinstance(given, str):
        return "an empty text"
    if isinstance(given, pd.DataFrame | pd.Series | pd.Index | np.ndarray):
        return f"{type(given).__name__} of {len(given)} rows"
    return f"{type(given).__name__} {given!r}"[:80]
