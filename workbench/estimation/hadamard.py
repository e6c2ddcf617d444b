"""Hadamard matrices, which balance half-samples."""

from __future__ import annotations

import numpy as np

from workbench.core.checks import Codes


def hadamard_matrix(minimum: int) -> Codes:
    """Return a Hadamard matrix of the smallest order at least `minimum` that Sylvester's or Paley's way reaches.

    The first column holds ones only.

    Source: Wolter, Introduction to Variance Estimation (2nd ed., 2007), appendix A.

    Examples
    --------
    >>> h = hadamard_matrix(3)
    >>> (h @ h.T).tolist() == (4 * np.eye(4)).tolist()
    True
    """
    order = 1 if minimum <= 1 else 2 if minimum == 2 else 4 * ((minimum + 3) // 4)
    while True:
        matrix = _of_order(order)
        if matrix is not None:
            return matrix * matrix[:, :1]
        order += 4


def _of_order(order: int) -> Codes | None:
    if order == 1:
        return np.ones((1, 1), dtype=np.int64)
    if order % 2 == 0:
        half = _of_order(order // 2)
        if half is not None:
            return np.block([[half, half], [half, -half]]).astype(np.int64)
    q = order - 1
    if q % 4 == 3 and all(q % d for d in range(2, int(q**0.5) + 1)):
        squares = set((np.arange(1, q, dtype=np.int64) ** 2 % q).tolist())
        character = np.array([0, *(1 if i in squares else -1 for i in range(1, q))], dtype=np.int64)
        difference = (np.arange(q)[:, None] - np.arange(q)[None, :]) % q
        core = character[difference]
        skew = np.zeros((order, order), dtype=np.int64)
        skew[0, 1:], skew[1:, 0], skew[1:, 1:] = 1, -1, core
        return skew + np.eye(order, dtype=np.int64)
    return None
