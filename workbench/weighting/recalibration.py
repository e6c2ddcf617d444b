"""Calibrating many sets of weights to the same totals at once, for replicates."""

from __future__ import annotations

import numpy as np

from workbench.core.errors import InputError
from workbench.weighting.checks import Floats
from workbench.weighting.distances import solve_factors
from workbench.weighting.result import Calibration

ROUNDS = 1000


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
    cells = len(record.matrix)
    order = np.argsort(record.cell, kind="stable")
    starts = np.searchsorted(record.cell[order], np.arange(cells))
    collapsed = np.add.reduceat(weights[order], starts, axis=0)
    reached = record.matrix.T @ collapsed
    empty = np.argwhere((reached <= 0) & (record.targets[:, None] > 0)) if record.raking else np.empty((0, 2), int)
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
    return np.asarray(weights * factors[record.cell], dtype=np.float64)


def _rake_many(record: Calibration, collapsed: Floats, tolerance: float) -> Floats:
    current = collapsed.copy()
    blocks = np.split(np.arange(record.matrix.shape[1]), np.cumsum(record.blocks)[:-1])
    members = [record.matrix[:, b].argmax(axis=1) for b in blocks]
    for _ in range(ROUNDS):
        for columns, member in zip(blocks, members, strict=True):
            ratio = record.targets[columns][:, None] / (record.matrix[:, columns].T @ current)
            current *= ratio[member]
        miss = np.abs(record.matrix.T @ current / record.targets[:, None] - 1).max(axis=0)
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
