"""What a sampling design is: how it draws, what ``wave.yaml`` may say of it, and what its variance rests on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import INCLUSION_PROBABILITY, STRATUM, STRATUM_POPULATION
from workbench.sampling.allocation import Allocation
from workbench.sampling.drawing import Draw, Drawn
from workbench.sampling.frame import Frame
from workbench.sampling.stratum_sizes import Sizes

MOST_RESERVE = 20.0
UNEQUAL = 1e-9  # chances that differ by less are one chance
FRAME_KEYS = ("size", "order_by", "psu")


class DesignSettings(BaseModel):
    """What ``wave.yaml`` may say of a design under ``sample:``, beside its name; nothing by default.

    The keys ``size``, ``order_by`` and ``psu`` name columns of the customer list and reach the frame.

    Examples
    --------
    >>> DesignSettings()
    DesignSettings()
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def of_frame(self) -> dict[str, Any]:
        """Return the arguments of `Frame` among the settings."""
        return {k: getattr(self, k) for k in FRAME_KEYS if k in type(self).model_fields}


@dataclass(frozen=True)
class VarianceRule:
    """What estimators must know of a design, in names of the sample's columns.

    Attributes
    ----------
    stages
        Columns of sampling units, from the first stage on; none where customers were drawn themselves.
    populations
        Columns with the number of units in the population of each stage; none where units count as drawn with
        replacement.
    order
        Column of the position in the list that a systematic sample ran through.
    chances
        How unequal chances without replacement enter: ``hajek`` for a fixed size, ``poisson`` where every customer
        decides alone; None where they do not.
    note
        What a reader must know of the errors that follow.

    Examples
    --------
    >>> VarianceRule(populations=("stratum_population",)).columns
    ('stratum_population',)
    """

    stages: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    order: str | None = None
    chances: Literal["hajek", "poisson"] | None = None
    note: Message | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the rule names."""
        return (*self.stages, *self.populations, *([self.order] if self.order else []))


@dataclass(frozen=True, eq=False)
class PlannedDraw:
    """What a plan asks of a design: sizes by stratum, the frame to draw from, its settings, and the reserve wanted."""

    allocation: Allocation
    frame: Frame
    settings: Any
    reserve: float = 0.0

    @property
    def sizes(self) -> Sizes:
        """Sizes by stratum; one size where the frame has no strata."""
        return self.allocation if self.frame.stratum else self.allocation.n


@dataclass(frozen=True, kw_only=True)
class SamplingDesign(ABC):
    """Base of every design. A design lies in one file of ``sampling/designs`` and is one line of its table.

    Only `select` is needed; every other answer has a careful default.

    Attributes
    ----------
    reserve
        Reserve customers per customer drawn: 0.5 is half as many again, in an order of their own, per stratum.
    label, name
        What readers and ``wave.yaml`` call it.
    Settings
        What ``wave.yaml`` may say of it.
    by_strata
        Whether it draws inside the strata of the frame.
    spares_by_start
        Whether a start on the circle of random numbers spares customers of earlier waves.
    reserve_enlarges
        Whether a stratum of n with m called in from the reserve is a sample of n + m.

    Raises
    ------
    InputError
        If the reserve is no multiple from 0 to 20.
    """

    reserve: float = 0.0

    label: ClassVar[Message] = message("Sampling design")
    name: ClassVar[str] = ""
    Settings: ClassVar[type[DesignSettings]] = DesignSettings
    by_strata: ClassVar[bool] = True
    spares_by_start: ClassVar[bool] = True
    reserve_enlarges: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 0 <= self.reserve <= MOST_RESERVE:
            raise InputError(
                "A reserve is a multiple of the sample.",
                found=f"reserve={self.reserve!r}",
                fix="Give 0.5 for half as many reserve customers as sampled ones, 1 for as many.",
                where="reserve",
            )

    @abstractmethod
    def select(self, drawing: Draw) -> Drawn:
        """Draw: SQL in the frame's engine, so that only the sample and counts leave it."""

    @classmethod
    def of_plan(cls, plan: PlannedDraw) -> SamplingDesign:
        """Return the design with the sizes of a plan; by default they are its first argument."""
        make: Callable[..., SamplingDesign] = cls
        return make(plan.sizes, reserve=plan.reserve)

    @classmethod
    def design_effect(cls, settings: Any, frame: Frame, response_rate: float) -> float:  # noqa: ARG003
        """Return how many times the design multiplies the variance that a size is planned with."""
        return 1.0

    @classmethod
    def variance(cls, settings: Any) -> VarianceRule:  # noqa: ARG003
        """Return what estimators must know; by default units count as drawn with replacement, and the page says so."""
        return VarianceRule(
            note=message(
                "The design {design} has no rule for its variance: customers count as drawn with replacement, which "
                "makes intervals too wide rather than too narrow.",
                design=cls.label,
            )
        )

    @classmethod
    def chances_of_asked(cls, asked: pd.DataFrame) -> pd.DataFrame:
        """Return everybody asked, the reserve that was called in included, with the probability of having been asked.

        Within a stratum all who were asked share one probability, as the reserve follows the sample in the order of
        its random numbers. Probabilities that differ within a stratum were made on purpose and stay; such a stratum
        has no population that errors could be corrected by.

        Parameters
        ----------
        asked
            ``stratum``, ``stratum_population``, and ``inclusion_probability`` where drawing gave one.
        """
        if INCLUSION_PROBABILITY in asked:
            drawn = asked.groupby(STRATUM)[INCLUSION_PROBABILITY].agg(["min", "max"])
            if (drawn["max"] - drawn["min"] > UNEQUAL).any() and asked[INCLUSION_PROBABILITY].notna().all():
                return asked.drop(columns=STRATUM_POPULATION, errors="ignore")
        n = asked.groupby(STRATUM)[STRATUM].transform("size")
        return asked.assign(**{INCLUSION_PROBABILITY: n / asked[STRATUM_POPULATION]})

    def sentences(self, strata: pd.DataFrame) -> Iterator[Message]:  # noqa: ARG002
        """Yield what the sampling statement says of the design besides its label, from the strata drawn."""
        return iter(())


def designs_in(names: Mapping[str, object]) -> dict[str, type[SamplingDesign]]:
    """Return name in ``wave.yaml`` → design, of the designs among some names, in the order of their files.

    Raises
    ------
    TypeError
        If two designs have one name.

    Examples
    --------
    >>> designs_in({"a number": 1})
    {}
    """
    found: dict[str, type[SamplingDesign]] = {}
    for kind in names.values():
        if not (isinstance(kind, type) and issubclass(kind, SamplingDesign) and kind.name):
            continue
        if found.setdefault(kind.name, kind) is not kind:
            raise TypeError(f"two sampling designs are called {kind.name!r}: {found[kind.name]} and {kind}")
    return found
