"""Bars from zero: steps from one total to another, lists of amounts, and pairs of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.core import charts
from workbench.core.forms.scale import Scale, records, words
from workbench.core.language import Language, Spoken, current_language, format_value, is_spoken, message
from workbench.core.sheet import Sheet, shortened, text_width

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LIST_ROW = 25
PAIR_ROW = 56
MOST_PAIRS = 6


def waterfall(table: pd.DataFrame, language: Language | None = None, *, style: str = "money") -> Figure:
    """Draw how one total became another.

    Parameters
    ----------
    table
        One row per step, in order: ``name``, ``value``, ``total`` (whether it is a total, standing on zero, or a
        change), and where known ``note`` (a second line below its name) and ``ci_low``, ``ci_high`` of a total.
    language
        Language of names and numbers.
    style
        Format of values.
    """
    chosen = language or current_language()
    sheet = Sheet(196)
    level, spans = 0.0, []
    for row in records(table):
        low, high = (0.0, row.value) if row.total else (level, level + row.value)
        level = row.value if row.total else level + row.value
        spans.append((low, high))
    ends = [e for s in spans for e in s]
    if "ci_high" in table:
        ends += table["ci_high"].dropna().tolist()
    scale = Scale.covering([0.0, *ends], start=150, end=30)
    wide = 352 / len(table)
    names = words(table["name"].tolist(), chosen)
    for i, (row, (low, high)) in enumerate(zip(records(table), spans, strict=True)):
        x, newest = wide * i + 7, i == len(table) - 1
        top, bottom = scale.place(max(low, high)), scale.place(min(low, high))
        changed = charts.BLUE if high >= low else charts.ORANGE
        color = changed if not row.total else charts.BLUE if newest else charts.BAR
        sheet.rectangle(x, top, wide - 14, max(bottom - top, 1), color=color)
        if i + 1 < len(table) and len(table) > 1:
            y = scale.place(high)
            sheet.line((x + wide - 14, x + wide), (y, y), color=charts.SOFT)
        if row.total and "ci_low" in table and row.ci_low == row.ci_low:
            lower, upper = scale.place(row.ci_low), scale.place(row.ci_high)
            sheet.line((x + wide / 2 - 7, x + wide / 2 - 7), (lower, upper), color=charts.INK, width=1.5)
            top = min(top, upper)
        said = format_value(row.value, style, chosen)
        if not row.total and row.value > 0:
            said = f"+{said}"
        sheet.text(x + wide / 2 - 7, top - 6, said, anchor="center", bold=bool(row.total))
        sheet.text(x + wide / 2 - 7, 168, shortened(names[i], wide - 2), anchor="center", bold=newest)
        note = getattr(row, "note", None)
        if isinstance(note, str) or is_spoken(note):
            sheet.text(
                x + wide / 2 - 7,
                184,
                shortened(words([note], chosen)[0], wide - 2),
                anchor="center",
                color=charts.SOFT,
            )
    sheet.line((0, 352), (150, 150), color=charts.SOFT)
    return sheet.figure


def bar_list(
    table: pd.DataFrame,
    language: Language | None = None,
    *,
    heads: tuple[Spoken, Spoken, Spoken],
    style: str = "money",
    right_style: str = "int",
) -> Figure:
    """Draw amounts one below the other.

    Parameters
    ----------
    table
        One row per bar: ``name``, ``value``, ``right`` (a number written at the right edge), ``strong`` (whether it can
        still be acted on: orange, else grey).
    language
        Language of names and numbers.
    heads
        What stands at the left, what the bars are, what stands at the right.
    style, right_style
        Formats of the amounts and of the numbers at the right.
    """
    chosen = language or current_language()
    sheet = Sheet(34 + LIST_ROW * len(table) + 4)
    for x, head, anchor in ((0, heads[0], "left"), (92, heads[1], "left"), (350, heads[2], "right")):
        sheet.text(x, 12, head.text(chosen), color=charts.SOFT, anchor=anchor)  # type: ignore[arg-type]
    top = float(table["value"].max()) if len(table) else 0.0
    said = [format_value(v, style, chosen) for v in table["value"]]
    beside = max((text_width(s, bold=True) for s in said), default=0)
    side = max((text_width(format_value(v, right_style, chosen)) for v in table["right"]), default=0)
    scale = Scale(0.0, top or 1.0, 0, max(352 - 92 - beside - side - 18, 20))
    names = words(table["name"].tolist(), chosen)
    for i, row in enumerate(records(table)):
        y = 34 + LIST_ROW * (i + 0.5)
        width = max(scale.place(row.value), 1)
        sheet.text(0, y + 4, shortened(names[i], 88))
        sheet.rectangle(92, y - 7, width, 14, color=charts.ORANGE if row.strong else charts.BAR)
        sheet.text(92 + width + 5, y + 4, said[i], bold=True)
        sheet.text(350, y + 4, format_value(row.right, right_style, chosen), anchor="right", color=charts.SOFT)
    return sheet.figure


def paired_bars(
    table: pd.DataFrame, language: Language | None = None, *, labels: tuple[Spoken, Spoken], style: str = "pct"
) -> Figure:
    """Draw two shares of each group, one below the other: what it is of all, and what it brings.

    Parameters
    ----------
    table
        One row per group, the largest first: ``name``, ``first``, ``second`` (shares of two totals). Beyond six groups
        the rest are put together.
    language
        Language of names and numbers.
    labels
        What the two shares are of; places for the share are ``{share}``.
    style
        Format of the shares.
    """
    chosen = language or current_language()
    rows = table[["name", "first", "second"]].reset_index(drop=True)
    if len(rows) > MOST_PAIRS:
        rest = rows.iloc[MOST_PAIRS - 1 :][["first", "second"]].sum()
        others = pd.DataFrame([{"name": message("Others"), **rest.to_dict()}])
        rows = pd.concat([rows.head(MOST_PAIRS - 1), others], ignore_index=True)
    sheet = Sheet(8 + PAIR_ROW * len(rows))
    names = words(rows["name"].tolist(), chosen)
    top = float(rows[["first", "second"]].to_numpy().max())
    scale = Scale(0.0, top or 1.0, 0, 210)
    for i, row in enumerate(records(rows)):
        y = 8 + PAIR_ROW * i
        sheet.text(0, y + 10, shortened(names[i], 350), bold=True)
        for offset, value, color, label, strong in (
            (17, row.first, charts.BAR, labels[0], False),
            (31, row.second, charts.BLUE, labels[1], True),
        ):
            width = max(scale.place(value), 1)
            sheet.rectangle(0, y + offset, width, 12, color=color)
            said = f"{format_value(value, style, chosen)} {label.text(chosen)}"
            sheet.text(width + 5, y + offset + 10, said, bold=strong, color=charts.INK if strong else charts.SOFT)
    return sheet.figure
