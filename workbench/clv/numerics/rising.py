"""Gamma functions of whole steps, as sums: exact where differences of log-gammas lose their digits."""

from __future__ import annotations

import numpy as np

from workbench.clv.purchases.patterns import Floats


def rising(start: float, most: int) -> tuple[Floats, Floats, Floats]:
    """Return ln Γ(v + m) − ln Γ(v) for m = 0 … `most`, and its first and second derivative in v = `start`.

    Examples
    --------
    >>> rising(2.0, 3)[0].round(4).tolist()  # ln 1, ln 2, ln 6, ln 24
    [0.0, 0.6931, 1.7918, 3.1781]
    """
    steps = start + np.arange(most, dtype=np.float64)
    sums = np.zeros((3, most + 1))
    np.cumsum(np.log(steps), out=sums[0, 1:])
    np.cumsum(1 / steps, out=sums[1, 1:])
    np.cumsum(-1 / steps**2, out=sums[2, 1:])
    return sums[0], sums[1], sums[2]


def beta_ratio(a: float, b: float, most: int) -> Floats:
    """Return ln B(a, b + m) − ln B(a, b) for m = 0 … `most`.

    Examples
    --------
    >>> beta_ratio(1.0, 1.0, 2).round(4).tolist()  # ln 1, ln 1/2, ln 1/3
    [0.0, -0.6931, -1.0986]
    """
    sums = np.zeros(most + 1)
    np.cumsum(-np.log1p(a / (b + np.arange(most, dtype=np.float64))), out=sums[1:])
    return sums
