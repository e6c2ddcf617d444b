"""What every model of this room is: a frozen set of positive parameters that can be asked directly."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt

from workbench.clv.purchases.patterns import Floats, check_histories
from workbench.core.errors import InputError, nearest
from workbench.core.language import Message, message

Scale = Literal["shape", "time", "money"]


@dataclass(frozen=True, kw_only=True)
class Model:
    """Base of the models: every field is a positive number.

    Attributes
    ----------
    label
        Name of the model.
    inputs
        Columns that `log_likelihood` takes, in their order.
    scales
        What each parameter is measured in; a shape has no unit.

    Raises
    ------
    InputError
        If a parameter is not a finite number above zero.
    """

    label: ClassVar[Message] = message("Model")
    inputs: ClassVar[tuple[str, ...]] = ()
    scales: ClassVar[tuple[Scale, ...]] = ()

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

    @classmethod
    def named(cls, name: str) -> type[Model]:
        """Return the model class of that name.

        Raises
        ------
        InputError
            If there is none.
        """
        known = {kind.__name__: kind for kind in _descendants(Model)}
        if name not in known:
            raise InputError(
                "A fit is of a known model.",
                found=repr(name),
                fix=f"Use one of {', '.join(sorted(known))}{nearest(name, known)}",
                where="model",
            )
        return known[name]

    @property
    def parameters(self) -> Mapping[str, float]:
        """Parameter name → value."""
        return MappingProxyType(asdict(self))

    @property
    def theta(self) -> Floats:
        """Parameters in their order."""
        return np.array(list(self.parameters.values()))


def _descendants(kind: type[Model]) -> list[type[Model]]:
    below = [c for child in kind.__subclasses__() for c in (child, *_descendants(child))]
    return [c for c in below if fields(c)]


@dataclass(frozen=True, kw_only=True)
class PurchaseModel(Model, ABC):
    """A model of when customers buy and when they leave; times are in the parameters' own unit.

    Questions are checked and shaped here; a model answers them for flat arrays of histories that can be.

    Attributes
    ----------
    has_memory
        Whether what customers who are alive buy next depends on when they bought last (`t_x`), as it does where
        purchases have a rhythm; other models need no `t_x` for it.
    """

    inputs: ClassVar[tuple[str, ...]] = ("x", "t_x", "T")
    has_memory: ClassVar[bool] = False

    @abstractmethod
    def _log_likelihood(self, x: Floats, t_x: Floats, T: Floats) -> Floats: ...

    @abstractmethod
    def _probability_alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats: ...

    def _stayed(self, age: Floats, x: Floats, T: Floats) -> Floats | float:  # noqa: ARG002
        # by what the chance of being a customer at an age since the last purchase exceeds that at T
        return 1.0  # whoever left did so right after the last purchase

    @abstractmethod
    def purchases_if_alive(
        self, horizon: npt.ArrayLike, x: npt.ArrayLike, T: npt.ArrayLike, t_x: npt.ArrayLike | None = None
    ) -> Floats:
        """Return the expected purchases in the time `horizon` after T of customers who are alive at T."""

    @abstractmethod
    def no_purchase_if_alive(
        self, horizon: npt.ArrayLike, x: npt.ArrayLike, T: npt.ArrayLike, t_x: npt.ArrayLike | None = None
    ) -> Floats:
        """Return the probability of no purchase in the time `horizon` after T of customers who are alive at T."""

    @abstractmethod
    def simulate_if_alive(
        self, horizon: float, x: Floats, T: Floats, random: np.random.Generator, t_x: Floats | None = None
    ) -> Floats:
        """Draw numbers of purchases in the time `horizon` after T of customers who are alive at T."""

    @abstractmethod
    def new_customer_purchases(self, horizon: npt.ArrayLike) -> Floats:
        """Return the expected repeat purchases of a new customer in the time `horizon` after the first purchase."""

    def log_likelihood(self, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
        """Return each customer's log-likelihood."""
        return self._log_likelihood(*histories(x, t_x, T))

    def probability_alive(self, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
        """Return the probability that each customer is still a customer at T."""
        return self._probability_alive(*histories(x, t_x, T))

    def alive_over(
        self, ages: Iterable[float], x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike
    ) -> Iterator[Floats]:
        """Yield, age by age, the probability that each customer was still one then (beyond T: at T)."""
        bought, last, until = histories(x, t_x, T)
        told = self._probability_alive(bought, last, until)
        for age in ages:
            past = np.clip(age, last, until)
            yield np.where(past <= last, 1.0, told * self._stayed(past, bought, until))

    def probability_of_purchase(
        self, horizon: npt.ArrayLike, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike
    ) -> Floats:
        """Return the probability of at least one purchase in the time `horizon` after T."""
        ahead = checked_horizon(horizon)
        return np.asarray(self.probability_alive(x, t_x, T) * (1 - self.no_purchase_if_alive(ahead, x, T, t_x)))

    def expected_purchases(
        self, horizon: npt.ArrayLike, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike
    ) -> Floats:
        """Return the expected purchases in the time `horizon` after T, given each customer's history."""
        ahead = checked_horizon(horizon)
        return np.asarray(self.probability_alive(x, t_x, T) * self.purchases_if_alive(ahead, x, T, t_x))

    def lifetime_if_alive(
        self, force: float, x: npt.ArrayLike, T: npt.ArrayLike, t_x: npt.ArrayLike | None = None
    ) -> Floats:
        """Return the expected purchases of all time after T, discounted at `force`, of customers alive at T.

        δ ∫ e^(−δ s) G(s) ds over all time, by Gauss–Laguerre with 48 points, where G(s) are the purchases up to s.
        """
        nodes, weights = np.polynomial.laguerre.laggauss(48)
        parts = [
            w * self.purchases_if_alive(n / force, x, T, t_x) for n, w in zip(nodes, weights, strict=True) if w > 1e-18
        ]
        return np.asarray(np.sum(parts, axis=0))


def checked_horizon(horizon: npt.ArrayLike) -> Floats:
    """Return a time ahead, refused if it is negative or not a number.

    Examples
    --------
    >>> float(checked_horizon(39))
    39.0
    """
    ahead = np.asarray(horizon, dtype=np.float64)
    if not (np.isfinite(ahead) & (ahead >= 0)).all():
        raise InputError(
            "A horizon is a time from now on, 0 or more.",
            found=repr(horizon),
            fix="Give it in the parameters' unit of time.",
            where="horizon",
        )
    return ahead


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
