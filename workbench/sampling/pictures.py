"""Pictures of this room: the exclusion waterfall, curves of size against margin, bars of an allocation, likeness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.charts import ACCENT, BAD, GRID, MUTED, PALETTE, bar_rows, draw_figure, format_axis, text
from workbench.core.language import Language, Message, current_language, format_value, message

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BARS = 40
NOTABLE = 0.1  # a standardised difference that balance tables call notable


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
        lambda ax: bar_rows(ax, shown["stratum"].tolist(), shown["n"].tolist(), language=language),
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
        ax.set_yticks(rows, [format_value(v, "text", chosen) for v in shown[label]])
        ax.grid(axis="y", visible=False)
        ax.legend()
        format_axis(ax.xaxis, "pct", chosen)

    return draw_figure(draw, height=1.2 + 0.42 * len(shown))


def differences(table: pd.DataFrame, language: Language | None = None) -> Figure:
    """Draw the standardised difference of every ``variable`` and ``group``, with notable ones marked."""
    chosen = language or current_language()
    shown = table.loc[table["difference"].abs().nlargest(MOST_BARS).index].sort_index()
    labels = [
        f"{format_value(v, 'text', chosen)}: {format_value(g, 'text', chosen)}"
        for v, g in zip(shown["variable"], shown["group"], strict=True)
    ]

    def draw(ax: Axes) -> None:
        rows = np.arange(len(shown))[::-1]
        far = (shown["difference"].abs() > NOTABLE).to_numpy()
        ax.axvspan(-NOTABLE, NOTABLE, color=GRID, alpha=0.5, linewidth=0)
        ax.axvline(0, color=MUTED, linewidth=1)
        for mask, color in ((~far, ACCENT), (far, BAD)):
            ax.plot(shown["difference"].to_numpy()[mask], rows[mask], "o", color=color, markersize=5)
        ax.set_yticks(rows, labels)
        widest = max(2 * NOTABLE, 1.1 * float(shown["difference"].abs().max()))
        ax.set_xlim(-widest, widest)
        format_axis(ax.xaxis, "dec2", chosen)

    return draw_figure(draw, height=1.0 + 0.24 * len(shown))
