"""Fitting Pareto/NBD: exact derivatives over distinct (x, τ), and what the data could not tell."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from workbench.clv.models import nbd
from workbench.clv.models.fit import Fit
from workbench.clv.models.pareto_nbd import ParetoNbd, reach_slopes
from workbench.clv.models.pareto_nbd_curvature import Places, hessian
from workbench.clv.models.penalty import Pull
from workbench.clv.numerics.newton import Curvature, Optimum, maximise
from workbench.clv.numerics.rising import rising
from workbench.clv.purchases.patterns import Floats, Patterns, as_patterns, dot, mean_age
from workbench.core.language import Message, message

if TYPE_CHECKING:
    from workbench.clv.purchases.purchases import Purchases, Unit

_THINNED: Final = 4_000
_RUNAWAY: Final = 1e3


def fit_pareto_nbd(purchases: Purchases | pd.DataFrame, *, start: ParetoNbd | None = None, penalty: float = 0.0) -> Fit:
    """Fit Pareto/NBD by maximum likelihood: how often customers buy and how soon they leave, whenever that is.

    Parameters
    ----------
    purchases
        A purchase summary, or a DataFrame with ``x``, ``t_x``, ``T`` and perhaps ``count`` (times in days).
    start
        Where to start; several starts from the data if None.
    penalty
        Strength with which logarithms of shapes are drawn to 0 and those of α and β to the mean age,
        λ/2 Σ (ln θ − centre)². The same in every unit of time. None by default.

    Returns
    -------
    Fit
        In the unit of the purchases. The verdicts say when no leaving can be told, when rates run to infinity, and when
        the search failed.

    Raises
    ------
    InputError
        If a history cannot be, or nobody bought a second time.

    Examples
    --------
    >>> last = [0, 4.0, 15, 30, 8, 25, 20, 37]
    >>> p = pd.DataFrame({"x": [0, 1, 1, 1, 3, 4, 9, 12], "t_x": last, "T": 38.0, "count": [60, 9, 7, 6, 5, 6, 3, 4]})
    >>> fit_pareto_nbd(p).converged
    True
    """
    patterns = as_patterns(purchases)
    nbd.refuse_without_repeats(patterns)
    unit: Unit = "day" if isinstance(purchases, pd.DataFrame) else purchases.unit
    small = patterns.thinned(_THINNED) if len(patterns.x) > 2 * _THINNED else patterns
    stay = nbd.climb(small)
    age = mean_age(small)
    if start is not None:
        starts = [list(start.parameters.values())]
    else:
        r, alpha = nbd.not_too_far(stay)
        starts = [[r, alpha, 0.5, 0.5 * age], [1.5 * r, 1.2 * alpha, 0.3, 0.1 * age]]
    pull = Pull.of(ParetoNbd, penalty, age)
    plain = partial(with_curvature, places=Places.of(small), patterns=small)
    curved = pull.on(plain, small.customers / patterns.customers)
    tops = [maximise(curved, s, size=small.customers) for s in starts]
    best = max(tops, key=lambda o: o.log_likelihood)
    if small is not patterns:
        best = _finish(best, small, patterns, pull)
        stay = nbd.climb(patterns, stay.values)
    best = pull.off(best)
    return Fit.of(
        ParetoNbd.of(best.values),
        best,
        customers=patterns.customers,
        verdicts=tuple(_verdicts(best, stay)),
        leaving_told=not nbd.without_leaving(best.log_likelihood - stay.log_likelihood),
        patterns=patterns,
        unit=unit,
    )


def gradient(theta: Floats, patterns: Patterns, places: Places) -> tuple[float, Floats]:
    """Return the log-likelihood of all patterns and its gradient in (r, α, s, β)."""
    r, alpha, s, beta = theta
    n, count = patterns.by_x, patterns.count
    rise, rise1, _ = (v @ n for v in rising(r, len(n) - 1))
    (ages, at_age), (recencies, at_recency) = patterns.ages, patterns.recencies
    customers, bought = patterns.by_age
    grown, lived = np.log1p(ages / alpha), np.log1p(ages / beta)
    value = float(rise - customers @ (r * grown + s * lived) - bought @ np.log(alpha + ages))
    slope = np.array(
        [
            rise1 - customers @ grown,
            (customers * r * ages / alpha - bought) @ (1 / (alpha + ages)),
            -customers @ lived,
            (customers * s * ages / beta) @ (1 / (beta + ages)),
        ]
    )
    log_reach, slopes = reach_slopes(theta, places.x, places.tau)
    by_r = grown[at_age] - np.log1p(recencies / alpha)[at_recency]
    by_s = lived[at_age] - np.log1p(recencies / beta)[at_recency]
    rate = r + patterns.x
    odds = rate * by_r + s * by_s
    here, there = np.exp(log_reach)[places.at_age], np.exp(log_reach)[places.at_recency]
    shrunk = np.exp(-odds)
    whole = there + (1 - here) * shrunk
    value += dot(count, odds + np.log(whole))
    gone, now = count * there / whole, count * here * shrunk / whole
    size = len(places.x)
    moved = np.bincount(places.at_recency, gone, size) - np.bincount(places.at_age, now, size)
    slope += np.einsum("ki,i->k", slopes, moved)
    by_alpha = (1 / (alpha + ages))[at_age] - (1 / (alpha + recencies))[at_recency]
    by_beta = (1 / (beta + ages))[at_age] - (1 / (beta + recencies))[at_recency]
    slope += np.array([dot(gone, by_r), dot(gone * rate, by_alpha), dot(gone, by_s), s * dot(gone, by_beta)])
    return value, slope


def with_curvature(theta: Floats, patterns: Patterns, places: Places) -> tuple[float, Floats, Curvature]:
    """Return the log-likelihood of all patterns, its gradient, and a function that returns its Hessian."""
    value, slope = gradient(theta, patterns, places)
    return value, slope, lambda: hessian(theta, patterns, places)


def _finish(best: Optimum, small: Patterns, patterns: Patterns, pull: Pull) -> Optimum:
    # all patterns with the curvature of some, which is nearly right: a handful of gradients, then the curvature once
    places = Places.of(patterns)
    near = best.hessian * (patterns.customers / small.customers)
    whole = pull.on(partial(with_curvature, places=places, patterns=patterns))

    def borrowed(theta: Floats) -> tuple[float, Floats, Floats]:
        value, slope, _ = whole(theta)
        return value, slope, (near - np.diag(slope * theta)) / np.outer(theta, theta)

    close = maximise(borrowed, best.values, size=patterns.customers)
    if not close.converged:
        return maximise(whole, close.values, size=patterns.customers)
    curvature = whole(close.values)[2]
    assert callable(curvature)
    bent = curvature() * np.outer(close.values, close.values)
    return replace(close, hessian=bent + np.diag(close.gradient))


def _verdicts(best: Optimum, stay: Optimum) -> list[Message]:
    r, _, s, beta = best.values
    found = nbd.without_leaving(best.log_likelihood - stay.log_likelihood)
    if not found and s > _RUNAWAY:
        found.append(
            message(
                "s and beta run to infinity: all customers seem to leave at the same rate of {rate} per unit of time.",
                rate=f"{s / beta:.3g}",
            )
        )
    return [*found, *nbd.one_rate(r)]
