"""How a sample is shared out between strata: proportional, equal, Neyman, cost-optimal, power."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import numpy as np
import pandas as pd

from workbench.core.errors import InputError, nearest, require_columns
from workbench.core.language import Language, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.sampling.bounded import Floats, Integers, bounded_shares, largest_remainder, least_variance_integers
from workbench.sampling.columns import COST, INCLUSION_PROBABILITY, N
from workbench.sampling.words import in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Method = Literal["proportional", "equal", "neyman", "optimal", "power"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Allocation(Result):
    """A sample size for each stratum.

    Attributes
    ----------
    table
        ``stratum``, ``population``, ``n`` (customers to draw), ``inclusion_probability`` (n / population), ``bound``
        (``floor`` or ``ceiling`` where a constraint decided, else empty); where given ``expected_completes``, ``cost``.
    method
        The method's name.
    """

    method: str

    caption: ClassVar = message("Allocation of the sample to the strata")
    columns: ClassVar = {
        "n": N,
        "inclusion_probability": INCLUSION_PROBABILITY,
        "bound": Column(message("Constraint")),
        "expected_completes": Column(message("Expected interviews"), "int"),
        "cost": COST,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, language)

    @property
    def n(self) -> int:
        """Customers to draw, all strata together."""
        return int(self.table["n"].sum())

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the sample size of each stratum."""
        from workbench.sampling.pictures import allocation_bars

        return allocation_bars(self.table, language)


@dataclass(frozen=True, kw_only=True)
class _Strata:
    population: Floats
    std_dev: Floats
    mean: Floats | None
    cost: Floats
    response: Floats
    floor: Integers
    ceiling: Integers


def _spread(s: _Strata, _exponent: float) -> Floats:
    return np.asarray(s.population * s.std_dev / np.sqrt(s.response))


def _power(s: _Strata, exponent: float) -> Floats:
    if s.mean is None:
        return np.asarray(s.population**exponent / np.sqrt(s.response))
    if not s.mean.all():
        raise InputError(
            "Power allocation divides by the means.",
            found="a mean of 0",
            fix="Leave out the means, or use method='neyman'.",
            where="mean",
        )
    size = s.population * np.abs(s.mean)
    return np.asarray(size**exponent * s.std_dev / np.abs(s.mean) / np.sqrt(s.response))


# what the free shares of each method are proportional to
_WEIGHTS: dict[str, Callable[[_Strata, float], Floats]] = {
    "proportional": lambda s, _: s.population / s.response,
    "equal": lambda s, _: 1 / s.response,
    "neyman": _spread,
    "optimal": lambda s, e: np.asarray(_spread(s, e) / np.sqrt(s.cost)),
    "power": _power,
}
_NEEDS = {"neyman": ("std_dev",), "optimal": ("std_dev", "cost")}


