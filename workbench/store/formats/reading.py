"""What a reader of a tool's files says about one: why it is that tool's, how it lies, and what its columns mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from workbench.core.engine import DuckDBEngine
from workbench.core.language import Message
from workbench.store.codebook import Codebook
from workbench.store.formats.head import Head
from workbench.store.formats.layout import Layout
from workbench.store.joined_cells import Chosen
from workbench.store.value_counts import value_counts

Role = Literal["respondent_id", "started_at", "submitted_at", "duration_seconds", "invitation", "group"]
FEW_VALUES = 120
DATE_SIGN = r"^(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d{2})( |$))"


@dataclass(frozen=True)
class LeftOut:
    """Rows that are no answers of customers: why, and the SQL condition over the file's columns."""

    rule: Message
    sql: str


@dataclass(frozen=True)
class Reading:
    """What a file says, once it is read.

    Attributes
    ----------
    book
        What its columns mean.
    roles
        What a column is in the tool → SQL over the file's columns: respondent, start, end, duration, invitation.
    derived
        Further column → which choice of a cell it tells.
    left_out
        Rows that are none: tests, previews, unfinished answers.
    date_format
        How dates are written, where the tool always writes them one way that is not year first.
    """

    book: Codebook
    roles: Mapping[Role, str] = field(default_factory=dict)
    derived: Mapping[str, Chosen] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    date_format: str | None = None


@dataclass(frozen=True)
class Values:
    """The values of a table that lies as text: how many there are of which.

    Attributes
    ----------
    item
        FROM item of the table.
    columns
        Its columns.
    rows
        How many rows it has.
    counts
        Column → value → how often; None for a column of more values than a choice has.
    filled, distinct
        Column → how many values there are, and how many different ones, about.
    numbers, dates
        Column → how many of its values are numbers, and dates.
    """

    item: str
    columns: tuple[str, ...]
    rows: int
    counts: Mapping[str, Mapping[str, int] | None]
    filled: Mapping[str, int]
    distinct: Mapping[str, int]
    numbers: Mapping[str, int]
    dates: Mapping[str, int]

    def of(self, column: str) -> Mapping[str, int]:
        """Return value → how often, empty for a column of many values."""
        return self.counts.get(column) or {}


def values_of(item: str, columns: tuple[str, ...], engine: DuckDBEngine) -> Values:
    """Count the values of a table of texts.

    Parameters
    ----------
    item
        FROM item with text columns.
    columns
        Columns to count.
    engine
        The engine it lies in.

    Examples
    --------
    >>> engine = DuckDBEngine()
    >>> found = values_of("(SELECT * FROM (VALUES ('a'), ('a'), ('')) AS t(q))", ("q",), engine)
    >>> found.rows, found.of("q")
    (3, {'a': 2})
    """
    q = [engine.dialect.quote(c) for c in columns]
    text = [f"nullif(trim({c}), '')" for c in q]
    parts = ["count(*) AS everything"]
    parts += [f"count({t}) AS f{i}, approx_count_distinct({t}) AS d{i}" for i, t in enumerate(text)]
    parts += [f"count(TRY_CAST({t} AS DOUBLE)) AS n{i}" for i, t in enumerate(text)]
    parts += [f"count(*) FILTER (WHERE regexp_matches({t}, '{DATE_SIGN}')) AS t{i}" for i, t in enumerate(text)]
    sizes = engine.rows(f"SELECT {', '.join(parts)} FROM {item}").iloc[0]
    filled = {c: int(sizes[f"f{i}"]) for i, c in enumerate(columns)}
    distinct = {c: int(sizes[f"d{i}"]) for i, c in enumerate(columns)}
    few = {c: t for c, t in zip(columns, text, strict=True) if distinct[c] <= FEW_VALUES * 1.2}
    counted = value_counts(item, few, engine)
    counts: dict[str, Mapping[str, int] | None] = {c: counted.get(c) for c in columns}
    numbers = {c: int(sizes[f"n{i}"]) for i, c in enumerate(columns)}
    dates = {c: int(sizes[f"t{i}"]) for i, c in enumerate(columns)}
    return Values(item, columns, int(sizes["everything"]), counts, filled, distinct, numbers, dates)


@dataclass(frozen=True)
class Format:
    """A kind of file that is recognised by what is in it.

    Attributes
    ----------
    name
        Its name for ``format:`` in ``wave.yaml``.
    title
        What people call it.
    recognise
        Why a file is of this kind, or None.
    layout
        How its table lies.
    read
        What its columns mean.
    tables
        The tables such a file usually is.
    """

    name: str
    title: Message
    recognise: Callable[[Head], Message | None]
    layout: Callable[[Head], Layout]
    read: Callable[[Values, Layout], Reading]
    tables: tuple[str, ...] = ("responses",)
