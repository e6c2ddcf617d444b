"""The sampling frame: which table, which column is what, who is eligible, and how many there are in each stratum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import pandas as pd

from workbench.core.column_kinds import is_fractional, is_text
from workbench.core.engine import Dialect, Table, as_table, collecting
from workbench.core.engine.expressions import spelled
from workbench.core.errors import EngineError, InputError, in_english, nearest, require_columns
from workbench.core.language import Spoken
from workbench.core.names import CUSTOMER_ID
from workbench.core.value_names import SEPARATOR
from workbench.sampling.random_numbers import prn_sql

MISSING_STRATUM = "(missing)"
WHOLE = "all"
MOST_STRATA = 100_000
DRAWN_MOST: Final = 2_000_000  # rows of a sample, whatever the number of customers
LIST_PLACE = "list_place"  # where a customer stands in the list that a systematic sample runs through
Reason = str | Spoken
RESERVED = (
    "stratum",
    "psu",
    "u",
    "prn",
    "inclusion_probability",
    "base_weight",
    "stratum_population",
    "order",
    "reserved",
    "elements",
    "element_order",
    "element_probability",
    "psu_population",
    "psu_probability",
    "psu_order",
    LIST_PLACE,
)


def named_levels(values: pd.Series) -> pd.Series:
    """Return the values of a stratum column as texts; a missing one is a level of its own, as in strata.

    Parameters
    ----------
    values
        The values.

    Examples
    --------
    >>> named_levels(pd.Series(["n", None])).tolist(), named_levels(pd.Series([1, 2])).tolist()
    (['n', '(missing)'], ['1', '2'])
    """
    return values.astype("object").where(values.notna(), MISSING_STRATUM).astype(str)


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@dataclass(frozen=True, eq=False)
class Frame:
    """The customers a sample is drawn from, and what their columns mean.

    Parameters
    ----------
    table
        A DataFrame, a `Table` of an engine, or the path of a Parquet file.
    id
        The column that names a customer: text or integer, unique, never missing.
    stratum
        One or more columns whose crossing makes the strata. A missing value is a stratum of its own.
    size
        Measure of size for designs proportional to size.
    order_by
        Columns that a systematic sample runs through, in order.
    eligible
        One SQL condition, or a mapping *reason for exclusion* → *condition an eligible customer fulfils*, applied in
        order. A condition that is neither true nor false (a missing value) excludes.
    psu
        The column of clusters (store, branch) for cluster designs.
    prn
        A column that holds the permanent random number, made by `store_random_numbers`.
    carry
        Further columns that the sample shall carry (for the call list).

    Attributes
    ----------
    source
        The table in its engine.

    Raises
    ------
    InputError
        If a column does not exist, the id is a float, or a condition is not valid SQL.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["a", "b", "c"], "region": ["n", "n", "s"], "amount": [5, 20, 30]})
    >>> frame = Frame(customers, stratum="region", eligible="amount > 10")
    >>> stratum_counts(frame)
      stratum  population region
    0       n           1      n
    1       s           1      s
    """

    table: pd.DataFrame | Table | str | Path
    id: str = CUSTOMER_ID
    stratum: str | Sequence[str] = ()
    size: str | None = None
    order_by: str | Sequence[str] = ()
    eligible: str | Mapping[Reason, str] | None = None
    psu: str | None = None
    prn: str | None = None
    carry: str | Sequence[str] = ()
    source: Table = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", as_table(self.table))
        for name in ("stratum", "order_by", "carry"):
            object.__setattr__(self, name, _names(getattr(self, name)))
        present = self.column_types
        single = [c for c in (self.id, self.size, self.psu, self.prn) if c]
        require_columns(present, [*single, *self.stratum, *self.order_by, *self.carry], where="frame")
        self._check_types()
        for reason, condition in self.reasons:
            self._check_condition(reason, condition)

    def _check_types(self) -> None:
        for column in (self.id, *self.stratum):
            if is_fractional(self.column_types[column]):
                raise InputError(
                    "Ids and strata are text or whole numbers.",
                    found=f"{column!r} has type {self.column_types[column]}",
                    fix="Read ids as text; cut a numeric stratum variable into classes first (bin_strata).",
                    where="frame",
                )
        clash = [c for c in (self.id, *self.carry) if c in RESERVED and c not in _names(self.stratum)]
        if clash:
            raise InputError(
                "The id and the carried columns keep their names beside the columns of the sample.",
                found=f"{', '.join(map(repr, clash))} is also a column of every sample",
                fix="Rename the column in the frame.",
                where="frame",
            )

    def _check_condition(self, reason: Reason, condition: str) -> None:
        try:
            self.source.rows(f"SELECT 1 AS one FROM {{table}} AS t WHERE ({self.in_words(condition)}) LIMIT 0")
        except EngineError as error:
            words = condition.replace("(", " ").replace(")", " ").split()
            hints = "".join(dict.fromkeys(nearest(w, self.column_types) for w in words if w not in self.column_types))
            raise InputError(
                "Each condition of `eligible` is an SQL condition on the frame's columns.",
                found=f"{condition!r} (for {str(reason)!r}): {in_english(error.found).splitlines()[0]}",
                fix=f"Correct the condition; columns: {', '.join(self.column_types)}{hints}",
                where="eligible",
            ) from error

    @cached_property
    def column_types(self) -> dict[str, str]:
        """Column name → type in the engine."""
        return self.source.columns

    @cached_property
    def counted(self) -> pd.DataFrame:
        """Counts by stratum, made once per frame; `stratum_counts` gives them out as a copy."""
        return _count(self)

    @property
    def dialect(self) -> Dialect:
        """The engine's spellings."""
        return self.source.engine.dialect

    @property
    def reasons(self) -> tuple[tuple[Reason, str], ...]:
        """Pairs of reason for exclusion and condition of eligibility, in order."""
        if self.eligible is None:
            return ()
        if isinstance(self.eligible, str):
            return ((self.eligible, self.eligible),)
        return tuple(self.eligible.items())

    @property
    def where(self) -> str:
        """SQL condition that an eligible customer fulfils."""
        return " AND ".join(f"({self.in_words(c)})" for _, c in self.reasons) or "TRUE"

    def in_words(self, condition: str) -> str:
        """Return a condition on the frame's columns in the words of its engine."""
        return spelled(condition, self.column_types, self.dialect)

    @property
    def stratum_sql(self) -> str:
        """SQL of a row's stratum label; a constant where the frame has no strata."""
        d = self.dialect
        missing = d.literal(MISSING_STRATUM)
        parts = [f"COALESCE(CAST({d.quote(c)} AS {d.text_type}), {missing})" for c in self.stratum]
        return f" || {d.literal(SEPARATOR)} || ".join(parts) or d.literal(WHOLE)

    def prn_sql(self, salt: str) -> str:
        """Return the SQL of a row's permanent random number under `salt`."""
        return prn_sql(self.dialect, id_column=self.id, salt=salt, stored=self.prn)

    def prn_between(self, salt: str, first: int, last: int) -> str:
        """Return the SQL condition that a row's number by the recipe is from `first` up to but not `last`."""
        return self.dialect.prn_between(salt, self.dialect.quote(self.id), first, last)

    def id_order(self, column: str) -> str:
        """Return SQL that sorts the quoted id `column` by code points on every engine."""
        text = is_text(self.column_types[self.id])
        return self.dialect.text_order.format(column=column) if text else column

    def rows(self, sql: str) -> pd.DataFrame:
        """Run a query for counts, strata or a sample, in which ``{table}`` stands for the frame's table."""
        with collecting(DRAWN_MOST):
            return self.source.rows(sql)


