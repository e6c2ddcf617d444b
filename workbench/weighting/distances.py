"""The distances of Deville and Särndal, and the factors that solve the calibration equations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from workbench.core.checks import Floats
from workbench.core.errors import InputError

Distance = Literal["linear", "raking", "logit", "truncated"]


def factor(u: Floats, distance: Distance, bounds: tuple[float, float] | None) -> tuple[Floats, Floats]:
    """Return F(u) and its derivative F'(u).

    Examples
    --------
    >>> factor(np.array([0.0]), "raking", None)
    (array([1.]), array([1.]))
    """
    if distance == "linear":
        return 1.0 + u, np.ones_like(u)
    if distance == "raking":
        grown = np.exp(np.minimum(u, 700.0))
        if bounds is None:
            return grown, grown
        return np.clip(grown, *bounds), np.where((grown > bounds[0]) & (grown < bounds[1]), grown, 0.0)
    assert bounds is not None
    low, high = bounds
    if distance == "truncated":
        grown = 1.0 + u
        return np.clip(grown, low, high), ((grown > low) & (grown < high)).astype(float)
    slope = (high - low) / ((1 - low) * (high - 1))
    e = np.exp(np.clip(slope * u, -700.0, 700.0))
    bottom = (high - 1) + (1 - low) * e
    value = (low * (high - 1) + high * (1 - low) * e) / bottom
    return value, (value - low) * (high - value) / (high - low) * slope


def solve_factors(
    matrix: Floats,
    weight: Floats,
    targets: Floats,
    names: Sequence[str],
    distance: Distance,
    bounds: tuple[float, float] | None,
    tolerance: float,
    max_iterations: int,
) -> Floats:
    """Solve Σ_c W_c x_c F(x_c'λ) = t by Newton's method with halved steps.

    Parameters
    ----------
    matrix, weight
        Auxiliaries (cells x variables) and summed weights of the cells.
    targets, names
        Population totals and what they are called in an error.

    Returns
    -------
    ndarray
        Factor of each cell.

    Raises
    ------
    InputError
        If the equations have no solution within `tolerance`; the total that is missed most is named.
    """
    scale = np.maximum(np.abs(targets), np.abs(matrix.T @ weight))
    scale = np.where(scale > 0, scale, 1.0)
    columns = np.sqrt(np.maximum((matrix**2).T @ weight, 1e-300))
    x = matrix / columns
    multiplier = np.zeros(matrix.shape[1])

    def misfit(values: Floats) -> Floats:
        return (targets - matrix.T @ (weight * values)) / scale

    value, slope = factor(x @ multiplier, distance, bounds)
    miss = misfit(value)
    for _ in range(max_iterations):
        if np.abs(miss).max() <= tolerance / 10:
            break
        jacobian = (x * (weight * slope)[:, None]).T @ x
        step = np.linalg.lstsq(jacobian, miss * scale / columns, rcond=1e-13)[0]
        size = 1.0
        while True:
            trial, trial_slope = factor(x @ (multiplier + size * step), distance, bounds)
            trial_miss = misfit(trial)
            if np.linalg.norm(trial_miss) < np.linalg.norm(miss) or size < 1e-6:
                break
            size /= 2
        if np.linalg.norm(trial_miss) >= np.linalg.norm(miss):
            break
        multiplier, value, slope, miss = multiplier + size * step, trial, trial_slope, trial_miss
    worst = int(np.abs(miss).argmax())
    if not np.abs(miss[worst]) <= tolerance:
        reached = float((matrix.T @ (weight * value))[worst])
        raise InputError(
            "Calibrated weights meet every total.",
            found=f"{names[worst]}: target {targets[worst]:,.6g}, reached {reached:,.6g} "
            f"(relative misfit {abs(miss[worst]):.2g}, allowed {tolerance:.0e})",
            fix=f"Combine the level with a similar one, check that the totals can hold together"
            f"{', or widen the bounds ' + str(bounds) if bounds else ''}.",
            where="totals",
        )
    return value
