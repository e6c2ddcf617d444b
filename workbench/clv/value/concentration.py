"""How unequally value is spread over customers: shares of the top, Lorenz curve, Gini coefficient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.clv.columns import CI_HIGH_HIGH, CI_LOW_LOW, SHARE
from workbench.clv.purchases.patterns import Floats
from workbench.core import charts
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOPS: Final = (0.01, 0.05, 0.10, 0.20)
_POINTS: Final = 200


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Concentration(Result):
    """Where value sits.

    Attributes
    ----------
    table
        ``top`` (share of customers, best first), ``customers``, ``amount`` (their value), ``share`` (of all value),
        ``ci_low`` and ``ci_high`` (of the share).
    gini, gini_low, gini_high
        Gini coefficient and its interval; 0 if all have the same, towards 1 if one has everything.
    curve
        Cumulated share of value (best first) at even shares of customers from 0 to 1.
    level
        Level of the intervals.
    """

    gini: float
    gini_low: float
    gini_high: float
    curve: Floats
    level: float

    caption: ClassVar[Message] = message("Where value sits")
    columns: ClassVar[Mapping[str, Column]] = {
        "top": Column(message("Top share of customers"), "pct"),
        "amount": Column(message("Value"), "money"),
        "share": SHARE,
        "ci_low": CI_LOW_LOW.styled("pct1"),
        "ci_high": CI_HIGH_HIGH.styled("pct1"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the cumulated share of value over the share of customers, best first."""

        def draw(ax: Axes) -> None:
            at = np.linspace(0, 1, len(self.curve))
            ax.plot(at, self.curve, color=charts.ACCENT)
            ax.plot([0, 1], [0, 1], color=charts.MUTED, linestyle="--", linewidth=1)
            ax.plot(self.table["top"], self.table["share"], "o", color=charts.ACCENT)
            ax.set_xlabel(charts.text(message("Share of customers, most valuable first"), language))
            ax.set_ylabel(charts.text(message("Share of all value"), language))
            charts.format_axis(ax.xaxis, "pct", language)
            charts.format_axis(ax.yaxis, "pct", language)

        return charts.draw_figure(draw)


def concentration(values: npt.ArrayLike, *, tops: Sequence[float] = TOPS, level: float = 0.95) -> Concentration:
    """Say how much of the value the best customers hold.

    Parameters
    ----------
    values
        One value per customer.
    tops
        Shares of customers to look at.
    level
        Level of the intervals.

    Returns
    -------
    Concentration
        Shares of the top, Lorenz curve and Gini coefficient. With negative values the shares of the top can exceed 1
        and the Gini coefficient can, too; a note says so.

    Raises
    ------
    InputError
        If a value is missing or infinite, or they do not add up to more than zero.

    Notes
    -----
    Gini = Σ (2 i − n − 1) v_(i) / (n Σ v), values sorted upwards. Intervals as if the customers were drawn from many
    like them, by linearisation: Davidson (2009), Journal of Econometrics 150, eq. 8 and 18, for the Gini coefficient;
    Beach & Davidson (1983), Review of Economic Studies 50, for shares.

    Examples
    --------
    >>> concentration([1.0, 1, 1, 1, 16]).table["share"].round(2).tolist()
    [0.8, 0.8, 0.8, 0.8]
    """
    array = np.sort(np.asarray(values, dtype=np.float64).ravel())
    total = float(array.sum())
    if not (len(array) and np.isfinite(array).all() and total > 0):
        raise InputError(
            message("Values are finite numbers that add up to more than zero."),
            found=message(
                "{n:int} values, {bad:int} of them not finite, with a sum of {sum:dec0}",
                n=len(array),
                bad=(~np.isfinite(array)).sum(),
                sum=total,
            ),
            fix=message("Leave out customers without a value."),
            where="values",
        )
    n = len(array)
    ranks = 2.0 * np.arange(1, n + 1) - n - 1
    grown = np.concatenate([[0.0], np.cumsum(array[::-1])])
    take = [max(1, round(t * n)) for t in tops]
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = grown[take] / total
    reach = np.array([z * _share_error(array, n - k, s) for k, s in zip(take, share, strict=True)])
    gini = float(ranks @ array / (n * total))
    around = z * _gini_error(array, gini)
    table = pd.DataFrame(
        {
            "top": list(tops),
            "customers": take,
            "amount": grown[take],
            "share": share,
            "ci_low": share - reach,
            "ci_high": share + reach,
        }
    )
    text = plural(
        "{n:int} customer has a negative value.", "{n:int} customers have a negative value.", n=int((array < 0).sum())
    )
    return Concentration(
        table=table,
        gini=gini,
        gini_low=gini - around,
        gini_high=gini + around,
        level=level,
        curve=np.interp(np.linspace(0, n, _POINTS + 1), np.arange(n + 1), grown) / total,
        notes=(Note(text),) if array[0] < 0 else (),
    )


def _share_error(array: Floats, below: int, share: float) -> float:
    # of the share of those above the value at place `below`
    n = len(array)
    edge = array[min(below, n - 1)]
    influence = np.where(np.arange(n) >= below, array - edge, 0.0) - share * array
    return float(influence.std() / np.sqrt(n) / array.mean())


def _gini_error(array: Floats, gini: float) -> float:
    n = len(array)
    place = (2.0 * np.arange(1, n + 1) - 1) / n
    influence = (place - gini - 1) * array - 2 / n * np.cumsum(array)
    return float(influence.std() / np.sqrt(n) / array.mean())
