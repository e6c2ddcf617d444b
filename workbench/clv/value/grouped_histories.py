"""Histories of customers by their groups, joined once inside the engine and told in bounded pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from workbench.clv.purchases.patterns import Floats, Ints
from workbench.clv.purchases.purchases import Purchases
from workbench.clv.value.terms import NO_GROUP, Groups, groups_source
from workbench.core.bulk import keep_rows
from workbench.core.engine import Table
from workbench.core.names import CUSTOMER_ID


@dataclass(frozen=True, eq=False)
class Piece:
    """Some cells: customers with one history in one group of each column asked for.

    Attributes
    ----------
    at
        Place of each cell's history among the patterns; rising.
    codes
        For each column the place of the cell's group among its names.
    count, spent
        Customers, and the sum of their repeat amounts.
    """

    at: Ints
    codes: tuple[Ints, ...]
    count: Floats
    spent: Floats


@dataclass(frozen=True, eq=False)
class GroupedHistories:
    """Customers with the place of their history among the patterns and their groups; the rows stay in the engine.

    Attributes
    ----------
    table
        ``place`` (of the history), ``spent``, and a column ``g0``, ``g1`` … per breakdown.
    names
        Groups of each breakdown, in the order of their characters.
    """

    table: Table
    names: tuple[list[str], ...]

    @classmethod
    def of(cls, purchases: Purchases, groups: Sequence[Groups]) -> GroupedHistories:
        """Join customers with their groups, each table of groups once.

        Parameters
        ----------
        purchases
            Histories.
        groups
            A table with ``customer_id`` and the name of its column of groups, per breakdown; customers without a group
            are in the group ``–``.

        Examples
        --------
        >>> import datetime as dt
        >>> import pandas as pd
        >>> from workbench.clv import purchase_summary
        >>> day = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-01-01"])
        >>> orders = pd.DataFrame({"customer_id": list("aab"), "ordered_at": day, "amount": [5.0, 7.0, 5.0]})
        >>> histories = purchase_summary(orders, observed_until=dt.date(2026, 3, 1))
        >>> people = pd.DataFrame({"customer_id": ["a", "b"], "region": ["n", "s"]})
        >>> found = GroupedHistories.of(histories, [(people, "region")])
        >>> found.names, [(p.at.tolist(), p.codes[0].tolist(), p.spent.tolist()) for p in found.pieces(0)]
        ((['n', 's'],), [([0, 1], [1, 0], [0.0, 7.0])])
        """
        engine, d = purchases.source.engine, purchases.source.engine.dialect
        patterns = purchases.patterns[["x", "t_x", "T"]]
        known = engine.register(patterns.assign(place=np.arange(len(patterns))))
        tables = list({id(table): table for table, _ in groups}.values())
        joins, picked = "", ""
        for k, table in enumerate(tables):
            mine = {i: column for i, (other, column) in enumerate(groups) if other is table}
            source, named = groups_source(engine, table, list(mine.values()))
            joins += f" LEFT JOIN {source} AS t{k} ON t{k}.{CUSTOMER_ID} = c.{CUSTOMER_ID}"
            picked += "".join(
                f", coalesce(t{k}.{n}, {d.literal(NO_GROUP)}) AS g{i}" for i, n in zip(mine, named, strict=True)
            )
        age = d.quote("T")
        rows = keep_rows(
            engine,
            f"""
            SELECT v.place, c.repeat_amount AS spent{picked}
            FROM {purchases.source.source} AS c
            JOIN {known} AS v ON v.x = c.frequency AND v.t_x = c.recency AND v.{age} = c.{age}{joins}""",
            stem="grouped",
        )
        names = tuple(
            sorted(map(str, rows.rows(f"SELECT DISTINCT g{i} AS g FROM {{table}} AS t")["g"]))
            for i in range(len(groups))
        )
        return cls(rows, names)

    def cells(self, column: int) -> int:
        """Return how many cells one breakdown has."""
        sql = f"SELECT count(*) AS n FROM (SELECT DISTINCT place, g{column} FROM {{table}} AS t) AS cells"
        return int(self.table.rows(sql)["n"][0])

    def pieces(self, *columns: int) -> Iterator[Piece]:
        """Yield the cells of breakdowns crossed with each other, in the order of their histories.

        Parameters
        ----------
        columns
            Places of the breakdowns.
        """
        d = self.table.engine.dialect
        named = ", ".join(f"g{i}" for i in columns)
        order = ", ".join(d.text_order.format(column=f"g{i}") for i in columns)
        sql = f"""
            SELECT place, {named}, count(*) AS count, {d.exact_sum("spent", 4)} AS spent
            FROM {self.table.source} AS t GROUP BY place, {named} ORDER BY place, {order}"""
        for batch in self.table.engine.batches(sql):
            if not batch.num_rows:
                continue
            at, *told, count, spent = batch.columns
            yield Piece(
                at=at.to_numpy(zero_copy_only=False).astype(np.int64),
                codes=tuple(_codes(v, self.names[i]) for v, i in zip(told, columns, strict=True)),
                count=count.to_numpy(zero_copy_only=False).astype(np.float64),
                spent=np.maximum(spent.to_numpy(zero_copy_only=False).astype(np.float64), 0),
            )


def _codes(values: pa.Array, names: list[str]) -> Ints:
    held = values.dictionary_encode()
    place = {name: i for i, name in enumerate(names)}
    known = np.array([place[str(v)] for v in held.dictionary.to_pylist()], dtype=np.int64)
    return np.asarray(known[held.indices.to_numpy(zero_copy_only=False)], dtype=np.int64)
