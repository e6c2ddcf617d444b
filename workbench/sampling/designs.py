"""Sampling designs: what is drawn and how, as values that can be passed around, compared and written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import pandas as pd

from workbench.core.errors import InputError, nearest
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
                "A reserve is a multiple of the sample.",
                found=f"reserve={self.reserve!r}",
                fix="Give 0.5 for half as many reserve customers as sampled ones, 1 for as many.",
                where="reserve",
            )


def _check_size(n: int, what: str = "n") -> None:
    if isinstance(n, bool) or int(n) != n or n < 1:
        raise InputError(
            "A sample size is a whole number from 1.",
            found=f"{what}={n!r}",
            fix="Give the number of customers to draw.",
            where=what,
        )


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
                raise InputError(
                    "A stratum's sample size is a whole number, not negative.",
                    found=f"{n!r} in {stratum!r}",
                    fix="Correct the allocation.",
                    where="allocation",
                )

    @property
    def sizes(self) -> dict[str, int]:
        """Stratum label → customers to draw."""
        return sizes_of(self.allocation)


Sizes = int | Allocation | pd.DataFrame | Mapping[str, int]


def _check_sizes(sizes: Sizes, what: str = "n") -> None:
    if isinstance(sizes, (Allocation, pd.DataFrame, Mapping)):
        Stratified(sizes)
    else:
        _check_size(sizes, what)


def _check_choice(value: str, known: tuple[str, ...], what: str) -> None:
    if value not in known:
        raise InputError(
            f"`{what}` is one of those known.",
            found=repr(value),
            fix=f"Use one of {', '.join(known)}{nearest(str(value), known)}.",
            where=what,
        )


@dataclass(frozen=True, eq=False)
class Systematic(Design):
    """Every k-th customer in the frame's order, from a random start; k need not be a whole number.

    The order is the frame's `order_by`, else its strata (implicit stratification), else the random number; ties are
    ordered by the random number, then the id.

    Attributes
    ----------
    n
        Customers to draw from the whole frame, or an allocation to draw inside each stratum. The interval is N / n, as
        a fraction, so that exactly n are drawn and everyone has inclusion probability n / N.
    interval
        The interval itself, instead of n; then the size varies by one.
    check
        Numeric columns whose cycles near the interval are looked for before drawing.

    Examples
    --------
    >>> Systematic(100, check="amount_12m").check
    ('amount_12m',)
    """

    n: Sizes | None = None
    interval: float | None = None
    check: str | Sequence[str] = ()

    label: ClassVar[Message] = message("Systematic sample")

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "check", (self.check,) if isinstance(self.check, str) else tuple(self.check))
        if (self.n is None) == (self.interval is None):
            raise InputError(
                "A systematic sample has a size or an interval.",
                found=f"n={self.n!r}, interval={self.interval!r}",
                fix="Give exactly one of them.",
                where="design",
            )
        if self.n is not None:
            _check_sizes(self.n)
        elif not 1 <= float(self.interval or 0) < 1e9:
            raise InputError(
                "An interval is at least 1.",
                found=repr(self.interval),
                fix="Give the distance between two drawn customers.",
                where="interval",
            )


@dataclass(frozen=True, eq=False)
class Cluster(Design):
    """Whole clusters (the frame's `psu`): every eligible customer of a drawn cluster is in the sample.

    Attributes
    ----------
    n
        Clusters to draw, from the whole frame or as an allocation by stratum.
    clusters
        ``equal``: every cluster has the same probability; ``size``: in proportion to its eligible customers (Pareto).

    Examples
    --------
    >>> Cluster(20, clusters="size").clusters
    'size'
    """

    n: Sizes
    clusters: Literal["equal", "size"] = "equal"

    label: ClassVar[Message] = message("Cluster sample")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_sizes(self.n)
        _check_choice(self.clusters, ("equal", "size"), "clusters")
        if self.reserve:
            raise InputError(
                "A cluster sample takes everybody in its clusters and has no reserve.",
                found=f"reserve={self.reserve}",
                fix="Use TwoStage for a reserve inside the clusters.",
                where="reserve",
            )


@dataclass(frozen=True, eq=False)
class TwoStage(Design):
    """Clusters first, then a simple random sample of customers inside each.

    Attributes
    ----------
    n
        Clusters to draw, from the whole frame or as an allocation by stratum.
    elements
        Customers to draw in each cluster; smaller clusters are taken whole.
    clusters
        ``size``: clusters in proportion to their eligible customers, which with equal `elements` gives every customer
        about the same probability; ``equal``: every cluster the same.

    Examples
    --------
    >>> TwoStage(20, 15).elements
    15
    """

    n: Sizes
    elements: int
    clusters: Literal["equal", "size"] = "size"

    label: ClassVar[Message] = message("Two-stage sample")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_sizes(self.n)
        _check_size(self.elements, "elements")
        _check_choice(self.clusters, ("equal", "size"), "clusters")


@dataclass(frozen=True, eq=False)
class ProportionalToSize(Design):
    """Probability in proportion to the frame's `size`; customers too large for that are certainly taken.

    Systematic selection has exactly these probabilities. Pareto and sequential Poisson sampling have them up to a
    remainder that vanishes as the sample grows (Rosén 1997; Aires 2000, *Techniques to calculate exact inclusion
    probabilities for conditional Poisson sampling and Pareto πps*); below ten customers the sample says so.

    Attributes
    ----------
    n
        Customers to draw, from the whole frame or as an allocation by stratum.
    method
        ``pareto`` and ``sequential_poisson`` rank by permanent random numbers and can be coordinated between waves;
        ``systematic`` runs through the frame's order.

    Examples
    --------
    >>> ProportionalToSize(50).method
    'pareto'
    """

    n: Sizes
    method: Literal["pareto", "sequential_poisson", "systematic"] = "pareto"

    label: ClassVar[Message] = message("Sample proportional to size")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_sizes(self.n)
        _check_choice(self.method, ("pareto", "sequential_poisson", "systematic"), "method")


@dataclass(frozen=True, eq=False)
class Poisson(Design):
    """Every customer decides alone: drawn if the random number is below the probability; the size varies.

    Attributes
    ----------
    n
        Expected size, whole frame or by stratum; the probabilities are proportional to the frame's `size` where it has
        one, else equal.
    rate
        One probability for everybody instead (Bernoulli sampling).

    Examples
    --------
    >>> Poisson(rate=0.01).rate
    0.01
    """

    n: Sizes | None = None
    rate: float | None = None

    label: ClassVar[Message] = message("Poisson sample")

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.n is None) == (self.rate is None):
            raise InputError(
                "A Poisson sample has an expected size or a rate.",
                found=f"n={self.n!r}, rate={self.rate!r}",
                fix="Give exactly one of them.",
                where="design",
            )
        if self.n is not None:
            _check_sizes(self.n)
        elif not 0 < float(self.rate or 0) <= 1:
            raise InputError(
                "A rate is a probability.", found=repr(self.rate), fix="Give a number in (0, 1].", where="rate"
            )
        if self.reserve:
            raise InputError(
                "A Poisson sample has no reserve.",
                found=f"reserve={self.reserve}",
                fix="Raise the rate, or use ProportionalToSize.",
                where="reserve",
            )


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
            fix="Give an Allocation, a table with `stratum` and `n`, or a mapping stratum → n.",
            where="allocation",
        )
    return dict(zip(table["stratum"].astype(str), table["n"].tolist(), strict=True))
