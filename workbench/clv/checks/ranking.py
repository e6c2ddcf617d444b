"""How good a forecast of single customers is: its error, and how well it ranks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from workbench.clv.purchases.patterns import Floats

CRITERIA: Final = ("mae", "rmse", "gini", "top_decile", "correct")
_SMALLER: Final = frozenset({"mae", "rmse"})  # is better
_GROUPS: Final = 50
_FEWEST: Final = 10


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


def criteria_of(forecast: Floats, actual: Floats, criteria: Sequence[str]) -> dict[str, float]:
    """Return how good a forecast is by each criterion.

    Parameters
    ----------
    forecast
        What was told of each customer; for ``correct`` a chance, of which ½ or more counts as yes.
    actual
        What happened; for ``correct`` 1 or 0.
    criteria
        Of ``mae``, ``rmse``, ``gini``, ``top_decile``, ``correct``.

    Examples
    --------
    >>> criteria_of(np.array([0.9, 0.2]), np.array([1.0, 1.0]), ["correct"])
    {'correct': 0.5}
    """
    return {c: _criterion(c, forecast, actual) for c in criteria}


def _criterion(name: str, forecast: Floats, actual: Floats) -> float:
    if name == "mae":
        return errors(forecast, actual)[0]
    if name == "rmse":
        return errors(forecast, actual)[1]
    if name == "gini":
        return ranking_gini(forecast, actual)
    if name == "top_decile":
        return captured(forecast, actual)
    return float(((forecast >= 0.5) == (actual > 0)).mean())


def paired_gains(forecast: Floats, other: Floats, actual: Floats, criteria: Sequence[str]) -> list[dict[str, object]]:
    """Test by each criterion whether a forecast is better than another of the same customers.

    Parameters
    ----------
    forecast, other
        What each told of the customers.
    actual
        What happened.
    criteria
        See `criteria_of`.

    Returns
    -------
    list of dict
        ``criterion``, ``gain`` (above 0 where the first is better), ``std_error``, ``p_value`` (two-sided); p is
        missing where the gain does not vary.

    Notes
    -----
    Paired over customers: delete-a-group jackknife of the difference with 50 groups, every fiftieth customer being one;
    Student's t with one degree of freedom less than groups (Kott 2001, Journal of Official Statistics 17(4), 521–526).

    Examples
    --------
    >>> happened = np.arange(400.0)
    >>> gain = paired_gains(happened + 0.1 * np.sin(happened), happened + 2, happened, ["mae"])[0]
    >>> round(gain["gain"], 1), gain["p_value"] < 0.001
    (1.9, True)
    """
    from scipy.stats import t

    groups = min(_GROUPS, len(actual))
    member = np.arange(len(actual)) % groups

    def gained(kept: np.ndarray) -> Floats:
        mine, theirs = (criteria_of(f[kept], actual[kept], criteria) for f in (forecast, other))
        return np.array([(mine[c] - theirs[c]) * (-1 if c in _SMALLER else 1) for c in criteria])

    whole = gained(np.ones(len(actual), dtype=bool))
    if groups < _FEWEST:
        return [{"criterion": c, "gain": g, "std_error": np.nan, "p_value": np.nan} for c, g in _pairs(criteria, whole)]
    left = np.stack([gained(member != g) for g in range(groups)])
    error = np.sqrt((groups - 1) / groups * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    found: list[dict[str, object]] = []
    for k, name in enumerate(criteria):
        known = bool(error[k] > 0)
        p = float(2 * t.sf(abs(whole[k]) / error[k], groups - 1)) if known else float("nan")
        found.append({"criterion": name, "gain": float(whole[k]), "std_error": float(error[k]), "p_value": p})
    return found


def _pairs(criteria: Sequence[str], gains: Floats) -> list[tuple[str, float]]:
    return [(c, float(g)) for c, g in zip(criteria, gains, strict=True)]
