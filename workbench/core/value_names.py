"""The names a study gives to values of its columns, wherever such a value stands: table, sentence or picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd

SEPARATOR = " | "  # between the parts of a value that crosses columns, such as a stratum


class _Words(Protocol):
    def text(self, language: str) -> str: ...


_names: ContextVar[Mapping[str, _Words]] = ContextVar("value_names", default=MappingProxyType({}))


def show_value_names(names: Mapping[str, Mapping[str, _Words]]) -> None:
    """Show values by these names from now on; an empty mapping shows them as they are.

    Parameters
    ----------
    names
        Column → value → its words. A value that two columns name differently is shown as it is, as a cell does not say
        from which of them it comes.

    Examples
    --------
    >>> from workbench.core.language import format_value, message
    >>> show_value_names({"region": {"华东": message("Region"), "x": message("Share")}, "kind": {"x": message("Type")}})
    >>> format_value("华东", "text", "en"), format_value("华东 | 1–5", "text", "en"), format_value("x", "text", "en")
    ('Region', 'Region | 1–5', 'x')
    >>> show_value_names({})
    """
    told: dict[str, _Words] = {}
    doubtful: set[str] = set()
    for values in names.values():
        for value, words in values.items():
            if value in told and told[value] != words:
                doubtful.add(value)
            told.setdefault(value, words)
    _names.set({value: words for value, words in told.items() if value not in doubtful})


def alike_but_for_capitals(values: Iterable[str]) -> list[list[str]]:
    """Return the values in groups that only capitals tell apart, groups and values in the order given.

    Where values become names of columns they are one, as not every engine tells those apart by their capitals.

    Examples
    --------
    >>> alike_but_for_capitals(["MA", "NY", "ma"])
    [['MA', 'ma'], ['NY']]
    """
    groups: dict[str, list[str]] = {}
    for value in values:
        groups.setdefault(value.casefold(), []).append(value)
    return list(groups.values())


def named_value(value: str, language: str) -> str:
    """Return a value by the name its study gives it; a crossed value part by part; any other as it is."""
    names = _names.get()
    if not names:
        return value
    if value in names:
        return names[value].text(language)
    if SEPARATOR not in value:
        return value
    return SEPARATOR.join(names[v].text(language) if v in names else v for v in value.split(SEPARATOR))


def in_named_order(table: pd.DataFrame, column: str, *, within: str | None = None) -> pd.DataFrame:
    """Return the rows of a table in the order in which the study names the values of a column.

    Parameters
    ----------
    table
        One row per group.
    column
        The groups; those that cross columns go by their parts. Groups without a name keep their order and come last.
    within
        Column of several breakdowns in one table, each of which is put in order by itself.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.core.language import message
    >>> show_value_names({"size": {"small": message("Low"), "large": message("High")}})
    >>> in_named_order(pd.DataFrame({"group": ["large", "medium", "small"]}), "group")["group"].tolist()
    ['small', 'large', 'medium']
    >>> show_value_names({})
    """
    import numpy as np
    import pandas as pd

    ranks = {value: place for place, value in enumerate(_names.get())}
    parts = [str(v).split(SEPARATOR) for v in table[column]]
    if not any(part in ranks for value in parts for part in value):
        return table
    widest = max(map(len, parts))
    keys = np.array([[ranks.get(p, len(ranks)) for p in value] + [0] * (widest - len(value)) for value in parts])
    blocks = pd.factorize(table[within])[0] if within is not None else np.zeros(len(table))
    return table.iloc[np.lexsort((*keys.T[::-1], blocks))].reset_index(drop=True)
