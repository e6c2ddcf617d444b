"""Groups one below the other: this wave and the last on one scale, the mean of all as a dashed line, the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.core import charts
from workbench.core.forms.scale import Scale, words
from workbench.core.language import Language, current_language, format_value, message, plural
from workbench.core.sheet import Sheet, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 27
TOP = 30
NAMES = 92
SHOWN_WHOLE = 12
ENDS = 3
WORDS = {"watch": message("watch"), "up": message("up"), "down": message("down")}


def strip(
    table: pd.DataFrame,
    language: Language | None = None,
    *,
    reference: float | None = None,
    style: str = "signed0",
    axis: str = "signed0",
    least: float = 30.0,
    minimum: int = 30,
) -> Figure:
    """Draw groups with their interval, last wave's value and the change.

    Parameters
    ----------
    table
        One row per group: ``name``, ``estimate``, ``ci_low``, ``ci_high``, ``n``, and where there was a wave before
        ``previous``, ``change`` and ``state`` (``clear``, ``watch``, ``chance``, ``unknown``). ``stands`` says whether
        a group clearly differs from the others (``higher``, ``lower`` or empty). Groups without an estimate or with a
        small base come last and say so. Of more than twelve the first and last three, and those that stand out or
        changed, are drawn; the others are ticks in one row.
    language
        Language of names and numbers.
    reference
        Value of all groups together.
    style, axis
        Formats of changes and of ticks.
    least
        Smallest span of the scale.
    minimum
        Smallest base that is shown.
    """
    chosen = language or current_language()
    enough = table["estimate"].notna() & (table["n"] >= minimum)
    rows = table[enough].sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)
    small = table[~enough].reset_index(drop=True)
    drawn, rest = _chosen(rows)
    lines = len(drawn) + bool(len(rest)) + min(len(small), 3)
    sheet = Sheet(TOP + 8 + ROW * lines)
    has_change = "change" in rows and rows["change"].notna().any()
    edge = 262 if has_change else 340
    ends = [*rows["ci_low"], *rows["ci_high"], *(rows["previous"] if has_change else ()), reference or 0.0]
    scale = Scale.covering(ends, start=NAMES + 8, end=edge, least=least, ticks=3)
    bottom = TOP + ROW * (len(drawn) + bool(len(rest)))
    for tick in scale.ticks:
        x = scale.place(tick)
        sheet.line((x, x), (18, bottom))
        sheet.text(x, 12, format_value(tick, axis, chosen), anchor="center", color=charts.SOFT)
    if has_change:
        sheet.text(350, 12, message("change").text(chosen), anchor="right", color=charts.SOFT)
    if reference is not None and reference == reference:
        x = scale.place(reference)
        sheet.line((x, x), (18, bottom), color=charts.INK, dashed=True)
    y = TOP + ROW / 2 - 3
    for position, row in drawn.iterrows():
        if len(rest) and position == _after(drawn, rest):
            y = _others(sheet, rest, scale, y, chosen)
        _row(sheet, row, scale, y, style, chosen)
        y += ROW
    for _, row in small.head(3).iterrows():
        _too_few(sheet, row, y, minimum, chosen)
        y += ROW
    return sheet.figure


def _chosen(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the groups that are drawn and those that are ticks."""
    if len(rows) <= SHOWN_WHOLE:
        return rows, rows.iloc[:0]
    keep = pd.Series(False, index=rows.index)
    keep.iloc[:ENDS] = keep.iloc[-ENDS:] = True
    if "state" in rows:
        keep |= rows["state"].isin(["clear", "watch"])
    if "stands" in rows:
        keep |= rows["stands"].fillna("") != ""
    return rows[keep], rows[~keep]


def _after(drawn: pd.DataFrame, rest: pd.DataFrame) -> object:
    """Return the first drawn group that lies below most of the others."""
    below = drawn.index[drawn["estimate"] < rest["estimate"].median()]
    return below[0] if len(below) else drawn.index[-1]


def _others(sheet: Sheet, rest: pd.DataFrame, scale: Scale, y: float, language: Language) -> float:
    for value in rest["estimate"]:
        x = scale.place(value)
        sheet.line((x, x), (y - 7, y + 7), color=charts.MARK, width=1.5)
    sheet.text(0, y + 4, plural("{n:int} other", "{n:int} others", n=len(rest)).text(language), color=charts.SOFT)
    return y + ROW


def _row(sheet: Sheet, row: pd.Series, scale: Scale, y: float, style: str, language: Language) -> None:
    state, stands = str(row.get("state", "")), str(row.get("stands") or "")
    moved = state in ("clear", "watch")
    fell = moved and row["change"] < 0
    color = charts.ORANGE if fell or stands == "lower" else charts.BLUE if moved or stands == "higher" else charts.MARK
    name = words([row["name"]], language)[0]
    sheet.text(0, y + 4, shortened(name, NAMES), bold=moved or bool(stands))
    previous = row.get("previous")
    if previous is not None and previous == previous:
        sheet.dot(scale.place(previous), y, radius=4, color=charts.MARK, filled=False)
    low, middle, high = (scale.place(row[c]) for c in ("ci_low", "estimate", "ci_high"))
    sheet.interval(low, middle, high, y, color=color)
    change = row.get("change")
    if change is not None and change == change:
        said = format_value(change, style, language)
        if moved:
            word = "watch" if state == "watch" else "down" if fell else "up"
            said = f"{said} {WORDS[word].text(language)}"
        sheet.text(350, y + 4, said, anchor="right", bold=moved, color=color if moved else charts.INK)


def _too_few(sheet: Sheet, row: pd.Series, y: float, minimum: int, language: Language) -> None:
    base = 0 if row["n"] != row["n"] else int(row["n"])
    said = (
        message("no answers")
        if base == 0
        else plural("{n:int} answer: too few to show", "{n:int} answers: too few to show", n=base)
    )
    if base >= minimum:
        said = message("no interval can be told")
    name = words([row["name"]], language)[0]
    sheet.text(0, y + 4, shortened(name, NAMES), color=charts.SOFT)
    sheet.text(NAMES + 8, y + 4, said.text(language), color=charts.SOFT)
