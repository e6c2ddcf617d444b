"""Categories kept as categories: levels as codes, missing answers apart, levels never seen before apart too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.engine import Dialect
from workbench.core.errors import InputError, require_columns

Codes = npt.NDArray[np.int64]

MISSING_CODE: Final = -1
MOST_LEVELS: Final = 60


@dataclass(frozen=True)
class CategoryRule:
    """How one column of categories becomes codes.

    Attributes
    ----------
    name
        Raw column.
    levels
        Its levels in order; level i has code i, a missing value −1, a level that was not there at the fit
        ``len(levels)``.

    Examples
    --------
    >>> rule = CategoryRule("channel", ("app", "shop"))
    >>> rule.codes(pd.Series(["shop", None, "fair"])).tolist()
    [1, -1, 2]
    """

    name: str
    levels: tuple[str, ...]

    def codes(self, values: pd.Series) -> Codes:
        """Return the code of each value."""
        place = {level: i for i, level in enumerate(self.levels)}
        texts = as_text(values)
        known = texts.map(place).fillna(len(self.levels)).astype(np.int64)
        return np.where(texts.isna(), MISSING_CODE, known).astype(np.int64)

    def sql(self, column: str, dialect: Dialect) -> str:
        """Return the SQL of the code of a quoted raw column."""
        text = f"CAST({column} AS {dialect.text_type})"
        whens = " ".join(f"WHEN {dialect.literal(level)} THEN {i}" for i, level in enumerate(self.levels))
        return (
            f"CASE WHEN {column} IS NULL THEN {MISSING_CODE} ELSE CASE {text} {whens} ELSE {len(self.levels)} END END"
        )


def as_text(values: pd.Series) -> pd.Series:
    """Return categories as texts, as the engine casts them; missing ones stay missing.

    Examples
    --------
    >>> as_text(pd.Series([1.0, 2.0, None])).tolist()
    ['1', '2', nan]
    """
    if pd.api.types.is_bool_dtype(values):
        return values.map({True: "true", False: "false"})
    if pd.api.types.is_float_dtype(values):
        whole = values.dropna()
        if len(whole) and (whole == np.floor(whole)).all():
            return values.map(lambda v: v if pd.isna(v) else str(int(v)))
    return values.map(lambda v: np.nan if pd.isna(v) else str(v)).astype(object)


def category_rules(rows: pd.DataFrame, names: Sequence[str]) -> tuple[CategoryRule, ...]:
    """Return the rules of columns of categories, levels in the order of their texts.

    Raises
    ------
    InputError
        If a column is missing, empty, has one level, or more than 60.
    """
    require_columns(rows.columns, names, where="categories")
    found = []
    for name in names:
        levels = tuple(sorted(as_text(rows[name]).dropna().unique()))
        if not 2 <= len(levels) <= MOST_LEVELS:
            raise InputError(
                f"A category has from 2 to {MOST_LEVELS} levels.",
                found=f"{name!r} has {len(levels)} in {len(rows):,} rows",
                fix="Leave it out, or combine its levels first.",
                where=name,
            )
        found.append(CategoryRule(name, levels))
    return tuple(found)


def apply_categories(rules: Sequence[CategoryRule], data: pd.DataFrame) -> Codes:
    """Return the codes of raw rows, rows × categories.

    Raises
    ------
    InputError
        If a column is missing.
    """
    require_columns(data.columns, [r.name for r in rules], where="features")
    if not rules:
        return np.empty((len(data), 0), dtype=np.int64)
    return np.column_stack([r.codes(data[r.name]) for r in rules])


def one_hot(codes: Codes, levels: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return one column per level and one per category for missing values; a new level has none.

    Examples
    --------
    >>> one_hot(np.array([[1], [-1]]), [2]).tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    parts = []
    for j, n in enumerate(levels):
        part = np.zeros((len(codes), n + 1))
        place = np.where(codes[:, j] == MISSING_CODE, n, codes[:, j])
        known = codes[:, j] < n
        part[np.flatnonzero(known), place[known]] = 1.0
        parts.append(part)
    return np.concatenate(parts, axis=1) if parts else np.empty((len(codes), 0))


def cramers_v(one: Codes, other: Codes) -> float:
    """Return Cramér's V of two columns of codes, over the rows where both are known.

    Examples
    --------
    >>> cramers_v(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    known = (one >= 0) & (other >= 0)
    if not known.any():
        return 0.0
    counts = pd.crosstab(one[known], other[known]).to_numpy(dtype=float)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    least = min(counts.shape) - 1
    return float(np.sqrt((((counts - expected) ** 2) / expected).sum() / counts.sum() / least)) if least else 0.0
