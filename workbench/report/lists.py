"""Lists that leave the workbench for people and systems: workbooks whose texts stay text, written in one step."""

from __future__ import annotations

import uuid
from pathlib import Path

import pandas as pd


def write_workbook(table: pd.DataFrame, path: Path) -> Path:
    """Write a list as XLSX; ids stay text and no text becomes a formula or a link.

    Parameters
    ----------
    table
        The list.
    path
        The workbook; its folder is made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid.uuid4().hex[:8]}.xlsx")
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    try:
        with pd.ExcelWriter(temporary, engine="xlsxwriter", engine_kwargs=options) as writer:
            table.to_excel(writer, index=False, sheet_name="list", freeze_panes=(1, 0))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
