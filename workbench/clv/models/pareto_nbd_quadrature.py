"""B(x, τ) of the Pareto/NBD and its derivatives where Gauss' fraction is slow: one scale of time far above the other.

With R = r + x, a = α + τ, d = β + τ and u − τ = e^w,

    B(x, τ) = ∫ e^g dw,   g = ln(s / d) + w − R ln(1 + e^w / a) − (s + 1) ln(1 + e^w / d).

g is concave, falls like w to the left and like −(R + s) w to the right, and e^g is analytic and small for imaginary
parts up to π/2, so that the trapezoidal rule with steps of 1/3 errs by about e^(−3π²) = 1e-13 (Trefethen & Weideman
2014, SIAM Review 56(3), section 5). Derivatives of ln B are means and covariances of those of g under e^g.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from workbench.clv.purchases.patterns import Floats

_STEP: Final = 1 / 3
_NIL: Final = 36.0  # −ln of what is left out at either end, relative to the top
_FLANK: Final = 3.0  # until g has its slope of 1 to the left of the top
_CELLS: Final = 100_000  # numbers looked at together


@dataclass(frozen=True, eq=False)
class _Rule:
    """Some rows: their places, nodes' logarithms of 1 + e^w / a and 1 + e^w / d, shares of the nodes, and ln B."""

    rows: np.ndarray
    logs: tuple[Floats, Floats]
    parts: tuple[Floats, Floats]
    share: Floats
    value: Floats


def log_reach(theta: Floats, x: Floats, tau: Floats) -> Floats:
    """Return ln B(x, τ).

    Examples
    --------
    >>> value = log_reach(np.array([0.5, 10.0, 0.6, 1e7]), np.array([2.0]), np.array([30.0]))
    >>> round(float(value[0]), 6)
    -13.345523
    """
    found = np.empty(len(x))
    for rule in _rules(theta, x, tau):
        found[rule.rows] = rule.value
    return found


def reach_means(theta: Floats, x: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """Return ln B(x, τ) and its derivatives in (r, α, s, β): 4 × n."""
    value, first = np.empty(len(x)), np.empty((4, len(x)))
    for rule in _rules(theta, x, tau):
        slopes = _slopes(theta, x[rule.rows], tau[rule.rows], rule)
        value[rule.rows], first[:, rule.rows] = rule.value, (slopes @ rule.share[:, :, None])[..., 0].T
    return value, first


def reach_bends_by_quadrature(theta: Floats, x: Floats, tau: Floats) -> Floats:
    """Return the second derivatives of ln B(x, τ) in (r, α, s, β): 4 × 4 × n."""
    r, alpha, s, beta = theta
    found = np.empty((4, 4, len(x)))
    for rule in _rules(theta, x, tau):
        rows, share = rule.rows, rule.share
        slopes = _slopes(theta, x[rows], tau[rows], rule)
        off = slopes - slopes @ share[:, :, None]
        bend = ((off * share[:, None]) @ off.transpose(0, 2, 1)).transpose(1, 2, 0)
        a, d, rate = alpha + tau[rows], beta + tau[rows], r + x[rows]
        near, far = (np.einsum("ij,ij->i", share, part) for part in rule.parts)
        near2, far2 = (np.einsum("ij,ij,ij->i", share, part, part) for part in rule.parts)
        bend[[0, 1], [1, 0]] += near / a
        bend[[2, 3], [3, 2]] += far / d
        bend[1, 1] -= rate * (2 * near - near2) / a**2
        bend[2, 2] -= 1 / s**2
        bend[3, 3] += (1 - (s + 1) * (2 * far - far2)) / d**2
        found[..., rows] = bend
    return found


def _slopes(theta: Floats, x: Floats, tau: Floats, rule: _Rule) -> Floats:
    # derivatives of g at the nodes: rows × 4 × nodes
    r, alpha, s, beta = theta
    a, d = (alpha + tau)[:, None], (beta + tau)[:, None]
    near, far = rule.parts
    return np.stack(
        [-rule.logs[0], (r + x)[:, None] / a * near, 1 / s - rule.logs[1], (s + 1) / d * far - 1 / d], axis=1
    )


def _log_one_plus(y: Floats) -> tuple[Floats, Floats]:
    # ln(1 + e^y) and e^y / (1 + e^y), without overflow
    small = np.exp(-np.abs(y))
    return np.maximum(y, 0) + np.log1p(small), np.where(y > 0, 1.0, small) / (1 + small)


def _rules(theta: Floats, x: Floats, tau: Floats) -> Iterator[_Rule]:
    r, alpha, s, beta = theta
    rate, a, d = r + x, alpha + tau, beta + tau
    log_a, log_d, first = np.log(a), np.log(d), np.log(s / d)
    # g' = 0: (R + s) v² + ((R − 1) d + s a) v − a d = 0
    half = ((rate - 1) * d + s * a) / 2
    root = np.hypot(half, np.sqrt((rate + s) * a * d))
    with np.errstate(divide="ignore", invalid="ignore"):
        peak = np.log(np.where(half > 0, a * d / (half + root), (root - half) / (rate + s)))

    def density(w: Floats, k: np.ndarray) -> Floats:
        over_a, over_d = _log_one_plus(w - log_a[k])[0], _log_one_plus(w - log_d[k])[0]
        return np.asarray(first[k] + w - rate[k] * over_a - (s + 1) * over_d)

    top = density(peak, np.arange(len(x)))
    right = np.full(len(x), 2.0)
    short = np.arange(len(x))
    while len(short):
        short = short[top[short] - density(peak[short] + right[short], short) < _NIL]
        right[short] *= 1.25
    order = np.argsort(right, kind="stable")
    start = 0
    while start < len(order):
        reach = 1.3 * right[order[start]] + _NIL + _FLANK
        nodes = int(np.ceil(reach / _STEP)) + 1
        rows = order[start : start + max(1, _CELLS // nodes)]
        rows = rows[right[rows] + _NIL + _FLANK <= reach]
        step = reach / (nodes - 1)
        w = (peak[rows] - _NIL - _FLANK)[:, None] + step * np.arange(nodes)
        over_a, near = _log_one_plus(w - log_a[rows, None])
        over_d, far = _log_one_plus(w - log_d[rows, None])
        weight = np.exp((first[rows] - top[rows])[:, None] + w - rate[rows, None] * over_a - (s + 1) * over_d)
        whole = weight.sum(axis=1)
        value = top[rows] + np.log(whole * step)
        yield _Rule(rows, (over_a, over_d), (near, far), weight / whole[:, None], value)
        start += len(rows)
