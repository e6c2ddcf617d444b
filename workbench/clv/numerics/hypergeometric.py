"""2F1(1, b; c; z) for 0 ≤ z < 1 and c > b > 0, with its derivatives, by Gauss' continued fraction; e^y E_s(y).

The fraction converges for every z below 1, like ((1 − √(1 − z)) / (1 + √(1 − z)))^n, without cancellation. Source:
Digital Library of Mathematical Functions, 15.7.5 and 15.10.1.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from workbench.clv.purchases.patterns import Floats

_DIGITS: Final = 38.0  # −ln of the error aimed at
_LOG_GAMMA: Final = (
    0.5772156649015329,
    0.8224670334241132,
    0.40068563438653143,
    0.2705808084277845,
    0.20738555102867398,
)
_MOST: Final = 100_000
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
        result[some] = _fraction(part_b, part_c, part_z, length)
    return result


def _fraction(b: Floats, c: Floats, z: Floats, length: int) -> Floats:
    tail = np.ones(len(z))
    for n in range(length, 0, -1):
        m = n // 2
        if n == 1:
            term = b / c
        elif n % 2:
            term = (b + m) * (c + (m - 1)) / ((c + (2 * m - 1)) * (c + 2 * m))
        else:
            term = (c - b + (m - 1)) * m / ((c + (2 * m - 2)) * (c + (2 * m - 1)))
        tail = 1 - term * z / tail
    return np.asarray(1 / tail)


def gauss_fraction_slopes(b: Floats, c: Floats, z: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return 2F1(1, b; c; z) and its derivatives in b, c and z.

    Examples
    --------
    >>> slopes = gauss_fraction_slopes(np.array([1.5]), np.array([3.0]), np.array([0.0]))
    >>> [round(float(v[0]), 12) + 0.0 for v in slopes]  # near 0 the function is 1 + b z / c
    [1.0, 0.0, 0.0, 0.5]
    """
    result = np.empty((4, len(z)))
    for some, length in _blocks(z):
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


def _blocks(z: Floats, size: int = _BLOCK) -> list[tuple[np.ndarray, int]]:
    root = np.sqrt(1 - z)
    with np.errstate(divide="ignore"):
        rate = -np.log((1 - root) / (1 + root))
    length = np.minimum(np.ceil(_DIGITS / np.maximum(rate, 1e-9)) + 3, _MOST).astype(np.int64)
    order = np.argsort(length, kind="stable")
    parts = [order[i : i + size] for i in range(0, len(order), size)]
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
    few = (y <= 1) & (order < 90 / y)  # as many steps at most as the fraction would take
    result[few] = _upwards(order[few], y[few])
    result[~few] = _integral_fraction(order[~few], y[~few])
    return result


def _upwards(order: Floats, y: Floats) -> Floats:
    # for small y, where the fraction is long: the series at an order in [1/2, 3/2), and from there
    # s E_{s+1} = e^(-y) - y E_s, which loses no digits below y = 1
    from scipy.special import gammaln

    steps = np.maximum(np.floor(order - 0.5), 0.0)
    e = order - steps - 1
    near = np.polyval([*_LOG_GAMMA[::-1], 0.0], e)  # ln Gamma(1 - e) without rounding 1 - e
    known = e * np.log(y) + np.where(np.abs(e) < 1e-3, near, gammaln(1 - e))
    value = np.where(e == 0, -np.log(y) - _LOG_GAMMA[0], -np.expm1(known) / np.where(e == 0, 1.0, e))
    term = np.ones_like(y)
    for k in range(1, 25):
        term = term * -y / k
        value = value - term / (k - e)
    value = np.exp(y) * value
    for k in range(int(steps.max(initial=0))):
        value = np.where(k < steps, (1 - y * value) / (e + 1 + k), value)
    return np.asarray(value)


def _integral_fraction(order: Floats, y: Floats) -> Floats:
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


def gauss_fraction_bends(b: Floats, c: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Return the first and second derivatives of ln 2F1(1, b; c; z) in (b, c, z): 3 × n and 3 × 3 × n.

    The derivatives of the fraction's tails τ are carried along: with w = t z / τ' and τ = 1 − w, first and second
    derivatives of w follow from those of ln t and ln τ'; nothing is divided by z.

    Examples
    --------
    >>> slope, bend = gauss_fraction_bends(np.array([1.5]), np.array([3.0]), np.array([0.0]))  # ln F is near b z / c
    >>> (slope[:, 0].round(12) + 0.0).tolist(), bend[0, 2].round(12).tolist()
    ([0.0, 0.0, 0.5], [0.333333333333])
    """
    slopes, bends = np.empty((3, len(z))), np.empty((3, 3, len(z)))
    for some, length in _blocks(z, _SMALL_BLOCK):
        slopes[:, some], bends[:, :, some] = _fraction_bends(b[some], c[some], z[some], length)
    return slopes, bends


def _fraction_bends(b: Floats, c: Floats, z: Floats, length: int) -> tuple[Floats, Floats]:
    size = len(z)
    tail = np.ones(size)
    first, second = np.zeros((3, size)), np.zeros((3, 3, size))  # of ln tail
    for n in range(length, 0, -1):
        term, in_b, in_c, bent_b, mixed, bent_c = _log_term(b, c, n)
        over = term / tail
        slope = -first
        slope[0] += in_b
        slope[1] += in_c
        bend = slope[:, None] * slope[None] - second
        bend[0, 0] += bent_b
        bend[0, 1] += mixed
        bend[1, 0] += mixed
        bend[1, 1] += bent_c
        # w = z q, with q = over, ∇q = q · slope, ∇∇q = q · bend
        w_slope, w_bend = z * slope, z * bend
        w_slope[2] += 1
        w_bend[2] += slope
        w_bend[:, 2] += slope
        tail = 1 - over * z
        share = over / tail
        first = -share * w_slope
        second = -share * w_bend - first[:, None] * first[None]
    return -first, -second


def _log_term(b: Floats, c: Floats, n: int) -> tuple[Floats, Floats, Floats, Floats, Floats | float, Floats]:
    # n-th coefficient, and the derivatives of its logarithm in b, c, bb, bc, cc
    m = n // 2
    if n == 1:
        return b / c, 1 / b, -1 / c, -1 / b**2, 0.0, 1 / c**2
    if n % 2:
        up, low, high = 1 / (c + (m - 1)), 1 / (c + (2 * m - 1)), 1 / (c + 2 * m)
        own = 1 / (b + m)
        return low * high / (own * up), own, up - low - high, -(own**2), 0.0, low**2 + high**2 - up**2
    low, high, own = 1 / (c + (2 * m - 2)), 1 / (c + (2 * m - 1)), 1 / (c - b + (m - 1))
    square = own**2
    return m * low * high / own, -own, own - low - high, -square, square, low**2 + high**2 - square
