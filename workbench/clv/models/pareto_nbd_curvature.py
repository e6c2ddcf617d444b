"""The exact Hessian of the Pareto/NBD likelihood over patterns.

With W = 1 + K (see `pareto_nbd`), the shares g = e^D B(x, t_x) / W and h = B(x, T) / W, and the slopes
u = ∇(D + ln B(x, t_x)) and v = ∇ ln B(x, T),

    ∇∇ ln W = g (u uᵀ + ∇∇(D + ln B(x, t_x))) − h (v vᵀ + ∇∇ ln B(x, T)) − (g u − h v)(g u − h v)ᵀ.

The second derivatives of ln B, with the hypergeometric function in them, are needed at distinct (x, τ) only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from workbench.clv.models.pareto_nbd import near_one, reach_slopes
from workbench.clv.models.pareto_nbd_quadrature import reach_bends_by_quadrature
from workbench.clv.numerics.hypergeometric import gauss_fraction_bends
from workbench.clv.numerics.rising import rising
from workbench.clv.purchases.patterns import Floats, Ints, Patterns, dot

_BLOCK: Final = 4096


@dataclass(frozen=True, eq=False)
class Places:
    """Distinct (x, T) and (x, t_x) of patterns, and which of them each pattern has."""

    x: Floats
    tau: Floats
    at_age: Ints
    at_recency: Ints

    @classmethod
    def of(cls, patterns: Patterns) -> Places:
        """Index patterns."""
        values = np.concatenate([patterns.T, patterns.t_x])
        times, at = np.unique(values, return_inverse=True)
        key, place = np.unique(np.tile(patterns.x, 2) * len(times) + at, return_inverse=True)
        n = len(patterns.x)
        return cls((key // len(times)).astype(np.float64), times[key % len(times)], place[:n], place[n:])


def hessian(theta: Floats, patterns: Patterns, places: Places) -> Floats:
    """Return the Hessian of the log-likelihood of all patterns in (r, α, s, β)."""
    r, alpha, s, beta = theta
    n, ages, recencies = patterns.by_x, patterns.ages[0], patterns.recencies[0]
    found = _without_leaving(theta, patterns)
    found[0, 0] += rising(r, len(n) - 1)[2] @ n
    log_reach, slopes = reach_slopes(theta, places.x, places.tau)
    log_grown, log_since, over, over_since = (
        np.stack([f(t, v) for v in (alpha, beta)])
        for f, t in ((_grown, ages), (_grown, recencies), (_inverse, ages), (_inverse, recencies))
    )
    moved = np.zeros(len(places.x))
    for start in range(0, len(patterns.x), _BLOCK):
        some = slice(start, start + _BLOCK)
        old, last = patterns.ages[1][some], patterns.recencies[1][some]
        now, then = places.at_age[some], places.at_recency[some]
        count, rate = patterns.count[some], r + patterns.x[some]
        by_shape = log_grown[:, old] - log_since[:, last]
        near, far = over[:, old], over_since[:, last]
        by_scale = near - far
        odds = rate * by_shape[0] + s * by_shape[1]
        here, there, shrunk = np.exp(log_reach[now]), np.exp(log_reach[then]), np.exp(-odds)
        whole = there + (1 - here) * shrunk
        gone, kept = there / whole, here * shrunk / whole
        u = slopes[:, then] + np.stack([by_shape[0], rate * by_scale[0], by_shape[1], s * by_scale[1]])
        v = slopes[:, now]
        both = gone * u - kept * v
        left, stay = count * gone, count * kept
        found += (left * u) @ u.T - (stay * v) @ v.T - (count * both) @ both.T
        bent = far**2 - near**2
        cross = dot(left, by_scale[0]), dot(left, by_scale[1])
        found[[0, 1, 2, 3], [1, 0, 3, 2]] += np.repeat(cross, 2)
        found[1, 1] += dot(left * rate, bent[0])
        found[3, 3] += s * dot(left, bent[1])
        moved += np.bincount(then, left, len(moved)) - np.bincount(now, stay, len(moved))
    found += reach_bends(theta, places.x, places.tau) @ moved
    return np.asarray((found + found.T) / 2)


def _grown(times: Floats, scale: float) -> Floats:
    return np.asarray(np.log1p(times / scale))


def _inverse(times: Floats, scale: float) -> Floats:
    return np.asarray(1 / (scale + times))


def _without_leaving(theta: Floats, patterns: Patterns) -> Floats:
    # of − r ln(1 + T/α) − s ln(1 + T/β) − x ln(α + T)
    r, alpha, s, beta = theta
    ages, (customers, bought) = patterns.ages[0], patterns.by_age
    found = np.zeros((4, 4))
    for k, (shape, scale) in enumerate(((r, alpha), (s, beta))):
        inverse = 1 / (scale + ages)
        aged = ages * inverse / scale
        at = 2 * k
        found[at, at + 1] = found[at + 1, at] = customers @ aged
        found[at + 1, at + 1] = -shape * (customers @ (aged * (1 / scale + inverse)))
        if k == 0:
            found[1, 1] += bought @ inverse**2
    return found


def reach_bends(theta: Floats, x: Floats, tau: Floats) -> Floats:
    """Return the second derivatives of ln B(x, τ) in (r, α, s, β): 4 × 4 × rows.

    Examples
    --------
    >>> reach_bends(np.array([0.5, 10.0, 0.6, 12.0]), np.array([2.0]), np.array([30.0]))[..., 0].shape
    (4, 4)
    """
    slow = near_one(theta, tau)
    if slow.any():
        every = np.empty((4, 4, len(x)))
        every[..., slow] = reach_bends_by_quadrature(theta, x[slow], tau[slow])
        every[..., ~slow] = reach_bends(theta, x[~slow], tau[~slow])
        return every
    r, alpha, s, beta = theta
    rate = r + x
    whole = rate + s
    # b, c and z of the hypergeometric function: which parameters move b and c, and how z moves
    larger, smaller, big, small = (alpha, beta, 1, 3) if alpha >= beta else (beta, alpha, 3, 1)
    b = rate if alpha >= beta else np.full_like(rate, s + 1)
    top, below = smaller + tau, larger + tau
    slope, bend = gauss_fraction_bends(b, whole + 1, (larger - smaller) / below)
    jacobian = np.zeros((3, 4, len(x)))
    jacobian[0, 0 if alpha >= beta else 2] = 1
    jacobian[1, [0, 2]] = 1
    jacobian[2, big], jacobian[2, small] = top / below**2, -1 / below
    found = np.einsum("kin,kln,ljn->ijn", jacobian, bend, jacobian)
    found[big, big] -= 2 * slope[2] * top / below**3
    found[[big, small], [small, big]] += slope[2] / below**2
    found[np.ix_([0, 2], [0, 2])] += 1 / whole**2
    found[2, 2] -= 1 / s**2
    if alpha < beta:
        found[1, 1] -= 1 / top**2
        found[3, 3] += 1 / below**2
    return np.asarray(found)
