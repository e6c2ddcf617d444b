"""How answers are spread: one stacked bar per question with its top box, and the answers of a scale side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.core import charts
from workbench.core.forms.scale import Scale, records, words
from workbench.core.language import Language, Spoken, current_language, format_value
from workbench.core.sheet import Sheet, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 52
TOP = 22


def stacked_shares(
    table: pd.DataFrame, answers: pd.DataFrame, language: Language | None = None, *, head: Spoken
) -> Figure:
    """Draw one stacked bar per question, its best answers blue, with the share of those and its interval.

    Parameters
    ----------
    table
        One row per question: ``name``, ``estimate`` (share of the best answers), ``ci_low``, ``ci_high``.
    answers
        One row per question and answer, from worst to best: ``question`` (the row of `table`), ``share``, ``best``.
    language
        Language of names and numbers.
    head
        What the number at the right is.
    """
    chosen = language or current_language()
    sheet = Sheet(TOP + ROW * len(table))
    sheet.text(350, 12, head.text(chosen), anchor="right", color=charts.SOFT)
    scale = Scale(0.0, 1.0, 0, 352)
    names = words(table["name"].tolist(), chosen)
    for i in range(len(table)):
        row, y = table.iloc[i], TOP + ROW * i
        low, high = (format_value(row[c], "pct", chosen) for c in ("ci_low", "ci_high"))
        value = f"{format_value(row['estimate'], 'pct', chosen)} ({low}–{high})"
        sheet.text(0, y + 11, shortened(names[i], 236), bold=True)
        sheet.text(350, y + 11, value, anchor="right")
        # from the right, so that the best answers of all questions start at one edge
        edge = 1.0
        for part in records(answers[answers["question"] == i].iloc[::-1]):
            width = scale.place(part.share)
            color = charts.BLUE if part.best else charts.BANDS[charts.MARK]
            sheet.rectangle(scale.place(edge) - width, y + 18, max(width - 1, 0.5), 16, color=color)
            edge -= part.share
    return sheet.figure


def answer_bars(table: pd.DataFrame, language: Language | None = None, *, parts: pd.DataFrame) -> Figure:
    """Draw the answers of a scale as bars side by side, and the classes they fall in below.

    Parameters
    ----------
    table
        One row per answer, in order: ``answer``, ``share``, ``part`` (the row of `parts`).
    language
        Language of names and numbers.
    parts
        The classes, from worst to best: ``name``, ``share``.
    """
    chosen = language or current_language()
    sheet = Sheet(196)
    colors = _looks(len(parts))
    wide = 352 / len(table)
    scale = Scale(0.0, float(table["share"].max()) or 1.0, 132, 22)
    for i, row in enumerate(records(table)):
        y = scale.place(row.share)
        sheet.rectangle(wide * i + 2, y, wide - 4, max(132 - y, 0.5), color=colors[row.part])
        if row.share >= 0.005:
            sheet.text(wide * (i + 0.5), y - 5, format_value(row.share, "pct", chosen), anchor="center", size=11)
        sheet.text(wide * (i + 0.5), 148, str(row.answer), anchor="center")
    sheet.line((0, 352), (132, 132), color=charts.SOFT)
    names = words(parts["name"].tolist(), chosen)
    for i, row in enumerate(records(parts)):
        mine = [k for k, p in enumerate(table["part"]) if p == i]
        middle = wide * (mine[0] + mine[-1] + 1) / 2 if mine else 352 * (i + 0.5) / len(parts)
        half = max(min(middle, 352 - middle), 30)
        sheet.line((wide * mine[0] + 2, wide * (mine[-1] + 1) - 2), (156, 156), color=colors[i], width=3)
        sheet.text(middle, 172, shortened(names[i], 2 * half), anchor="center", bold=True)
        sheet.text(middle, 188, format_value(row.share, "pct", chosen), anchor="center")
    return sheet.figure


def _looks(count: int) -> list[str]:
    return [charts.ORANGE, *[charts.BAR] * (count - 2), charts.BLUE] if count > 1 else [charts.BLUE]
