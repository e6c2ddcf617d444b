"""2F1(1, b; c; z) for 0 ≤ z < 1 and c > b > 0, with its derivatives, by Gauss' continued fraction; e^y E_s(y).

The fraction converges for every z below 1, like ((1 − √(1 − z)) / (1 + √(1 − z)))^n, without cancellation. Source:
Digital Library of Mathematical Functions, 15.7.5 and 15.10.1.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from workbench.clv.patterns import Floats

_DIGITS: Final = 38.0  # −ln of the error aimed at
_MOST, _MOST_WITH_SLOPES = 100_000, 1_000  # slopes serve searches, which may wander where the fraction is slow
_SMALL_BLOCK: Final = 1024
_BLOCK: Final = 4096  # fits the cache; neighbours in z need equally many terms


def gauss_fraction(b: Floats, c: Floats, z: Floats) -> Floats:
    """Return 2F1(1, b; c; z).

    Parameters
    ----------
    b, c
        Parameters, c > b > 0.
    z
        Argument, 0 ≤ z < 1.

    Examples
    --------
    >>> round(float(gauss_fraction(np.array([1.0]), np.array([2.0]), np.array([0.5]))[0]), 12)  # −ln(1 − z) / z
    1.38629436112
    """
    result = np.empty(len(z))
    for some, length in _blocks(z):
        part_b, part_c, part_z = b[some], c[some], z[some]
        tail = np.ones(len(some))
        for n in range(length, 0, -1):
            tail = 1 - _term(part_b, part_c, n)[0] * part_z / tail
        result[some] = 1 / tail
    return result


def gauss_fraction_slopes(b: Floats, c: Floats, z: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return 2F1(1, b; c; z) and its derivatives in b, c and z.

    Examples
    --------
    >>> slopes = gauss_fraction_slopes(np.array([1.5]), np.array([3.0]), np.array([0.0]))
    >>> [round(float(v[0]), 12) + 0.0 for v in slopes]  # near 0 the function is 1 + b z / c
    [1.0, 0.0, 0.0, 0.5]
    """
    result = np.empty((4, len(z)))
    for some, length in _blocks(z, _MOST_WITH_SLOPES):
        result[:, some] = _fraction_slopes(b[some], c[some], z[some], length)
    return result[0], result[1], result[2], result[3]


def _fraction_slopes(b: Floats, c: Floats, z: Floats, length: int) -> Floats:
    tail, in_b, in_c = np.ones(len(z)), np.zeros(len(z)), np.zeros(len(z))
    for n in range(length, 0, -1):
        term, term_b, term_c = _term(b, c, n)
        ratio = z / tail
        back = term * ratio / tail
        in_b = back * in_b - term_b * ratio
        in_c = back * in_c - term_c * ratio
        tail = 1 - term * ratio
    value = 1 / tail
    # z (1 − z) F' = (c − 1)(1 − F) + b z F, with 1 − F kept exact for small z
    above = (1 - tail) * value if length < 2 else b / c * ratio * value
    with np.errstate(invalid="ignore", divide="ignore"):
        in_z = np.where(z > 0, (b * z * value - (c - 1) * above) / (z * (1 - z)), b / c)
    square = -value * value
    return np.stack([value, square * in_b, square * in_c, in_z])


def _term(b: Floats, c: Floats, n: int) -> tuple[Floats, Floats | float, Floats]:
    # n-th coefficient of the fraction, and its derivatives in b and c
    m = n // 2
    if n % 2:
        low, high = c + (2 * m - 1), c + 2 * m
        if m == 0:
            return b / c, 1 / c, -b / (c * c)
        up = c + (m - 1)
        first = up / (low * high)
        term = (b + m) * first
        return term, first, term * (1 / up - 1 / low - 1 / high)
    low, high = c + (2 * m - 2), c + (2 * m - 1)
    first = m / (low * high)
    term = (c - b + (m - 1)) * first
    return term, -first, first - term * (1 / low + 1 / high)


def _blocks(z: Floats, most: int = _MOST) -> list[tuple[np.ndarray, int]]:
    root = np.sqrt(1 - z)
    with np.errstate(divide="ignore"):
        rate = -np.log((1 - root) / (1 + root))
    length = np.minimum(np.ceil(_DIGITS / np.maximum(rate, 1e-9)) + 3, most).astype(np.int64)
    order = np.argsort(length, kind="stable")
    parts = [order[i : i + _BLOCK] for i in range(0, len(order), _BLOCK)]
    return [(part, int(length[part[-1]])) for part in parts]


def scaled_exponential_integral(order: Floats, y: Floats) -> Floats:
    """Return e^y E_s(y), the integral of e^(−y t) (1 + t)^(−s) over t > 0.

    Continued fraction of Digital Library of Mathematical Functions 8.9.2.

    Parameters
    ----------
    order
        s > 0.
    y
        Argument, y > 0.

    Examples
    --------
    >>> from scipy.special import exp1
    >>> value = scaled_exponential_integral(np.array([1.0]), np.array([0.5]))[0]
    >>> round(float(value / (np.exp(0.5) * exp1(0.5))), 12)
    1.0
    """
    result = np.empty(len(y))
    order_of_y = np.argsort(-y, kind="stable")
    for start in range(0, len(y), _SMALL_BLOCK):
        some = order_of_y[start : start + _SMALL_BLOCK]
        s, v = order[some], y[some]
        length = int(min(90 / float(v.min()) + 10, 200_000))
        tail = v + s + 2 * length
        for n in range(length, 0, -1):
            tail = v + s + 2 * (n - 1) - n * (s + n - 1) / tail
        result[some] = 1 / tail
    return result
