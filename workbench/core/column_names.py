"""The names a study gives to its columns and questions, wherever a method speaks of one."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType

from workbench.core.language import Spoken

_names: ContextVar[Mapping[str, Spoken]] = ContextVar("column_names", default=MappingProxyType({}))


def show_column_names(names: Mapping[str, Spoken]) -> None:
    """Speak of columns by these names from now on; an empty mapping goes back to their own.

    Parameters
    ----------
    names
        Column → its words. A name without words in English is as none.

    Examples
    --------
    >>> from workbench.core.language import message
    >>> show_column_names({"q7": message("Share")})
    >>> str(study_name("q7")), study_name("q8")
    ('Share', None)
    >>> show_column_names({})
    """
    _names.set({column: words for column, words in names.items() if words.text("en").strip()})


def study_name(column: str) -> Spoken | None:
    """Return the name the study gives to a column, None where it gives none."""
    return _names.get().get(column)
