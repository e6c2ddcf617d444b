"""A measure over waves for several groups: a small drawing each on one scale, with intervals and the first behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.forms.scale import Scale, words
from workbench.core.language import Language, current_language, format_value
from workbench.core.sheet import Sheet, shortened, text_width

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW, TOP, BOTTOM = 118.0, 24.0, 92.0
LEFT, RIGHT = 34.0, 46.0  # room for ticks, and for the newest value
MOST = 24  # drawings


def lines_over_waves(
    table: pd.DataFrame,
    language: Language | None = None,
    *,
    style: str = "pct",
    axis: str = "pct",
    least: float = 0.1,
    within: tuple[float, float] = (-np.inf, np.inf),
) -> Figure:
    """Draw a measure over waves, a small drawing for each group, two beside each other.

    Parameters
    ----------
    table
        One row per group and wave, the oldest wave first: ``name``, ``wave``, ``estimate``, ``ci_low``, ``ci_high``,
        and where known ``breaks`` (whether it cannot be compared with the wave before: the line breaks there). The
        first group stands behind all others as a thin line. The first 24 groups are drawn.
    language
        Language of names and numbers.
    style, axis
        Formats of values and of ticks.
    least
        Smallest span of the scale, so that noise never fills a drawing.
    within
        What the measure can be.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["Total", "Total"], "wave": ["Q2", "Q3"], "estimate": [0.3, 0.4],
    ...                       "ci_low": [0.25, 0.35], "ci_high": [0.35, 0.45]})
    >>> lines_over_waves(table, "en").get_size_inches().round(2).tolist()
    [3.67, 1.23]
    """
    chosen = language or current_language()
    groups = [part.reset_index(drop=True) for _, part in table.groupby("name", sort=False)][:MOST]
    waves = words(list(dict.fromkeys(table["wave"])), chosen)
    alone = len(groups) == 1
    wide = 352.0 if alone else 176.0
    sheet = Sheet(ROW * ((len(groups) + 1) // 2))
    numbers = table[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float).ravel()
    for i, part in enumerate(groups):
        down, across = ROW * (i // 2), wide * (i % 2)
        scale = Scale.covering(
            numbers, start=down + BOTTOM, end=down + TOP, least=least, ticks=3, whole=True, within=within
        )
        _panel(
            sheet, part, groups[0] if i else None, scale, (across + LEFT, across + wide - RIGHT), chosen, style, axis
        )
        name = words([part["name"].iloc[0]], chosen)[0]
        sheet.text(across, down + 12, shortened(name, wide - 8), bold=True)
        _names_of_waves(sheet, waves, (across + LEFT, across + wide - RIGHT), down + BOTTOM + 15)
    return sheet.figure


def _panel(
    sheet: Sheet,
    part: pd.DataFrame,
    behind: pd.DataFrame | None,
    scale: Scale,
    ends: tuple[float, float],
    language: Language,
    style: str,
    axis: str,
) -> None:
    for tick in scale.ticks:
        y = scale.place(tick)
        sheet.line(ends, (y, y))
        sheet.text(ends[0] - 4, y + 4, format_value(tick, axis, language), color=charts.SOFT, size=10, anchor="right")
    places = np.linspace(ends[0] + 6, ends[1] - 4, len(part)) if len(part) > 1 else np.array([sum(ends) / 2])
    for run in _runs(part):
        rows = part.iloc[run]
        low, high = ([scale.place(v) for v in rows[c]] for c in ("ci_low", "ci_high"))
        sheet.band(places[run], low, high, color=charts.BANDS[charts.BLUE])
        if len(run) == 1:
            sheet.line((places[run[0]],) * 2, (low[0], high[0]), color=charts.BLUE)
            sheet.dot(float(places[run[0]]), scale.place(rows["estimate"].iloc[0]), radius=2.5)
    if behind is not None:
        for run in _runs(behind):
            sheet.path(
                places[run], [scale.place(v) for v in behind["estimate"].iloc[run]], color=charts.MARK, width=1.0
            )
    for run in _runs(part):
        sheet.path(places[run], [scale.place(v) for v in part["estimate"].iloc[run]], color=charts.BLUE, width=1.5)
    known = np.flatnonzero(part["estimate"].notna())
    if len(known):
        last = int(known[-1])
        value = float(part["estimate"].iloc[last])
        y = scale.place(value)
        sheet.dot(float(places[last]), y, radius=3.5)
        sheet.text(float(places[last]) + 7, y + 4, format_value(value, style, language), bold=True)


def _runs(part: pd.DataFrame) -> list[np.ndarray]:
    """Return the stretches of waves that are joined by a line: none is missing, and none breaks."""
    known = part[["estimate", "ci_low", "ci_high"]].notna().all(axis=1).to_numpy()
    breaks = part["breaks"].to_numpy(dtype=bool) if "breaks" in part else np.zeros(len(part), dtype=bool)
    runs: list[list[int]] = []
    for i in range(len(part)):
        if not known[i]:
            continue
        if runs and runs[-1][-1] == i - 1 and not breaks[i]:
            runs[-1].append(i)
        else:
            runs.append([i])
    return [np.array(r) for r in runs]


def _names_of_waves(sheet: Sheet, waves: Sequence[str], ends: tuple[float, float], y: float) -> None:
    """Write the first and the last wave below a drawing, the last alone where both do not fit."""
    first, last = waves[0], waves[-1]
    room = ends[1] + RIGHT - ends[0]
    if len(waves) > 1 and text_width(first, size=10) + text_width(last, size=10) + 8 < room:
        sheet.text(ends[0], y, first, size=10, color=charts.SOFT)
    sheet.text(ends[1] + RIGHT - 8, y, shortened(last, room, size=10), size=10, color=charts.SOFT, anchor="right")
