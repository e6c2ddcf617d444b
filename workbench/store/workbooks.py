"""Lossless reading of workbook sheets: every cell as the text it was typed as; numbers that lost digits are refused."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.core.errors import InputError, nearest
from workbench.core.language import Message, message
from workbench.store.contained import contained, refuse_bombs
from workbench.store.formats.head import HEAD_ROWS, Head, head_of_cells
from workbench.store.formats.layout import Layout, plain_layout
from workbench.store.lines import LINE, Block, Reject
from workbench.store.passwords import unlocked

# Excel keeps 15 significant digits: a longer number typed into a cell reads back as another, plausible number.
MOST_EXACT = 10**15
INEXACT = message("a number of more than 15 digits has lost digits in Excel; format the column as text first")


@dataclass(frozen=True)
class Sheet:
    """A sheet as text.

    Attributes
    ----------
    name
        Its name.
    rows
        Cells of every row that is not blank; what a merged cell says stands in all rows it reaches over.
    numbers
        Number of each row in the sheet.
    merged
        Place of a row and a column whose cell is merged with the one before it → that one's text.
    inexact
        Row number → a number in it that has lost digits.
    blank
        Numbers of blank rows.
    said
        What was found, in words.
    others
        Names of the other sheets that hold tables.
    """

    name: str
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    merged: Mapping[tuple[int, int], str]
    inexact: Mapping[int, str]
    blank: Sequence[int]
    said: tuple[Message, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def head(self) -> Head:
        """Its first rows."""
        return head_of_cells(self.rows, numbers=self.numbers)


def open_sheet(path: Path, *, sheet: str | None = None) -> Sheet:
    """Read one sheet of a workbook as text.

    Parameters
    ----------
    path
        A workbook of Excel (XLSX, XLSM, XLSB, XLS) or an ODS file; with a password it is asked for.
    sheet
        Name of the sheet. By default the first, or the only one with a table.

    Raises
    ------
    InputError
        If the file is not a workbook, is locked, the sheet does not exist or is empty, or several could be meant.
    """
    book = _opened(path, sheet, cells=True)
    names, tables = book["names"], book["tables"]
    if sheet is not None and sheet not in names:
        raise InputError(
            f"The sheet {sheet!r} is needed.",
            found=f"sheets {', '.join(names)}",
            fix=f"Name one of them in wave.yaml{nearest(sheet, names)}",
            where=path.name,
        )
    said: list[Message] = []
    chosen = sheet or (names[0] if names[:1] == tables[:1] or not tables else tables[0])
    if sheet is None and tables and names[0] not in tables:
        if len(tables) > 1:
            raise InputError(
                "A workbook whose first sheet is no table says which one is.",
                found=f"tables in the sheets {', '.join(tables)}",
                fix=f"Name one in wave.yaml: sheet: {tables[0]!r}.",
                where=path.name,
            )
        said.append(message("the only sheet with a table is {sheet}", sheet=chosen))
    cells = book["cells"]
    if not any(c != "" for row in cells for c in row):
        raise InputError(
            "A table has a header line.",
            found=f"an empty sheet {chosen!r}",
            fix="Export the table again, or name the right sheet.",
            where=path.name,
        )
    spans = [s for s in book["merged"] if s[0] != s[1]]
    return _sheet(chosen, cells, spans, tuple(said), tuple(n for n in tables if n != chosen))


def read_workbook(path: Path, *, sheet: str | None = None) -> Block:
    """Read one sheet of a workbook as text cells with their row numbers.

    Parameters
    ----------
    path
        A workbook.
    sheet
        Name of the sheet; the first by default.

    Raises
    ------
    InputError
        If the file is not a workbook, the sheet does not exist or is empty, or its header is not usable.
    """
    found = open_sheet(path, sheet=sheet)
    layout = plain_layout(found.head, merged=found.merged, where=path.name)
    return block_of(found, layout)


def block_of(sheet: Sheet, layout: Layout) -> Block:
    """Return the rows of a sheet below its names; rows whose numbers lost digits are refused.

    Parameters
    ----------
    sheet
        The sheet.
    layout
        How its table lies.
    """
    width = len(layout.names)
    kept: list[Sequence[str]] = []
    numbers: list[int] = []
    rejects: list[Reject] = []
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        if number < layout.first_line:
            continue
        if number in sheet.inexact:
            rejects.append(Reject(number, sheet.inexact[number], INEXACT))
            continue
        kept.append(row)
        numbers.append(number)
    columns = list(zip(*(list(r[:width]) + [""] * (width - len(r)) for r in kept), strict=True)) or [()] * width
    arrays = [pa.array(c, pa.string()) for c in columns] + [pa.array(numbers, pa.int64())]
    blank = sum(n >= layout.first_line for n in sheet.blank)
    return Block(pa.table(arrays, [*layout.names, LINE]), rejects, blank)


def tables_of(path: Path) -> list[str]:
    """Return the names of the sheets of a workbook that hold a table."""
    tables: list[str] = _opened(path, None, cells=False)["tables"]
    return tables


def _opened(path: Path, sheet: str | None, *, cells: bool) -> dict[str, Any]:
    refuse_bombs(path)
    content = unlocked(path)
    given = content.getvalue() if isinstance(content, io.BytesIO) else None
    found: dict[str, Any] = contained("workbook", given, str(path), sheet, cells, path=path)
    return found


def _sheet(
    name: str, cells: list[list[Any]], spans: list[Any], said: tuple[Message, ...], others: tuple[str, ...]
) -> Sheet:
    merged: dict[tuple[int, int], str] = {}
    for (top, left), (bottom, right) in spans:
        if top >= len(cells) or left >= len(cells[top]):
            continue
        text = cells[top][left]
        for below in cells[top : bottom + 1]:
            below[left] = text
        if right > left and top < HEAD_ROWS:
            merged |= {(top, column): _text(text).strip() for column in range(left, right + 1)}
    rows: list[list[str]] = []
    numbers: list[int] = []
    blank: list[int] = []
    inexact: dict[int, str] = {}
    places: dict[int, int] = {}
    for number, row in enumerate(cells, start=1):
        if all(c == "" for c in row):
            blank.append(number)
            continue
        lost = next((c for c in row if isinstance(c, float) and abs(c) >= MOST_EXACT), None)
        if lost is not None:
            inexact[number] = f"{lost:.0f}"
        places[number - 1] = len(rows)
        rows.append([_text(c) for c in row])
        numbers.append(number)
    over = {(places[r], c): text for (r, c), text in merged.items() if r in places}
    if spans:
        said = (*said, message("{n:int} merged cells count for every row they reach over", n=len(spans)))
    return Sheet(name, rows, numbers, over, inexact, blank, said, others)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)
