"""Beta-discrete-Weibull: contracts whose customers become more, or less, likely to leave as they grow older.

Customers differ in their chance θ ~ Beta(α, β) to leave in the first period, and t^c stands where the shifted
beta-geometric has t:

    S(t) = B(α, β + t^c) / B(α, β).

With c = 1 it is the shifted beta-geometric; above 1 a customer's own chance to leave rises with time, below 1 it falls.
Source: Fader, Hardie, Liu, Davin & Steenburgh (2018), "How to project customer retention" revisited: the role of
duration dependence, Journal of Interactive Marketing 43, 1–16.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from workbench.clv.contracts.contract_model import ContractModel, checked_survivors, fit_survivors
from workbench.clv.contracts.sbg import fit_sbg
from workbench.clv.models.fit import Fit
from workbench.clv.models.model import Scale
from workbench.clv.purchases.patterns import Floats
from workbench.core.errors import InputError
from workbench.core.language import Message, message


@dataclass(frozen=True, kw_only=True)
class Bdw(ContractModel):
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

    c: float

    label: ClassVar[Message] = message("Beta-discrete-Weibull")
    scales: ClassVar[tuple[Scale, ...]] = ("shape", "shape", "shape")

    def _log_survival(self, periods: Floats) -> Floats:
        from scipy.special import betaln

        return np.asarray(betaln(self.alpha, self.beta + periods**self.c) - betaln(self.alpha, self.beta))


def fit_bdw(survivors: Sequence[float] | npt.ArrayLike, *, start: Bdw | None = None, penalty: float = 0.0) -> Fit:
    """Fit the beta-discrete-Weibull to how many customers of a cohort were left after each period.

    Parameters
    ----------
    survivors
        Customers at the start, after the first period, after the second …; four numbers or more.
    start
        Where to start; several starts if None.
    penalty
        Strength with which logarithms of the parameters are drawn to 0, λ/2 Σ (ln θ)²; so c is drawn to 1, where the
        model is the shifted beta-geometric. None by default.

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
        raise InputError(
            "Three parameters need three periods or more.",
            found=f"{len(counts) - 1} periods",
            fix="Observe longer, or use fit_sbg.",
            where="survivors",
        )
    if start is None:
        plain = fit_sbg(counts).model.theta
        starts = [[*plain, 1.0], [1.0, 5.0, 1.5], [*(2 * plain), 0.7], [0.3, 3.0, 2.5]]
    else:
        starts = [start.theta.tolist()]
    return fit_survivors(Bdw, counts, partial(_objective, counts=counts), starts, penalty)


def _objective(theta: Floats, counts: Floats) -> tuple[float, Floats, Floats]:
    logs, slopes, bends = _log_survival(theta, np.arange(len(counts), dtype=np.float64))
    # ln(S(t−1) − S(t)) = ln S(t−1) + ln(1 − e^f) with the fall f of ln S, which keeps its digits where few leave
    fall = np.minimum(np.diff(logs), -1e-300)
    share = 1 / np.expm1(-fall)
    lost, last = counts[:-1] - counts[1:], counts[-1]
    fall_slope, fall_bend = np.diff(slopes, axis=-1), np.diff(bends, axis=-1)
    value = float(lost @ (logs[:-1] + np.log(-np.expm1(fall))) + last * logs[-1])
    gradient = (slopes[:, :-1] - share * fall_slope) @ lost + last * slopes[:, -1]
    curved = bends[..., :-1] - share * fall_bend - share * (1 + share) * fall_slope[:, None] * fall_slope[None]
    return value, gradient, curved @ lost + last * bends[..., -1]


def _log_survival(theta: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
    # ln S(t) with its first (3 × t) and second (3 × 3 × t) derivatives in (α, β, c)
    from scipy.special import betaln, polygamma, psi

    a, b, c = theta
    u = t**c
    log_t = np.log(np.maximum(t, 1))
    grown = u * log_t
    fewer = psi(a + b) - psi(a + b + u)
    in_u = psi(b + u) - psi(a + b + u)
    slopes = np.stack([fewer, fewer + psi(b + u) - psi(b), in_u * grown])
    all2, some2 = polygamma(1, a + b + u), polygamma(1, b + u)
    bends = np.empty((3, 3, len(t)))
    bends[0, 0] = bends[0, 1] = bends[1, 0] = polygamma(1, a + b) - all2
    bends[1, 1] = bends[0, 0] + some2 - polygamma(1, b)
    bends[0, 2] = bends[2, 0] = -all2 * grown
    bends[1, 2] = bends[2, 1] = (some2 - all2) * grown
    bends[2, 2] = (some2 - all2) * grown**2 + in_u * grown * log_t
    return betaln(a, b + u) - betaln(a, b), slopes, bends
