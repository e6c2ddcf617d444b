"""Calibrating many sets of weights to the same totals at once, for replicates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from workbench.core.checks import Floats
from workbench.core.errors import InputError
from workbench.weighting.distances import solve_factors
from workbench.weighting.result import Calibration

ROUNDS = 1000
NEWTON_STEPS = 25


def loses_a_level(record: Calibration, weights: Floats) -> bool:
    """Tell whether some set of weights has nobody in a level whose total the calibration is to meet.

    Parameters
    ----------
    record
        What an earlier calibration of the same rows kept.
    weights
        Weights, rows x replicates.

    Examples
    --------
    >>> record = Calibration(np.array([0, 1]), np.eye(2), np.ones(2), np.array([3.0, 4.0]))
    >>> loses_a_level(record, np.array([[1.0, 2.0], [1.0, 0.0]]))
    True
    """
    return bool(_lost(record, _collapsed(record, weights)).any())


def _lost(record: Calibration, collapsed: Floats) -> npt.NDArray[np.bool_]:
    counted = (record.matrix >= 0).all(axis=0) & (record.targets > 0)
    return np.asarray((record.matrix.T @ collapsed <= 0) & counted[:, None])


def _collapsed(record: Calibration, weights: Floats) -> Floats:
    rows = len(record.cell)
    members = scipy.sparse.csr_array((np.ones(rows), (record.cell, np.arange(rows))), shape=(len(record.matrix), rows))
    return np.asarray(members @ weights, dtype=np.float64)


def recalibrate_many(record: Calibration, weights: Floats, *, tolerance: float = 1e-9) -> Floats:
    """Calibrate each column of `weights` to the totals of `record`, by its distance and bounds.

    Parameters
    ----------
    record
        What an earlier calibration of the same rows kept.
    weights
        Weights before calibration, rows x replicates; rows may have weight 0.

    Returns
    -------
    ndarray
        Calibrated weights, rows x replicates.

    Raises
    ------
    InputError
        If a replicate cannot meet a total, for instance because it lost all respondents of a level.

    Examples
    --------
    >>> record = Calibration(np.array([0, 1]), np.eye(2), np.ones(2), np.array([3.0, 4.0]))
    >>> recalibrate_many(record, np.array([[1.0, 2.0], [1.0, 2.0]])).round(9).tolist()
    [[3.0, 3.0], [4.0, 4.0]]
    """
    collapsed = _collapsed(record, weights)
    empty = np.argwhere(_lost(record, collapsed)) if record.raking else np.empty((0, 2), int)
    if len(empty):
        raise InputError(
            "Every replicate has respondents in each level.",
            found=f"replicate {int(empty[0][1]) + 1} has none in level {int(empty[0][0]) + 1} of the margins",
            fix="Combine small levels of the margins.",
            where="replicates",
        )
    if record.raking and record.bounds is None:
        factors = _rake_many(record, collapsed, tolerance)
    else:
        names = [f"total {i + 1} in a replicate" for i in range(len(record.targets))]
        factors = np.column_stack(
            [
                solve_factors(
                    record.matrix, c, record.targets, names, record.distance, record.bounds, tolerance, ROUNDS
                )
                for c in collapsed.T
            ]
        )
    result: Floats = factors[record.cell]
    result *= weights
    return result


def _rake_many(record: Calibration, collapsed: Floats, tolerance: float) -> Floats:
    current = _newton(record, _fit_rounds(record, collapsed.copy(), 2), tolerance)
    if current is None:
        current = collapsed.copy()
        for _ in range(ROUNDS):
            current = _fit_rounds(record, current, 1)
            miss = _misfit(record, current)
            if miss.max() <= tolerance:
                break
        else:
            raise InputError(
                f"Raking of each replicate converges within {ROUNDS} rounds.",
                found=f"replicate {int(miss.argmax()) + 1} misses a margin by {float(miss.max()):.2g}",
                fix="Combine small levels of the margins.",
                where="replicates",
            )
    return np.where(collapsed > 0, current / np.where(collapsed > 0, collapsed, 1.0), 1.0)


def _fit_rounds(record: Calibration, current: Floats, rounds: int) -> Floats:
    """Fit the margins one after the other, in place."""
    blocks = np.split(np.arange(record.matrix.shape[1]), np.cumsum(record.blocks)[:-1])
    members = [record.matrix[:, b].argmax(axis=1) for b in blocks]
    for _ in range(rounds):
        for columns, member in zip(blocks, members, strict=True):
            ratio = record.targets[columns][:, None] / (record.matrix[:, columns].T @ current)
            current *= ratio[member]
    return current


def _misfit(record: Calibration, current: Floats) -> Floats:
    return np.asarray(np.abs(record.matrix.T @ current / record.targets[:, None] - 1).max(axis=0), dtype=np.float64)


def _newton(record: Calibration, current: Floats, tolerance: float) -> Floats | None:
    """Solve all replicates by Newton's method, which squares the misfit in each step; None where it does not settle.

    The solution has the form w exp(x'λ), Deville and Särndal (1992), case 2, which is also the limit of raking.
    """
    # the levels of each further margin add up to those of the first, so one of them is redundant
    first = np.cumsum((0, *record.blocks[:-1]))[1:]
    x = np.delete(record.matrix, first, axis=1)
    targets = np.delete(record.targets, first)
    size = x.shape[1]
    a, b = np.triu_indices(size)
    products = (x[:, a] * x[:, b]).T
    curvature = np.empty((current.shape[1], size, size))
    for _ in range(NEWTON_STEPS):
        miss = _misfit(record, current)
        if miss.max() <= tolerance:
            return current
        if not np.isfinite(miss).all():
            return None
        sums = (products @ current).T
        curvature[:, a, b] = curvature[:, b, a] = sums
        try:
            step = np.linalg.solve(curvature, (targets[:, None] - x.T @ current).T[:, :, None])[:, :, 0]
        except np.linalg.LinAlgError:
            return None
        with np.errstate(over="ignore", invalid="ignore"):
            current = current * np.exp(x @ step.T)
    return None
