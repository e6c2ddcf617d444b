"""How good a forecast of single customers is: its error, and how well it ranks them."""

from __future__ import annotations

import numpy as np

from workbench.clv.purchases.patterns import Floats


def captured(score: Floats, actual: Floats, count: Floats | None = None, *, top: float = 0.1) -> float:
    """Return the share of `actual` that those with the highest scores have; equal scores share alike.

    Examples
    --------
    >>> captured(np.array([3.0, 2, 1, 0]), np.array([6.0, 2, 1, 1]), top=0.25)
    0.6
    """
    grown, shares = _lorenz(score, actual, count)
    return float(np.interp(top, grown, shares)) if len(shares) > 1 else float("nan")


def ranking_gini(score: Floats, actual: Floats) -> float:
    """Return the Gini coefficient of `actual` in the order of the scores, over that in its own order.

    1 if the scores rank as what happened does, 0 if they rank by chance.

    Examples
    --------
    >>> ranking_gini(np.array([3.0, 2, 1, 0]), np.array([6.0, 2, 1, 1]))
    1.0
    """
    own = _area(*_lorenz(actual, actual, None))
    return _area(*_lorenz(score, actual, None)) / own if own > 0 else float("nan")


def _lorenz(score: Floats, actual: Floats, count: Floats | None) -> tuple[Floats, Floats]:
    total = float(actual.sum())
    if not total > 0:
        return np.zeros(1), np.zeros(1)
    levels, place = np.unique(-score, return_inverse=True)
    customers = np.bincount(place, count, len(levels))
    bought = np.bincount(place, actual, len(levels))
    grown = np.concatenate([[0.0], np.cumsum(customers)])
    return grown / grown[-1], np.concatenate([[0.0], np.cumsum(bought)]) / total


def _area(grown: Floats, shares: Floats) -> float:
    return float(np.diff(grown) @ (shares[1:] + shares[:-1])) - 1.0


def errors(forecast: Floats, actual: Floats) -> tuple[float, float]:
    """Return mean absolute error and root mean squared error.

    Examples
    --------
    >>> errors(np.array([1.0, 3.0]), np.array([2.0, 3.0]))
    (0.5, 0.7071067811865476)
    """
    off = forecast - actual
    return float(np.abs(off).mean()), float(np.sqrt((off**2).mean()))


def surely_better(forecast: Floats, other: Floats, actual: Floats, z: float = 1.959964) -> int:
    """Return 1 if the forecast's absolute errors are clearly smaller than the other's, −1 if larger, 0 if unclear.

    Paired over customers.

    Examples
    --------
    >>> happened = np.arange(40.0)
    >>> surely_better(happened + 0.1 * (-1) ** np.arange(40), happened + 2, happened)
    1
    """
    gain = np.abs(other - actual) - np.abs(forecast - actual)
    error = float(gain.std() / np.sqrt(len(gain)))
    mean = float(gain.mean())
    return int(mean > z * error) - int(mean < -z * error) if error > 0 else int(np.sign(mean))
