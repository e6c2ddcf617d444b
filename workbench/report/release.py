"""Sending a drawn sample into the field: lists for the interviewers, and the sample frozen as it went out."""

from __future__ import annotations

import uuid
from pathlib import Path

import pandas as pd

from workbench.store import Wave

RELEASED = "released_sample"
FOLDER = "fieldwork"
LIST_COLUMNS = ("order", "customer_id", "stratum", "region", "city", "channel")


def release_sample(wave: Wave) -> Path:
    """Write the call list and the reserve list, and freeze the sample for the rest of the wave.

    Parameters
    ----------
    wave
        A wave whose sample has been drawn.

    Returns
    -------
    Path
        The folder of the lists, inside the wave's folder: customer ids never go to the report.

    Notes
    -----
    A sample that was released stays as it went out, even if the customer list changes while answers come in. Delete
    the lists and draw again to replace it before fieldwork.
    """
    sample = wave.read("sample")
    folder = wave.folder / FOLDER
    folder.mkdir(exist_ok=True)
    shown = [c for c in LIST_COLUMNS if c in sample]
    for name, rows in (("call_list", ~sample["reserve"]), ("reserve_list", sample["reserve"])):
        chosen = sample.loc[rows, shown]
        _write_workbook(chosen, folder / f"{name}.xlsx")
    wave.keep(RELEASED, sample, made_by="release")
    return folder


def _write_workbook(table: pd.DataFrame, path: Path) -> None:
    temporary = path.with_name(f".{uuid.uuid4().hex[:8]}.xlsx")
    # text that starts with = or looks like an address must stay text
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pd.ExcelWriter(temporary, engine="xlsxwriter", engine_kwargs=options) as writer:
        table.to_excel(writer, index=False, sheet_name="list", freeze_panes=(1, 0))
    temporary.replace(path)
