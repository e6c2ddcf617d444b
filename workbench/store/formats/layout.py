"""How a table lies in its file: which row names the columns, where the rows begin, which columns and rows are none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.store.formats.head import HEAD_BYTES, Head

MOST_TITLES = 15
TOTALS = frozenset(
    {"total", "totals", "grand total", "sum", "subtotal", "overall", "合计", "总计", "小计", "总和", "汇总"}
)
OWN = "column {place}"
RESERVED = ("_file", "_line")  # columns of staged rows: which file and line each comes from


@dataclass(frozen=True)
class Layout:
    """How a table lies in its file.

    Attributes
    ----------
    names
        A name of its own for each column of the file.
    header_row
        Place of the row with the names, counted from 1.
    rows_from
        Place of the first row of data.
    first_line
        Line of the file on which the data begin.
    labels
        Question of each column, where the file says it.
    tool_ids
        What the tool calls each column.
    skipped
        Names of the columns that are left out.
    totals
        Line that adds the others up, where the last one does.
    said
        What was found, in words.
    """

    names: tuple[str, ...]
    header_row: int
    rows_from: int
    first_line: int
    labels: tuple[str, ...] = ()
    tool_ids: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    totals: int | None = None
    said: tuple[Message, ...] = field(default=())

    def label(self, name: str) -> str:
        """Return the question of a column, empty where the file has none.

        Examples
        --------
        >>> Layout(("Q1",), 1, 3, 3, labels=("Are you content?",)).label("Q1")
        'Are you content?'
        """
        place = self.names.index(name)
        return self.labels[place] if place < len(self.labels) else ""

    def tool_id(self, name: str) -> str | None:
        """Return what the tool calls a column."""
        place = self.names.index(name)
        return (self.tool_ids[place] or None) if place < len(self.tool_ids) else None


def plain_layout(
    head: Head,
    *,
    header_row: int | None = None,
    skip_columns: Iterable[str] = (),
    merged: Mapping[tuple[int, int], str] = MappingProxyType({}),
    where: str = "",
    strict: bool = True,
) -> Layout:
    """Find how a table lies whose format says nothing about it.

    Parameters
    ----------
    head
        Its first rows.
    header_row
        Row with the names, counted from 1; found where it is certain: titles are rows with one cell above a row
        in which every cell is a name of its own.
    skip_columns
        Names of columns to leave out.
    merged
        Row and column of a cell that is merged with the one before it → that one's text.
    where
        The file, for errors.
    strict
        Whether columns without a name, or with the name of another, are refused rather than given one.

    Raises
    ------
    InputError
        If a column has no name of its own, or nothing but numbers stands where the names should.

    Examples
    --------
    >>> from workbench.store.formats.head import head_of_cells
    >>> found = plain_layout(head_of_cells([["Survey 2026", ""], ["id", "score"], ["1", "9"]]))
    >>> found.names, found.header_row, found.first_line
    (('id', 'score'), 2, 3)
    """
    if not head.rows:
        raise InputError(
            "A table has a header line.",
            found="no rows" if head.whole else f"a first line of more than {HEAD_BYTES:,} bytes",
            fix="Export the table again, or name the right sheet.",
            where=where,
        )
    place = _header_place(head) if header_row is None else header_row - 1
    if header_row is None and all(re.fullmatch(r"-?[\d.]+", c) for c in head.row(place)):
        raise InputError(
            "The first row names the columns.",
            found=f"only numbers: {', '.join(head.row(place)[:8])}",
            fix="Put names above the columns; or say in wave.yaml that these are the names: header_row: 1.",
            where=where,
        )
    if place >= len(head.rows):
        raise InputError(
            "The header row is a row of the file.",
            found=f"header_row: {header_row}, and {len(head.rows)} rows",
            fix="Correct 'header_row' in wave.yaml.",
            where=where,
        )
    said: list[Message] = []
    if place and header_row is None:
        said.append(message("{n:int} lines of titles stand above the names of the columns", n=place))
    given = list(head.row(place))
    width = max([len(given), *(len(r) for r in head.rows[place + 1 :])]) if not strict else len(given)
    given += [""] * (width - len(given))
    given = _with_merged(given, place, merged)
    names, skipped = list(given), list(skip_columns)
    for i, name in enumerate(given):
        cells = head.column(i, after=place + 1)
        if not name and i == 0 and _counts_on(cells):
            names[i] = OWN.format(place=i + 1)
            skipped.append(names[i])
            said.append(message("the first column has no name and counts the rows; it is left out"))
        elif not name and not any(cells) and head.whole:
            names[i] = OWN.format(place=i + 1)
            skipped.append(names[i])
    _require_names(names, where) if strict else None
    return Layout(
        own_names(names),
        place + 1,
        place + 1,
        head.lines[min(place + 1, len(head.rows))],
        skipped=tuple(skipped),
        said=tuple(said),
    )


def with_totals(layout: Layout, last: Sequence[str], line: int) -> Layout:
    """Return a layout that leaves the last row out where it adds the others up.

    Parameters
    ----------
    layout
        The layout.
    last
        Cells of the last row.
    line
        Its line.

    Examples
    --------
    >>> layout = Layout(("id", "score"), 1, 1, 2)
    >>> with_totals(layout, ["Total", "150"], 9).totals, with_totals(layout, ["9", "4"], 9).totals
    (9, None)
    """
    first = next((c.strip() for c in last if c.strip()), "")
    if first.casefold().rstrip(" :：") not in TOTALS:
        return layout
    said = message("the last line adds the others up ({first}); it is left out", first=first)
    return replace(layout, totals=line, said=(*layout.said, said))


def own_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return a name of its own for each column: those without one by their place, repeated ones with a number.

    Names that differ in capital letters only are repeated ones, as SQL does not tell them apart; and ``_file`` and
    ``_line`` are the intake's own, so a column that is called so gets a number, too.

    Examples
    --------
    >>> own_names(["id", "", "score", "score", "Score", "_line"])
    ('id', 'column 2', 'score', 'score (2)', 'Score (3)', '_line (2)')
    """
    made: list[str] = []
    taken = set(RESERVED)
    for place, name in enumerate(names, start=1):
        wanted = re.sub(r"\s+", " ", name).strip() or OWN.format(place=place)
        n, candidate = 1, wanted
        while candidate.casefold() in taken:
            n += 1
            candidate = f"{wanted} ({n})"
        taken.add(candidate.casefold())
        made.append(candidate)
    return tuple(made)


