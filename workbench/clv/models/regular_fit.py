"""Fitting MBG/CNBD-k: the parameters for a k, and the k itself from how even waiting times are."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from workbench.clv.models import nbd
from workbench.clv.models.fit import Fit
from workbench.clv.models.penalty import Pull, highest
from workbench.clv.models.regular_nbd import SHAPES, RegularNbd, regular_nbd
from workbench.clv.numerics.newton import Curvature, Optimum, maximise
from workbench.clv.purchases.patterns import Floats, Patterns, as_patterns, dot, mean_age
from workbench.core.errors import InputError
from workbench.core.language import Message, message

if TYPE_CHECKING:
    from workbench.clv.purchases.purchases import Purchases, Unit

_RUNAWAY: Final = 1e3
_BLOCK: Final = 8192
_ALIKE: Final = 1e4
_CERTAIN: Final = 1e8
_NOBODY: Final = 1e-12  # a of customers of whom none leaves


def fit_regular_nbd(
    purchases: Purchases | pd.DataFrame,
    shape: int,
    *,
    start: RegularNbd | None = None,
    penalty: float = 0.0,
    log_waits: float = 0.0,
) -> Fit:
    """Fit MBG/CNBD-k for a k by maximum likelihood.

    Parameters
    ----------
    purchases
        A purchase summary, or a DataFrame with ``x``, ``t_x``, ``T`` and perhaps ``count`` (times in days).
    shape
        k, as for `regular_nbd`.
    start
        Where to start; several starts from the data if None.
    penalty
        As for `fit_mbg_nbd`.
    log_waits
        Sum of the logarithms of all waiting times between purchases, in the unit: with it the log-likelihood is that of
        the times of all purchases, to be compared over k and with other models.

    Returns
    -------
    Fit
        In the unit of the purchases.

    Raises
    ------
    InputError
        If a history cannot be, nobody bought a second time, or there is no such k.

    Notes
    -----
    Of the times of purchases only their number and the last one tell about r, α, a and b; the others tell about k
    alone, through (k − 1) Σ ln t − Σ x ln Γ(k).

    Examples
    --------
    >>> p = pd.DataFrame({"x": [0, 1, 2, 9], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 9]})
    >>> fit_regular_nbd(p, 2).converged
    True
    """
    from scipy.special import gammaln

    kind = regular_nbd(shape)
    patterns = as_patterns(purchases)
    nbd.refuse_without_repeats(patterns)
    unit: Unit = "day" if isinstance(purchases, pd.DataFrame) else purchases.unit
    stay = nbd.climb(patterns)
    size = patterns.customers
    r, alpha = nbd.not_too_far(stay)
    starts = (
        [list(start.theta)]
        if start is not None
        else [[2 * r, 2 * alpha / shape, 0.8, 6.0], [r, alpha / shape, 1.0, 20.0]]
    )
    pull = Pull.of(kind, penalty, mean_age(patterns))
    best = highest(partial(objective, patterns=patterns, shape=shape), starts, size=size, pull=pull)
    best = _pinned(best, patterns, shape)
    loyal = maximise(partial(_nobody_leaves, patterns=patterns, shape=shape), best.values[:2], size=size)
    lost = nbd.without_leaving(best.log_likelihood - loyal.log_likelihood)
    told = (shape - 1) * log_waits - float(patterns.x @ patterns.count) * float(gammaln(shape)) if log_waits else 0.0
    leave = best.values[2] / (best.values[2] + best.values[3])
    found: list[Message] = [*lost]
    if not lost and best.values[2] > _RUNAWAY and best.values[3] > _RUNAWAY:
        found.append(
            message(
                "a and b run to infinity: all customers seem to have the same chance of {p:pct1} to leave after a "
                "purchase.",
                p=leave,
            )
        )
    fit = Fit.of(
        kind.of(best.values),
        best,
        customers=patterns.customers,
        verdicts=(*found, *nbd.one_rate(best.values[0])),
        leaving_told=not lost,
        patterns=patterns,
        unit=unit,
    )
    return replace(fit, log_likelihood=fit.log_likelihood + told)


def fit_rhythm(purchases: Purchases, log_waits: float, *, near: float) -> Fit:
    """Fit MBG/CNBD-k with the k that fits best.

    Parameters
    ----------
    purchases
        A purchase summary.
    log_waits
        Sum of the logarithms of all waiting times between purchases, in days.
    near
        Where to begin to look for k, as `purchase_rhythm` finds it.

    Returns
    -------
    Fit
        Of the k from which the log-likelihood of all times of purchases falls to both sides.

    Raises
    ------
    InputError
        As for `fit_regular_nbd`.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv import purchase_summary
    >>> day = [pd.Timestamp("2025-01-05") + pd.Timedelta(days=14 * i) for i in range(30)]
    >>> orders = pd.concat([pd.DataFrame({"customer_id": str(c), "ordered_at": day[c % 7 : c + 3], "amount": 9.0})
    ...                     for c in range(27)])
    >>> bought = purchase_summary(orders, observed_until=dt.date(2026, 3, 31))
    >>> waits = float(bought.patterns["x"] @ bought.patterns["count"])
    >>> fit_rhythm(bought, waits * float(np.log(14)), near=9.0).model.shape
    24
    """
    bought = purchases.patterns["x"].to_numpy(dtype=float) @ purchases.patterns["count"].to_numpy(dtype=float)
    told = log_waits - float(bought) * float(np.log(purchases.days_per_unit))
    if not np.isfinite(told):
        raise InputError(
            "Waiting times are above zero.", found=repr(log_waits), fix="Use purchase_rhythm.", where="log_waits"
        )
    at = int(np.argmin(np.abs(np.log(SHAPES) - np.log(max(near, 1.0)))))
    fits: dict[int, Fit] = {}

    def fitted(place: int) -> float:
        if not 0 <= place < len(SHAPES):
            return -np.inf
        if place not in fits:
            fits[place] = fit_regular_nbd(purchases, SHAPES[place], log_waits=told)
        return fits[place].log_likelihood

    while True:
        best = max((at, at - 1, at + 1), key=fitted)
        if best == at:
            return fits[at]
        at = best


def objective(theta: Floats, patterns: Patterns, shape: int) -> tuple[float, Floats, Floats]:
    """Return the log-likelihood of all patterns, its gradient and its Hessian in (r, α, a, b).

    ln Σ_i e^(v_i) over having left and being j events into a wait; the derivatives are means of those of the parts.
    """
    value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
    tables = _tables(theta, patterns, shape)
    for start in range(0, len(patterns.x), _BLOCK):
        part = slice(start, start + _BLOCK)
        count = patterns.count[part]
        own = _block(theta, patterns.x[part], patterns.t_x[part], patterns.T[part], shape, tables)
        value += dot(count, own[0])
        gradient += own[1] @ count
        hessian += own[2] @ count
    return value, gradient, hessian


def _pinned(best: Optimum, patterns: Patterns, shape: int) -> Optimum:
    # of parameters that run away together only the ratio can be told: one is held where it makes no difference any more
    r, _, a, b = best.values
    pins = {0: _ALIKE} if r > _RUNAWAY else {}
    pins |= {3: 10 * _ALIKE} if min(a, b) > _RUNAWAY else {}
    if not pins:
        return best
    free = [i for i in range(4) if i not in pins]
    shrunk = {0: r, 3: b}
    start = best.values.copy()
    for place, value in pins.items():
        start[place] = value
        start[{0: 1, 3: 2}[place]] *= value / shrunk[place]

    def held(theta: Floats) -> tuple[float, Floats, Curvature]:
        trial = start.copy()
        trial[free] = theta
        value, gradient, hessian = objective(trial, patterns, shape)
        return value, gradient[free], hessian[np.ix_(free, free)]

    found = maximise(held, start[free], size=patterns.customers)
    values, gradient, hessian = start.copy(), np.zeros(4), np.diag(np.full(4, -_CERTAIN))
    values[free], gradient[free] = found.values, found.gradient
    hessian[np.ix_(free, free)] = found.hessian
    return replace(found, values=values, gradient=gradient, hessian=hessian)


def _nobody_leaves(theta: Floats, patterns: Patterns, shape: int) -> tuple[float, Floats, Floats]:
    value, gradient, hessian = objective(np.array([*theta, _NOBODY, 1.0]), patterns, shape)
    return value, gradient[:2], hessian[:2, :2]


def _tables(theta: Floats, patterns: Patterns, shape: int) -> tuple[list[Floats], list[Floats], list[Floats]]:
    # ln Γ, ψ and ψ′ at r + n, b + n and a + b + n, once for every whole n that occurs
    from scipy.special import gammaln, polygamma, psi

    most = int(patterns.x.max(initial=0))
    r, _, a, b = theta
    found = []
    for begin, n in ((r, shape * most + shape + 1), (b, most + 2), (a + b, most + 2)):
        at = begin + np.arange(n, dtype=float)
        found.append([gammaln(at), psi(at), polygamma(1, at)])
    return found[0], found[1], found[2]


def _block(
    theta: Floats,
    x: np.ndarray,
    t_x: Floats,
    T: Floats,
    shape: int,
    tables: tuple[list[Floats], list[Floats], list[Floats]],
) -> tuple[Floats, Floats, Floats]:
    from scipy.special import gammaln, polygamma, psi

    r, alpha, a, b = theta
    rise, low, whole = tables
    n = np.vstack([shape * x, *(shape * x + j for j in range(shape))])
    since = np.arange(-1, shape)[:, None]
    left = since < 0
    scale = np.where(left, alpha + t_x, alpha + T)
    with np.errstate(divide="ignore", invalid="ignore"):
        silent = np.where(since > 0, since * np.log(np.maximum(T - t_x, 0)) - gammaln(since + 1.0), 0.0)
    stay = np.where(left, x, x + 1)
    more = left * 1.0  # those who left have one end more
    part = (
        rise[0][n]
        - (r + n) * np.log(scale)
        + silent
        + gammaln(a + more)
        + low[0][stay]
        - whole[0][x + 1]
        + r * np.log(alpha)
        - gammaln(r)
        - gammaln(a)
        - gammaln(b)
        + gammaln(a + b)
    )
    top = part.max(axis=0)
    weight = np.exp(part - top)
    total = weight.sum(axis=0)
    weight = weight / total
    slopes = np.stack(
        [
            rise[1][n] - np.log(scale) + np.log(alpha) - psi(r),
            -(r + n) / scale + r / alpha,
            psi(a + more) - whole[1][x + 1] - psi(a) + psi(a + b),
            low[1][stay] - whole[1][x + 1] - psi(b) + psi(a + b),
        ]
    )
    bends = np.zeros((4, 4, *part.shape))
    bends[0, 0] = rise[2][n] - polygamma(1, r)
    bends[0, 1] = bends[1, 0] = -1 / scale + 1 / alpha
    bends[1, 1] = (r + n) / scale**2 - r / alpha**2
    apart = polygamma(1, a + b) - whole[2][x + 1]
    bends[2, 2] = polygamma(1, a + more) - polygamma(1, a) + apart
    bends[2, 3] = bends[3, 2] = apart
    bends[3, 3] = low[2][stay] - polygamma(1, b) + apart
    gradient = (slopes * weight).sum(axis=1)
    second = ((bends + slopes[:, None] * slopes[None, :]) * weight).sum(axis=2)
    return top + np.log(total), gradient, second - gradient[:, None] * gradient[None, :]
