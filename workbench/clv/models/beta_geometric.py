"""The likelihood that BG/NBD and MBG/NBD share, its derivatives over patterns, and the odds of having left.

With m = x + s chances to leave survived and s = 0 (BG/NBD: only a repeat purchase can be the last) or s = 1 (MBG/NBD:
the first purchase can, too),

    ln L = ln Γ(r+x)/Γ(r) + ln B(a, b+m)/B(a, b) − r ln(1 + T/α) − x ln(α + T) + ln(1 + e^D),
    D = ln a − ln(b + m − 1) + (r + x) ln((α + T) / (α + t_x)),

where e^D are the odds of having left; without a chance to leave (m = 0) they are 0. Source: Fader, Hardie & Lee (2005),
Marketing Science 24(2), eq. 6 and 7; Batislam, Denizel & Filiztekin (2007), IJRM 24(3), eq. 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
import numpy.typing as npt

from workbench.clv.models.model import PurchaseModel, Scale
from workbench.clv.numerics.counting import discounted_while_alive, purchases_while_alive
from workbench.clv.numerics.histories_grid import over_histories
from workbench.clv.numerics.rising import beta_ratio, rising
from workbench.clv.purchases.patterns import Floats, Patterns, dot

Chances = Literal[0, 1]
_BLOCK: Final = 8192


@dataclass(frozen=True, kw_only=True)
class BetaGeometric(PurchaseModel):
    """What BG/NBD and MBG/NBD share: customers may leave after `chances` + x purchases.

    Attributes
    ----------
    chances
        Chances to leave that every customer has survived before the first repeat purchase.
    """

    r: float
    alpha: float
    a: float
    b: float

    chances: ClassVar[Chances] = 0
    scales: ClassVar[tuple[Scale, ...]] = ("shape", "time", "shape", "shape")

    def _log_likelihood(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        return log_likelihood(self.theta, x, t_x, T, self.chances)

    def _probability_alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        from scipy.special import expit

        return np.asarray(expit(-log_odds_left(self.theta, x, t_x, T, self.chances)))

    def purchases_if_alive(
        self,
        horizon: npt.ArrayLike,
        x: npt.ArrayLike,
        T: npt.ArrayLike,
        t_x: npt.ArrayLike | None = None,  # noqa: ARG002
    ) -> Floats:
        """Return the expected purchases in the time `horizon` after T of customers who are alive at T (eq. 10)."""
        bought, age = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(T, dtype=float))

        def expected(x: Floats, T: Floats) -> Floats:
            return purchases_while_alive(self.r + x, self.alpha + T, self.a, self.b + x + self.chances, horizon)

        return over_histories(expected, bought, age, self.alpha) if np.ndim(horizon) == 0 else expected(bought, age)

    def no_purchase_if_alive(
        self,
        horizon: npt.ArrayLike,
        x: npt.ArrayLike,
        T: npt.ArrayLike,
        t_x: npt.ArrayLike | None = None,  # noqa: ARG002
    ) -> Floats:
        """Return the probability of no purchase in the time `horizon` after T of customers who are alive at T."""
        grown = np.log1p(np.asarray(horizon, dtype=float) / (self.alpha + np.asarray(T, dtype=float)))
        return np.asarray(np.exp(-(self.r + np.asarray(x, dtype=float)) * grown))

    def lifetime_if_alive(
        self,
        force: float,
        x: npt.ArrayLike,
        T: npt.ArrayLike,
        t_x: npt.ArrayLike | None = None,  # noqa: ARG002
    ) -> Floats:
        """Return the expected purchases of all time after T, discounted at `force`, of customers alive at T.

        With a known rate and chance they are λ / (δ + p λ); see `discounted_while_alive`.
        """
        bought, age = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(T, dtype=float))

        def expected(x: Floats, T: Floats) -> Floats:
            return discounted_while_alive(self.r + x, self.alpha + T, self.a, self.b + x + self.chances, force)

        return over_histories(expected, bought, age, self.alpha)

    def simulate_if_alive(
        self,
        horizon: float,
        x: Floats,
        T: Floats,
        random: np.random.Generator,
        t_x: Floats | None = None,  # noqa: ARG002
    ) -> Floats:
        """Draw numbers of purchases in the time `horizon` after T of customers who are alive at T."""
        rate = random.gamma(self.r + x, 1 / (self.alpha + T))
        leave = random.beta(self.a, self.b + x + self.chances)
        meant = random.poisson(np.minimum(rate * horizon, 1e15))
        return np.minimum(meant, random.geometric(np.clip(leave, 1e-12, 1))).astype(np.float64)


def log_odds_left(theta: Floats, x: Floats, t_x: Floats, T: Floats, chances: Chances) -> Floats:
    """Return D, the log-odds that a customer with this history has left; −∞ where nobody can have."""
    r, alpha, a, b = theta
    survived = x + chances
    with np.errstate(divide="ignore"):
        least = np.log(a) - np.log(b + np.maximum(survived, 1) - 1)
    odds = least + (r + x) * np.log1p((T - t_x) / (alpha + t_x))
    return np.where(survived > 0, odds, -np.inf)


def log_likelihood(theta: Floats, x: Floats, t_x: Floats, T: Floats, chances: Chances) -> Floats:
    """Return the log-likelihood of each history."""
    r, alpha, a, b = theta
    whole = x.astype(np.int64)
    most = int(whole.max(initial=0))
    bought = rising(r, most)[0][whole] + beta_ratio(a, b, most + chances)[whole + chances]
    kept = bought - r * np.log1p(T / alpha) - x * np.log(alpha + T)
    return np.asarray(kept + np.logaddexp(0, log_odds_left(theta, x, t_x, T, chances)))


def objective(theta: Floats, patterns: Patterns, chances: Chances) -> tuple[float, Floats, Floats]:
    """Return the log-likelihood of all patterns, its gradient and its Hessian in (r, α, a, b)."""
    r, alpha, a, b = theta
    n = patterns.by_x
    m = slice(chances, len(n) + chances)
    rise, rise1, rise2 = (v @ n for v in rising(r, len(n) - 1))
    _, low1, low2 = (v[m] @ n for v in rising(b, len(n) - 1 + chances))
    _, all1, all2 = (v[m] @ n for v in rising(a + b, len(n) - 1 + chances))
    (ages, _), (customers, bought) = patterns.ages, patterns.by_age
    log_grown, inverse = np.log1p(ages / alpha), 1 / (alpha + ages)
    # differences of 1/α and 1/(α + T) written out, so that nothing cancels where r and α run away
    aged = ages * inverse / alpha
    value = (
        rise
        + float(beta_ratio(a, b, len(n) - 1 + chances)[m] @ n)
        - r * float(customers @ log_grown)
        - float(bought @ np.log(alpha + ages))
    )
    gradient = np.array(
        [
            rise1 - customers @ log_grown,
            r * (customers @ aged) - bought @ inverse,
            -all1,
            low1 - all1,
        ]
    )
    hessian = np.zeros((4, 4))
    hessian[0, 0] = rise2
    hessian[0, 1] = hessian[1, 0] = customers @ aged
    hessian[1, 1] = bought @ inverse**2 - r * (customers @ (aged * (1 / alpha + inverse)))
    hessian[2, 2] = hessian[2, 3] = hessian[3, 2] = -all2
    hessian[3, 3] = low2 - all2
    left = _left(theta, patterns, chances)
    return value + left[0], gradient + left[1], hessian + left[2]


def _left(theta: Floats, patterns: Patterns, chances: Chances) -> tuple[float, Floats, Floats]:
    # ln(1 + e^D) and its derivatives, the only part that needs every pattern: block by block, which fits the cache
    r, alpha, a, b = theta
    ages, recencies = patterns.ages[0], patterns.recencies[0]
    if chances:
        x, count, at_age, at_recency = patterns.x, patterns.count, patterns.ages[1], patterns.recencies[1]
    else:
        x, count, at_age, at_recency = patterns.repeaters
    survived = np.maximum(np.arange(int(x.max(initial=0)) + 1) + (b + chances - 1), 1e-300)
    least, fall = np.log(a) - np.log(survived), -1 / survived
    grown, grown_since = np.log1p(ages / alpha), np.log1p(recencies / alpha)
    over, over_since = 1 / (alpha + ages), 1 / (alpha + recencies)
    value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
    for start in range(0, len(x), _BLOCK):
        some = slice(start, start + _BLOCK)
        bought, old, last = x[some], at_age[some], at_recency[some]
        rate = r + bought
        slope_r = grown[old] - grown_since[last]
        by_age, by_recency = over[old], over_since[last]
        slope_alpha = rate * (by_age - by_recency)
        slope_b = fall[bought]
        odds = least[bought] + rate * slope_r
        small = np.exp(-np.abs(odds))
        near = 1 / (1 + small)
        weight = np.where(odds > 0, near, small * near)
        value += dot(count[some], np.log1p(small) + np.maximum(odds, 0))
        weighted = count[some] * weight
        bent = weighted * (1 - weight)
        by_r, by_alpha = bent * slope_r, bent * slope_alpha
        gradient += dot(slope_r, weighted), dot(slope_alpha, weighted), weighted.sum(), dot(slope_b, weighted)
        hessian[0] += dot(by_r, slope_r), dot(by_r, slope_alpha), by_r.sum(), dot(by_r, slope_b)
        hessian[1, 1:] += dot(by_alpha, slope_alpha), by_alpha.sum(), dot(by_alpha, slope_b)
        hessian[2, 2:] += bent.sum(), dot(bent, slope_b)
        hessian[3, 3] += dot(bent + weighted, slope_b**2)
        hessian[0, 1] += dot(weighted, by_age - by_recency)
        hessian[1, 1] += dot(weighted * rate, by_recency**2 - by_age**2)
    gradient[2] /= a
    hessian[:3, 2] /= a
    hessian[2, 2:] /= a
    hessian[2, 2] -= gradient[2] / a
    lower = np.tril_indices(4, -1)
    hessian[lower] = hessian.T[lower]
    return value, gradient, hessian
