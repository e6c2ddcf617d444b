"""Lossless reading of XLSX sheets: every cell as the text it was typed as; numbers that lost digits are refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.core.errors import InputError, nearest
from workbench.core.language import message
from workbench.store.lines import LINE, Block, Reject

# Excel keeps 15 significant digits: a longer number typed into a cell reads back as another, plausible number.
MOST_EXACT = 10**15


def read_workbook(path: Path, *, sheet: str | None = None) -> Block:
    """Read one sheet of a workbook as text cells with their row numbers.

    Parameters
    ----------
    path
        An XLSX, XLS or ODS file.
    sheet
        Name of the sheet; the first by default.

    Raises
    ------
    InputError
        If the file is not a workbook, the sheet does not exist or is empty, or its header is not usable.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise InputError(
            "A workbook can be opened.",
            found=str(error),
            fix="Save it again as XLSX, or as CSV UTF-8.",
            where=path.name,
        ) from error
    names = book.sheet_names
    if sheet is not None and sheet not in names:
        raise InputError(
            f"The sheet {sheet!r} is needed.",
            found=f"sheets {', '.join(names)}",
            fix=f"Name one of them in wave.yaml{nearest(sheet, names)}",
            where=path.name,
        )
    page = book.get_sheet_by_name(sheet or names[0])
    rows = list(page.iter_rows())
    if not rows:
        raise InputError(
            "A table has a header line.",
            found=f"an empty sheet {sheet or names[0]!r}",
            fix="Export the table again, or name the right sheet.",
            where=path.name,
        )
    header = [_text(c).strip() for c in rows[0]]
    if len(set(header)) < len(header) or "" in header:
        raise InputError(
            "Every column has its own name.",
            found=f"header {', '.join(header)}",
            fix="Name the columns in the first row, each differently.",
            where=path.name,
        )
    first = (page.start or (0, 0))[0] + 1
    cells: list[list[str]] = []
    numbers: list[int] = []
    rejects: list[Reject] = []
    blank = 0
    for number, row in enumerate(rows[1:], start=first + 1):
        inexact = next((c for c in row if isinstance(c, float) and abs(c) >= MOST_EXACT), None)
        if all(c == "" for c in row):
            blank += 1
        elif inexact is not None:
            rule = message("a number of more than 15 digits has lost digits in Excel; format the column as text first")
            rejects.append(Reject(number, f"{inexact:.0f}", rule))
        else:
            cells.append([_text(c) for c in row])
            numbers.append(number)
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(header)
    table = pa.table([pa.array(c, pa.string()) for c in columns] + [pa.array(numbers, pa.int64())], [*header, LINE])
    return Block(table, rejects, blank)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)
