"""BG/BB: customers who may buy once in each period, such as a yearly donation, until they leave.

Source: Fader, Hardie & Shang (2010), Customer-base analysis in a discrete-time noncontractual setting, Marketing
Science 29(6), 1086–1108.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.clv.models.fit import Fit
from workbench.clv.models.model import Model, Scale
from workbench.clv.numerics.newton import Optimum
from workbench.clv.numerics.penalty import Pull, highest
from workbench.clv.purchases.patterns import Floats
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message

_RUNAWAY: Final = 1e3
_NEVER: Final = 1e5
_STARTS: Final = ((1.0, 1.0, 0.5, 2.0), (0.5, 1.5, 1.0, 10.0), (3.0, 3.0, 0.2, 0.5))


@dataclass(frozen=True, kw_only=True)
class BgBb(Model):
    """BG/BB with known parameters.

    Parameters
    ----------
    alpha, beta
        Chance to buy in a period while a customer, p ~ Beta(α, β).
    gamma, delta
        Chance to leave at the start of a period, θ ~ Beta(γ, δ).

    Raises
    ------
    InputError
        If a parameter is not a finite number above zero.

    Examples
    --------
    >>> model = BgBb(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
    >>> round(float(model.expected_purchases(5, x=6, t_x=6, n=6)), 2)  # bought in each of six years
    3.75
    """

    alpha: float
    beta: float
    gamma: float
    delta: float

    label: ClassVar[Message] = message("BG/BB")
    inputs: ClassVar[tuple[str, ...]] = ("x", "t_x", "n")
    scales: ClassVar[tuple[Scale, ...]] = ("shape", "shape", "shape", "shape")

    def log_likelihood(self, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike) -> Floats:
        """Return each customer's log-likelihood (eq. 5): `x` purchases in `n` periods, the last in period `t_x`."""
        rows = _histories(x, t_x, n)
        return _log_likelihood(self.theta, *rows).reshape(np.broadcast_shapes(np.shape(x), np.shape(t_x), np.shape(n)))

    def probability_alive(self, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike) -> Floats:
        """Return the probability that each customer is still one in period n + 1 (eq. 11)."""
        from scipy.special import betaln

        k, last, periods = _histories(x, t_x, n)
        a, b, g, d = self.theta
        kept = betaln(a + k, b + periods - k) - betaln(a, b) + betaln(g, d + periods + 1) - betaln(g, d)
        shape = np.broadcast_shapes(np.shape(x), np.shape(t_x), np.shape(n))
        return np.asarray(np.exp(kept - _log_likelihood(self.theta, k, last, periods))).reshape(shape)

    def expected_purchases(self, periods: int, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike) -> Floats:
        """Return the expected purchases in the next `periods` periods (eq. 13, as a sum of positive terms)."""
        k, _, seen = _histories(x, t_x, n)
        a, b, g, d = self.theta
        stays = np.ones(len(k))
        total = np.zeros(len(k))
        for j in range(int(periods)):
            if j:
                stays = stays * (d + seen + j) / (g + d + seen + j)
            total = total + stays
        alive = self.probability_alive(x, t_x, n)
        return np.asarray(alive * (total * (a + k) / (a + b + seen)).reshape(alive.shape))


def fit_bg_bb(histories: pd.DataFrame, *, start: BgBb | None = None, penalty: float = 0.0) -> Fit:
    """Fit BG/BB by maximum likelihood.

    Parameters
    ----------
    histories
        ``x`` (purchases), ``t_x`` (period of the last, 0 if none), ``n`` (periods) and perhaps ``count``.
    start
        Where to start; several starts if None.
    penalty
        Strength with which logarithms of the parameters are drawn to 0, λ/2 Σ (ln θ)². None by default.

    Returns
    -------
    Fit
        With `BgBb` as its model. The verdicts say when customers seem not to differ in buying or in leaving, or when
        no leaving can be told.

    Raises
    ------
    InputError
        If a column is missing or a history cannot be.

    Examples
    --------
    >>> h = pd.DataFrame(
    ...     {"x": [0, 1, 1, 2, 3, 2], "t_x": [0, 1, 3, 3, 3, 2], "n": 3, "count": [400, 150, 60, 90, 200, 100]}
    ... )
    >>> round(fit_bg_bb(h).log_likelihood, 1)
    -1707.0
    """
    require_columns(histories.columns, ("x", "t_x", "n"), where="histories")
    rows = _histories(histories["x"].to_numpy(), histories["t_x"].to_numpy(), histories["n"].to_numpy())
    count = np.array(histories["count"], dtype=np.float64) if "count" in histories else np.ones(len(rows[0]))
    if not ((count > 0).all() and np.isfinite(count).all()):
        raise InputError(
            "Every history stands for a number of customers above zero.",
            found="other counts",
            fix="Leave out histories that nobody has.",
            where="count",
        )
    size = float(count.sum())
    starts = _STARTS if start is None else [start.theta.tolist()]
    pull = Pull.of(BgBb, penalty, 1.0)
    best = highest(partial(_objective, rows=rows, count=count), starts, size=size, pull=pull)
    kept = pd.DataFrame(dict(zip(BgBb.inputs, rows, strict=True)) | {"count": count})
    return Fit.of(BgBb.of(best.values), best, customers=size, verdicts=tuple(_verdicts(best)), rows=kept)


def _verdicts(best: Optimum) -> list[Message]:
    a, b, g, d = best.values
    found = []
    if min(a, b) > _RUNAWAY:
        found.append(message("alpha and beta run to infinity: all customers seem to buy at the same rate."))
    if min(g, d) > _RUNAWAY:
        found.append(message("gamma and delta run to infinity: all customers seem to leave at the same rate."))
    elif d / g > _NEVER:
        found.append(message("No leaving can be identified: gamma runs to zero, or delta to infinity."))
    if max(a, b) < 1 / _RUNAWAY or max(g, d) < 1 / _RUNAWAY:
        found.append(message("A pair of parameters runs to zero: customers seem to do it always or never."))
    return found


def _histories(x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    k, last, periods = (
        np.atleast_1d(v).ravel() for v in np.broadcast_arrays(*(np.asarray(v, float) for v in (x, t_x, n)))
    )
    good = (k >= 0) & (k <= last) & (last <= periods) & ((k > 0) == (last > 0)) & (periods >= 1)
    whole = (k == np.floor(k)) & (last == np.floor(last)) & (periods == np.floor(periods))
    if not (len(k) and (good & whole).all()):
        raise InputError(
            "0 ≤ x ≤ t_x ≤ n in whole periods, and t_x is 0 only without a purchase.",
            found=f"{int((~(good & whole)).sum()):,} of {len(k):,} histories",
            fix="t_x is the number of the period of the last purchase, n the number of periods.",
            where="histories",
        )
    return k, last, periods


def _terms(theta: Floats, k: Floats, last: Floats, periods: Floats) -> Iterator[tuple[Floats, Floats, Floats]]:
    # for each period after which the customer may have left: left out or not, periods lived, log of the probability
    from scipy.special import betaln

    a, b, g, d = theta
    for i in range(-1, int((periods - last).max())):
        lived = last + i if i >= 0 else periods  # −1: still a customer at the end
        gone = np.full(k.shape, float(i >= 0))
        log = betaln(a + k, b + lived - k) - betaln(a, b) + betaln(g + gone, d + lived) - betaln(g, d)
        yield gone, lived, np.where((lived < periods) | (i < 0), log, -np.inf)


def _log_likelihood(theta: Floats, k: Floats, last: Floats, periods: Floats) -> Floats:
    # a sum over when the customer may have left (eq. 5)
    return np.asarray(np.logaddexp.reduce([log for _, _, log in _terms(theta, k, last, periods)], axis=0))


def _objective(theta: Floats, rows: tuple[Floats, Floats, Floats], count: Floats) -> tuple[float, Floats, Floats]:
    from scipy.special import polygamma, psi

    a, b, g, d = theta
    k = rows[0]
    value = _log_likelihood(theta, *rows)
    mean, hessian = np.zeros((4, len(k))), np.zeros((4, 4))
    for gone, lived, log in _terms(theta, *rows):
        share = np.exp(log - value)
        failed = np.maximum(lived - k, 0)
        both, later = psi(a + b + lived) - psi(a + b), psi(g + d + lived + gone) - psi(g + d)
        slope = np.stack(
            [
                psi(a + k) - psi(a) - both,
                psi(b + failed) - psi(b) - both,
                psi(g + gone) - psi(g) - later,
                psi(d + lived) - psi(d) - later,
            ]
        )
        weight = count * share
        mean += share * slope
        hessian += (weight * slope) @ slope.T
        both2, later2 = (
            weight @ (polygamma(1, w + more) - polygamma(1, w)) for w, more in ((a + b, lived), (g + d, lived + gone))
        )
        own = [
            weight @ (polygamma(1, w + more) - polygamma(1, w))
            for w, more in ((a, k), (b, failed), (g, gone), (d, lived))
        ]
        hessian += np.diag(own)
        hessian[:2, :2] -= both2
        hessian[2:, 2:] -= later2
    hessian -= (count * mean) @ mean.T
    return float(value @ count), mean @ count, hessian