def further_names(names: Sequence[str], given: Iterable[str]) -> tuple[str, ...]:
    """Return a name of its own for each further column of a table that has some under given names.

    Examples
    --------
    >>> further_names(["id", "REGION"], ["customer_id", "region"])
    ('id', 'REGION (2)')
    """
    before = tuple(given)
    return own_names([*before, *names])[len(before) :]


def _header_place(head: Head) -> int:
    """Return where the names stand: below titles, which are rows of one cell, where that is certain."""
    for place, row in enumerate(head.rows[: MOST_TITLES + 1]):
        filled = [c for c in row if c]
        # a title stands in the first cell; one name behind an empty cell is that of a column behind an index
        if len(filled) <= 1 < _width(head) and (row[0] or _width(head) > 2 or not filled):
            continue
        whole = len(filled) >= _width(head) - 1 and len(set(filled)) == len(filled)
        return place if place and whole else 0
    return 0


def _with_merged(given: list[str], place: int, merged: Mapping[tuple[int, int], str]) -> list[str]:
    """Return names in which the cells of a merged one carry its text with a number."""
    names, before, n = list(given), "", 1
    for i, name in enumerate(given):
        text = merged.get((place, i), "")
        n = n + 1 if text and text == before and not name else 1
        before = name or text
        if text and not name:
            names[i] = f"{text} ({n})"
    return names


def _width(head: Head) -> int:
    """Return how many cells most rows have."""
    widths = sorted(len([c for c in row if c]) for row in head.rows)
    return widths[len(widths) // 2] if widths else 0


def _counts_on(cells: Sequence[str]) -> bool:
    numbers = [int(c) for c in cells if re.fullmatch(r"\d{1,9}", c)]
    if len(numbers) < 2 or len(numbers) < len(cells) - 1:
        return False
    return numbers[0] in (0, 1) and all(b - a == 1 for a, b in pairwise(numbers))


def _require_names(names: Sequence[str], where: str) -> None:
    repeated = sorted(n for n, times in Counter(names).items() if times > 1 and n)
    empty = [str(i + 1) for i, n in enumerate(names) if not n]
    if repeated or empty:
        raise InputError(
            "Every column has its own name.",
            found=f"repeated: {', '.join(repeated) or 'none'}; without a name: column {', '.join(empty) or 'none'}",
            fix="Name the columns apart in the file, or say where the names stand (header_row in wave.yaml).",
            where=where,
        )
