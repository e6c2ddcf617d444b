"""How many customers each stratum gives: the forms in which sizes come, and the checks that all designs share."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from workbench.core.errors import InputError, nearest
from workbench.sampling.allocation import Allocation

Sizes = int | Allocation | pd.DataFrame | Mapping[str, int]


def sizes_of(allocation: Allocation | pd.DataFrame | Mapping[str, int]) -> dict[str, int]:
    """Return stratum label → n of an allocation in any of its forms.

    Raises
    ------
    InputError
        If a table has other columns than ``stratum`` and ``n``, or a stratum twice.

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


def check_size(n: int, what: str = "n") -> None:
    """Refuse a sample size that is no whole number from 1.

    Examples
    --------
    >>> check_size(100)
    """
    if isinstance(n, bool) or int(n) != n or n < 1:
        raise InputError(
            "A sample size is a whole number from 1.",
            found=f"{what}={n!r}",
            fix="Give the number of customers to draw.",
            where=what,
        )


def check_sizes(sizes: Sizes, what: str = "n") -> None:
    """Refuse sizes that are no whole numbers: one for the whole frame from 1, those of strata from 0.

    Examples
    --------
    >>> check_sizes({"north": 30, "south": 0})
    """
    if not isinstance(sizes, (Allocation, pd.DataFrame, Mapping)):
        check_size(sizes, what)
        return
    for stratum, n in sizes_of(sizes).items():
        if n < 0 or int(n) != n:
            raise InputError(
                "A stratum's sample size is a whole number, not negative.",
                found=f"{n!r} in {stratum!r}",
                fix="Correct the allocation.",
                where="allocation",
            )


def check_choice(value: str, known: tuple[str, ...], what: str) -> None:
    """Refuse a choice that is not one of those known, and name the nearest.

    Examples
    --------
    >>> check_choice("size", ("equal", "size"), "clusters")
    """
    if value not in known:
        raise InputError(
            f"`{what}` is one of those known.",
            found=repr(value),
            fix=f"Use one of {', '.join(known)}{nearest(str(value), known)}.",
            where=what,
        )


def reserve_size(n: int, population: int, share: float) -> int:
    """Return how many reserve customers a stratum of `n` sampled has, as far as the population goes.

    Examples
    --------
    >>> reserve_size(10, 12, 0.5), reserve_size(3, 100, 0.5)
    (2, 2)
    """
    return min(math.ceil(n * share - 1e-9), population - n)
