"""Pareto/NBD: customers buy at their own rate until they leave, at any time, after a lifetime of their own.

With R = r + x, the likelihood is written with the odds K of having left,

    ln L = ln Γ(r+x)/Γ(r) − r ln(1 + T/α) − s ln(1 + T/β) − x ln(α + T) + ln(1 + K),
    1 + K = 1 − B(x, T) + e^D B(x, t_x),   D = R ln((α+T)/(α+t_x)) + s ln((β+T)/(β+t_x)),
    B(x, τ) = s ∫_τ^∞ ((α+τ)/(α+u))^R ((β+τ)/(β+u))^s du / (β+u),

in which B is between 0 and 1 and no difference loses digits. Sources: Schmittlein, Morrison & Colombo (1987),
Management Science 33(1); Fader & Hardie (2005), A note on deriving the Pareto/NBD model, brucehardie.com/notes/009.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from workbench.clv.models.model import PurchaseModel, Scale, checked_horizon
from workbench.clv.models.pareto_nbd_quadrature import log_reach, reach_means
from workbench.clv.numerics.hypergeometric import (
    gauss_fraction,
    gauss_fraction_slopes,
    scaled_exponential_integral,
)
from workbench.clv.numerics.rising import rising
from workbench.clv.purchases.patterns import Floats
from workbench.core.language import Message, message

_SLOW: Final = 4e-3  # 1 − z under which the fraction takes more than 300 terms, and derivatives come by quadrature
_FAR_TOO_SLOW: Final = 1e-4  # the same for the value alone: 2,000 terms


@dataclass(frozen=True, kw_only=True)
class ParetoNbd(PurchaseModel):
    """Pareto/NBD with known parameters.

    Parameters
    ----------
    r, alpha
        Purchase rates λ ~ Gamma(r, rate α), per unit of time.
    s, beta
        Rates of leaving μ ~ Gamma(s, rate β), per unit of time.

    Raises
    ------
    InputError
        If a parameter is not a finite number above zero.

    Examples
    --------
    >>> model = ParetoNbd(r=0.553, alpha=10.578, s=0.606, beta=11.669)
    >>> round(float(model.probability_alive(x=0, t_x=0, T=38.86)), 4)
    0.2953
    """

    r: float
    alpha: float
    s: float
    beta: float

    label: ClassVar[Message] = message("Pareto/NBD")

    scales: ClassVar[tuple[Scale, ...]] = ("shape", "time", "shape", "time")

    def _log_likelihood(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        whole = x.astype(np.int64)
        rise = rising(self.r, int(whole.max(initial=0)))[0][whole]
        kept = rise - self.r * np.log1p(T / self.alpha) - self.s * np.log1p(T / self.beta)
        return np.asarray(kept - x * np.log(self.alpha + T) + self._log_odds(x, t_x, T))

    def _probability_alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        return np.asarray(np.exp(-self._log_odds(x, t_x, T)))

    def _stayed(self, age: Floats, x: Floats, T: Floats) -> Floats:
        # the odds K, counted from `age` instead of from the last purchase
        return np.asarray(np.exp(self._log_odds(x, age, T)))

    def purchases_if_alive(
        self,
        horizon: npt.ArrayLike,
        x: npt.ArrayLike,
        T: npt.ArrayLike,
        t_x: npt.ArrayLike | None = None,  # noqa: ARG002
    ) -> Floats:
        """Return the expected purchases in the time `horizon` after T of customers who are alive at T."""
        from scipy.special import exprel

        bought, age = np.asarray(x, dtype=float), np.asarray(T, dtype=float)
        grown = np.log1p(np.asarray(horizon, dtype=float) / (self.beta + age))
        lived = (self.beta + age) * grown * exprel(-(self.s - 1) * grown)
        return np.asarray((self.r + bought) / (self.alpha + age) * lived)

    def no_purchase_if_alive(
        self,
        horizon: npt.ArrayLike,
        x: npt.ArrayLike,
        T: npt.ArrayLike,
        t_x: npt.ArrayLike | None = None,  # noqa: ARG002
    ) -> Floats:
        """Return the probability of no purchase in the time `horizon` after T of customers who are alive at T.

        Either still a customer and silent, f = ((α+T)/(α+T+h))^(r+x) ((β+T)/(β+T+h))^s, or gone before the next
        purchase, B(x, T) − f B(x, T + h).
        """
        bought, age, ahead = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (x, T, horizon)))
        grown = (self.r + bought) * np.log1p(ahead / (self.alpha + age)) + self.s * np.log1p(ahead / (self.beta + age))
        silent, flat = np.exp(-grown), bought.ravel()
        now, then = (reach(self.theta, flat, t.ravel()).reshape(age.shape) for t in (age, age + ahead))
        return np.asarray(silent * (1 - then) + now)

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
        leave = np.maximum(random.gamma(self.s, 1 / (self.beta + T)), 1e-300)
        stays = np.minimum(random.exponential(size=leave.shape) / leave, horizon)
        return random.poisson(np.minimum(rate * stays, 1e15)).astype(np.float64)

    def new_customer_purchases(self, horizon: npt.ArrayLike) -> Floats:
        """Return the expected repeat purchases of a new customer in the time `horizon`."""
        return self.purchases_if_alive(checked_horizon(horizon), 0.0, 0.0)

    def lifetime_if_alive(
        self,
        force: float,
        x: npt.ArrayLike,
        T: npt.ArrayLike,
        t_x: npt.ArrayLike | None = None,  # noqa: ARG002
    ) -> Floats:
        """Return the expected purchases of all time after T, discounted at `force`, of customers alive at T.

        (r + x) / (α + T) · (β + T) e^y E_s(y) with y = force · (β + T), which is the discounted expected residual
        transactions of Fader, Hardie & Lee (2005), Journal of Marketing Research 42, eq. 2, given alive.
        """
        bought, age = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(T, dtype=float))
        ages, place = np.unique(age, return_inverse=True)
        lived = (self.beta + ages) * scaled_exponential_integral(np.full_like(ages, self.s), force * (self.beta + ages))
        return np.asarray((self.r + bought) / (self.alpha + age) * lived[place].reshape(age.shape))

    def _log_odds(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        # ln(1 + K), without overflow
        shape = x.shape
        x, t_x, T = (np.atleast_1d(v).ravel() for v in (x, t_x, T))
        rate = self.r + x
        d = rate * np.log1p((T - t_x) / (self.alpha + t_x)) + self.s * np.log1p((T - t_x) / (self.beta + t_x))
        here, there = (reach(self.theta, x, tau) for tau in (T, t_x))
        return np.asarray(d + np.log(there + (1 - here) * np.exp(-d))).reshape(shape)


def near_one(theta: Floats, tau: Floats, under: float = _SLOW) -> npt.NDArray[np.bool_]:
    """Return where z = |α − β| / (max(α, β) + τ) is so near to 1 that Gauss' fraction is slow."""
    _, alpha, _, beta = theta
    return np.asarray((min(alpha, beta) + tau) < under * (max(alpha, beta) + tau))


