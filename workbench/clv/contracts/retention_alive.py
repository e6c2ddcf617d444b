"""The share of customers still there at each age, as a model of purchases tells it from their histories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from workbench.clv.models.fit import Fit, finite_covariance
from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats, Ints
from workbench.clv.value.totals import Total

_STEP: Final = 1e-3
_MOST: Final = 20_000  # histories that tell how the curve moves with the parameters


@dataclass(frozen=True, eq=False)
class AliveCells:
    """Customers by history and group, which are told again and again, piece by piece.

    Attributes
    ----------
    x, t_x, T
        Histories.
    pieces
        Yields place of the history (rising over all pieces), group and customers of some cells.
    size
        Number of groups.
    cells
        Number of cells.
    """

    x: Floats
    t_x: Floats
    T: Floats
    pieces: Callable[[], Iterator[tuple[Ints, Ints, Floats]]]
    size: int
    cells: int


def alive_curve(model: Fit | PurchaseModel, told: AliveCells, ages: Floats, level: float) -> dict[str, Floats]:
    """Return what share of each group's customers still was one at each age.

    Parameters
    ----------
    model
        A fit, or a model with known parameters.
    told
        Customers by history and group.
    ages
        Ages, in the model's unit.
    level
        Level of the intervals.

    Returns
    -------
    dict
        ``customers``, ``retained``, ``ci_low``, ``ci_high``: groups × ages.
    """
    asked = model.model if isinstance(model, Fit) else model
    assert isinstance(asked, PurchaseModel)
    customers, kept, chance = np.zeros((3, told.size, len(ages)))
    some: list[tuple[Ints, Ints, Floats]] = []
    step, start = -(-told.cells // _MOST), 0
    for at, group, count in told.pieces():
        # cells come in the order of their histories: each is told once, with all its groups
        mine = slice(int(at[0]), int(at[-1]) + 1)
        x, t_x, T = told.x[mine], told.t_x[mine], told.T[mine]
        for j, (age, alive) in enumerate(zip(ages, asked.alive_over(ages, x, t_x, T), strict=True)):
            seen = np.where(age - 1e-9 <= T, 1.0, 0.0)[at - mine.start] * count
            p = alive[at - mine.start]
            for target, values in ((customers, seen), (kept, seen * p), (chance, seen * p * (1 - p))):
                target[:, j] += np.bincount(group, values, told.size)
        thin = slice((step // 2 - start) % step, None, step)
        some.append((at[thin], group[thin], count[thin]))
        start += len(at)
    base = np.maximum(customers, 1e-9)
    retained = kept / base
    variance = chance / base**2
    if isinstance(model, Fit):
        at, group, count = (np.concatenate(v) for v in zip(*some, strict=True))
        slopes = _slopes(model, asked, (told.x[at], told.t_x[at], told.T[at]), count, (group, told.size), ages)
        variance = variance + np.einsum("kga,kl,lga->ga", slopes, finite_covariance(model.log_covariance), slopes)
    low, high = _logit_limits(retained, np.sqrt(np.maximum(variance, 0)), level)
    return {
        "customers": customers,
        "retained": retained,
        "ci_low": low,
        "ci_high": high,
    }


def _slopes(
    fit: Fit,
    model: PurchaseModel,
    histories: tuple[Floats, Floats, Floats],
    count: Floats,
    groups: tuple[Ints, int],
    ages: Floats,
) -> Floats:
    # derivatives of the retained shares in the parameters' logarithms: parameters × groups × ages
    group, size = groups
    # what each cell adds to its group's share at each age
    share = np.where(ages[:, None] - 1e-9 <= histories[2], count, 0.0)
    share /= np.maximum([np.bincount(group, seen, size) for seen in share], 1e-9)[:, group]
    found = np.zeros((len(fit.model.theta), size, len(ages)))
    for k in range(len(found)):
        shift = np.zeros(len(found))
        shift[k] = _STEP
        up, down = (type(model).of(model.theta * np.exp(s)).alive_over(ages, *histories) for s in (shift, -shift))
        for j, (more, less) in enumerate(zip(up, down, strict=True)):
            found[k, :, j] = np.bincount(group, share[j] * (more - less), size) / (2 * _STEP)
    return found


def share_alive(fit: Fit, histories: tuple[Ints, Floats, Floats], count: Floats, level: float) -> Total:
    """Return the share of customers who still are ones today, with an interval for the model's parameters and chance.

    Parameters
    ----------
    fit
        A fit of a model of purchases.
    histories
        x, t_x and T of the patterns.
    count
        Customers of each pattern.
    level
        Level of the interval.
    """
    model = fit.model
    assert isinstance(model, PurchaseModel)
    x, t_x, T = histories[0].astype(float), histories[1], histories[2]
    people = float(count.sum())
    alive = model.probability_alive(x, t_x, T)
    share = float(count @ alive) / people
    slopes = []
    for k in range(len(model.theta)):
        shift = np.zeros(len(model.theta))
        shift[k] = _STEP
        up, down = (type(model).of(model.theta * np.exp(s)) for s in (shift, -shift))
        moved = up.probability_alive(x, t_x, T) - down.probability_alive(x, t_x, T)
        slopes.append(float(count @ moved) / people / (2 * _STEP))
    slope = np.array(slopes)
    chance = float(count @ (alive * (1 - alive))) / people**2
    error = float(np.sqrt(max(slope @ finite_covariance(fit.log_covariance) @ slope + chance, 0.0)))
    low, high = _logit_limits(np.array([share]), np.array([error]), level)
    return Total(share, float(low[0]), float(high[0]), level, error)


def _logit_limits(share: Floats, error: Floats, level: float) -> tuple[Floats, Floats]:
    # on the scale of the logit, so that limits stay between 0 and 1
    inside = np.clip(share, 1e-12, 1 - 1e-12)
    step = NormalDist().inv_cdf((1 + level) / 2) * error / (inside * (1 - inside))
    logit = np.log(inside / (1 - inside))
    low, high = (1 / (1 + np.exp(-np.clip(logit + side * step, -700, 700))) for side in (-1, 1))
    sure = error == 0
    return np.where(sure, share, low), np.where(sure, share, high)