def allocate(
    strata: pd.DataFrame,
    n: int | None = None,
    *,
    method: Method = "proportional",
    exponent: float = 0.5,
    minimum: int = 2,
    budget: float | None = None,
    target_cv: float | None = None,
) -> Allocation:
    r"""Share a sample out between strata, within the bounds, in whole numbers that add up.

    Parameters
    ----------
    strata
        One row per stratum: ``stratum``, ``population``; optional ``std_dev`` and ``mean`` (of the survey variable),
        ``cost`` (of one customer drawn), ``response_rate`` (in (0, 1]), ``minimum``, ``maximum``. Other columns stay.
    n
        Customers to draw, non-respondents included. Give exactly one of `n`, `budget` and `target_cv`.
    method
        ``proportional``; ``equal``; ``neyman`` (least variance for n); ``optimal`` (least variance for its cost);
        ``power`` (Bankier: between equal and Neyman).
    exponent
        For ``power``: 0 gives equal relative precision, 1 with means and deviations Neyman's allocation.
    minimum
        Floor of every stratum without a ``minimum`` of its own; a smaller stratum is taken whole.
    budget
        What ``cost`` times n may add up to.
    target_cv
        Coefficient of variation the estimated total shall have; needs ``mean`` and ``std_dev``.

    Returns
    -------
    Allocation
        ``.table``: the input with ``n``, ``inclusion_probability``, ``bound``.

    Raises
    ------
    InputError
        If a column is missing or out of range, strata repeat, or the constraints cannot be met (which, is said).

    Notes
    -----
    Shares are proportional to :math:`N_h/r_h`, :math:`1/r_h`, :math:`N_h S_h/\sqrt{r_h}`,
    :math:`N_h S_h/\sqrt{r_h c_h}` and :math:`(N_h \bar Y_h)^q\,CV_h/\sqrt{r_h}` (without means
    :math:`N_h^q/\sqrt{r_h}`), with response rates r and costs c
    (Cochran 1977, §5.5–5.9; Bankier 1988, *The American Statistician* 42, 174–177), bounded exactly
    (`bounded_shares`). Neyman shares become the integers of least variance, the others are rounded by largest
    remainders. Never more than a stratum's population, never less than its floor, always adding up to n.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["north", "south"], "population": [900, 100], "std_dev": [1.0, 3.0]})
    >>> allocate(strata, 40, method="neyman").table[["stratum", "n", "inclusion_probability"]]
      stratum   n  inclusion_probability
    0   north  30               0.033333
    1   south  10               0.100000
    """
    if method not in _WEIGHTS:
        known = get_args(Method)
        raise InputError(
            "An allocation method is one of the five known.",
            found=repr(method),
            fix=f"Use one of {', '.join(known)}{nearest(str(method), known)}.",
            where="method",
        )
    if sum(x is not None for x in (n, budget, target_cv)) != 1:
        raise InputError(
            "An allocation has one purpose: a size, a budget or a precision.",
            found=f"n={n}, budget={budget}, target_cv={target_cv}",
            fix="Give exactly one of them.",
            where="allocate",
        )
    needs = [*_NEEDS.get(method, ()), *(["cost"] if budget is not None else [])]
    needs += ["std_dev", "mean"] if target_cv is not None else []
    parts = _read(strata, needs, minimum)
    weight = _WEIGHTS[method](parts, exponent)
    if not weight.any():
        raise InputError(
            "At least one stratum has a spread.",
            found="std_dev is 0 in every stratum",
            fix="Use method='proportional'.",
            where="std_dev",
        )
    if n is not None:
        counts = _of_size(parts, weight, n, method)
    elif budget is not None:
        counts = _of_budget(parts, weight, budget)
    else:
        counts = _of_precision(parts, weight, float(target_cv or 0), method)
    return _result(strata, parts, counts, method, minimum)


def _of_size(s: _Strata, weight: Floats, n: int, method: str) -> Integers:
    low, high = int(s.floor.sum()), int(s.ceiling.sum())
    if n > s.population.sum():
        raise InputError(
            "A sample is not larger than its population.",
            found=f"n = {n:,}, population {int(s.population.sum()):,}",
            fix="Ask for fewer.",
            where="n",
        )
    if not low <= n <= high:
        which = "floors (minimum) add up to more" if n < low else "ceilings (maximum, population) add up to less"
        raise InputError(
            "The bounds of the strata leave room for n.",
            found=f"n = {n:,}, but the {which}: {low if n < low else high:,}",
            fix="Lower the minimum or raise n." if n < low else "Raise the maximum or lower n.",
            where="n",
        )
    shares = bounded_shares(weight, n, s.floor.astype(float), s.ceiling.astype(float))
    if method == "neyman":
        return least_variance_integers(weight, shares, n, s.floor, s.ceiling)
    return largest_remainder(shares, n, s.floor, s.ceiling)


def _of_budget(s: _Strata, weight: Floats, budget: float) -> Integers:
    least = float(s.cost @ s.floor)
    if least > budget:
        raise InputError(
            "The budget pays for the floors of the strata.",
            found=f"budget {budget:,.2f}, the floors cost {least:,.2f}",
            fix="Raise the budget or lower the minimum.",
            where="budget",
        )
    shares = bounded_shares(weight, budget, s.floor.astype(float), s.ceiling.astype(float), cost=s.cost)
    counts: Integers = np.maximum(np.floor(shares + 1e-9).astype(np.int64), s.floor)
    # what rounding down left over buys whole units, larger remainders first
    for h in np.argsort(-(shares - counts), kind="stable"):
        if counts[h] < s.ceiling[h] and float(s.cost @ counts) + s.cost[h] <= budget + 1e-9:
            counts[h] += 1
    return counts


def _of_precision(s: _Strata, weight: Floats, target_cv: float, method: str) -> Integers:
    if not target_cv > 0 or s.mean is None:
        raise InputError(
            "A target coefficient of variation is positive.",
            found=repr(target_cv),
            fix="Give a share such as 0.02.",
            where="target_cv",
        )
    total = abs(float(s.population @ s.mean))

    def reached(n: int) -> bool:
        return expected_cv(s.population, s.std_dev, _of_size(s, weight, n, method) * s.response, total) <= target_cv

    low, high = int(s.floor.sum()), int(s.ceiling.sum())
    if not reached(high):
        raise InputError(
            "The ceilings allow the target precision.",
            found=f"with every stratum at its ceiling the CV stays above {target_cv}",
            fix="Raise the maximum or the target.",
            where="target_cv",
        )
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle + 1, high)
    return _of_size(s, weight, low, method)


