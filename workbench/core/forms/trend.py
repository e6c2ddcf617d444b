"""A measure over waves: intervals, the newest strong, a target as a band, and lines that break where waves differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.core import charts
from workbench.core.forms.scale import Scale, words
from workbench.core.language import Language, current_language, format_value, message
from workbench.core.sheet import Sheet, shortened, text_width

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT = 196
MOST_WAVES = 12
LABELLED_FROM = 40  # units between waves from which every wave has its number
EVERY_BASE_BELOW = 7


def trend(
    table: pd.DataFrame,
    language: Language | None = None,
    *,
    style: str = "signed1",
    axis: str = "signed0",
    least: float = 30.0,
    within: tuple[float, float] = (-100.0, 100.0),
    target: tuple[float, float] | None = None,
) -> Figure:
    """Draw a measure over waves.

    Parameters
    ----------
    table
        One row per wave, the oldest first: ``wave``, ``estimate``, ``ci_low``, ``ci_high``, ``n``, and where known
        ``mark`` (what changed before this wave) and ``breaks`` (whether it cannot be compared with the one before).
        The newest twelve are drawn.
    language
        Language of names and numbers.
    style, axis
        Formats of values and of ticks.
    least
        Smallest span of the axis, so that noise never fills the drawing.
    within
        What the measure can be.
    target
        Lower and upper bound of a target.

    Examples
    --------
    >>> waves = pd.DataFrame({"wave": ["Q2", "Q3"], "estimate": [33.8, 38.7], "ci_low": [30.0, 33.5],
    ...                       "ci_high": [37.6, 43.9], "n": [1603, 914]})
    >>> trend(waves, "en").get_size_inches().round(2).tolist()
    [3.67, 2.04]
    """
    chosen = language or current_language()
    shown = table.tail(MOST_WAVES).reset_index(drop=True)
    sheet, count = Sheet(HEIGHT), len(shown)
    numbers = [*shown["estimate"], *shown["ci_low"], *shown["ci_high"], *(target or ())]
    scale = Scale.covering(numbers, start=150, end=16, least=least, whole=True, within=within)
    for tick in scale.ticks:
        y = scale.place(tick)
        sheet.line((40, 352), (y, y))
        sheet.text(0, y + 4, format_value(tick, axis, chosen), color=charts.SOFT)
    if target is not None:
        _target(sheet, scale, target, axis, chosen)
    sheet.line((40, 352), (150, 150), color=charts.SOFT)
    gap = min(126.0, 208 / max(count - 1, 1))
    places = [272 - gap * (count - 1 - i) for i in range(count)]
    for i in range(1, count):
        if not _flag(shown, "breaks", i):
            start, end = (scale.place(shown["estimate"][k]) for k in (i - 1, i))
            sheet.line((places[i - 1], places[i]), (start, end), color=charts.MARK)
    names = words(shown["wave"].tolist(), chosen)
    for i, x in enumerate(places):
        newest = i == count - 1
        row = shown.iloc[i]
        _mark(sheet, row, x - gap / 2, chosen)
        color = charts.BLUE if newest else charts.MARK
        low, middle, high = (scale.place(row[c]) for c in ("ci_low", "estimate", "ci_high"))
        sheet.interval(low, middle, high, x, color=color, upright=True)
        value = format_value(row["estimate"], style, chosen)
        if newest:
            sheet.text(x + 11, middle + 6, value, size=17, bold=True)
        elif gap > LABELLED_FROM:
            sheet.text(x, high - 7, value, anchor="center")
        name = names[i] if gap > LABELLED_FROM else names[i][-4:]
        if newest or gap > text_width(name) or i % 2 == (count - 1) % 2:
            sheet.text(x, 168, shortened(name, max(gap, 60) - 2), anchor="center", bold=newest)
        if count < EVERY_BASE_BELOW or newest or i == 0:
            base = format_value(row["n"], "int", chosen)
            said = message("n = {n}", n=base).text(chosen) if gap > 60 else base
            sheet.text(x, 184, said, anchor="center", color=charts.SOFT)
    return sheet.figure


def _flag(table: pd.DataFrame, column: str, row: int) -> bool:
    return column in table and bool(table[column].iloc[row])


def _mark(sheet: Sheet, row: pd.Series, x: float, language: Language) -> None:
    """Draw what changed before a wave."""
    mark = row.get("mark")
    if mark is None or mark != mark or not mark:
        return
    sheet.line((x, x), (8, 150), color=charts.INK, dashed=True)
    said = words([mark], language)[0]
    right = x < 230
    sheet.text(
        x + (4 if right else -4),
        12,
        shortened(said, (352 - x if right else x) - 6),
        color=charts.SOFT,
        anchor="left" if right else "right",
    )


def _target(sheet: Sheet, scale: Scale, target: tuple[float, float], axis: str, language: Language) -> None:
    top, bottom = scale.place(target[1]), scale.place(target[0])
    if bottom - top < 3:
        sheet.line((40, 352), (top, top), color=charts.INK, dashed=True)
    else:
        sheet.rectangle(40, top, 312, bottom - top, color=charts.BANDS[charts.MARK])
    words_of = [format_value(t, axis, language) for t in dict.fromkeys(target)]
    said = message("target {target}", target="–".join(words_of)).text(language)
    sheet.text(350, min(top + 14, bottom - 3) if bottom - top >= 16 else top - 4, said, anchor="right")
