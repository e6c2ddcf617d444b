"""The sheet of a workbook on which a question stands over waves: every row and column, what changed, and arrows."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from workbench.core.language import Language, Spoken, message
from workbench.tabulation import Trend
from workbench.tabulation.trend_layout import ARROWS, head_of, shown_tests

BASE = message("Base, unweighted")
CHANGES = {"answer": "+0.0%;-0.0%;0.0%", "net": "+0.0%;-0.0%;0.0%", "nps": "+0.0;-0.0;0.0", "mean": "+0.00;-0.00;0.00"}
HEAD = 4  # rows above the first line


class Pen(Protocol):
    """What writes a workbook: its language, its formats and its words."""

    language: Language
    formats_of: dict[str, str]

    def form(self, **told: Any) -> Any:
        """Return a cell's format."""

    def text(self, label: Spoken | str) -> str:
        """Return a label in the workbook's language."""


def write_trend(page: Any, trend: Trend, pen: Pen) -> None:
    """Write a question over waves, below the three lines that every sheet begins with.

    Parameters
    ----------
    page
        The sheet.
    trend
        One question over waves.
    pen
        What writes the workbook.

    Notes
    -----
    A line for each row and column of the table: estimates wave by wave, then each change with its arrow beside it, so
    that numbers stay numbers. Bases stand above, one line for each column.
    """
    ((question, (_, rows)),) = trend.row_labels.items()
    head = pen.form(bold=True, align="center", text_wrap=True, bottom=1)
    waves = list(trend.waves)
    tests = shown_tests(trend.tests)
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 20)
    page.set_column(2, 1 + len(waves) + 2 * len(tests), 9)
    for j, wave in enumerate(waves, start=2):
        page.write_string(HEAD - 1, j, pen.text(wave), head)
    for t, (name, since) in enumerate(tests):
        at = 2 + len(waves) + 2 * t
        page.write_string(HEAD - 1, at, head_of(name, since).text(pen.language), head)
    key = list(trend.columns_key[["group", "column"]].itertuples(index=False, name=None))
    columns = [pen.text(message("Total")) if g == "total" else pen.text(c) for g, c in key]
    wide = len(waves)
    table = trend.table
    grey = pen.form(num_format="#,##0", font_color="#595959")
    line = HEAD
    # everybody who answered the question is the same in all of its rows
    bases = table["n"].to_numpy().reshape(len(rows), len(key), wide).max(axis=0)
    for name, numbers in zip(columns, bases, strict=True):
        page.write_string(line, 0, BASE.text(pen.language), pen.form(font_color="#595959"))
        page.write_string(line, 1, name, pen.form(font_color="#595959"))
        for j, n in enumerate(numbers, start=2):
            page.write_number(line, j, int(n), grey)
        line += 1
    told = _by_cell(trend.tests)
    first = HEAD + len(key)
    page.freeze_panes(HEAD, 2)
    page.repeat_rows(HEAD - 1)
    for k, label in enumerate(rows):
        start = k * len(key) * wide
        cells = table.iloc[start : start + len(key) * wide]
        kind, row = str(cells["kind"].iloc[0]), str(cells["row"].iloc[0])
        values = cells["estimate"].to_numpy().reshape(len(key), wide)
        for c, (group, column) in enumerate(key):
            page.write_string(line, 0, pen.text(label) if c == 0 else "", pen.form(bold=kind != "answer"))
            page.write_string(line, 1, columns[c], pen.form(indent=0 if group == "total" else 1))
            for j, value in enumerate(values[c], start=2):
                if np.isfinite(value):
                    page.write_number(line, j, float(value), pen.form(num_format=pen.formats_of[kind]))
            for t, (name, _) in enumerate(tests):
                _write_test(page, line, 2 + wide + 2 * t, told.get((question, row, group, column, name)), kind, pen)
            line += 1
    assert line == first + len(rows) * len(key)
    for n, note in enumerate(trend.notes):
        page.write_string(line + 1 + n, 0, note.message.text(pen.language), pen.form(font_size=8))


def _by_cell(tests: pd.DataFrame) -> dict[tuple[str, ...], dict[Any, Any]]:
    names = ("question", "row", "group", "column", "test")
    return {tuple(t[n] for n in names): t for t in tests.to_dict("records")}


def _write_test(page: Any, line: int, at: int, told: dict[Any, Any] | None, kind: str, pen: Pen) -> None:
    """Write a change, or the p-value of the joint test, and its arrow beside it."""
    if told is None:
        return
    value, form = (told["p_adjusted"], "0.000") if told["test"] == "any" else (told["estimate"], CHANGES[kind])
    if np.isfinite(value):
        page.write_number(line, at, float(value), pen.form(num_format=form))
    if told["verdict"] in ARROWS:
        page.write_string(line, at + 1, ARROWS[told["verdict"]][0], pen.form(align="left"))
