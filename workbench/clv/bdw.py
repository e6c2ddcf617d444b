"""Beta-discrete-Weibull: contracts whose customers become more, or less, likely to leave as they grow older.

With c = 1 it is the shifted beta-geometric; above 1 a customer's own chance to leave rises with time, below 1 it falls.
Source: Fader, Hardie, Liu, Davin & Steenburgh (2018), "How to project customer retention" revisited: the role of
duration dependence, Journal of Interactive Marketing 43, 1–16.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from workbench.clv.fit import Fit
from workbench.clv.model import Model, Scale
from workbench.clv.newton import Curvature, maximise
from workbench.clv.patterns import Floats
from workbench.clv.sbg import checked_survivors, fit_sbg, rows_of
from workbench.core.errors import InputError
from workbench.core.language import Message, message

_STEP: Final = 1e-5
_RUNAWAY: Final = 1e3
_MOST_PERIODS: Final = 100_000
_ENOUGH: Final = 1e-12


@dataclass(frozen=True, kw_only=True)
class Bdw(Model):
    """Beta-discrete-Weibull with known parameters.

    Parameters
    ----------
    alpha, beta
        Chance to leave in the first period, θ ~ Beta(α, β).
    c
        Duration dependence: a customer is left after t periods with probability (1 − θ)^(t^c).

    Raises
    ------
    InputError
        If a parameter is not a finite number above zero.

    Examples
    --------
    >>> Bdw(alpha=0.668, beta=3.806, c=1.0).survival([0, 1, 2]).round(3).tolist()  # as the shifted beta-geometric
    [1.0, 0.851, 0.747]
    """

    alpha: float
    beta: float
    c: float

    label: ClassVar[Message] = message("Beta-discrete-Weibull")
    inputs: ClassVar[tuple[str, ...]] = ("period", "left")
    scales: ClassVar[tuple[Scale, ...]] = ("shape", "shape", "shape")

    def survival(self, periods: npt.ArrayLike) -> Floats:
        """Return the share of customers who renewed at least that often: B(α, β + t^c) / B(α, β)."""
        from scipy.special import betaln

        t = np.asarray(periods, dtype=np.float64)
        return np.asarray(np.exp(betaln(self.alpha, self.beta + t**self.c) - betaln(self.alpha, self.beta)))

    def retention(self, periods: npt.ArrayLike) -> Floats:
        """Return the rate of renewal in each period, 1 being the first."""
        t = np.asarray(periods, dtype=np.float64)
        return np.asarray(self.survival(t) / self.survival(t - 1))

    def log_likelihood(self, period: npt.ArrayLike, left: npt.ArrayLike) -> Floats:
        """Return each customer's log-likelihood: left in period 1, 2 … (`left` is 1), or still there after it (0)."""
        t, gone = np.asarray(period, dtype=np.float64), np.asarray(left, dtype=bool)
        kept = self.survival(t)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.where(gone, self.survival(t - 1) - kept, kept)))

    def residual_lifetime(self, renewals: int, discount_rate: float) -> float:
        """Return the discounted renewals still to come of a customer who renewed `renewals` times.

        The sum of S(t) / S(m) / (1 + d)^(t − m − 1) over t > m: the next renewal is not discounted.

        Raises
        ------
        InputError
            If the rate is not above 0.
        """
        if not discount_rate > 0:
            raise InputError("Renewals of all time need a discount rate above 0.", found=repr(discount_rate),
                             fix="Write 0.10 for 10 % a period.", where="discount_rate")  # fmt: skip
        most = min(int(np.log(1 / _ENOUGH) / np.log1p(discount_rate)) + 2, _MOST_PERIODS)
        ahead = np.arange(most)
        kept = self.survival(renewals + 1 + ahead) / self.survival(renewals)
        return float((kept * (1 + discount_rate) ** -ahead.astype(float)).sum())


def fit_bdw(survivors: Sequence[float] | npt.ArrayLike) -> Fit:
    """Fit the beta-discrete-Weibull to how many customers of a cohort were left after each period.

    Parameters
    ----------
    survivors
        Customers at the start, after the first period, after the second …; four numbers or more.

    Returns
    -------
    Fit
        With `Bdw` as its model. Whether the duration dependence is needed says
        ``likelihood_ratio(fit_sbg(survivors), fit_bdw(survivors))``.

    Raises
    ------
    InputError
        If there are fewer than four numbers, they rise, are negative, or nobody left.

    Examples
    --------
    >>> fit = fit_bdw([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(fit.parameters["c"], 2)
    1.72
    """
    counts = checked_survivors(survivors)
    if len(counts) < 4:
        raise InputError("Three parameters need three periods or more.", found=f"{len(counts) - 1} periods",
                         fix="Observe longer, or use fit_sbg.", where="survivors")  # fmt: skip
    plain = fit_sbg(counts).model.theta
    starts = ([*plain, 1.0], [1.0, 5.0, 1.5], [2 * plain[0], 2 * plain[1], 0.7])
    tops = [maximise(partial(_objective, counts=counts), s, size=float(counts[0])) for s in starts]
    best = max(tops, key=lambda o: o.log_likelihood)
    verdicts: tuple[Message, ...] = ()
    if best.values[:2].min() > _RUNAWAY:
        verdicts = (message("alpha and beta run to infinity: all customers seem to leave at the same rate."),)
    rows = rows_of(counts)
    return Fit.of(Bdw.of(best.values), best, customers=float(counts[0]), verdicts=verdicts, rows=rows)


def _objective(theta: Floats, counts: Floats) -> tuple[float, Floats, Curvature]:
    value, slope = _gradient(theta, counts)

    def curvature() -> Floats:
        columns = []
        for i in range(3):
            step = np.zeros(3)
            step[i] = theta[i] * _STEP
            up, down = _gradient(theta + step, counts)[1], _gradient(theta - step, counts)[1]
            columns.append((up - down) / (2 * step[i]))
        hessian = np.stack(columns)
        return np.asarray((hessian + hessian.T) / 2)

    return value, slope, curvature


def _gradient(theta: Floats, counts: Floats) -> tuple[float, Floats]:
    from scipy.special import betaln, psi

    a, b, c = theta
    t = np.arange(len(counts), dtype=np.float64)
    u = t**c
    logs = betaln(a, b + u) - betaln(a, b)
    all_later, all_now = psi(a + b + u), psi(a + b)
    in_a = all_now - all_later
    in_b = psi(b + u) - all_later - psi(b) + all_now
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = np.where(t > 0, u * np.log(t), 0.0)
    in_c = (psi(b + u) - all_later) * grown
    # ln(S(t−1) − S(t)), from the fall of ln S, which keeps its digits where few leave
    fall = logs[1:] - logs[:-1]
    gone = logs[:-1] + np.log(-np.expm1(np.minimum(fall, -1e-300)))
    share = 1 / np.expm1(-np.minimum(fall, -1e-300))
    lost = counts[:-1] - counts[1:]
    value = float(lost @ gone + counts[-1] * logs[-1])
    slope = np.array([lost @ (s[:-1] - share * (s[1:] - s[:-1])) + counts[-1] * s[-1] for s in (in_a, in_b, in_c)])
    return value, slope
