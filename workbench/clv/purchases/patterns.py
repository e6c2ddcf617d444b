"""Purchase histories as patterns (x, t_x, T) with counts: checked once, then indexed for fast likelihoods."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.errors import InputError, require_columns

if TYPE_CHECKING:
    from workbench.clv.purchases.purchases import Purchases

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PATTERN_COLUMNS = ("x", "t_x", "T")
MOST_PURCHASES = 5_000_000


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct purchase histories and how many customers have each.

    Attributes
    ----------
    x
        Repeat purchases, whole numbers.
    t_x
        Age of the customer at the last purchase, in the unit; 0 where x is 0.
    T
        Age of the customer at the end of observation, in the unit.
    count
        Customers with this history.

    Examples
    --------
    >>> p = Patterns(np.array([0, 2]), np.array([0.0, 3.0]), np.array([5.0, 5.0]), np.array([10.0, 4.0]))
    >>> p.customers
    14.0
    """

    x: Ints
    t_x: Floats
    T: Floats
    count: Floats

    @property
    def customers(self) -> float:
        """Number of customers."""
        return float(self.count.sum())

    @cached_property
    def by_x(self) -> Floats:
        """Customers with 0, 1, 2 … repeat purchases."""
        return np.asarray(np.bincount(self.x, self.count), dtype=np.float64)

    @cached_property
    def ages(self) -> tuple[Floats, Ints]:
        """Distinct T and the place of each pattern among them."""
        return _distinct(self.T)

    @cached_property
    def recencies(self) -> tuple[Floats, Ints]:
        """Distinct t_x and the place of each pattern among them."""
        return _distinct(self.t_x)

    @cached_property
    def by_age(self) -> tuple[Floats, Floats]:
        """Customers and repeat purchases at each distinct T."""
        values, place = self.ages
        size = len(values)
        customers, bought = (np.bincount(place, w, size) for w in (self.count, self.count * self.x))
        return np.asarray(customers, dtype=np.float64), np.asarray(bought, dtype=np.float64)

    @cached_property
    def repeaters(self) -> tuple[Ints, Floats, Ints, Ints]:
        """x, count, and the places of T and t_x, of the patterns with a repeat purchase."""
        some = self.x > 0
        return self.x[some], self.count[some], self.ages[1][some], self.recencies[1][some]

    def thinned(self, most: int) -> Patterns:
        """Return about `most` patterns at even steps, for a start that a full fit then refines."""
        step = -(-len(self.x) // most)
        chosen = slice(step // 2, None, step)
        return Patterns(self.x[chosen], self.t_x[chosen], self.T[chosen], self.count[chosen])


def _distinct(values: Floats) -> tuple[Floats, Ints]:
    # as np.unique with places, by hashing: few values many times
    place, found = pd.factorize(values, sort=True)
    return np.asarray(found, dtype=np.float64), place.astype(np.int64, copy=False)


def as_patterns(data: Purchases | pd.DataFrame) -> Patterns:
    """Return the patterns of a purchase summary or of a DataFrame with x, t_x, T and perhaps count.

    Parameters
    ----------
    data
        `Purchases`, or a DataFrame with ``x``, ``t_x``, ``T`` and optionally ``count`` (1 where it is not there).

    Returns
    -------
    Patterns
        Histories that keep the rules.

    Raises
    ------
    InputError
        If a column is missing, a value is missing, negative or infinite, x is not whole, t_x is after T, or t_x and x
        disagree (a repeat purchase at age 0, or no repeat purchase at an age above 0).

    Examples
    --------
    >>> as_patterns(pd.DataFrame({"x": [1], "t_x": [2.0], "T": [9.0]})).count
    array([1.])
    """
    frame = data if isinstance(data, pd.DataFrame) else data.patterns
    require_columns(frame.columns, PATTERN_COLUMNS, where="patterns")
    counts = frame["count"] if "count" in frame else pd.Series(1.0, index=frame.index)
    x, t_x, age, count = (np.array(c, dtype=np.float64) for c in (frame["x"], frame["t_x"], frame["T"], counts))
    check_histories(x, t_x, age)
    if not (np.isfinite(count).all() and (count > 0).all()):
        raise InputError(
            "Every pattern stands for a number of customers above zero.",
            found=f"{int((~(count > 0)).sum())} of {len(count)} counts are not above zero",
            fix="Leave out patterns that nobody has.",
            where="count",
        )
    return Patterns(x.astype(np.int64), t_x, age, count)


def dot(left: Floats, right: Floats) -> float:
    """Return Σ left · right of long arrays without BLAS, whose threads cost more than they bring and reorder the sum.

    Examples
    --------
    >>> dot(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float(np.einsum("i,i->", left, right))


def mean_age(patterns: Patterns) -> float:
    """Return the mean age of the customers at the end of observation.

    Examples
    --------
    >>> mean_age(as_patterns(pd.DataFrame({"x": [0, 0], "t_x": [0.0, 0], "T": [9.0, 5.0], "count": [3, 1]})))
    8.0
    """
    return float(patterns.T @ patterns.count) / patterns.customers


def check_histories(x: Floats, t_x: Floats, age: Floats) -> None:
    """Refuse purchase histories that cannot be.

    Raises
    ------
    InputError
        With the rule, the number of rows and the first of them.
    """
    if not len(x):
        raise InputError(
            "There is at least one customer.", found="no rows", fix="Check the dates and the filter.", where="purchases"
        )
    finite = np.isfinite(x) & np.isfinite(t_x) & np.isfinite(age)
    _refuse(~finite, "Frequency, recency and age are numbers.", "Leave out or fill in rows without them.", x, t_x, age)
    _refuse(
        (x < 0) | (x != np.floor(x)) | (x > MOST_PURCHASES),
        "x counts repeat purchases: 0, 1, 2 …",
        "Count the purchases after the first.",
        x,
        t_x,
        age,
    )
    _refuse(
        (t_x < 0) | (age < 0),
        "Ages are not negative.",
        "Check that no order is after the end of observation.",
        x,
        t_x,
        age,
    )
    _refuse(
        t_x > age,
        "The last purchase is not after the end of observation (t_x ≤ T).",
        "t_x is the customer's age at the last purchase, not the days since; T is the age at the end.",
        x,
        t_x,
        age,
    )
    wrong = (x == 0) & (t_x > 0)
    hint = "t_x is the age at the last purchase; a customer without a repeat purchase has t_x = 0."
    if wrong.any() and bool((t_x[x == 0] == age[x == 0]).all()):
        hint = "It looks as if t_x were the days since the last purchase; use T minus that."
    _refuse(wrong, "A customer without a repeat purchase has t_x = 0.", hint, x, t_x, age)
    _refuse(
        (x > 0) & (t_x == 0),
        "A customer with a repeat purchase made it after the first one (t_x > 0).",
        "Merge orders of the same day into one purchase, as purchase_summary does.",
        x,
        t_x,
        age,
    )


def _refuse(bad: npt.NDArray[np.bool_], rule: str, fix: str, x: Floats, t_x: Floats, age: Floats) -> None:
    if bad.any():
        i = int(np.argmax(bad))
        raise InputError(
            rule,
            found=f"{int(bad.sum()):,} of {len(x):,} rows, first in row {i}: "
            f"x = {x[i]:g}, t_x = {t_x[i]:g}, T = {age[i]:g}",
            fix=fix,
            where="purchases",
        )
