"""Chances that mean what they say: learnt on customers that the candidate has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from workbench.core.errors import InputError
from workbench.learning.candidates.candidate import expit
from workbench.learning.features import Floats

ISOTONIC_FROM: Final = 1_000  # customers of the rarer kind, below which a curve of two parameters is steadier
_KNOTS: Final = 40
_DIGITS: Final = 9


@dataclass(frozen=True, eq=False)
class Calibration:
    """A rising curve from a candidate's log-odds to chances.

    Attributes
    ----------
    method
        ``platt`` or ``isotonic``.
    at, chance
        Knots of the isotonic curve, linear between them; of Platt's the slope and the intercept stand in `at`.
    """

    method: str
    at: Floats
    chance: Floats

    def __call__(self, log_odds: Floats) -> Floats:
        """Return calibrated chances."""
        if self.method == "platt":
            return expit(self.at[0] * log_odds + self.at[1])
        return np.asarray(np.interp(log_odds, self.at, self.chance))


def calibrate(log_odds: Floats, bought: Floats) -> Calibration:
    """Learn a curve from log-odds to chances.

    Parameters
    ----------
    log_odds
        What a candidate says of customers it has not learnt from.
    bought
        1 for those who bought, else 0.

    Returns
    -------
    Calibration
        Isotonic regression where a thousand customers bought and a thousand did not, else Platt's curve. No slope
        below 0: a candidate is never turned round.

    Raises
    ------
    InputError
        If all bought, or nobody.

    Notes
    -----
    Platt (1999), Probabilistic outputs for support vector machines, eq. 4 with its targets (N₊ + 1) / (N₊ + 2) and
    1 / (N₋ + 2); Zadrozny & Elkan (2002), KDD, for isotonic regression; Niculescu-Mizil & Caruana (2005), ICML, for
    when which.

    Examples
    --------
    >>> told = np.repeat([-2.0, 2.0], 50)
    >>> curve = calibrate(told, np.r_[np.zeros(40), np.ones(10), np.zeros(10), np.ones(40)])
    >>> curve.method, curve(np.array([-2.0, 2.0])).round(2).tolist()
    ('platt', [0.21, 0.79])
    """
    yes = float(bought.sum())
    no = len(bought) - yes
    if not (yes and no):
        raise InputError(
            "Chances are calibrated by customers who bought and others who did not.",
            found=f"{yes:.0f} who bought, {no:.0f} who did not",
            fix="Choose a horizon in which some buy and some do not.",
            where="horizon_days",
        )
    if min(yes, no) >= ISOTONIC_FROM:
        return _isotonic(log_odds, bought)
    targets = np.where(bought > 0, (yes + 1) / (yes + 2), 1 / (no + 2))
    slope, start = _platt(log_odds, targets)
    return Calibration("platt", np.array([slope, start]), np.array([]))


def _isotonic(log_odds: Floats, bought: Floats) -> Calibration:
    from sklearn.isotonic import isotonic_regression

    # log-odds are sums: customers who are told the same differ in their last digits, and stay in one block
    level = np.round(log_odds, _DIGITS)
    order = np.argsort(level, kind="stable")
    at, hit = level[order], bought[order]
    # blocks of equal size first: a knot rests on many customers, and no chance is 0 or 1
    edges = np.unique(np.searchsorted(at, np.quantile(at, np.linspace(0, 1, _KNOTS + 1)[1:-1]), side="right"))
    parts = [p for p in np.split(np.arange(len(at)), edges) if len(p)]
    middle = np.array([log_odds[order[p]].mean() for p in parts])
    share = np.array([(hit[p].sum() + 0.5) / (len(p) + 1) for p in parts])
    rising = np.asarray(isotonic_regression(share, sample_weight=np.array([float(len(p)) for p in parts])))
    return Calibration("isotonic", middle, rising)


def _platt(log_odds: Floats, targets: Floats) -> tuple[float, float]:
    slope, start = 1.0, 0.0
    for _ in range(50):
        told = expit(slope * log_odds + start)
        off, weight = targets - told, np.maximum(told * (1 - told), 1e-12)
        gradient = np.array([off @ log_odds, off.sum()])
        curvature = np.array([[weight @ log_odds**2, weight @ log_odds], [weight @ log_odds, weight.sum()]])
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), gradient)
        loss, part = _loss(slope, start, log_odds, targets), 1.0
        while _loss(slope + part * step[0], start + part * step[1], log_odds, targets) > loss + 1e-9 and part > 1e-6:
            part /= 2
        slope, start = slope + part * float(step[0]), start + part * float(step[1])
        if np.abs(step).max() < 1e-9:
            break
    if slope < 0:
        share = float(targets.mean())
        return 0.0, float(np.log(share / (1 - share)))
    return slope, start


def _loss(slope: float, start: float, log_odds: Floats, targets: Floats) -> float:
    told = slope * log_odds + start
    return float((np.logaddexp(0.0, told) - targets * told).sum())
