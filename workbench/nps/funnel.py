"""The funnel: which regions lie further from the mean than luck explains, at the base they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd
import scipy

from workbench.core import charts
from workbench.core.checks import Floats
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.nps.columns import ESTIMATE, PLACE
from workbench.nps.measures import Measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OUTER: Final = 0.998  # three standard deviations, as control charts have them
INSIDE, WARNING, SIGNAL = "inside", "warning", "signal"


def funnel_limits(confidence: float) -> tuple[float, float]:
    """Return the levels of the inner and the outer limits of a funnel: the result's own, and 99.8 % or wider.

    Examples
    --------
    >>> funnel_limits(0.8), funnel_limits(0.999)
    ((0.8, 0.998), (0.999, 0.999))
    """
    return confidence, max(OUTER, confidence)


def place_words(place: str, confidence: float) -> Message:
    """Return a place in words.

    Examples
    --------
    >>> str(place_words("warning", 0.9))
    'beyond 90 %'
    """
    inner, outer = funnel_limits(confidence)
    if place == INSIDE:
        return message("within luck")
    if not place:
        return message("not placed")
    return message("beyond {level:level}", level=inner if place == WARNING else outer)


def funnel_places(estimate: Floats, errors: Floats, centre: float, confidence: float = 0.95) -> list[str]:
    """Say for each region whether it lies inside the limits of a funnel around `centre`.

    Examples
    --------
    >>> funnel_places(np.array([0.0, 25.0, 40.0]), np.full(3, 10.0), 0.0)
    ['inside', 'warning', 'signal']
    """
    known = errors > 0
    z = np.where(known, np.abs(estimate - centre) / np.where(known, errors, 1.0), np.nan)
    first, second = (scipy.stats.norm.ppf((1 + level) / 2) for level in funnel_limits(confidence))
    return ["" if np.isnan(v) else INSIDE if v <= first else WARNING if v <= second else SIGNAL for v in z]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Funnel(Result):
    """Regions of one measure against what luck allows at their base.

    Attributes
    ----------
    table
        One row per region: the region, ``estimate``, ``n``, ``low``, ``high`` (limits at its base, at the level of the
        result), ``low_outer``, ``high_outer`` (at 99.8 %), ``place`` (``inside``, ``warning`` beyond the inner limits,
        ``signal`` beyond the outer ones).
    centre
        All regions together.
    scatter
        Standard deviation of single answers, the design effect included.
    measure
        What is shown.

    Notes
    -----
    Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202: limits centre ± z·scatter/√n.
    """

    centre: float
    scatter: float
    measure: Measure

    caption: ClassVar[Message] = message("Regions and luck")
    columns: ClassVar[Mapping[str, Column]] = {
        "estimate": ESTIMATE,
        "low": Column(message("Low ({level:level})")),
        "high": Column(message("High ({level:level})")),
        "low_outer": Column(message("Low ({level:level})", level=OUTER)),
        "high_outer": Column(message("High ({level:level})", level=OUTER)),
        "place": PLACE,
    }

    @property
    def sure(self) -> float:
        """Level of the inner limits."""
        return 0.95 if self.level is None else self.level

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with places in words."""
        return self.table.assign(place=[place_words(p, self.sure).text(language) for p in self.table["place"]])

    def plot(self, language: Language | None = None) -> Figure:
        """Draw regions by base within the limits; filled marks lie outside."""
        chosen = language or current_language()
        shown = self.table.dropna(subset=["estimate"])
        names = shown.columns[0]
        most = float(shown["n"].max()) if len(shown) else 100.0
        least = float(shown["n"].min()) if len(shown) else 10.0
        grid = np.geomspace(max(least * 0.6, 2.0), most * 1.15, 200)

        def draw(ax: Axes) -> None:
            for level, style in zip(funnel_limits(self.sure), ("--", "-"), strict=True):
                reach = scipy.stats.norm.ppf((1 + level) / 2) * self.scatter / np.sqrt(grid)
                for side in (-1, 1):
                    ax.plot(grid, self.centre + side * reach, style, color=charts.MUTED, linewidth=1)
                ax.annotate(
                    f"{100 * level:g} %",
                    (grid[-1], self.centre + reach[-1]),
                    xytext=(3, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8,
                    color=charts.INK,
                )
            ax.axhline(self.centre, color=charts.INK, linewidth=1)
            outside = (shown["place"] != INSIDE).to_numpy()
            for mask, face in ((~outside, charts.PAPER), (outside, charts.INK)):
                ax.plot(
                    shown["n"][mask],
                    shown["estimate"][mask],
                    "o",
                    markersize=7,
                    markerfacecolor=face,
                    markeredgecolor=charts.INK,
                    linestyle="none",
                )
            for i, (_, row) in enumerate(shown.sort_values("n").iterrows()):
                ax.annotate(
                    str(row[names]),
                    (row["n"], row["estimate"]),
                    xytext=(6, 5 if i % 2 else -10),
                    textcoords="offset points",
                    fontsize=8,
                )
            ax.set_xscale("log")
            ticks = _round_ticks(grid[0], grid[-1])
            ax.set_xticks(ticks, [f"{t:,}" for t in ticks])
            ax.minorticks_off()
            ax.set_xlabel(charts.text(message("Base"), chosen))
            ax.set_ylabel(self.measure.label.text(chosen))
            charts.format_axis(ax.yaxis, self.measure.style.replace("signed", "dec"), chosen)

        return charts.draw_figure(draw, height=4.2)


def _round_ticks(low: float, high: float) -> list[int]:
    steps = [m * 10**e for e in range(9) for m in (1, 2, 5)]
    return [s for s in steps if low <= s <= high] or [round(high)]