def as_frame(frame: Frame | pd.DataFrame | Table | str | Path) -> Frame:
    """Return `frame` as a `Frame`; a bare table has its ids in ``customer_id`` and no strata."""
    return frame if isinstance(frame, Frame) else Frame(frame)


def stratum_counts(frame: Frame) -> pd.DataFrame:
    """Count the eligible customers of each stratum.

    Parameters
    ----------
    frame
        The frame; its eligible customers are counted in the engine.

    Returns
    -------
    DataFrame
        One row per stratum, in the order of its label: ``stratum`` (label), ``population``, and the stratum columns.
        Without stratum columns there is one stratum, ``all``.

    Raises
    ------
    InputError
        If nobody is eligible, an id is missing, or the stratum columns make more than 100,000 strata.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["a", "b", "c"], "region": ["n", "n", "s"]})
    >>> stratum_counts(Frame(customers, stratum="region"))["population"].tolist()
    [2, 1]
    """
    return frame.counted.copy()


def _count(frame: Frame) -> pd.DataFrame:
    d = frame.dialect
    keys = "".join(f", {d.quote(c)}" for c in frame.stratum)
    group = f" GROUP BY {keys[2:]}" if keys else ""
    # labels are made from the few groups, not from the many rows
    table = frame.rows(
        f"SELECT {frame.stratum_sql} AS workbench_label, population, named{keys} FROM ("
        f"SELECT count(*) AS population, count({d.quote(frame.id)}) AS named{keys} "
        f"FROM {{table}} AS t WHERE {frame.where}{group}) AS counted LIMIT {MOST_STRATA + 1}"
    )
    _check_counts(frame, table)
    table = table.rename(columns={"workbench_label": "stratum_label"}).drop(columns="named")
    counts = pd.DataFrame({"stratum": table["stratum_label"], "population": table["population"].astype("int64")})
    for column in frame.stratum:
        if column != "stratum":
            counts[column] = table[column]
    return counts.sort_values("stratum", kind="stable", ignore_index=True)


def _check_counts(frame: Frame, table: pd.DataFrame) -> None:
    total, named = int(table["population"].sum()), int(table["named"].sum())
    if total == 0:
        raise InputError(
            "A frame has at least one eligible customer.",
            found=f"nobody fulfils {frame.where}" if frame.reasons else "a table without rows",
            fix="Look at the exclusions one by one with frame_summary(frame).",
            where="eligible",
        )
    if named < total:
        raise InputError(
            "Every customer of a frame has an id.",
            found=f"{total - named:,} of {total:,} eligible rows have no {frame.id!r}",
            fix="Fill in the ids, or exclude these rows with a condition and a reason of their own.",
            where="frame",
        )
    if len(table) > MOST_STRATA:
        raise InputError(
            f"A frame has at most {MOST_STRATA:,} strata.",
            found=f"more than that from {', '.join(frame.stratum)}",
            fix="Use fewer or coarser stratum columns (bin_strata, collapse_strata).",
            where="stratum",
        )
