"""Topics of comments: how many mention each, and how those who do score against the other commenters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.core import charts
from workbench.core.forms.scale import Scale, words
from workbench.core.language import Language, current_language, format_value, message
from workbench.core.sheet import Sheet, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 27
TOP = 30
NAMES = 112
MOST_ROWS = 8


def topic_rows(table: pd.DataFrame, language: Language | None = None, *, most: int = MOST_ROWS) -> Figure:
    """Draw each topic's share of comments, and the score of those who mention it less that of the others.

    Parameters
    ----------
    table
        One row per topic: ``name``, ``share``, and where it can be told ``estimate``, ``ci_low``, ``ci_high`` (points
        of NPS against the other commenters) and ``state`` (``clear``, ``watch``, …). Topics that differ clearly claim a
        place first, then the most frequent; they stand by share.
    language
        Language of names and numbers.
    most
        At most so many topics.
    """
    chosen = language or current_language()
    order = table.assign(_clear=_clear(table)).sort_values(["_clear", "share"], ascending=False, kind="stable")
    rows = order.head(most).sort_values("share", ascending=False, kind="stable").reset_index(drop=True)
    scored = "estimate" in rows and rows["estimate"].notna().any()
    sheet = Sheet(TOP + ROW * len(rows) + 4)
    room = 76.0 if scored else 200.0
    sheet.text(NAMES + 4, 12, message("of comments").text(chosen), color=charts.SOFT)
    bars = Scale.covering([0.0, float(rows["share"].max() or 0.01)], start=0, end=room - 30)
    names = words(rows["name"].tolist(), chosen)
    scale = None
    if scored:
        reach = max(abs(float(v)) for c in ("ci_low", "ci_high") for v in rows[c].dropna())
        scale = Scale(-reach, reach, 214, 346)
        sheet.text(214, 12, message("◄ lower").text(chosen), color=charts.SOFT)
        sheet.text(346, 12, message("NPS higher ►").text(chosen), color=charts.SOFT, anchor="right")
        sheet.line((280, 280), (18, TOP + ROW * len(rows)), color=charts.SOFT)
    for i in range(len(rows)):
        row, y = rows.iloc[i], TOP + ROW * (i + 0.5)
        clear = bool(row["_clear"])
        sheet.text(0, y + 4, shortened(names[i], NAMES), bold=clear)
        width = bars.place(row["share"])
        sheet.rectangle(NAMES + 4, y - 6, max(width, 1), 12, color=charts.BAR)
        sheet.text(NAMES + 8 + width, y + 4, format_value(row["share"], "pct", chosen))
        if scale is not None and row["estimate"] == row["estimate"]:
            low, middle, high = (scale.place(row[c]) for c in ("ci_low", "estimate", "ci_high"))
            color = charts.MARK if not clear else charts.ORANGE if row["estimate"] < 0 else charts.BLUE
            sheet.interval(low, middle, high, y, color=color)
    return sheet.figure


def _clear(table: pd.DataFrame) -> pd.Series:
    return table["state"].eq("clear") if "state" in table else pd.Series(False, index=table.index)
