"""What every weighting and estimation function asks of a column before it computes anything."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.errors import InputError, require_columns

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
LARGEST_CODE = 2**62  # a larger one would not fit beside another factor


def require_table(data: object, *, where: str) -> None:
    """Refuse what is no table of pandas.

    Raises
    ------
    InputError
        If it is a dict, a list, an array or a single column.

    Examples
    --------
    >>> require_table(pd.DataFrame({"y": [1]}), where="data")
    """
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "Rows are a table of pandas.",
            found=type(data).__name__,
            fix="Write pd.DataFrame(rows), or table.to_pandas().",
            where=where,
        )


def number_column(data: pd.DataFrame, column: str, *, where: str) -> Floats:
    """Return a column as floats, missing values as NaN; refuse text and infinite values.

    Raises
    ------
    InputError
        If the column is absent, holds text, or holds infinite values.

    Examples
    --------
    >>> number_column(pd.DataFrame({"y": [1, 2]}), "y", where="data").tolist()
    [1.0, 2.0]
    """
    require_table(data, where=where)
    require_columns(map(str, data.columns), [column], where=where)
    series = _only(data, column, where)
    if not (pd.api.types.is_numeric_dtype(series) or pd.api.types.is_bool_dtype(series)):
        bad = [v for v in series.dropna().unique() if not isinstance(v, Real | Decimal)]
        if bad or not pd.api.types.is_object_dtype(series):
            shown = ", ".join(repr(v) for v in (bad or list(series.dropna().unique()))[:3])
            count = int(series.isin(bad).sum()) if bad else int(series.notna().sum())
            raise InputError(
                f"The column {column!r} holds numbers.",
                found=f"{count} values that are not numbers, such as {shown}" if count else f"dtype {series.dtype}",
                fix="Convert the column to numbers, or name the column that holds them.",
                where=where,
            )
    values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    # a sum is finite only if every value is, so the usual case is one pass
    infinite = np.isinf(values) if not np.isfinite(values.sum()) else np.zeros(1, dtype=bool)
    if infinite.any():
        raise InputError(
            f"The numbers in {column!r} are finite.",
            found=f"{int(infinite.sum())} infinite values, the first in row {int(infinite.argmax()) + 1}",
            fix="Correct these rows or mark them as missing.",
            where=where,
        )
    return values


def _only(data: pd.DataFrame, column: str, where: str) -> pd.Series:
    """Return the column of that name, of which there is one."""
    series = data[column]
    if isinstance(series, pd.DataFrame):
        raise InputError(
            "Every column name occurs once.",
            found=f"{series.shape[1]} columns called {column!r}",
            fix="Rename or drop the repeated columns.",
            where=where,
        )
    return series


def weight_column(data: pd.DataFrame, column: str | None, *, where: str, zero: bool = False) -> Floats:
    """Return a weight column; refuse missing, zero, negative and infinite weights. ``None`` stands for ones.

    Public files have rows of weight zero; with `zero` they stay, as long as there is another.

    Raises
    ------
    InputError
        If a weight is missing, zero, negative or infinite, or the table is empty.

    Examples
    --------
    >>> weight_column(pd.DataFrame({"w": [1.5, 2]}), "w", where="data").tolist()
    [1.5, 2.0]
    """
    if len(data) == 0:
        raise InputError(
            "There is at least one row.", found="an empty table", fix="Pass the rows that answered.", where=where
        )
    if column is None:
        return np.ones(len(data))
    weights = number_column(data, column, where=where)
    if (weights > 0).all() or (zero and (weights >= 0).all() and (weights > 0).any()):
        return weights
    for bad, word in ((np.isnan(weights), "missing"), (weights < 0, "negative"), (weights == 0, "zero")):
        if bad.any():
            raise InputError(
                "Every row has a weight above zero.",
                found=f"{int(bad.sum())} {word} weights in {column!r}, the first in row {int(bad.argmax()) + 1}",
                fix="Keep only the rows that answered, or correct the step that made the weights.",
                where=where,
            )
    return weights


def flag_column(data: pd.DataFrame, column: str, *, where: str) -> npt.NDArray[np.bool_]:
    """Return a column of yes/no answers as booleans; refuse missing values and anything but two values.

    Raises
    ------
    InputError
        If a value is missing or is neither true nor false (0 or 1).
    """
    values = number_column(data, column, where=where)
    bad = np.isnan(values) | ((values != 0) & (values != 1))
    if bad.any():
        raise InputError(
            f"The column {column!r} says yes or no for every row.",
            found=f"{int(bad.sum())} rows missing or neither 0 nor 1, the first is row {int(bad.argmax()) + 1}",
            fix="Fill the column with True and False.",
            where=where,
        )
    return values.astype(bool)


def level_codes(data: pd.DataFrame, columns: Sequence[str], *, where: str) -> tuple[Codes, pd.DataFrame]:
    """Count off the combinations of levels that occur, in sorted order; refuse missing levels.

    Returns
    -------
    codes : ndarray of int
        For each row, the row of `levels` it belongs to.
    levels : DataFrame
        One row per combination that occurs, with the given columns.

    Raises
    ------
    InputError
        If a column is absent or a level is missing.

    Examples
    --------
    >>> codes, levels = level_codes(pd.DataFrame({"region": ["b", "a", "b"]}), ["region"], where="data")
    >>> codes.tolist(), levels["region"].tolist()
    ([1, 0, 1], ['a', 'b'])
    """
    require_table(data, where=where)
    require_columns(map(str, data.columns), columns, where=where)
    parts: list[Codes] = []
    uniques: list[pd.Index] = []
    for column in columns:
        part, unique = _factorize(_only(data, column, where))
        missing = part < 0
        if missing.any():
            raise InputError(
                f"Every row has a value in {column!r}.",
                found=f"{int(missing.sum())} rows without one, the first is row {int(missing.argmax()) + 1}",
                fix="Give these rows a level of their own, such as 'unknown', and say what it stands for.",
                where=where,
            )
        parts.append(part)
        uniques.append(unique)
    if len(columns) == 1:
        return parts[0], pd.DataFrame({columns[0]: uniques[0]})
    codes, first = combined_codes(parts)
    table = {c: u.take(p[first]) for c, u, p in zip(columns, uniques, parts, strict=True)}
    return codes, pd.DataFrame(table)


def combined_codes(parts: Sequence[Codes]) -> tuple[Codes, Codes]:
    """Count off the combinations of several codes that occur, in sorted order, however many could occur.

    Parameters
    ----------
    parts
        Codes from 0, one array per characteristic, row by row.

    Returns
    -------
    codes : ndarray of int
        The combination of each row.
    first : ndarray of int
        A row of each combination, from which its parts can be read.

    Examples
    --------
    >>> many = [np.array([5, 0, 5]) for _ in range(40)]
    >>> combined_codes(many)[0].tolist()
    [1, 0, 1]
    """
    codes, span = parts[0], int(parts[0].max(initial=0)) + 1
    for part in parts[1:]:
        size = int(part.max(initial=0)) + 1
        if span * size > LARGEST_CODE:
            # numbered anew, combinations are never more than rows; their order stays
            codes = np.unique(codes, return_inverse=True)[1]
            span = int(codes.max(initial=0)) + 1
        codes, span = codes * size + part, span * size
    _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
    return codes.astype(np.int64), first.astype(np.int64)


def _factorize(series: pd.Series) -> tuple[Codes, Any]:
    if isinstance(series.dtype, pd.CategoricalDtype):
        present = series.cat.remove_unused_categories()
        return np.asarray(present.cat.codes, dtype=np.int64), pd.Index(present.cat.categories)
    if isinstance(series.dtype, np.dtype) and series.dtype.kind == "i" and len(series):
        small = _small_integers(series.to_numpy())
        if small is not None:
            return small
    try:
        codes, unique = _sorted_factor(series)
    except TypeError:  # levels of mixed types have no order of their own
        codes, unique = pd.factorize(series)
        order = np.array(sorted(range(len(unique)), key=lambda i: str(unique[i])), dtype=np.int64)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        codes = np.where(codes >= 0, rank[codes], -1)
        unique = pd.Index(unique).take(order)
    return np.asarray(codes, dtype=np.int64), pd.Index(unique)


def _sorted_factor(series: pd.Series) -> tuple[Any, Any]:
    return pd.factorize(series, sort=True)


def _small_integers(values: npt.NDArray[np.signedinteger[Any]]) -> tuple[Codes, Any] | None:
    """Look integers of a narrow range up in a table, which is several times faster than hashing them."""
    low, high = int(values.min()), int(values.max())
    if high - low >= max(len(values) // 4, 64):
        return None
    offset = values if low == 0 and values.dtype == np.int64 else np.subtract(values, low, dtype=np.int64)
    occurs = np.zeros(high - low + 1, dtype=bool)
    occurs[offset] = True
    seen = np.flatnonzero(occurs)
    if len(seen) == high - low + 1:
        return offset, pd.Index(seen + low)
    place = np.zeros(high - low + 1, dtype=np.int64)
    place[seen] = np.arange(len(seen))
    return place[offset], pd.Index(seen + low)


def cell_name(levels: pd.DataFrame, row: int) -> str:
    """Return a cell's name as a reader writes it: ``region = north, channel = web``."""
    return ", ".join(f"{c} = {levels[c].iloc[row]}" for c in levels.columns)
