"""What every model of this room is: a frozen set of positive parameters that can be asked directly."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from workbench.clv.patterns import Floats, check_histories
from workbench.core.errors import InputError
from workbench.core.language import Message, message


@dataclass(frozen=True, kw_only=True)
class Model:
    """Base of the models: every field is a positive number.

    Raises
    ------
    InputError
        If a parameter is not a finite number above zero.
    """

    label: ClassVar[Message] = message("Model")

    def __post_init__(self) -> None:
        bad = {k: v for k, v in asdict(self).items() if not (np.isfinite(v) and v > 0)}
        if bad:
            raise InputError(
                "Parameters are finite numbers above zero.",
                found=", ".join(f"{k} = {v!r}" for k, v in bad.items()),
                fix="Correct the parameters, or fit them.",
                where=type(self).__name__,
            )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the parameters' names in their order."""
        return tuple(f.name for f in fields(cls))

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Make the model of parameters in their order."""
        return cls(**{n: float(v) for n, v in zip(cls.names(), values, strict=True)})

    @property
    def parameters(self) -> Mapping[str, float]:
        """Parameter name → value."""
        return MappingProxyType(asdict(self))


@dataclass(frozen=True, kw_only=True)
class PurchaseModel(Model, ABC):
    """A model of when customers buy and when they leave; times are in the parameters' own unit."""

    @abstractmethod
    def log_likelihood(self, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
        """Return each customer's log-likelihood."""

    @abstractmethod
    def probability_alive(self, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
        """Return the probability that each customer is still a customer at T."""

    @abstractmethod
    def purchases_if_alive(self, horizon: npt.ArrayLike, x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
        """Return the expected purchases in the time `horizon` after T of customers who are alive at T."""

    @abstractmethod
    def new_customer_purchases(self, horizon: npt.ArrayLike) -> Floats:
        """Return the expected repeat purchases of a new customer in the time `horizon` after the first purchase."""

    def lifetime_if_alive(self, force: float, x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
        """Return the expected purchases of all time after T, discounted at `force`, of customers alive at T.

        δ ∫ e^(−δ s) G(s) ds over all time, by Gauss–Laguerre with 48 points, where G(s) are the purchases up to s.
        """
        nodes, weights = np.polynomial.laguerre.laggauss(48)
        parts = [w * self.purchases_if_alive(n / force, x, T) for n, w in zip(nodes, weights, strict=True) if w > 1e-18]
        return np.asarray(np.sum(parts, axis=0))

    def expected_purchases(
        self, horizon: npt.ArrayLike, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike
    ) -> Floats:
        """Return the expected purchases in the time `horizon` after T, given each customer's history."""
        return np.asarray(self.probability_alive(x, t_x, T) * self.purchases_if_alive(horizon, x, T))


def histories(x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return histories as float arrays of one shape, refused if they cannot be.

    Examples
    --------
    >>> [v.tolist() for v in histories(1, [2.0, 3.0], 5)]
    [[1.0, 1.0], [2.0, 3.0], [5.0, 5.0]]
    """
    a, b, c = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (x, t_x, T)))
    check_histories(a.ravel(), b.ravel(), c.ravel())
    return a, b, c
