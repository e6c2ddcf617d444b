"""Workbooks whose texts stay text: ids are not re-typed, and nothing becomes a formula or a link."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping
from pathlib import Path

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
    made = io.BytesIO()
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}}
    with pd.ExcelWriter(made, engine="xlsxwriter", engine_kwargs=options) as writer:
        for position, (name, table) in enumerate(tables.items(), 1):
            sheet = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 3]}-{position}"
            table.to_excel(writer, index=False, sheet_name=sheet, freeze_panes=(1, 0))
    return made.getvalue()
