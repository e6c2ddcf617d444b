"""Pictures of this room: who was reached and who answered, and what weighting does to the shares of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.language import Language, current_language, format_value, message

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS = 24


def share_gaps(gaps: pd.DataFrame, language: Language | None = None) -> Figure:
    """Draw how far the share of each group is from the frame, before and after weighting.

    Parameters
    ----------
    gaps
        One row per group: ``level``, ``gap_before``, ``gap_after`` (share less share of the frame), ``used`` (whether
        the weighting used the group). Of many groups those with the largest gaps are drawn.
    language
        Language of the drawing.

    Examples
    --------
    >>> gaps = pd.DataFrame({"level": ["n", "s"], "gap_before": [0.1, -0.1], "gap_after": 0.0, "used": [True, False]})
    >>> [t.get_text() for t in share_gaps(gaps, "en").axes[0].get_yticklabels()]
    ['n', 's *']
    """
    chosen = language or current_language()
    largest = gaps[["gap_before", "gap_after"]].abs().max(axis=1).sort_values(ascending=False).index[:MOST_ROWS]
    shown = gaps.loc[sorted(largest)]
    names = [format_value(v, "text", chosen) for v in shown["level"]]
    labels = [n + ("" if used else " *") for n, used in zip(names, shown["used"], strict=True)]

    def draw(ax: Axes) -> None:
        rows = np.arange(len(shown))[::-1]
        ax.axvline(0, color=charts.INK, linewidth=1)
        ax.hlines(rows, shown["gap_before"], shown["gap_after"], color=charts.GRID, linewidth=2)
        before, after = (charts.text(m, chosen) for m in (message("before weighting"), message("after weighting")))
        ax.scatter(shown["gap_before"], rows, color=charts.MUTED, marker="o", label=before, zorder=3)
        ax.scatter(shown["gap_after"], rows, color=charts.ACCENT, marker="D", label=after, zorder=3)
        ax.set_yticks(rows, labels)
        ax.set_xlabel(charts.text(message("Share minus share of the frame (* not used in weighting)"), chosen))
        charts.format_axis(ax.xaxis, "pct1", chosen)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.1), ncols=2, frameon=False)

    return charts.draw_figure(draw, height=max(2.6, 0.28 * len(shown) + 1.2))


def reached_bars(reached: pd.DataFrame, language: Language | None = None) -> Figure:
    """Draw for each group which share of those asked was reached, and which answered.

    Parameters
    ----------
    reached
        One row per group: ``level``, ``CON1`` (reached, of those asked), ``RR1`` (answered, of those asked).
    language
        Language of the drawing.

    Examples
    --------
    >>> reached = pd.DataFrame({"level": ["n", "s"], "CON1": [0.8, 0.6], "RR1": [0.3, 0.2]})
    >>> len(reached_bars(reached, "en").axes[0].patches)
    4
    """
    chosen = language or current_language()
    shown = reached.head(MOST_ROWS)

    def draw(ax: Axes) -> None:
        rows = np.arange(len(shown))[::-1]
        reach, answer = (charts.text(m, chosen) for m in (message("Reached"), message("Answered")))
        ax.barh(rows, shown["CON1"], color=charts.ACCENT, alpha=0.3, height=0.66, label=reach)
        ax.barh(rows, shown["RR1"], color=charts.ACCENT, height=0.66, label=answer)
        ax.set_yticks(rows, [format_value(v, "text", chosen) for v in shown["level"]])
        ax.grid(axis="y", visible=False)
        ax.set_xlabel(charts.text(message("Share of those asked"), chosen))
        charts.format_axis(ax.xaxis, "pct", chosen)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=2, frameon=False)

    return charts.draw_figure(draw, height=max(2.6, 0.28 * len(shown) + 1.2))
