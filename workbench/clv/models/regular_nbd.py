"""MBG/CNBD-k: as MBG/NBD, but a customer's purchases come with a rhythm, as every k-th event of a random process.

Waiting times are Erlang-k, so that the longer the silence after a usual wait, the likelier the customer has left. With
k = 1 it is MBG/NBD. Source: Reutterer, Platzer & Schröder (2021), Leveraging purchase regularity for predicting
customer behavior the easy way, International Journal of Research in Marketing 38(1), 194–215; expectations are sums
here, not their approximations.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import numpy.typing as npt

from workbench.clv.models.model import PurchaseModel, Scale, checked_horizon
from workbench.clv.models.regular_counting import (
    State,
    discounted_in_rhythm,
    leaving_terms,
    purchases_in_rhythm,
)
from workbench.clv.purchases.patterns import Floats
from workbench.core.errors import InputError
from workbench.core.language import Message, message

if TYPE_CHECKING:
    from collections.abc import Mapping

SHAPES: Final = (1, 2, 3, 4, 5, 6, 8, 12, 16, 24)


@dataclass(frozen=True, kw_only=True)
class RegularNbd(PurchaseModel):
    """MBG/CNBD-k with known parameters; `regular_nbd` returns the class of a k.

    Parameters
    ----------
    r, alpha
        Rates of events λ ~ Gamma(r, rate α), per unit of time; a customer buys at every k-th, so at the rate λ / k.
    a, b
        Chance to leave after each purchase, the first one included, p ~ Beta(a, b).

    Raises
    ------
    InputError
        If a parameter is not a finite number above zero.

    Examples
    --------
    >>> model = regular_nbd(12)(r=5.0, alpha=6.0, a=1.0, b=9.0)
    >>> round(float(model.probability_alive(x=10, t_x=140, T=150)), 3)  # ten days after a fortnightly purchase
    0.941
    >>> round(float(model.probability_alive(x=10, t_x=140, T=182)), 3)  # and after 42 days
    0.0
    """

    r: float
    alpha: float
    a: float
    b: float

    shape: ClassVar[int] = 1
    label: ClassVar[Message] = message("MBG/CNBD-k")
    scales: ClassVar[tuple[Scale, ...]] = ("shape", "time", "shape", "shape")
    has_memory: ClassVar[bool] = True

    def _log_likelihood(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        from scipy.special import logsumexp

        terms = leaving_terms(self.theta, self.shape, x.ravel(), t_x.ravel(), T.ravel())
        return np.asarray(logsumexp(terms, axis=0)).reshape(x.shape)

    def _probability_alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        from scipy.special import softmax

        terms = leaving_terms(self.theta, self.shape, x.ravel(), t_x.ravel(), T.ravel())
        return np.asarray(softmax(terms, axis=0)[1:].sum(axis=0)).reshape(x.shape)

    def purchases_if_alive(
        self, horizon: npt.ArrayLike, x: npt.ArrayLike, T: npt.ArrayLike, t_x: npt.ArrayLike | None = None
    ) -> Floats:
        """Return the expected purchases in the time `horizon` after T of customers who are alive at T."""
        ahead, state, form = self._state(horizon, x, T, t_x)
        return purchases_in_rhythm(state, ahead).reshape(form)

    def no_purchase_if_alive(
        self, horizon: npt.ArrayLike, x: npt.ArrayLike, T: npt.ArrayLike, t_x: npt.ArrayLike | None = None
    ) -> Floats:
        """Return the probability of no purchase in the time `horizon` after T of customers who are alive at T."""
        from scipy.special import betainc

        ahead, state, form = self._state(horizon, x, T, t_x)
        left = (self.shape - np.arange(self.shape, dtype=float))[:, None]
        reached = betainc(left, state.events, ahead / (state.rate + ahead))
        return np.asarray(1 - (state.weights * reached).sum(axis=0)).reshape(form)

    def lifetime_if_alive(
        self, force: float, x: npt.ArrayLike, T: npt.ArrayLike, t_x: npt.ArrayLike | None = None
    ) -> Floats:
        """Return the expected purchases of all time after T, discounted at `force`, of customers alive at T."""
        _, state, form = self._state(0.0, x, T, t_x)
        return discounted_in_rhythm(state, force).reshape(form)

    def simulate_if_alive(
        self, horizon: float, x: Floats, T: Floats, random: np.random.Generator, t_x: Floats | None = None
    ) -> Floats:
        """Draw numbers of purchases in the time `horizon` after T of customers who are alive at T."""
        _, state, form = self._state(horizon, x, T, t_x)
        at = (np.cumsum(state.weights, axis=0) < random.random(state.weights.shape[1])).sum(axis=0)
        done = np.minimum(at, self.shape - 1)
        rate = random.gamma(state.events[done, np.arange(len(done))], 1 / state.rate)
        leave = random.beta(state.a, state.b)
        events = random.poisson(np.minimum(rate * horizon, 1e15))
        meant = (events + done) // self.shape
        lasting = random.geometric(np.clip(leave, 1e-12, 1))
        return np.asarray(np.minimum(meant, lasting), dtype=np.float64).reshape(form)

    def new_customer_purchases(self, horizon: npt.ArrayLike) -> Floats:
        """Return the expected repeat purchases of a new customer in the time `horizon`."""
        ahead = checked_horizon(horizon)
        stays = self.b / (self.a + self.b)
        return np.asarray(stays * self.purchases_if_alive(ahead, 0.0, 0.0, 0.0))

    def _state(
        self, horizon: npt.ArrayLike, x: npt.ArrayLike, T: npt.ArrayLike, t_x: npt.ArrayLike | None
    ) -> tuple[Floats, State, tuple[int, ...]]:
        if t_x is None:
            raise InputError(
                "What customers with a rhythm buy next depends on when they bought last.",
                found="no t_x",
                fix="Give t_x, the age at the last purchase, too.",
                where="t_x",
            )
        ahead, bought, age, last = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (horizon, x, T, t_x)))
        state = State.of(self.theta, self.shape, bought.ravel(), last.ravel(), age.ravel())
        return ahead.ravel(), state, ahead.shape


def _kinds() -> Mapping[int, type[RegularNbd]]:
    # a fit names its model's class, so that every k is a class with a name of its own
    label = {k: message("MBG/CNBD-{k:int} (purchases with a rhythm)", k=k) for k in SHAPES}
    made = {k: type(f"RegularNbd{k}", (RegularNbd,), {"shape": k, "label": label[k]}) for k in SHAPES}
    return MappingProxyType(made)


_KINDS: Final = _kinds()


def regular_nbd(shape: int) -> type[RegularNbd]:
    """Return the class of MBG/CNBD-k models of a k.

    Parameters
    ----------
    shape
        k, one of 1, 2, 3, 4, 5, 6, 8, 12, 16, 24; 1 is random, 24 nearly as by calendar.

    Returns
    -------
    type
        A model with parameters ``r``, ``alpha``, ``a``, ``b``.

    Raises
    ------
    InputError
        If there is no such k.

    Examples
    --------
    >>> regular_nbd(4)(r=5.0, alpha=6.0, a=1.0, b=9.0).shape
    4
    """
    if shape not in _KINDS:
        raise InputError(
            "Models of purchases with a rhythm are there for some k.",
            found=repr(shape),
            fix=f"Use one of {', '.join(map(str, SHAPES))}.",
            where="shape",
        )
    return _KINDS[shape]
