"""The share of customers still there at each age, as a model of purchases tells it from their histories."""

from __future__ import annotations

from statistics import NormalDist
from typing import Final

import numpy as np

from workbench.clv.models.fit import Fit, finite_covariance
from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import Floats, Ints
from workbench.clv.value.totals import Total

_STEP: Final = 1e-3
_MOST: Final = 20_000  # histories that tell how the curve moves with the parameters


def alive_curve(
    model: Fit | PurchaseModel,
    histories: tuple[Ints, Floats, Floats],
    at: Ints,
    count: Floats,
    groups: tuple[Ints, int],
    ages: Floats,
    level: float,
) -> dict[str, Floats]:
    """Return what share of each group's customers still was one at each age.

    Parameters
    ----------
    model
        A fit, or a model with known parameters.
    histories
        x, t_x and T of the patterns.
    at, count
        Pattern and customers of each cell.
    groups
        Group of each cell, and the number of groups.
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
    x, t_x, T = histories[0].astype(float), histories[1], histories[2]
    group, size = groups
    shape = (size, len(ages))
    customers, kept, chance = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for j, age in enumerate(ages):
        seen = T[at] >= age - 1e-9
        p = _alive(asked, age, x, t_x, T)[at]
        for target, values in ((customers, count), (kept, count * p), (chance, count * p * (1 - p))):
            target[:, j] = np.bincount(group[seen], values[seen], size)
    base = np.maximum(customers, 1e-9)
    retained = kept / base
    variance = chance / base**2
    if isinstance(model, Fit):
        slopes = _slopes(model, asked, (x, t_x, T), at, count, groups, ages)
        variance = variance + np.einsum("kga,kl,lga->ga", slopes, finite_covariance(model.log_covariance), slopes)
    low, high = _logit_limits(retained, np.sqrt(np.maximum(variance, 0)), level)
    return {
        "customers": customers,
        "retained": retained,
        "ci_low": low,
        "ci_high": high,
    }


def _alive(model: PurchaseModel, age: float, x: Floats, t_x: Floats, T: Floats) -> Floats:
    return model.probability_alive_at(np.minimum(age, T), x, t_x, T)


def _slopes(
    fit: Fit,
    model: PurchaseModel,
    histories: tuple[Floats, Floats, Floats],
    at: Ints,
    count: Floats,
    groups: tuple[Ints, int],
    ages: Floats,
) -> Floats:
    # derivatives of the retained shares in the parameters' logarithms: parameters × groups × ages
    group, size = groups
    step = -(-len(at) // _MOST)
    some = slice(step // 2, None, step)
    at, count, group = at[some], count[some], group[some]
    x, t_x, T = (v[at] for v in histories)
    found = np.zeros((len(fit.model.theta), size, len(ages)))
    for k in range(len(found)):
        shift = np.zeros(len(found))
        shift[k] = _STEP
        up, down = (type(model).of(model.theta * np.exp(s)) for s in (shift, -shift))
        for j, age in enumerate(ages):
            seen = age - 1e-9 <= T
            base = np.maximum(np.bincount(group[seen], count[seen], size), 1e-9)
            moved = (_alive(up, age, x, t_x, T) - _alive(down, age, x, t_x, T)) / (2 * _STEP)
            found[k, :, j] = np.bincount(group[seen], (count * moved)[seen], size) / base
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
