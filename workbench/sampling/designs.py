"""Sampling designs: what is drawn and how, as values that can be passed around, compared and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.sampling.allocation import Allocation

MOST_RESERVE = 20.0


@dataclass(frozen=True, kw_only=True)
class Design:
    """Base of every design.

    Attributes
    ----------
    reserve
        Reserve customers per customer drawn: 0.5 is half as many again, in an order of their own, per stratum.
    """

    reserve: float = 0.0

    label: ClassVar[Message] = message("Sampling design")

    def __post_init__(self) -> None:
        if not 0 <= self.reserve <= MOST_RESERVE:
            raise InputError(
                "A reserve is a multiple of the sample.", found=f"reserve={self.reserve!r}",
                fix="Give 0.5 for half as many reserve customers as sampled ones, 1 for as many.", where="reserve",
            )  # fmt: skip


def _check_size(n: int, what: str = "n") -> None:
    if isinstance(n, bool) or int(n) != n or n < 1:
        raise InputError("A sample size is a whole number from 1.", found=f"{what}={n!r}",
                         fix="Give the number of customers to draw.", where=what)  # fmt: skip


@dataclass(frozen=True)
class SimpleRandom(Design):
    """Simple random sampling without replacement: the `n` customers of smallest random number.

    Attributes
    ----------
    n
        Customers to draw. Every one has inclusion probability n / N.

    Examples
    --------
    >>> SimpleRandom(100, reserve=0.5)
    SimpleRandom(reserve=0.5, n=100)
    """

    n: int

    label: ClassVar[Message] = message("Simple random sample")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_size(self.n)


@dataclass(frozen=True, eq=False)
class Stratified(Design):
    """Simple random sampling inside each stratum of the frame.

    Attributes
    ----------
    allocation
        How many to draw from which stratum: an `Allocation`, a DataFrame with ``stratum`` and ``n``, or a mapping.

    Examples
    --------
    >>> Stratified({"north": 30, "south": 10}).sizes
    {'north': 30, 'south': 10}
    """

    allocation: Allocation | pd.DataFrame | Mapping[str, int]

    label: ClassVar[Message] = message("Stratified random sample")

    def __post_init__(self) -> None:
        super().__post_init__()
        for stratum, n in self.sizes.items():
            if n < 0 or int(n) != n:
                raise InputError("A stratum's sample size is a whole number, not negative.",
                                 found=f"{n!r} in {stratum!r}", fix="Correct the allocation.",
                                 where="allocation")  # fmt: skip

    @property
    def sizes(self) -> dict[str, int]:
        """Stratum label → customers to draw."""
        return sizes_of(self.allocation)


def sizes_of(allocation: Allocation | pd.DataFrame | Mapping[str, int]) -> dict[str, int]:
    """Return stratum label → n of an allocation in any of its forms.

    Examples
    --------
    >>> sizes_of(pd.DataFrame({"stratum": ["a"], "n": [3]}))
    {'a': 3}
    """
    if isinstance(allocation, Mapping):
        return {str(k): v for k, v in allocation.items()}
    table = allocation.table if isinstance(allocation, Allocation) else allocation
    if not {"stratum", "n"} <= set(table.columns) or table["stratum"].duplicated().any():
        raise InputError(
            "An allocation has one row per stratum, with its n.",
            found=f"columns {', '.join(map(str, table.columns))}",
            fix="Give an Allocation, a table with `stratum` and `n`, or a mapping stratum → n.", where="allocation",
        )  # fmt: skip
    return dict(zip(table["stratum"].astype(str), table["n"].tolist(), strict=True))
