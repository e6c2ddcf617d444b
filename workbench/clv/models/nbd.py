"""NBD: customers who buy at their own constant rate and never leave; what a model with leaving must beat.

Source: Ehrenberg (1959), Applied Statistics 8(1); as the limit of BG/NBD without leaving.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.clv.models.model import PurchaseModel, Scale, checked_horizon
from workbench.clv.models.penalty import Pull, highest
from workbench.clv.numerics.newton import Optimum, maximise
from workbench.clv.numerics.rising import rising
from workbench.clv.purchases.patterns import Floats, Patterns, as_patterns, mean_age
from workbench.core.errors import InputError
from workbench.core.language import Message, message

if TYPE_CHECKING:
    from workbench.clv.models.fit import Fit
    from workbench.clv.purchases.purchases import Purchases, Unit

_RUNAWAY: Final = 1e3
_UNSURE: Final = 0.05
_NEAR: Final = 50.0


@dataclass(frozen=True, kw_only=True)
class Nbd(PurchaseModel):
    """Purchase rates λ ~ Gamma(r, rate α); nobody leaves.

    Parameters
    ----------
    r, alpha
        Shape and rate of the distribution of purchase rates, per unit of time.

    Examples
    --------
    >>> float(Nbd(r=0.5, alpha=10.0).expected_purchases(20.0, x=2, t_x=3.0, T=30.0))
    1.25
    """

    r: float
    alpha: float

    label: ClassVar[Message] = message("NBD (nobody leaves)")

    scales: ClassVar[tuple[Scale, ...]] = ("shape", "time")

    def _log_likelihood(self, x: Floats, t_x: Floats, T: Floats) -> Floats:  # noqa: ARG002
        whole = x.astype(np.int64)
        rise = rising(self.r, int(whole.max(initial=0)))[0][whole]
        return np.asarray(rise - self.r * np.log1p(T / self.alpha) - x * np.log(self.alpha + T))

    def _probability_alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:  # noqa: ARG002
        return np.ones_like(x)

    def purchases_if_alive(
        self,
        horizon: npt.ArrayLike,
        x: npt.ArrayLike,
        T: npt.ArrayLike,
        t_x: npt.ArrayLike | None = None,  # noqa: ARG002
    ) -> Floats:
        """Return horizon × (r + x) / (α + T)."""
        return np.asarray(
            np.asarray(horizon, float) * (self.r + np.asarray(x, float)) / (self.alpha + np.asarray(T, float))
        )

    def no_purchase_if_alive(
        self,
        horizon: npt.ArrayLike,
        x: npt.ArrayLike,
        T: npt.ArrayLike,
        t_x: npt.ArrayLike | None = None,  # noqa: ARG002
    ) -> Floats:
        """Return the probability of no purchase in the time `horizon` after T."""
        grown = np.log1p(np.asarray(horizon, dtype=float) / (self.alpha + np.asarray(T, dtype=float)))
        return np.asarray(np.exp(-(self.r + np.asarray(x, dtype=float)) * grown))

    def simulate_if_alive(
        self,
        horizon: float,
        x: Floats,
        T: Floats,
        random: np.random.Generator,
        t_x: Floats | None = None,  # noqa: ARG002
    ) -> Floats:
        """Draw numbers of purchases in the time `horizon` after T."""
        return random.poisson(random.gamma(self.r + x, 1 / (self.alpha + T)) * horizon).astype(np.float64)

    def new_customer_purchases(self, horizon: npt.ArrayLike) -> Floats:
        """Return horizon × r / α."""
        return np.asarray(checked_horizon(horizon) * self.r / self.alpha)


def fit_nbd(purchases: Purchases | pd.DataFrame, *, start: Nbd | None = None, penalty: float = 0.0) -> Fit:
    """Fit NBD by maximum likelihood: the model in which nobody leaves, to hold others against.

    Parameters
    ----------
    purchases
        A purchase summary, or a DataFrame with ``x``, ``t_x``, ``T`` and perhaps ``count`` (times in days).
    start
        Where to start; from the data if None.
    penalty
        Strength with which ln r is drawn to 0 and ln α to that of the mean age, λ/2 Σ (ln θ − centre)². The same in
        every unit of time. None by default.

    Returns
    -------
    Fit
        In the unit of the purchases.

    Raises
    ------
    InputError
        If a history cannot be, or nobody bought a second time.

    Examples
    --------
    >>> p = pd.DataFrame({"x": [0, 1, 2, 5], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 5]})
    >>> round(fit_nbd(p).parameters["r"], 3)
    0.591
    """
    from workbench.clv.models.fit import Fit

    patterns = as_patterns(purchases)
    refuse_without_repeats(patterns)
    unit: Unit = "day" if isinstance(purchases, pd.DataFrame) else purchases.unit
    pull = Pull.of(Nbd, penalty, mean_age(patterns))
    begin = rough_start(patterns) if start is None else start.theta.tolist()
    best = highest(partial(objective, patterns=patterns), [begin], size=patterns.customers, pull=pull)
    return Fit.of(
        Nbd.of(best.values),
        best,
        customers=patterns.customers,
        verdicts=tuple(one_rate(best.values[0])),
        patterns=patterns,
        unit=unit,
    )


def climb(patterns: Patterns, start: Floats | None = None) -> Optimum:
    """Find the maximum of the likelihood, from a rough start of its own where none is given."""
    begin = rough_start(patterns) if start is None else start
    return maximise(partial(objective, patterns=patterns), begin, size=patterns.customers)


def rough_start(patterns: Patterns) -> list[float]:
    """Return r and α with the right mean."""
    return [0.5, 0.5 * float(patterns.T @ patterns.count) / float(patterns.x @ patterns.count)]


def not_too_far(stay: Optimum) -> tuple[float, float]:
    """Return r and α of NBD as a start of others: with the same mean, but not where they run away."""
    r, alpha = stay.values
    share = min(1.0, _NEAR / r)
    return float(r * share), float(alpha * share)


def refuse_without_repeats(patterns: Patterns) -> None:
    """Refuse data in which nobody bought twice: nothing can be learned about rates or leaving."""
    if not (patterns.x > 0).any():
        raise InputError(
            "Some customers bought a second time.",
            found=f"{patterns.customers:,.0f} customers, all with one purchase",
            fix="Observe longer, or check that the orders of all dates are there.",
            where="purchases",
        )


def without_leaving(gain: float) -> list[Message]:
    """Return the verdict that no leaving can be identified, where a model with leaving gains too little over NBD."""
    chance = chance_without_leaving(gain)
    if chance <= _UNSURE:
        return []
    return [
        message(
            "No leaving can be identified: a model in which nobody leaves (NBD) fits about as well (p = {p:p}).",
            p=chance,
        )
    ]


def one_rate(r: float) -> list[Message]:
    """Return the verdict that all customers buy at one rate, where r says so."""
    if r <= _RUNAWAY:
        return []
    return [message("r and alpha run to infinity: all customers seem to buy at the same rate.")]


def chance_without_leaving(gain: float) -> float:
    """Return the p-value of a gain in log-likelihood over NBD.

    Examples
    --------
    >>> round(chance_without_leaving(1.3528), 2)
    0.05
    """
    # on the edge of the parameters half of the likelihood ratio's distribution is at 0 (Self & Liang 1987)
    from scipy.special import chdtrc  # what scipy's distribution calls, which takes most of a second to load

    return float(0.5 * chdtrc(1, 2 * gain)) if gain > 1e-6 else 1.0


def objective(theta: Floats, patterns: Patterns) -> tuple[float, Floats, Floats]:
    """Return the log-likelihood of all patterns, its gradient and its Hessian in (r, α)."""
    r, alpha = theta
    n = patterns.by_x
    rise, rise1, rise2 = (v @ n for v in rising(r, len(n) - 1))
    (ages, _), (customers, bought) = patterns.ages, patterns.by_age
    log_grown, inverse = np.log1p(ages / alpha), 1 / (alpha + ages)
    aged = ages * inverse / alpha
    value = float(rise - r * (customers @ log_grown) - bought @ np.log(alpha + ages))
    gradient = np.array([rise1 - customers @ log_grown, r * (customers @ aged) - bought @ inverse])
    cross = customers @ aged
    bend = bought @ inverse**2 - r * (customers @ (aged * (1 / alpha + inverse)))
    return value, gradient, np.array([[rise2, cross], [cross, bend]])
