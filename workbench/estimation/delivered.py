"""Replicate weights that come with a file: which columns they are, and how its makers say they are to be used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError, require_columns
from workbench.core.numbered import PLACE, numbered_columns
from workbench.estimation.replicates import Centre, ReplicateWeights

ReplicateType = Literal["sdr", "jk1", "jk2", "jkn", "brr", "fay", "bootstrap"]
WHERE = "Replicates"
# what a replicate's weights may add up to, as a multiple of the main weights; their middle is close to one
FURTHEST, MIDDLE = 10.0, 2.0
RANK_TOLERANCE = 1e-10  # of a sum of squares: 1e-5 of a weight, as R's qr has it


@dataclass(frozen=True, kw_only=True, eq=False)
class Replicates:
    r"""Replicate weights that stand in columns of the data, as statistical offices and panels deliver them.

    Attributes
    ----------
    columns
        Names of the columns in order, or a pattern such as ``"PWGTP{r}"`` that takes all of them, 2 before 10.
    type
        ``sdr`` (successive differences), ``jk1``, ``jk2``, ``jkn`` (jackknife), ``brr``, ``fay`` (balanced
        half-samples), ``bootstrap``.
    combined
        Whether the columns are full weights; False where they are factors of the main weight.
    scale
        Factor of the sum of squares: 4/R for ``sdr``, (R - 1)/R for ``jk1``, 1 for ``jk2`` and ``jkn``, 1/R for
        ``brr``, 1/(R (1 - ρ)²) for ``fay``, 1/(R - 1) for ``bootstrap`` (1/R at many offices: read their manual).
    rscales
        Factor of each replicate: one number, or one per column; ``jkn`` has no default.
    rho
        Fay's ρ.
    centre
        What the replicates' estimates are compared with: the full-sample ``estimate`` (as offices prescribe for
        ``sdr``, where it is the default) or the ``mean`` of the replicates (the default otherwise, as in R).
    df
        Degrees of freedom; by default the rank of the replicate weights less one, as in R. Offices often say otherwise.

    Raises
    ------
    InputError
        If the type is not known, `rho` or `rscales` is missing where needed or out of its range.

    Notes
    -----
    :math:`V = c \sum_r c_r (\theta_r - \theta)^2` (Wolter 2007, *Introduction to Variance Estimation*, chapters 3–5;
    Fay and Train 1995 for successive differences; Judkins 1990, Journal of Official Statistics 6, 223–239, for Fay's
    ρ). The weights are read from the data they are used with, row by row, so that the order of rows changes nothing.
    Negative and zero replicate weights are as delivered; rows of main weight 0 stay, because their replicate weights
    count. A pattern takes the numbers as they are; a gap between them is an error.

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 3.0, 8.0], "w": 1.0, "f1": [0, 1.5, 1.5], "f2": [1.5, 0, 1.5]})
    >>> data["f3"] = [1.5, 1.5, 0]
    >>> read = Replicates(columns="f{r}", type="jk1", combined=False).read(data, data["w"].to_numpy())
    >>> read.scale, read.degrees_of_freedom
    (0.6666666666666666, 2)
    """

    columns: str | Sequence[str]
    type: ReplicateType
    combined: bool = True
    scale: float | None = None
    rscales: float | Sequence[float] | None = None
    rho: float | None = None
    centre: Centre | None = None
    df: float | None = None

    def __post_init__(self) -> None:
        if self.type not in get_args(ReplicateType):
            kinds = ", ".join(get_args(ReplicateType))
            raise _wrong("The type of replicates is one of those known.", self.type, f"Use one of {kinds}.")
        if self.centre not in (None, *get_args(Centre)):
            raise _wrong("Replicates are compared with the estimate or with their mean.", self.centre, "Choose one.")
        if isinstance(self.columns, str):
            if self.columns.count(PLACE) != 1:
                fix = 'Write columns="PWGTP{r}", or give a list of names.'
                raise _wrong("A pattern of columns says where the number stands, once.", self.columns, fix)
        elif not isinstance(self.columns, Sequence | pd.Index | pd.Series | np.ndarray) or not len(self.columns):
            raise _wrong("Replicates stand in columns that are named.", self.columns, "Give a list of names.")
        if (self.type == "fay") != (self.rho is not None) or not 0 <= (self.rho or 0.0) < 1:
            fix = "Give rho= with type='fay' only, at least 0 and below 1, as the file's manual says."
            raise _wrong("Fay's method has its ρ.", f"type {self.type!r}, rho={self.rho}", fix)
        if self.type == "jkn" and self.rscales is None:
            fix = "Give rscales=, one per replicate: (n - 1)/n of its stratum, times 1 - f where the manual says so."
            raise _wrong("The jackknife jkn has a factor for each replicate.", "no rscales", fix)
        for name, value in (("scale", self.scale), ("df", self.df)):
            if value is not None and not 0 < float(value) < math.inf:
                raise _wrong(f"{name} is a number above 0.", value, "Leave it out for the usual one.")

    def names(self, data: pd.DataFrame, *, where: str = "data") -> list[str]:
        """Return the columns of a table that hold the replicates, in their order.

        Raises
        ------
        InputError
            If a column is missing or named twice, there are fewer than two, or the numbers of a pattern have gaps.
        """
        if not isinstance(self.columns, str):
            named = [str(c) for c in self.columns]
            require_columns(map(str, data.columns), named, where=where)
            if len(set(named)) < len(named):
                raise _wrong("Each replicate is named once.", "a column twice", "Remove the repetition.")
        else:
            numbered = numbered_columns(self.columns, data.columns)
            named = [c for _, c in numbered]
            numbers = [n for n, _ in numbered]
            if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
                absent = sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers))[:5]
                told = f"missing: {absent}" if absent else "a number twice"
                raise _wrong("The numbers of a pattern have no gaps.", told, "Read all columns, or give a list.")
        if len(named) < 2:
            fix = f"Check the spelling; the table has {', '.join(map(str, data.columns[:5]))} …"
            raise _wrong("There are at least two replicates.", f"{len(named)} columns for {self.columns!r}", fix)
        return named

    def read(self, data: pd.DataFrame, weights: Floats, *, where: str = "data") -> ReplicateWeights:
        """Return the replicate weights of a table's rows.

        Parameters
        ----------
        data
            The rows.
        weights
            Their main weights.
        where
            What the table is called in an error.

        Returns
        -------
        ReplicateWeights
            Full weights, with scale, degrees of freedom and centre.

        Raises
        ------
        InputError
            If a column is missing or holds no number, or factors and full weights are mixed up: a replicate's weights
            add up to about what the main weights do.
        """
        columns = self.names(data, where=where)
        table = np.column_stack([number_column(data, c, where=where) for c in columns])
        if not np.isfinite(table).all():
            bad = columns[int((~np.isfinite(table)).any(axis=0).argmax())]
            raise _wrong("A replicate weight is a number in every row.", f"none in {bad!r}", "Read the file anew.")
        if not self.combined:
            table = table * weights[:, None]
        self._refuse_mixed(table, weights, columns)
        count = len(columns)
        factors = self._factors(count)
        scale = self._scale(count) if self.scale is None else float(self.scale)
        df = self.df if self.df is not None else max(_rank(table) - 1, 1)
        centre: Centre = self.centre or ("estimate" if self.type == "sdr" else "mean")
        return ReplicateWeights(table, scale, factors, df, centre)

    def _refuse_mixed(self, table: Floats, weights: Floats, columns: list[str]) -> None:
        ratio = table.sum(axis=0) / weights.sum()
        middle = float(np.median(ratio))
        far = (ratio < 1 / FURTHEST) | (ratio > FURTHEST)
        if not far.any() and 1 / MIDDLE <= middle <= MIDDLE:
            return
        one = int(far.argmax()) if far.any() else int(np.abs(ratio - middle).argmin())
        other = "factors of the main weight" if self.combined else "full weights"
        raise _wrong(
            "The weights of a replicate add up to about what the main weights add up to.",
            f"{columns[one]!r} to {ratio[one]:.3g} times as much",
            f"If the columns are {other}, write combined={not self.combined}; else check the main weight.",
        )

    def _factors(self, count: int) -> Floats:
        given: Any = 1.0 if self.rscales is None else self.rscales
        factors = np.atleast_1d(np.asarray(given, dtype=float)).ravel()
        factors = np.repeat(factors, count) if len(factors) == 1 else factors
        if len(factors) != count or not np.isfinite(factors).all() or (factors < 0).any() or not factors.any():
            fix = "Give one factor, or one per replicate, none below 0."
            raise _wrong("There is one factor per replicate.", f"{len(factors)} for {count} replicates", fix)
        return factors

    def _scale(self, count: int) -> float:
        usual = {
            "sdr": 4 / count,
            "jk1": (count - 1) / count,
            "brr": 1 / count,
            "fay": 1 / (count * (1 - (self.rho or 0.0)) ** 2),
            "bootstrap": 1 / (count - 1),
        }
        return usual.get(self.type, 1.0)


def _rank(table: Floats) -> int:
    # of R x R sums of products, as there may be millions of rows
    length = np.sqrt((table**2).sum(axis=0))
    scaled = table / np.where(length > 0, length, 1.0)
    values = np.linalg.eigvalsh(scaled.T @ scaled)
    return int((values > RANK_TOLERANCE * max(float(values.max()), 1e-300)).sum())


def _wrong(rule: str, found: object, fix: str) -> InputError:
    return InputError(rule, found=found if isinstance(found, str) else repr(found), fix=fix, where=WHERE)
