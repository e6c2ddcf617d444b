"""How good a forecast of single customers is: its error, and how well it ranks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Judged:
    """How good a forecast is by some criteria, with all customers and without each of several groups of them.

    Attributes
    ----------
    whole
        One number a criterion.
    left
        Groups × criteria; empty with too few customers.
    """

    whole: Floats
    left: Floats


def judge(forecast: Floats, actual: Floats, criteria: Sequence[str]) -> Judged:
    """Return how good a forecast is, and how good without every fiftieth customer, for each place they may start at.

    Parameters
    ----------
    forecast, actual, criteria
        As for `criteria_of`.

    Notes
    -----
    What a group adds to sums and ranks is taken off the whole, so that customers are sorted once and not fifty times.

    Examples
    --------
    >>> found = judge(np.arange(20.0), np.ones(20), ["mae"])
    >>> found.whole.tolist(), found.left.shape
    ([8.6], (20, 1))
    """
    whole = np.array([_criterion(c, forecast, actual) for c in criteria])
    groups = min(_GROUPS, len(actual))
    if groups < _FEWEST:
        return Judged(whole, np.zeros((0, len(criteria))))
    parts = [slice(g, None, groups) for g in range(groups)]
    ranked = _lines(forecast, actual, parts) if {"gini", "top_decile"} & set(criteria) else None
    own = _lines(actual, actual, parts) if "gini" in criteria else None
    return Judged(whole, np.column_stack([_without(c, forecast, actual, parts, ranked, own) for c in criteria]))


def _lines(score: Floats, actual: Floats, parts: Sequence[slice]) -> Floats:
    ranks = _Ranks(score, actual)
    return np.array([ranks.without(p) for p in parts])


class _Ranks:
    """Customers and what happened down to each level of a score, and what a group's share of them is."""

    def __init__(self, score: Floats, actual: Floats) -> None:
        levels, self.place = np.unique(-score, return_inverse=True)
        self.actual = actual
        self.customers, self.happened = (
            np.concatenate([[0.0], np.cumsum(np.bincount(self.place, w, len(levels)))]) for w in (None, actual)
        )
        # customers of each level × what happened down to it and down to the level before: twice the area under the line
        self.area = float(np.diff(self.customers) @ (self.happened[1:] + self.happened[:-1]))

    def without(self, group: slice, top: float = 0.1) -> tuple[float, float]:
        """Return twice the area above chance, and what the best tenth has, without a group."""
        place, actual = self.place[group], self.actual[group]
        order = np.argsort(place, kind="stable")
        place, actual = place[order], actual[order]
        gone = np.concatenate([[0.0], np.cumsum(actual)])
        customers, happened = self.customers[-1] - len(place), self.happened[-1] - gone[-1]
        if not happened > 0:
            return float("nan"), float("nan")
        own = sum(gone[np.searchsorted(place, place, side)].sum() for side in ("left", "right"))
        among = self.happened[place].sum() + self.happened[place + 1].sum()
        below = 2 * self.customers[-1] - self.customers[place] - self.customers[place + 1]
        area = (self.area - among - actual @ below + own) / (customers * happened) - 1
        # the line only near the best tenth: a group moves it by its own customers at most
        reach = top * customers
        first = max(int(np.searchsorted(self.customers, reach, "right")) - 1, 0)
        near = np.arange(first, min(int(np.searchsorted(self.customers, reach + len(place))) + 2, len(self.customers)))
        less = np.searchsorted(place, near)
        held = np.interp(reach, self.customers[near] - less, self.happened[near] - gone[less])
        return float(area), float(held / happened)


def _without(
    name: str, forecast: Floats, actual: Floats, parts: Sequence[slice], ranked: Floats | None, own: Floats | None
) -> Floats:
    """Return a criterion without each of the parts."""
    if name == "gini" and ranked is not None and own is not None:
        return np.where(own[:, 0] > 0, ranked[:, 0] / np.where(own[:, 0] > 0, own[:, 0], 1), np.nan)
    if name == "top_decile" and ranked is not None:
        return ranked[:, 1]
    off = forecast - actual
    losses = {"mae": np.abs(off), "rmse": off**2}
    each = losses[name] if name in losses else ((forecast >= 0.5) == (actual > 0)).astype(float)
    gone = np.array([(each[p].sum(), len(each[p])) for p in parts])
    mean: Floats = (each.sum() - gone[:, 0]) / (len(each) - gone[:, 1])
    return np.sqrt(np.maximum(mean, 0)) if name == "rmse" else mean


def paired_gains(one: Judged, other: Judged, criteria: Sequence[str]) -> list[dict[str, object]]:
    """Test by each criterion whether a forecast is better than another of the same customers.

    Parameters
    ----------
    one, other
        What `judge` told of each, by the same criteria.
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
    >>> happened = np.arange(100.0)
    >>> near, far = (judge(f, happened, ["mae"]) for f in (happened + 0.1 * np.sin(happened), happened + 2))
    >>> gain = paired_gains(near, far, ["mae"])[0]
    >>> round(gain["gain"], 1), gain["p_value"] < 0.001
    (1.9, True)
    """
    from scipy.stats import t

    sign = np.array([-1.0 if c in _SMALLER else 1.0 for c in criteria])
    whole = (one.whole - other.whole) * sign
    groups = len(one.left)
    if not groups:
        return [
            {"criterion": c, "gain": float(g), "std_error": np.nan, "p_value": np.nan}
            for c, g in zip(criteria, whole, strict=True)
        ]
    left = (one.left - other.left) * sign
    error = np.sqrt((groups - 1) / groups * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    found: list[dict[str, object]] = []
    for k, name in enumerate(criteria):
        known = bool(error[k] > 0)
        p = float(2 * t.sf(abs(whole[k]) / error[k], groups - 1)) if known else float("nan")
        found.append({"criterion": name, "gain": float(whole[k]), "std_error": float(error[k]), "p_value": p})
    return found
