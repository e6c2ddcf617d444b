"""The tuned hiatus: whoever has been silent for longer than so many days is given up, and the days are learnt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from workbench.core.language import Message, message
from workbench.learning.candidates.candidate import THEMES, Candidate, Sample, logit
from workbench.learning.features import Floats

_TRIED: Final = 60


@dataclass(frozen=True, eq=False)
class Hiatus(Candidate):
    """Two chances: of customers silent for at most `days`, and of the others.

    Attributes
    ----------
    days
        Silence after which a customer is given up.
    within, beyond
        Log-odds to buy on either side, less `base`.
    """

    key: ClassVar[str] = "hiatus"
    label: ClassVar[Message] = message("Tuned hiatus")

    days: float
    within: float
    beyond: float

    def contributions(self, X: Floats) -> Floats:
        """Return the contribution of silence."""
        silent = X[:, self.names.index("silent_days")]
        found = np.zeros((len(X), len(THEMES)))
        found[:, THEMES.index("silence")] = np.where(silent <= self.days, self.within, self.beyond)
        return found


def fit_hiatus(sample: Sample) -> Hiatus:
    """Learn after how many days of silence to give a customer up: those that give the smallest log-loss.

    Parameters
    ----------
    sample
        What it learns from.

    Returns
    -------
    Hiatus
        Chances are shares, with half a customer added to each side.

    Notes
    -----
    The rule of managers in Wübben & von Wangenheim (2008), Journal of Marketing 72(3), p. 84, whose threshold is tuned.

    Examples
    --------
    >>> known = Sample(np.array([[3.0], [5.0], [80.0], [90.0]]), ("silent_days",), {"silent_days": "silence"},
    ...                np.array([1.0, 1.0, 0.0, 0.0]), 30)
    >>> fit_hiatus(known).probability(np.array([[4.0], [85.0]])).round(2).tolist()
    [0.83, 0.17]
    """
    silent, bought = sample.column("silent_days"), sample.bought
    order = np.argsort(silent, kind="stable")
    days, cumulated = silent[order], np.cumsum(bought[order])
    n, total = len(days), float(bought.sum())
    tried = np.unique(np.quantile(days, np.linspace(0, 1, _TRIED)))
    inside = np.searchsorted(days, tried, side="right")
    hits = np.where(inside > 0, cumulated[np.maximum(inside, 1) - 1], 0.0)
    p, q = (hits + 0.5) / (inside + 1), (total - hits + 0.5) / (n - inside + 1)
    loss = -(
        hits * np.log(p)
        + (inside - hits) * np.log1p(-p)
        + (total - hits) * np.log(q)
        + (n - inside - total + hits) * np.log1p(-q)
    )
    best = int(np.argmin(loss))
    base = float(logit(np.array([(total + 0.5) / (n + 1)]))[0])
    return Hiatus(
        sample.names,
        base,
        days=float(tried[best]),
        within=float(logit(p[best : best + 1])[0]) - base,
        beyond=float(logit(q[best : best + 1])[0]) - base,
    )