def expected_cv(population: Floats, std_dev: Floats, n: Floats, total: float) -> float:
    """Return the coefficient of variation of a stratified total: ``sqrt(Σ N²S²(1/n − 1/N)) / total``.

    Examples
    --------
    >>> expected_cv(np.array([100.0]), np.array([1.0]), np.array([100.0]), 50.0)
    0.0
    """
    variance = np.square(population * std_dev) * (1 / np.maximum(n, 1e-12) - 1 / population)
    return float(np.sqrt(np.maximum(variance, 0).sum()) / total)


def _read(strata: pd.DataFrame, needs: list[str], minimum: int) -> _Strata:
    require_columns(strata.columns, ["stratum", "population", *needs], where="strata")
    if strata.empty or strata["stratum"].isna().any() or strata["stratum"].duplicated().any():
        repeated = strata.loc[strata["stratum"].duplicated(), "stratum"].astype(str).tolist()[:5]
        raise InputError(
            "Every stratum has one row and a name.",
            found=f"repeated: {repeated}" if repeated else "no rows or a missing name",
            fix="Give one row per stratum.",
            where="strata",
        )
    population = _column(strata, "population", 1.0)
    maximum = np.minimum(_column(strata, "maximum", 0.0, np.inf), population)
    floor = np.minimum(_column(strata, "minimum", 0.0, float(minimum)), population)
    over = strata.loc[floor > maximum, "stratum"].astype(str).tolist()
    if over:
        raise InputError(
            "A stratum's minimum is not above its maximum.",
            found=f"{len(over)} strata: {over[:5]}",
            fix="Correct minimum or maximum there.",
            where="strata",
        )
    return _Strata(
        population=population,
        std_dev=_column(strata, "std_dev", 0.0, 1.0),
        mean=_column(strata, "mean", -np.inf) if "mean" in strata and "std_dev" in strata else None,
        cost=_column(strata, "cost", 1e-12, 1.0),
        response=_column(strata, "response_rate", 1e-6, 1.0, most=1.0),
        floor=np.ceil(floor).astype(np.int64),
        ceiling=np.floor(maximum).astype(np.int64),
    )


def _column(strata: pd.DataFrame, name: str, least: float, default: float = 1.0, *, most: float = np.inf) -> Floats:
    if name not in strata:
        return np.full(len(strata), default)
    values = pd.to_numeric(strata[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    # an empty minimum or maximum means: no bound of its own
    if name in ("minimum", "maximum"):
        values = np.where(np.isnan(values) & strata[name].isna(), default, values)
    bad = ~((values >= least) & (values <= most))
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        said = f"{strata[name].iloc[first]!r} in stratum {strata['stratum'].iloc[first]!r}"
        raise InputError(
            f"`{name}` of every stratum is a number in its range.",
            found=f"{said} ({int(bad.sum())} strata in all)",
            fix=f"Give values from {least:g} to {most:g}." if np.isfinite(least) else "Give numbers.",
            where="strata",
        )
    return np.asarray(values, dtype=float)


def _result(strata: pd.DataFrame, s: _Strata, counts: Integers, method: str, minimum: int) -> Allocation:
    made = {
        "stratum": strata["stratum"].to_numpy(),
        "population": s.population.astype(np.int64),
        "n": counts,
        "inclusion_probability": counts / s.population,
        "bound": np.where(counts >= s.ceiling, "ceiling", np.where(counts <= s.floor, "floor", "")),
    }
    table = pd.DataFrame(made).join(strata.drop(columns=list(made), errors="ignore").reset_index(drop=True))
    if "response_rate" in strata:
        table["expected_completes"] = counts * s.response
    single, small = int((counts < 2).sum()), 0 if "minimum" in strata else int((s.population < minimum).sum())
    whole = message(
        "{n:int} strata have fewer customers than the minimum of {minimum:int} and are taken whole.",
        n=small,
        minimum=minimum,
    )
    alone = message("{n:int} strata get fewer than two customers; no variance can be estimated inside them.", n=single)
    notes = [Note(text, "caution") for n, text in ((small, whole), (single, alone)) if n]
    return Allocation(table=table, method=method, notes=tuple(notes))
