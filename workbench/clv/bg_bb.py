"""BG/BB: customers who may buy once in each period, such as a yearly donation, until they leave.

Source: Fader, Hardie & Shang (2010), Customer-base analysis in a discrete-time noncontractual setting, Marketing
Science 29(6), 1086–1108.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.clv.fit import Fit
from workbench.clv.model import Model, Scale
from workbench.clv.newton import Curvature, maximise
from workbench.clv.patterns import Floats
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message

_STEP: Final = 1e-5


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
        return _slopes(self.theta, *rows)[0].reshape(np.broadcast_shapes(np.shape(x), np.shape(t_x), np.shape(n)))

    def probability_alive(self, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike) -> Floats:
        """Return the probability that each customer is still one in period n + 1 (eq. 11)."""
        from scipy.special import betaln

        k, last, periods = _histories(x, t_x, n)
        a, b, g, d = self.theta
        kept = betaln(a + k, b + periods - k) - betaln(a, b) + betaln(g, d + periods + 1) - betaln(g, d)
        shape = np.broadcast_shapes(np.shape(x), np.shape(t_x), np.shape(n))
        return np.asarray(np.exp(kept - _slopes(self.theta, k, last, periods)[0])).reshape(shape)

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


def fit_bg_bb(histories: pd.DataFrame, *, start: BgBb | None = None) -> Fit:
    """Fit BG/BB by maximum likelihood.

    Parameters
    ----------
    histories
        ``x`` (purchases), ``t_x`` (period of the last, 0 if none), ``n`` (periods) and perhaps ``count``.
    start
        Where to start.

    Returns
    -------
    Fit
        With `BgBb` as its model.

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
        raise InputError("Every history stands for a number of customers above zero.", found="other counts",
                         fix="Leave out histories that nobody has.", where="count")  # fmt: skip
    begin = [1.0, 1.0, 0.5, 2.0] if start is None else list(start.parameters.values())
    best = maximise(partial(_objective, rows=rows, count=count), begin, size=float(count.sum()))
    verdicts: tuple[Message, ...] = ()
    if best.values.max() > 1e3:
        verdicts = (message("A pair of parameters runs to infinity: customers seem not to differ there."),)
    kept = pd.DataFrame(dict(zip(BgBb.inputs, rows, strict=True)) | {"count": count})
    return Fit.of(BgBb.of(best.values), best, customers=float(count.sum()), verdicts=verdicts, rows=kept)


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


def _slopes(theta: Floats, k: Floats, last: Floats, periods: Floats) -> tuple[Floats, Floats]:
    # log-likelihood of each history and its derivatives: a sum over when the customer may have left
    from scipy.special import betaln, psi

    a, b, g, d = theta
    most = int((periods - last).max())
    logs, slopes = [], []
    for i in range(-1, most):
        left = i >= 0  # left after period last + i; −1: still a customer at the end
        lived = last + i if left else periods
        gone = 1.0 if left else 0.0
        log = betaln(a + k, b + lived - k) - betaln(a, b) + betaln(g + gone, d + lived) - betaln(g, d)
        logs.append(np.where(lived < periods, log, -np.inf) if left else log)
        both, later = psi(a + b + lived) - psi(a + b), psi(g + d + lived + gone) - psi(g + d)
        slopes.append(
            [psi(a + k) - psi(a) - both, psi(b + np.maximum(lived - k, 0)) - psi(b) - both,
             psi(g + gone) - psi(g) - later, psi(d + lived) - psi(d) - later]
        )  # fmt: skip
    stacked = np.stack(logs)
    value = np.logaddexp.reduce(stacked, axis=0)
    share = np.exp(stacked - value)
    parts = np.stack([np.stack([np.broadcast_to(v, k.shape) for v in s]) for s in slopes])
    return value, np.asarray((share[:, None, :] * parts).sum(axis=0))


def _objective(theta: Floats, rows: tuple[Floats, Floats, Floats], count: Floats) -> tuple[float, Floats, Curvature]:
    value, slopes = _slopes(theta, *rows)

    def curvature() -> Floats:
        columns = []
        for i in range(4):
            step = np.zeros(4)
            step[i] = theta[i] * _STEP
            up, down = (_slopes(theta + e, *rows)[1] @ count for e in (step, -step))
            columns.append((up - down) / (2 * step[i]))
        hessian = np.stack(columns)
        return np.asarray((hessian + hessian.T) / 2)

    return float(value @ count), slopes @ count, curvature
