"""Margins and costs of service, the same for everybody or by group, and histories put together by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from workbench.clv.purchases.patterns import Floats, Ints
from workbench.clv.purchases.purchases import HISTORIES_MOST, Purchases
from workbench.core.bulk import in_engine
from workbench.core.engine import Engine, Table, as_table, collecting
from workbench.core.errors import InputError, nearest, require_columns
from workbench.core.names import CUSTOMER_ID

Groups = tuple[pd.DataFrame | Table, str]
NO_GROUP: Final = "–"


@dataclass(frozen=True, eq=False)
class Terms:
    """What part of an amount is value, and what serving a customer costs a year.

    Attributes
    ----------
    margin, service_cost
        One number, or group → number.
    """

    margin: float | Mapping[str, float]
    service_cost: float | Mapping[str, float]

    @classmethod
    def of(cls, margin: float | Mapping[str, float], service_cost: float | Mapping[str, float]) -> Terms:
        """Return terms that keep the rules.

        Raises
        ------
        InputError
            If a margin is not a share, or a cost is negative.
        """
        for value in _values(margin):
            if not 0 < value <= 1:
                raise InputError(
                    "A margin is a share of the amount, above 0 up to 1.",
                    found=repr(value),
                    fix="Write margin=0.25 for 25 %.",
                    where="margin",
                )
        for value in _values(service_cost):
            if not 0 <= value < float("inf"):
                raise InputError(
                    "A cost of service is an amount of money a year, 0 or more.",
                    found=repr(value),
                    fix="Write service_cost=12.0.",
                    where="service_cost",
                )
        return cls(margin, service_cost)

    @property
    def by_group(self) -> bool:
        """Whether groups differ."""
        return isinstance(self.margin, Mapping) or isinstance(self.service_cost, Mapping)

    @property
    def costly(self) -> bool:
        """Whether service costs anything."""
        return any(v > 0 for v in _values(self.service_cost))

    def for_groups(self, groups: list[str]) -> tuple[Floats, Floats]:
        """Return margin and yearly cost of each group.

        Raises
        ------
        InputError
            If a group has no margin or no cost.
        """
        return _looked_up(self.margin, groups, "margin"), _looked_up(self.service_cost, groups, "service_cost")


def _values(given: float | Mapping[str, float]) -> list[float]:
    return [float(v) for v in (given.values() if isinstance(given, Mapping) else [given])]


def _looked_up(given: float | Mapping[str, float], groups: list[str], where: str) -> Floats:
    if not isinstance(given, Mapping):
        return np.full(len(groups), float(given))
    missing = [g for g in groups if g not in given]
    if missing:
        raise InputError(
            "Every group has its terms.",
            found=f"none for {', '.join(missing[:5])}",
            fix=f"Add it to {where}; customers without a group are called {NO_GROUP!r}{nearest(missing[0], given)}",
            where=where,
        )
    return np.array([float(given[g]) for g in groups])


def group_source(engine: Engine, groups: Groups) -> tuple[str, str]:
    """Return customers with their group as a FROM item of an engine, and the group's name in it.

    Raises
    ------
    InputError
        If a column is missing, or a customer is listed twice.
    """
    source, (named,) = groups_source(engine, groups[0], [groups[1]])
    return source, named


def groups_source(engine: Engine, table: pd.DataFrame | Table, columns: Sequence[str]) -> tuple[str, list[str]]:
    """Return customers with their groups in several columns as a FROM item, and the columns' names in it.

    Raises
    ------
    InputError
        If a column is missing, or a customer is listed twice.
    """
    listed = in_engine(as_table(table, engine), engine)
    require_columns(listed.columns, (CUSTOMER_ID, *columns), where="groups")
    twice = int(listed.rows(f"SELECT count(*) - count(DISTINCT {CUSTOMER_ID}) AS n FROM {{table}} AS t")["n"][0])
    if twice:
        raise InputError(
            "A customer is listed once.",
            found=f"{twice:,} rows repeat a customer",
            fix="Keep one row per customer.",
            where="groups",
        )
    d = engine.dialect
    named = ["named" if not i else f"named_{i}" for i in range(len(columns))]
    told = ", ".join(
        f"coalesce(CAST({d.quote(c)} AS {d.text_type}), {d.literal(NO_GROUP)}) AS {n}"
        for c, n in zip(columns, named, strict=True)
    )
    return f"(SELECT {CUSTOMER_ID}, {told} FROM {listed.source} AS t)", named


@dataclass(frozen=True, eq=False)
class Cells:
    """Histories by group: how many customers, and what they spent together.

    Attributes
    ----------
    names
        Groups.
    group
        Place of each cell's group among the names.
    at
        Place of each cell's history among the patterns.
    count, spent
        Customers, and the sum of their repeat amounts.
    """

    names: list[str]
    group: Ints
    at: Ints
    count: Floats
    spent: Floats

    @classmethod
    def of(cls, purchases: Purchases, groups: Groups | None) -> Cells:
        """Count histories by group; one group of everybody without `groups`."""
        patterns = purchases.patterns
        if groups is None:
            count, spent = (patterns[c].to_numpy(dtype=float) for c in ("count", "repeat_amount"))
            place = np.arange(len(patterns), dtype=np.int64)
            return cls([""], np.zeros(len(patterns), dtype=np.int64), place, count, np.maximum(spent, 0))
        source, name = group_source(purchases.source.engine, groups)
        d = purchases.source.engine.dialect
        with collecting(HISTORIES_MOST):  # distinct histories, of a few groups of terms
            rows = purchases.source.rows(f"""
                SELECT coalesce(g.{name}, {d.literal(NO_GROUP)}) AS named,
                       c.frequency AS x, c.recency AS t_x, c.{d.quote("T")}, count(*) AS count,
                       {d.exact_sum("c.repeat_amount", 4)} AS spent
                FROM {{table}} AS c LEFT JOIN {source} AS g ON g.{CUSTOMER_ID} = c.customer_id
                GROUP BY 1, 2, 3, 4""").sort_values(["named", "x", "t_x", "T"], ignore_index=True)
        known = patterns[["x", "t_x", "T"]].assign(at=np.arange(len(patterns)))
        rows = rows.merge(known, on=["x", "t_x", "T"], how="left", validate="many_to_one")
        names, group = np.unique(rows["named"].to_numpy(dtype=str), return_inverse=True)
        return cls(
            [str(n) for n in names],
            group.astype(np.int64),
            rows["at"].to_numpy(dtype=np.int64),
            rows["count"].to_numpy(dtype=float),
            np.maximum(rows["spent"].to_numpy(dtype=float), 0),
        )
