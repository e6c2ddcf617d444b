"""Shifted beta-geometric: contracts that are renewed or not, period by period.

Customers differ in their chance θ ~ Beta(α, β) not to renew, which stays what it is:

    S(t) = B(α, β + t) / B(α, β),   retention in period t = (β + t − 1) / (α + β + t − 1).

Source: Fader & Hardie (2007), How to project customer retention, Journal of Interactive Marketing 21(1), 76–90.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from workbench.clv.contracts.contract_model import ContractModel, checked_survivors, fit_survivors, whole_periods
from workbench.clv.models.fit import Fit
from workbench.clv.models.model import Scale
from workbench.clv.numerics.hypergeometric import gauss_fraction
from workbench.clv.numerics.rising import beta_ratio
from workbench.clv.purchases.patterns import Floats
from workbench.core.language import Message, message

_STARTS: Final = ((1.0, 1.0), (0.5, 10.0), (10.0, 100.0), (0.05, 0.2))
_TABLED: Final = 1e6


@dataclass(frozen=True, kw_only=True)
class Sbg(ContractModel):
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

    label: ClassVar[Message] = message("Shifted beta-geometric")
    scales: ClassVar[tuple[Scale, ...]] = ("shape", "shape")

    def _log_survival(self, periods: Floats) -> Floats:
        from scipy.special import betaln

        most = float(periods.max(initial=0))
        if most > _TABLED:
            return np.asarray(betaln(self.alpha, self.beta + periods) - betaln(self.alpha, self.beta))
        return np.asarray(beta_ratio(self.alpha, self.beta, int(most))[periods.astype(np.int64)])

    def retention(self, periods: npt.ArrayLike) -> Floats:
        """Return the rate of renewal in each period, 1 being the first (eq. 8)."""
        t = whole_periods(periods, least=1)
        return np.asarray((self.beta + t - 1) / (self.alpha + self.beta + t - 1))

    def log_likelihood(self, period: npt.ArrayLike, left: npt.ArrayLike) -> Floats:
        """Return each customer's log-likelihood: left in period 1, 2 … (`left` is 1), or still there after it (0)."""
        t, gone = np.broadcast_arrays(whole_periods(period, least=1), np.asarray(left, dtype=bool))
        leave = np.log(self.alpha / (self.alpha + self.beta + t - 1))
        return np.asarray(np.where(gone, self._log_survival(t - 1) + leave, self._log_survival(t)))

    def _residual_lifetime(self, renewals: Floats, rate: float) -> Floats:
        # (β + m) / (α + β + m) · 2F1(1, β + m + 1; α + β + m + 1; 1 / (1 + d))
        m = renewals.ravel()
        kept = (self.beta + m) / (self.alpha + self.beta + m)
        more = gauss_fraction(self.beta + m + 1, self.alpha + self.beta + m + 1, np.full_like(m, 1 / (1 + rate)))
        return np.asarray(kept * more).reshape(renewals.shape)


def fit_sbg(survivors: Sequence[float] | npt.ArrayLike, *, start: Sbg | None = None, penalty: float = 0.0) -> Fit:
    """Fit the shifted beta-geometric to how many customers of a cohort were left after each period.

    Parameters
    ----------
    survivors
        Customers at the start, after the first period, after the second …
    start
        Where to start; several starts if None.
    penalty
        Strength with which logarithms of the parameters are drawn to 0, λ/2 Σ (ln θ)². None by default.

    Returns
    -------
    Fit
        With `Sbg` as its model. A verdict says when all customers seem to leave at the same rate, or at once or never.

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
    starts = _STARTS if start is None else [start.theta.tolist()]
    return fit_survivors(Sbg, counts, partial(_objective, counts=counts), starts, penalty)


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
