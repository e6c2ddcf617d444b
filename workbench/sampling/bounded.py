"""Shares of a total under a floor and a ceiling for each stratum: the exact real solution, and the exact integers."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def bounded_shares(
    weight: Floats, total: float, floor: Floats, ceiling: Floats, *, cost: Floats | None = None
) -> Floats:
    r"""Split `total` in proportion to `weight`, no share under its floor or over its ceiling.

    With weights :math:`N_h S_h` this is the allocation of least variance under box constraints: the optimum is
    :math:`x_h = \min(M_h, \max(m_h, t\,a_h))` for the one t at which the shares add up (Wesołowski, Wieczorkowski &
    Wójciak 2022, "Optimality of the recursive Neyman allocation", *JSSAM* 10(5), theorem 1.1; Karush–Kuhn–Tucker).

    Parameters
    ----------
    weight
        What the free shares are proportional to; not negative, at least one positive.
    total
        What the shares (times `cost`) add up to, between the totals of the floors and of the ceilings.
    floor, ceiling
        Bounds of each share.
    cost
        Cost of one unit in each stratum; 1 by default.

    Returns
    -------
    ndarray
        One share per stratum. Where the strata of positive weight are full, the rest goes to those of weight 0, in
        proportion to the room they have.

    Examples
    --------
    >>> weight = np.array([3000.0, 4000, 5000, 2000]) * [48, 79, 76, 16]
    >>> floor, ceiling = np.array([100.0, 90, 500, 50]), np.array([300.0, 400, 800, 90])
    >>> bounded_shares(weight, 1284, floor, ceiling).round(2).tolist()
    [228.95, 400.0, 604.17, 50.88]
    """
    price = np.ones_like(weight) if cost is None else cost
    positive = weight > 0
    full = float(price @ np.where(positive, ceiling, floor))
    if total >= full:
        room = np.where(positive, 0.0, ceiling - floor)
        spent = float(price @ room)
        part = (total - full) / spent if spent > 0 else 0.0
        return np.asarray(np.where(positive, ceiling, floor + room * min(part, 1.0)))
    # t · Σ price · weight is piecewise linear: find the piece in which it reaches the total
    knots = np.unique(np.concatenate([floor[positive] / weight[positive], ceiling[positive] / weight[positive]]))

    def spend(t: float) -> float:
        return float(price @ np.clip(t * weight, floor, ceiling))

    low, high = 0, len(knots) - 1
    if spend(float(knots[0])) >= total:
        return floor.copy()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if spend(float(knots[middle])) < total else (low, middle)
    # compared as the quotients the knots were made from, so that rounding cannot put a stratum on both sides
    begins = np.divide(floor, weight, out=np.full_like(weight, np.inf), where=positive)
    ends = np.divide(ceiling, weight, out=np.full_like(weight, np.inf), where=positive)
    inside = (begins < knots[high]) & (ends > knots[low]) & positive
    fixed = np.where(ends <= knots[low], ceiling, floor)
    rest = total - float(price[~inside] @ fixed[~inside])
    t = rest / float(price[inside] @ weight[inside])
    return np.asarray(np.where(inside, np.clip(t * weight, floor, ceiling), fixed))


def largest_remainder(shares: Floats, total: int, floor: Integers, ceiling: Integers) -> Integers:
    """Round `shares` to integers that add up to `total`, within the bounds, larger remainders first.

    Equal remainders go to the stratum that comes first, so that the answer depends on nothing but the input.

    Examples
    --------
    >>> largest_remainder(np.array([1.5, 1.5, 2.0]), 5, np.array([1, 1, 1]), np.array([9, 9, 9])).tolist()
    [2, 1, 2]
    """
    result: Integers = np.clip(np.floor(shares + 1e-9).astype(np.int64), floor, ceiling)
    while (missing := total - int(result.sum())) != 0:
        step = 1 if missing > 0 else -1
        free = np.flatnonzero(result < ceiling if step > 0 else result > floor)
        gap = np.round(step * (shares - result), 9)[free]
        chosen = free[np.argsort(-gap, kind="stable")][: abs(missing)]
        result[chosen] += step
    return result


def least_variance_integers(weight: Floats, shares: Floats, total: int, floor: Integers, ceiling: Integers) -> Integers:
    r"""Return the integers within the bounds that add up to `total` with the least :math:`\sum a_h^2 / n_h`.

    Units are given one by one to the stratum whose variance falls most, :math:`a_h^2/(n(n+1))` (Wright 2017, "Exact
    optimal sample allocation", *Survey Methodology* 43(1)), starting below the real solution; then units change hands
    as long as that lowers the variance, which for a separable convex sum ends at the optimum.

    Examples
    --------
    >>> weight, shares = np.array([3.0, 1.0]), np.array([6.0, 2.0])
    >>> least_variance_integers(weight, shares, 8, np.array([1, 1]), np.array([9, 9])).tolist()
    [6, 2]
    """
    square = np.square(weight / weight.max())
    n: Integers = np.clip(np.floor(shares).astype(np.int64) - 1, floor, ceiling)

    def gain(h: int) -> float:
        if n[h]:
            return float(square[h] / (n[h] * (n[h] + 1)))
        return float("inf") if square[h] else 0.0

    def loss(h: int) -> float:
        return float(square[h] / (n[h] * (n[h] - 1))) if n[h] > 1 else float("inf")

    up = [(-gain(h), h) for h in range(len(n)) if n[h] < ceiling[h]]
    heapq.heapify(up)
    for _ in range(total - int(n.sum())):
        _, h = heapq.heappop(up)
        n[h] += 1
        if n[h] < ceiling[h]:
            heapq.heappush(up, (-gain(h), h))
    for _ in range(total):
        able = [h for h in range(len(n)) if n[h] < ceiling[h]]
        spare = [h for h in range(len(n)) if n[h] > floor[h] and n[h] > 1]
        if not able or not spare:
            break
        to, fro = max(able, key=lambda h: (gain(h), -h)), min(spare, key=lambda h: (loss(h), h))
        if to == fro or gain(to) <= loss(fro) * (1 + 1e-12):
            break
        n[to] += 1
        n[fro] -= 1
    return n
