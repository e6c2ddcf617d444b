"""Workbooks whose texts stay text: ids are not re-typed, and nothing becomes a formula or a link."""

from __future__ import annotations

import datetime as dt
import io
import math
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

MOST_LETTERS = 31  # of the name of a sheet


def write_sheets(tables: Mapping[str, pd.DataFrame], path: Path) -> Path:
    """Write several tables for everybody into one workbook, a sheet each, whose texts stay text.

    Parameters
    ----------
    tables
        Name → table; names are cut to the 31 characters a sheet may have, and kept apart by a number.
    path
        The workbook; its folder is made.
    """
    return put(workbook_bytes(tables), path)


def put(content: bytes, path: Path) -> Path:
    """Write a file aside and put it in its place at once, so that nobody finds half of it; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def workbook_bytes(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return several tables as a workbook, made in memory so that nothing of it lies on a disk.

    Parameters
    ----------
    tables
        Name of the sheet → table.
    """
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    head, formats = book.add_format({"bold": True, "bottom": 1}), _formats(book)
    for position, (name, table) in enumerate(tables.items(), 1):
        sheet = book.add_worksheet(name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 3]}-{position}")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, str(column), head)
            _write_column(sheet, place, table.iloc[:, place].tolist(), formats)
    book.close()
    return made.getvalue()


def _formats(book: Any) -> dict[type, Any]:
    days, moments = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
    return {t: book.add_format({"num_format": f}) for t, f in ((dt.date, days), (dt.datetime, moments))}


def _write_column(sheet: Any, place: int, values: Sequence[Any], formats: Mapping[type, Any]) -> None:
    """Write each value as what it is, texts as texts; this is a third of what pandas' own writer costs."""
    for row, value in enumerate(values, 1):
        if isinstance(value, str):
            sheet.write_string(row, place, value)
        elif value is None or value is pd.NA or value != value:
            continue
        elif isinstance(value, bool):
            sheet.write_boolean(row, place, value)
        elif isinstance(value, int | float | Decimal) and math.isfinite(value):
            sheet.write_number(row, place, value)
        elif isinstance(value, dt.date):
            kind = dt.datetime if isinstance(value, dt.datetime) else dt.date
            sheet.write_datetime(row, place, value, formats[kind])
        else:
            sheet.write_string(row, place, str(value))
