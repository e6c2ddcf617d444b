"""Pictures of this room: the exclusion waterfall, curves of size against margin, bars of an allocation, a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.charts import ACCENT, MUTED, PALETTE, bar_rows, draw_figure, format_axis, text
from workbench.core.language import Language, Message, current_language, format_value, message

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BARS = 40


def waterfall(table: pd.DataFrame, language: Language | None = None) -> Figure:
    """Draw the steps from the population to the eligible customers."""
    chosen = language or current_language()

    def draw(ax: Axes) -> None:
        rows = np.arange(len(table))[::-1]
        excluded = (table["step"] == "excluded").to_numpy()
        customers, left = table["customers"].to_numpy(), table["left"].to_numpy()
        ax.barh(rows[~excluded], customers[~excluded], color=ACCENT, height=0.66)
        ax.barh(rows[excluded], customers[excluded], left=left[excluded], color=MUTED, height=0.66)
        for row, value, end in zip(rows, customers, left + np.where(excluded, customers, 0), strict=True):
            ax.annotate(
                format_value(value, "int", chosen),
                (end, row),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )
        ax.set_yticks(rows, [format_value(r, "text", chosen) for r in table["reason"]])
        ax.grid(axis="y", visible=False)
        ax.margins(x=0.14)
        format_axis(ax.xaxis, "int", chosen)

    return draw_figure(draw, height=1.0 + 0.42 * len(table))


def size_curve(table: pd.DataFrame, *, margin: float, style: str, language: Language | None = None) -> Figure:
    """Draw completes and invitations against the margin, with the chosen margin marked."""
    chosen = language or current_language()

    def draw(ax: Axes) -> None:
        ax.plot(table["margin"], table["completes"], label=text(message("Completed interviews"), chosen))
        if not table["completes"].equals(table["invitations"]):
            ax.plot(table["margin"], table["invitations"], label=text(message("Invitations"), chosen))
            ax.legend()
        ax.axvline(margin, color=MUTED, linestyle="--", linewidth=1)
        ax.set_xlabel(text(message("Margin of error (±)"), chosen))
        ax.set_ylim(bottom=0)
        format_axis(ax.xaxis, style, chosen)
        format_axis(ax.yaxis, "int", chosen)

    return draw_figure(draw)


def allocation_bars(table: pd.DataFrame, language: Language | None = None) -> Figure:
    """Draw the sample size of each stratum; the largest forty where there are more."""
    shown = table.nlargest(MOST_BARS, "n").sort_index()
    return draw_figure(
        lambda ax: bar_rows(ax, [str(s) for s in shown["stratum"]], shown["n"].tolist(), language=language),
        height=1.0 + 0.3 * len(shown),
    )


def shares(table: pd.DataFrame, *, label: str, series: dict[str, Message], language: Language | None = None) -> Figure:
    """Draw for each row of `table` the share in each of `series` (column → name) side by side."""
    chosen = language or current_language()
    shown = table.head(MOST_BARS)

    def draw(ax: Axes) -> None:
        height = 0.8 / len(series)
        rows = np.arange(len(shown))[::-1]
        for i, (column, name) in enumerate(series.items()):
            offset = 0.4 - height * (i + 0.5)
            ax.barh(rows + offset, shown[column], height=height, color=PALETTE[i], label=text(name, chosen))
        ax.set_yticks(rows, [str(v) for v in shown[label]])
        ax.grid(axis="y", visible=False)
        ax.legend()
        format_axis(ax.xaxis, "pct", chosen)

    return draw_figure(draw, height=1.2 + 0.42 * len(shown))
