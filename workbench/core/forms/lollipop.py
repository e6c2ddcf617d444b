"""Effects from zero: a stem, its dot, the interval over it, and a share at the right edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.core import charts
from workbench.core.forms.scale import Scale, words
from workbench.core.language import Language, Spoken, current_language, format_value
from workbench.core.sheet import Sheet, shortened, text_width

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 34
TOP = 30
NAMES = 108
MOST_ROWS = 7


def lollipop(
    table: pd.DataFrame,
    language: Language | None = None,
    *,
    style: str = "signed0",
    right: Spoken | None = None,
    right_style: str = "pct",
) -> Figure:
    """Draw effects as stems from zero.

    Parameters
    ----------
    table
        One row per item, the largest first: ``name``, ``estimate``, ``ci_low``, ``ci_high``, ``first`` (whether its
        rank is certainly the first), and where known ``share``, written at the right. At most seven are drawn.
    language
        Language of names and numbers.
    style, right_style
        Formats of the effects and of the share.
    right
        What the share is.
    """
    chosen = language or current_language()
    rows = table.head(MOST_ROWS).reset_index(drop=True)
    sheet = Sheet(TOP + ROW * len(rows) + 4)
    has_share = right is not None and "share" in rows
    room = 302 if has_share else 352
    widest = max((text_width(format_value(v, style, chosen)) for v in rows["estimate"]), default=0) + 10
    ends = [0.0, *rows["estimate"], *rows["ci_low"], *rows["ci_high"]]
    scale = Scale.covering(ends, start=NAMES + 6, end=room - widest, ticks=3)
    bottom = TOP + ROW * len(rows)
    for tick in scale.ticks:
        x = scale.place(tick)
        sheet.line((x, x), (18, bottom), color=charts.SOFT if tick == 0 else charts.GRID)
        sheet.text(x, 12, format_value(tick, style if tick else "int", chosen), anchor="center", color=charts.SOFT)
    if right is not None and has_share:
        sheet.text(350, 12, right.text(chosen), anchor="right", color=charts.SOFT)
    names = words(rows["name"].tolist(), chosen)
    for i, row in rows.iterrows():
        y = TOP + ROW * (int(str(i)) + 0.5)
        first = bool(row.get("first", False))
        color = charts.BLUE if first else charts.MARK
        low, middle, high = (scale.place(row[c]) for c in ("ci_low", "estimate", "ci_high"))
        sheet.line((scale.place(0.0), middle), (y, y), color=color, width=2)
        sheet.interval(low, middle, high, y, color=color)
        sheet.text(0, y + 4, shortened(names[int(str(i))], NAMES), bold=first)
        sheet.text(max(high, middle) + 8, y + 4, format_value(row["estimate"], style, chosen), bold=first)
        if has_share:
            sheet.text(350, y + 4, format_value(row["share"], right_style, chosen), anchor="right")
    return sheet.figure
