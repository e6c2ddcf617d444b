"""The shape of every result: a tidy table, its caveats, a picture, and how it shows itself in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import pandas as pd

from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import COLUMNS, Column
from workbench.core.tables import html_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Severity = Literal["info", "caution", "warning"]


@dataclass(frozen=True)
class Note:
    """A caveat that travels with a number.

    Attributes
    ----------
    message
        The caveat, readable in every language.
    severity
        ``info`` explains, ``caution`` limits what may be concluded, ``warning`` says: do not trust this number.
    """

    message: Message
    severity: Severity = "info"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Result:
    """Base of every result object: ``.table``, ``.plot()``, ``.notes``, ``_repr_html_``.

    Subclasses are frozen dataclasses, set `caption`, declare in `columns` how the columns that are theirs alone are
    labelled and formatted, and override `plot`.

    Attributes
    ----------
    table
        The numbers, tidy: one row per thing described.
    notes
        What a reader should know about them.
    level
        Level of its intervals, such as 0.95; a result whose labels name it cannot be shown without.

    Examples
    --------
    >>> Result(table=pd.DataFrame({"region": ["north"], "n": [1200]}))
    Result
    region    n
     north 1200
    """

    table: pd.DataFrame
    notes: tuple[Note, ...] = ()
    level: float | None = None

    caption: ClassVar[Message] = message("Result")
    columns: ClassVar[Mapping[str, Column]] = {}

    def plot(self, language: Language | None = None) -> Figure:  # noqa: ARG002
        """Draw the result in `language` (default: the current one)."""
        raise TypeError(f"{type(self).__name__} has no picture; show its table instead")

    def shown_table(self, language: Language) -> pd.DataFrame:  # noqa: ARG002
        """Return the table as it is displayed: codes as words of `language`, and no customers."""
        return self.table

    def to_html(self, language: Language | None = None) -> str:
        """Return the table with its caption and notes as an HTML fragment in `language`."""
        chosen = language or current_language()
        return html_table(
            self.shown_table(chosen),
            caption=self.caption,
            columns={**COLUMNS, **self.columns},
            notes=[n.message for n in self.notes],
            language=chosen,
            level=self.level,
        )

    def with_notes(self, notes: Iterable[Note]) -> Self:
        """Return the same result with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        lines = [type(self).__name__, self.shown_table("en").to_string(index=False, max_rows=20)]
        lines += [f"{n.severity}: {n.message.text('en')}" for n in self.notes]
        return "\n".join(lines)
