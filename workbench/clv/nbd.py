"""NBD: customers who buy at their own constant rate and never leave; what a model with leaving must beat.

Source: Ehrenberg (1959), Applied Statistics 8(1); as the limit of BG/NBD without leaving.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from workbench.clv.model import PurchaseModel, histories
from workbench.clv.patterns import Floats, Patterns
from workbench.clv.rising import rising
from workbench.core.language import Message, message


@dataclass(frozen=True, kw_only=True)
class Nbd(PurchaseModel):
    """Purchase rates λ ~ Gamma(r, rate α); nobody leaves.

    Examples
    --------
    >>> float(Nbd(r=0.5, alpha=10.0).expected_purchases(20.0, x=2, t_x=3.0, T=30.0))
    1.25
    """

    r: float
    alpha: float

    label: ClassVar[Message] = message("NBD (nobody leaves)")

    def log_likelihood(self, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
        """Return each customer's log-likelihood."""
        bought, _, age = histories(x, t_x, T)
        whole = bought.astype(np.int64)
        rise = rising(self.r, int(whole.max(initial=0)))[0][whole]
        return np.asarray(rise - self.r * np.log1p(age / self.alpha) - bought * np.log(self.alpha + age))

    def probability_alive(self, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
        """Return 1 for everybody."""
        return np.ones_like(histories(x, t_x, T)[0])

    def purchases_if_alive(self, horizon: npt.ArrayLike, x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
        """Return horizon × (r + x) / (α + T)."""
        return np.asarray(
            np.asarray(horizon, float) * (self.r + np.asarray(x, float)) / (self.alpha + np.asarray(T, float))
        )

    def new_customer_purchases(self, horizon: npt.ArrayLike) -> Floats:
        """Return horizon × r / α."""
        return np.asarray(np.asarray(horizon, dtype=float) * self.r / self.alpha)


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
