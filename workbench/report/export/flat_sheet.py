"""A sheet of hundreds of thousands of cells, a line each for pivot tables, written in one go."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from workbench.estimation.letters import letter

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
EMPTY = ""


def write_flat(page: Any, table: pd.DataFrame, head: Any, body: Any) -> None:
    """Write a table into an empty sheet: names of columns above, texts as texts, numbers as numbers.

    Parameters
    ----------
    page
        The sheet.
    table
        What is written; what is missing stays empty.
    head, body
        Formats of the first line and of all others.

    Notes
    -----
    Cell by cell a sheet of a million cells takes longer than all the numbers in it. Here its lines are put together
    column by column and handed to the writer when it comes to them. Texts stand in their cells.
    """
    for j, name in enumerate(table.columns):
        page.write_string(0, j, str(name), head)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(table), len(table.columns) - 1)
    # the writer knows the size of a sheet by the cells it was given
    page.dim_rowmax, page.dim_colmax = len(table), len(table.columns) - 1
    first, letters = page._write_rows, [letter(j) for j in range(len(table.columns))]

    def write_all() -> None:
        first()
        style = body._get_xf_index()
        cells = [_cells(table[c], style) for c in table.columns]
        for i, row in enumerate(zip(*cells, strict=True), 2):
            told = "".join([f'<c r="{c}{i}{cell}' for c, cell in zip(letters, row, strict=True) if cell])
            page.fh.write(f'<row r="{i}">{told}</row>')

    page._write_rows = write_all


def _cells(values: pd.Series, style: int) -> Iterable[str]:
    """Return the cells of a column without their beginning, which names their place."""
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        known = np.isfinite(numbers).tolist()
        return [
            f'" s="{style}"><v>{v:.16G}</v></c>' if k else EMPTY for v, k in zip(numbers.tolist(), known, strict=True)
        ]
    code, found = pd.factorize(values)
    made = np.array([*(_text_cell(str(v), style) for v in found), EMPTY], dtype=object)
    return list(made[code])


def _text_cell(text: str, style: int) -> str:
    if not text:
        return EMPTY
    plain = escape(CONTROL.sub("", text))
    return f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">{plain}</t></is></c>'
