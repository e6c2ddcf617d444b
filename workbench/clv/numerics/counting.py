"""How many purchases a customer who is alive now will still make, when each purchase may be the last.

Shared by the beta-geometric models: given alive, the rate is λ ~ Gamma(R, A) and the chance to leave after a purchase
p ~ Beta(a, B), so that the expected number up to time t is

    E[(1 − (1 + p t / A)^−R) / p]  =  Σ_n  NB(n; R, z) · S_n,   z = t / (A + t),   S_n = Σ_{k<n} (B)_k / (a + B)_k.

Every term of the sum is positive: nothing cancels, and a = 1, where the published form with 2F1 (Fader, Hardie & Lee
2005, eq. 10) divides by zero, is a value like any other.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from workbench.clv.numerics.hypergeometric import scaled_exponential_integral
from workbench.clv.purchases.patterns import Floats

_UNDERFLOW: Final = 650.0  # the sum starts at exp(−this)
_LONGEST: Final = 300.0  # terms above which quadrature is cheaper
_POINTS: Final = 301  # of it; for R far above B, where its integrand bends more, more of them
_MANY_POINTS: Final = 801
_BLOCK: Final = 4096
_CLOSE: Final = 1e-15


def purchases_while_alive(
    shape: npt.ArrayLike, rate: npt.ArrayLike, a: float, b: npt.ArrayLike, horizon: npt.ArrayLike
) -> Floats:
    """Return the expected number of purchases up to `horizon` of customers who are alive now.

    Parameters
    ----------
    shape, rate
        R and A of each customer's gamma distribution of the purchase rate.
    a, b
        Parameters of the beta distribution of the chance to leave after a purchase.
    horizon
        Time ahead, in the unit of `rate`.

    Returns
    -------
    array
        One number per customer, relative error below 1e-12.

    Examples
    --------
    >>> round(float(purchases_while_alive(2.243, 35.0, 0.793, 4.426, 39.0)), 6)
    2.016108
    """
    arrays = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (shape, rate, b, horizon)))
    R, A, B, t = (v.ravel() for v in arrays)
    ratio = t / A
    mean = R * ratio
    terms = mean + 12 * np.sqrt(mean * (1 + ratio)) + 40 * (1 + ratio)
    slow = (R * np.log1p(ratio) > _UNDERFLOW) | (terms > _LONGEST)
    result = np.zeros(len(R))
    order = np.argsort(np.where(slow, np.inf, terms), kind="stable")
    quick = len(R) - int(slow.sum())
    for start in range(0, quick, _BLOCK):
        chosen = order[start : min(start + _BLOCK, quick)]
        result[chosen] = _sum(R[chosen], ratio[chosen], a, B[chosen])
    for chosen in np.array_split(order[quick:], -(-int(slow.sum()) // 512) or 1):
        if len(chosen):
            result[chosen] = _quadrature(R[chosen], ratio[chosen], a, B[chosen])
    return result.reshape(arrays[0].shape)


def _sum(R: Floats, ratio: Floats, a: float, B: Floats) -> Floats:
    z = ratio / (1 + ratio)
    weight = np.exp(-R * np.log1p(ratio))
    expected, factor = np.zeros_like(R), np.ones_like(R)
    total = np.zeros_like(R)
    c = a + B
    n = 0
    while True:
        weight *= z * (R + n) / (n + 1)
        expected += factor
        factor *= (B + n) / (c + n)
        total += weight * expected
        n += 1
        if n % 16 == 0:
            decay = np.maximum(z * (R + n) / (n + 1), z)
            # bounds what is left: the weights fall at least by `decay`, the expectation grows at most by one
            left = np.where(decay < 1, weight * (expected + 1 / (1 - np.minimum(decay, 1 - 1e-12))) / (1 - decay), 1.0)
            if (left <= _CLOSE * total).all():
                return total


def _quadrature(R: Floats, ratio: Floats, a: float, B: Floats) -> Floats:
    rates, at = np.unique(B, return_inverse=True)
    v, density = _logit_rule(a, rates, _POINTS if (R <= B + 20).all() else _MANY_POINTS)
    density /= density.sum(axis=1, keepdims=True)
    p = np.exp(np.maximum(-np.logaddexp(0, -v), -690))
    counted = -np.expm1(-R[:, None] * np.log1p(p[at] * ratio[:, None]))
    return np.asarray(np.einsum("ij,ij->i", (density / p)[at], counted))


def discounted_while_alive(shape: Floats, rate: Floats, a: float, b: Floats, force: float) -> Floats:
    """Return the expected purchases of all time of customers who are alive now, discounted at `force`.

    Given rate λ and chance p they are Σ_n (1 − p)^(n−1) (λ / (λ + δ))^n = λ / (δ + p λ); over λ ~ Gamma(R, A) that is
    (R / p) e^w E_{R+1}(w) with w = δ A / p, and over p ~ Beta(a, B) a trapezoidal rule in the logit of p.

    Parameters
    ----------
    shape, rate
        R and A of each customer.
    a, b
        Parameters of the beta distribution of the chance to leave after a purchase.
    force
        δ, per unit of time.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> round(float(discounted_while_alive(2.243 * one, 35.0 * one, 0.793, 4.426 * one, 0.0027)[0]), 6)
    7.975459
    """
    result = np.empty(len(shape))
    for start in range(0, len(shape), _BLOCK // 4):
        some = slice(start, start + _BLOCK // 4)
        result[some] = _discounted(shape[some], rate[some], a, b[some], force)
    return result


def _discounted(R: Floats, A: Floats, a: float, B: Floats, force: float) -> Floats:
    v, density = _logit_rule(a, B, 101)
    p = np.exp(np.maximum(-np.logaddexp(0, -v), -600))
    w = force * A[:, None] / p
    counts = density > 1e-17 * density.max(axis=1, keepdims=True)  # near p = 1 the integral is slow, and its weight nil
    wide = np.broadcast_to(R[:, None], w.shape)[counts]
    inner = np.zeros_like(w)
    inner[counts] = wide / p[counts] * scaled_exponential_integral(wide + 1, w[counts])
    return np.asarray((density * inner).sum(axis=1) / density.sum(axis=1))


def _logit_rule(a: float, B: Floats, points: int) -> tuple[Floats, Floats]:
    # double exponential rule for the logit of p; weights normalised by the same rule
    spread = 1 / np.sqrt(1 + a * B / (a + B))
    least = np.minimum(a, B)
    reach = np.arcsinh(60 / (spread * np.minimum(least, 1.0)))
    w = np.linspace(-1, 1, points) * reach[:, None]
    v = np.log(a / B)[:, None] + spread[:, None] * np.sinh(w)
    logs = a * -np.logaddexp(0, -v) + B[:, None] * -np.logaddexp(0, v)
    return v, np.exp(logs - logs.max(axis=1, keepdims=True)) * np.cosh(w)
