"""Lists that leave the workbench for people and systems: workbooks whose texts stay text, written in one step."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

MOST_LETTERS = 31  # of the name of a sheet


def write_workbook(table: pd.DataFrame, path: Path) -> Path:
    """Write a list as XLSX; ids stay text and no text becomes a formula or a link.

    Parameters
    ----------
    table
        The list.
    path
        The workbook; its folder is made.
    """
    return write_sheets({"list": table}, path)


def write_sheets(tables: Mapping[str, pd.DataFrame], path: Path) -> Path:
    """Write several tables into one workbook, a sheet each, with the same care as `write_workbook`.

    Parameters
    ----------
    tables
        Name → table; names are cut to the 31 characters a sheet may have, and kept apart by a number.
    path
        The workbook; its folder is made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid.uuid4().hex[:8]}.xlsx")
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    try:
        with pd.ExcelWriter(temporary, engine="xlsxwriter", engine_kwargs=options) as writer:
            for position, (name, table) in enumerate(tables.items(), 1):
                sheet = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 3]}-{position}"
                table.to_excel(writer, index=False, sheet_name=sheet, freeze_panes=(1, 0))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