def reach(theta: Floats, x: Floats, tau: Floats) -> Floats:
    """Return B(x, τ), the chance scale of leaving after τ without having bought again."""
    slow = near_one(theta, tau, _FAR_TOO_SLOW)
    if slow.any():
        found = np.empty(len(x))
        found[slow] = np.exp(log_reach(theta, x[slow], tau[slow]))
        found[~slow] = reach(theta, x[~slow], tau[~slow])
        return found
    r, alpha, s, beta = theta
    rate = r + x
    if alpha >= beta:
        fraction = gauss_fraction(rate, rate + s + 1, (alpha - beta) / (alpha + tau))
    else:
        fraction = gauss_fraction(np.full_like(rate, s + 1), rate + s + 1, (beta - alpha) / (beta + tau))
        fraction = fraction * (alpha + tau) / (beta + tau)
    return np.asarray(s / (rate + s) * fraction)


def reach_slopes(theta: Floats, x: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """Return ln B(x, τ) and its derivatives in (r, α, s, β): 4 × rows."""
    slow = near_one(theta, tau)
    if slow.any():
        log_value, first = np.empty(len(x)), np.empty((4, len(x)))
        log_value[slow], first[:, slow] = reach_means(theta, x[slow], tau[slow])
        log_value[~slow], first[:, ~slow] = reach_slopes(theta, x[~slow], tau[~slow])
        return log_value, first
    r, alpha, s, beta = theta
    rate = r + x
    c, whole = rate + s + 1, rate + s
    if alpha >= beta:
        value, in_b, in_c, in_z = gauss_fraction_slopes(rate, c, (alpha - beta) / (alpha + tau))
        log_value = np.log(s / whole * value)
        slope_z = in_z / value
        slopes = [
            (in_b + in_c) / value - 1 / whole,
            slope_z * (beta + tau) / (alpha + tau) ** 2,
            in_c / value + 1 / s - 1 / whole,
            -slope_z / (alpha + tau),
        ]
    else:
        value, in_b, in_c, in_z = gauss_fraction_slopes(np.full_like(rate, s + 1), c, (beta - alpha) / (beta + tau))
        log_value = np.log(s / whole * (alpha + tau) / (beta + tau) * value)
        slope_z = in_z / value
        slopes = [
            in_c / value - 1 / whole,
            1 / (alpha + tau) - slope_z / (beta + tau),
            (in_b + in_c) / value + 1 / s - 1 / whole,
            -1 / (beta + tau) + slope_z * (alpha + tau) / (beta + tau) ** 2,
        ]
    return log_value, np.stack(slopes)
