"""Two directions from one line: how many fell and how many rose, by where they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.core import charts
from workbench.core.forms.scale import Scale, records, words
from workbench.core.language import Language, Spoken, current_language, format_value
from workbench.core.sheet import Sheet, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 50
TOP = 26
NAMES = 96


def diverging_bars(table: pd.DataFrame, language: Language | None = None, *, heads: tuple[Spoken, Spoken]) -> Figure:
    """Draw shares to both sides of one zero line.

    Parameters
    ----------
    table
        One row per group: ``name``, ``n`` (its size), ``left``, ``right`` (shares of it), ``left_n``, ``right_n``.
    language
        Language of names and numbers.
    heads
        What the left and the right side are.
    """
    chosen = language or current_language()
    sheet = Sheet(TOP + ROW * len(table))
    top = float(table[["left", "right"]].to_numpy().max()) if len(table) else 0.0
    middle, room = 224.0, 82.0
    scale = Scale(0.0, top or 1.0, 0, room)
    sheet.text(middle - 6, 12, f"◄ {heads[0].text(chosen)}", anchor="right", color=charts.SOFT)
    sheet.text(middle + 6, 12, f"{heads[1].text(chosen)} ►", color=charts.SOFT)
    names = words(table["name"].tolist(), chosen)
    for i, row in enumerate(records(table)):
        y = TOP + ROW * i + 10
        sheet.text(0, y + 10, shortened(names[i], NAMES), bold=True)
        sheet.text(0, y + 26, format_value(row.n, "int", chosen), color=charts.SOFT)
        for side, share, count, color in (
            (-1, row.left, row.left_n, charts.ORANGE),
            (1, row.right, row.right_n, charts.BLUE),
        ):
            if not count:
                continue
            width = max(scale.place(share), 1)
            sheet.rectangle(middle, y, side * width, 24, color=color)
            edge, anchor = middle + side * (width + 5), "right" if side < 0 else "left"
            sheet.text(edge, y + 10, format_value(share, "pct", chosen), bold=True, anchor=anchor)  # type: ignore[arg-type]
            sheet.text(edge, y + 24, format_value(count, "int", chosen), color=charts.SOFT, anchor=anchor)  # type: ignore[arg-type]
    sheet.line((middle, middle), (18, TOP + ROW * len(table)), color=charts.INK)
    return sheet.figure
