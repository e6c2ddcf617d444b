"""Whether chances keep their promise: of customers told 30 %, do 30 % buy, in every part of the customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation.comparisons import adjust_p
from workbench.estimation.intervals import wilson
from workbench.learning.columns import BOUGHT, CI_HIGH, CI_LOW, TOLD

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PARTS: Final = 10
FEWEST: Final = 30  # customers of a group that is judged


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Promise(Result):
    """Chances told and shares that bought.

    Attributes
    ----------
    table
        One row per tenth of the customers by chance, the smallest first: ``told`` (mean chance), ``bought`` (share)
        with ``ci_low`` and ``ci_high`` (Wilson), ``customers``.
    told, bought
        Mean chance and share of all.
    p_value
        Of the difference of the two, under the chances told.
    n
        Customers.
    """

    told: float
    bought: float
    p_value: float
    n: int

    caption: ClassVar[Message] = message("Chance to buy, told and happened")
    columns: ClassVar[Mapping[str, Column]] = {"told": TOLD, "bought": BOUGHT, "ci_low": CI_LOW, "ci_high": CI_HIGH}

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the share who bought over the chance told."""

        def draw(ax: Axes) -> None:
            ax.plot([0, 1], [0, 1], "--", color=charts.MUTED, linewidth=1)
            ax.vlines(self.table["told"], self.table["ci_low"], self.table["ci_high"], color=charts.ACCENT)
            ax.plot(self.table["told"], self.table["bought"], "o", color=charts.ACCENT)
            ax.set_xlabel(charts.text(message("Chance to buy, told beforehand"), language))
            ax.set_ylabel(charts.text(message("Share who bought"), language))
            for axis in (ax.xaxis, ax.yaxis):
                charts.format_axis(axis, "pct", language)

        return charts.draw_figure(draw)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PromiseByGroup(Result):
    """The same in groups of customers.

    Attributes
    ----------
    table
        One row per group: ``breakdown``, ``group``, ``customers``, ``told``, ``bought`` with ``ci_low``, ``ci_high``
        (Wilson), ``difference`` (bought − told, points), ``p_adjusted`` (Holm, over all groups of all breakdowns).
    """

    caption: ClassVar[Message] = message("Chance to buy, told and happened, by group")
    columns: ClassVar[Mapping[str, Column]] = {
        "breakdown": Column(message("By")),
        "group": Column(message("Group")),
        "told": TOLD,
        "bought": BOUGHT,
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "difference": Column(message("Difference, points"), "signed1"),
        "p_adjusted": Column(message("p, corrected"), "p"),
    }


def check_promise(probability: pd.Series, bought: pd.Series, *, level: float = 0.95) -> Promise:
    """Hold chances against who bought, by tenths of the chance.

    Parameters
    ----------
    probability
        Chance told beforehand.
    bought
        1 for those who bought, else 0.
    level
        Level of the intervals.

    Returns
    -------
    Promise

    Notes
    -----
    Σ (y − p) / √Σ p (1 − p) is standard normal where chances are true (Spiegelhalter 1986, Statistics in Medicine 5,
    p. 425, in its plain form).

    Examples
    --------
    >>> told = pd.Series(np.repeat([0.2, 0.8], 50))
    >>> happened = pd.Series(np.r_[np.ones(10), np.zeros(40), np.ones(40), np.zeros(10)])
    >>> check_promise(told, happened).table[["told", "bought"]].iloc[[0, -1]].round(1).to_numpy().tolist()
    [[0.2, 0.2], [0.8, 0.8]]
    """
    from scipy.stats import norm

    p, y = probability.to_numpy(dtype=float), bought.to_numpy(dtype=float)
    # customers who were told the same stay together
    edges = np.unique(np.quantile(p, np.linspace(0, 1, PARTS + 1)[1:-1]))
    part = np.searchsorted(edges, p, side="left")
    rows = (
        pd.DataFrame({"part": part, "told": p, "bought": y})
        .groupby("part")
        .agg(told=("told", "mean"), bought=("bought", "mean"), customers=("told", "size"))
    )
    low, high = wilson(rows["bought"].to_numpy(), rows["customers"].to_numpy(dtype=float), level)
    table = rows.assign(ci_low=low, ci_high=high).reset_index(drop=True)
    z = _z(p, y)
    return Promise(
        table=table[["told", "bought", "ci_low", "ci_high", "customers"]],
        level=level,
        told=float(p.mean()),
        bought=float(y.mean()),
        p_value=float(2 * norm.sf(abs(z))),
        n=len(p),
    )


def check_promise_by(told: pd.DataFrame, by: Sequence[str], *, level: float = 0.95) -> PromiseByGroup:
    """Hold chances against who bought in every group: a chance is fair where it means the same for all.

    Parameters
    ----------
    told
        ``probability``, ``bought`` and the columns of groups.
    by
        Those columns.
    level
        Level of the intervals.

    Returns
    -------
    PromiseByGroup
        Groups of at least 30 customers; a note counts the others.

    Raises
    ------
    InputError
        If a column is missing.

    Notes
    -----
    Calibration within groups (Kleinberg, Mullainathan & Raghavan 2017, ITCS, condition A).

    Examples
    --------
    >>> told = pd.DataFrame({"probability": 0.5, "bought": [1, 0] * 50, "region": ["n"] * 50 + ["s"] * 50})
    >>> check_promise_by(told, ["region"]).table[["group", "bought"]].to_numpy().tolist()
    [['n', 0.5], ['s', 0.5]]
    """
    from scipy.stats import norm

    require_columns(map(str, told.columns), ["probability", "bought", *by], where="told")
    rows, small = [], 0
    for column in by:
        for group, part in told.groupby(column, sort=True, observed=True):
            if len(part) < FEWEST:
                small += 1
                continue
            p, y = part["probability"].to_numpy(dtype=float), part["bought"].to_numpy(dtype=float)
            low, high = (float(v[0]) for v in wilson(np.array([y.mean()]), np.array([float(len(y))]), level))
            rows.append(
                {
                    "breakdown": column,
                    "group": str(group),
                    "customers": len(part),
                    "told": float(p.mean()),
                    "bought": float(y.mean()),
                    "ci_low": low,
                    "ci_high": high,
                    "difference": 100 * float(y.mean() - p.mean()),
                    "p_adjusted": float(2 * norm.sf(abs(_z(p, y)))),
                }
            )
    columns = ("breakdown", "group", "customers", "told", "bought", "ci_low", "ci_high", "difference", "p_adjusted")
    table = pd.DataFrame(rows, columns=list(columns))
    adjusted = adjust_p(table["p_adjusted"].to_numpy(dtype=float), "holm")
    text = message("Groups of fewer than {least:int} customers are left out: {n:int}.", least=FEWEST, n=small)
    return PromiseByGroup(table=table.assign(p_adjusted=adjusted), level=level, notes=(Note(text),) if small else ())


def _z(p: np.ndarray, y: np.ndarray) -> float:
    spread = float(np.sqrt((p * (1 - p)).sum()))
    return float((y - p).sum()) / spread if spread else 0.0
