"""Shifted beta-geometric: contracts that are renewed or not, period by period.

Customers differ in their chance θ ~ Beta(a, b) not to renew. Source: Fader & Hardie (2007), How to project customer
retention, Journal of Interactive Marketing 21(1), 76–90.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.clv.fit import Fit
from workbench.clv.hypergeometric import gauss_fraction
from workbench.clv.model import Model, Scale
from workbench.clv.newton import maximise
from workbench.clv.patterns import Floats
from workbench.clv.rising import beta_ratio
from workbench.core.errors import InputError
from workbench.core.language import Message, message


@dataclass(frozen=True, kw_only=True)
class Sbg(Model):
    """Shifted beta-geometric with known parameters.

    Parameters
    ----------
    alpha, beta
        Chance not to renew, θ ~ Beta(α, β).

    Raises
    ------
    InputError
        If a parameter is not a finite number above zero.

    Examples
    --------
    >>> model = Sbg(alpha=0.668, beta=3.806)
    >>> model.survival([0, 1, 2]).round(3).tolist()
    [1.0, 0.851, 0.747]
    """

    alpha: float
    beta: float

    label: ClassVar[Message] = message("Shifted beta-geometric")
    inputs: ClassVar[tuple[str, ...]] = ("period", "left")
    scales: ClassVar[tuple[Scale, ...]] = ("shape", "shape")

    def log_likelihood(self, period: npt.ArrayLike, left: npt.ArrayLike) -> Floats:
        """Return each customer's log-likelihood: left in period 1, 2 … (`left` is 1), or still there after it (0)."""
        t = np.asarray(period, dtype=np.int64)
        kept = beta_ratio(self.alpha, self.beta, int(t.max(initial=0)))
        leave = np.log(self.alpha / (self.alpha + self.beta + t - 1))
        gone = np.asarray(left, dtype=bool)
        return np.asarray(np.where(gone, kept[np.maximum(t - 1, 0)] + leave, kept[t]))

    def survival(self, periods: npt.ArrayLike) -> Floats:
        """Return the share of customers who renewed at least that often (eq. 6)."""
        t = np.asarray(periods, dtype=np.int64)
        return np.asarray(np.exp(beta_ratio(self.alpha, self.beta, int(t.max(initial=0)))[t]))

    def retention(self, periods: npt.ArrayLike) -> Floats:
        """Return the rate of renewal in each period, 1 being the first (eq. 8)."""
        t = np.asarray(periods, dtype=np.float64)
        return np.asarray((self.beta + t - 1) / (self.alpha + self.beta + t - 1))

    def residual_lifetime(self, renewals: npt.ArrayLike, discount_rate: float) -> Floats:
        """Return the discounted renewals still to come of customers who renewed `renewals` times.

        The sum of S(t) / S(m) / (1 + d)^(t − m − 1) over t > m: the next renewal is not discounted. `discount_rate` is
        per period.

        Raises
        ------
        InputError
            If the rate is not above 0.
        """
        if not discount_rate > 0:
            raise InputError("Renewals of all time need a discount rate above 0.", found=repr(discount_rate),
                             fix="Write 0.10 for 10 % a period.", where="discount_rate")  # fmt: skip
        m = np.atleast_1d(np.asarray(renewals, dtype=np.float64))
        kept = (self.beta + m) / (self.alpha + self.beta + m)
        more = gauss_fraction(
            self.beta + m + 1, self.alpha + self.beta + m + 1, np.full_like(m, 1 / (1 + discount_rate))
        )
        return np.asarray(kept * more).reshape(np.shape(renewals))


def fit_sbg(survivors: Sequence[float] | npt.ArrayLike) -> Fit:
    """Fit the shifted beta-geometric to how many customers of a cohort were left after each period.

    Parameters
    ----------
    survivors
        Customers at the start, after the first period, after the second …

    Returns
    -------
    Fit
        With `Sbg` as its model.

    Raises
    ------
    InputError
        If there are fewer than three numbers, they rise, are negative, or nobody left.

    Examples
    --------
    >>> fit = fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(fit.parameters["alpha"], 3), round(fit.parameters["beta"], 3)
    (0.668, 3.806)
    """
    counts = checked_survivors(survivors)
    best = maximise(partial(_objective, counts=counts), [1.0, 1.0], size=float(counts[0]))
    verdicts: tuple[Message, ...] = ()
    if best.values.min() > 1e3:
        verdicts = (message("alpha and beta run to infinity: all customers seem to leave at the same rate."),)
    rows = rows_of(counts)
    return Fit.of(Sbg.of(best.values), best, customers=float(counts[0]), verdicts=verdicts, rows=rows)


def checked_survivors(survivors: Sequence[float] | npt.ArrayLike) -> Floats:
    """Return survivors as an array, refused if they cannot be.

    Examples
    --------
    >>> checked_survivors([10, 7, 6]).tolist()
    [10.0, 7.0, 6.0]
    """
    counts = np.asarray(survivors, dtype=np.float64)
    falling = counts.ndim == 1 and len(counts) > 2 and np.isfinite(counts).all() and (np.diff(counts) <= 0).all()
    if not falling or counts[-1] < 0 or counts[0] <= counts[-1]:
        raise InputError(
            "Survivors fall from period to period, over two periods at least.",
            found=", ".join(f"{c:g}" for c in counts.ravel()[:8]),
            fix="Give the customers at the start and those left after each period.",
            where="survivors",
        )
    return counts


def rows_of(counts: Floats) -> pd.DataFrame:
    """Return survivors as rows: ``period``, ``left`` (1) or still there (0), ``count``; nobody's rows left out.

    Examples
    --------
    >>> rows_of(np.array([10.0, 7, 6])).to_numpy().tolist()
    [[1.0, 1.0, 3.0], [2.0, 1.0, 1.0], [2.0, 0.0, 6.0]]
    """
    last = len(counts) - 1
    table = pd.DataFrame(
        {
            "period": [*range(1, last + 1), last],
            "left": [1.0] * last + [0.0],
            "count": [*(counts[:-1] - counts[1:]), counts[-1]],
        }
    )
    return table[table["count"] > 0].reset_index(drop=True)


def _objective(theta: Floats, counts: Floats) -> tuple[float, Floats, Floats]:
    a, b = theta
    step = np.arange(len(counts) - 1)
    risk, kept = counts[:-1], counts[1:]
    lost = risk - kept
    value = float(lost.sum() * np.log(a) + kept @ np.log(b + step) - risk @ np.log(a + b + step))
    every = risk @ (1 / (a + b + step))
    gradient = np.array([lost.sum() / a - every, kept @ (1 / (b + step)) - every])
    bend = risk @ (1 / (a + b + step) ** 2)
    return value, gradient, np.array([[bend - lost.sum() / a**2, bend], [bend, bend - kept @ (1 / (b + step) ** 2)]])
