"""What profit by customer adds up to, in one run through the customers, the most profitable first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.clv.purchases.patterns import Floats, Ints
from workbench.clv.value.profit_table import TENTHS
from workbench.clv.value.terms import NO_GROUP
from workbench.core.checks import number_column
from workbench.core.engine import Table

_FINITE: Final = 1e300


@dataclass(frozen=True, eq=False)
class Block:
    """Some customers: what they brought, what it cost, and their groups."""

    brought: Floats
    parts: tuple[Floats, ...]
    profit: Floats
    groups: tuple[tuple[Ints, list[str]], ...]


@dataclass(frozen=True, eq=False)
class Customers:
    """Customers with revenue, costs and groups, which are gone through block by block and not held.

    Attributes
    ----------
    blocks
        Yields them, the most profitable first.
    profits
        Their profits as `concentration` takes them: an array, or a table and the name of its column.
    n, finite
        How many there are, and how many of their profits are finite.
    brought, profit
        Sums.
    parts
        Sum of each cost.
    """

    blocks: Callable[[], Iterator[Block]]
    profits: Floats | tuple[Table, str]
    n: int
    finite: int
    brought: float
    profit: float
    parts: Floats

    @classmethod
    def of(cls, data: pd.DataFrame | Table, revenue: str, costs: Sequence[str], by: Sequence[str]) -> Customers:
        """Look at customers of a DataFrame, or of a table of an engine.

        Examples
        --------
        >>> rows = pd.DataFrame({"revenue": [10.0, 30.0], "goods": [6.0, 6.0]})
        >>> found = Customers.of(rows, "revenue", ["goods"], [])
        >>> found.profit, next(found.blocks()).profit.tolist()
        (28.0, [24.0, 4.0])
        """
        if isinstance(data, Table):
            return cls._in_engine(data, revenue, costs, by)
        brought = number_column(data, revenue, where="customers")
        parts = [number_column(data, c, where="customers") for c in costs]
        profit = brought - sum(parts, np.zeros(len(data)))
        order = np.lexsort((*reversed([brought, *parts]), -profit))  # equals as in an engine, by what they brought
        named = [data[c].astype(object).where(data[c].notna(), NO_GROUP).astype(str).to_numpy()[order] for c in by]
        groups = tuple((g.astype(np.int64), [str(n) for n in names]) for g, names in map(_factor, named))
        block = Block(brought[order], tuple(v[order] for v in parts), profit[order], groups)
        sums = np.array([v.sum() for v in parts])
        finite = int(np.isfinite(profit).sum())
        return cls(
            lambda: iter([block]), profit, len(data), finite, float(brought.sum()), float(np.nansum(profit)), sums
        )

    @classmethod
    def _in_engine(cls, table: Table, revenue: str, costs: Sequence[str], by: Sequence[str]) -> Customers:
        engine, d = table.engine, table.engine.dialect
        for column in (revenue, *costs):  # says so in words where one is no number
            number_column(
                table.rows(f"SELECT {d.quote(column)} FROM {{table}} AS t LIMIT 1"), column, where="customers"
            )
        named = [f"CAST({d.quote(c)} AS {d.double_type})" for c in (revenue, *costs)]
        profit = f"{named[0]} - ({' + '.join(named[1:])})" if costs else named[0]
        groups = [f"coalesce(CAST({d.quote(c)} AS {d.text_type}), {d.literal(NO_GROUP)})" for c in by]
        told = (
            {f"v{k}": v for k, v in enumerate(named)} | {"profit": profit} | {f"g{k}": g for k, g in enumerate(groups)}
        )
        rows = f"(SELECT {', '.join(f'{v} AS {n}' for n, v in told.items())} FROM {table.source} AS t)"
        sums = ", ".join(f"{d.exact_sum(n, 8)} AS {n}" for n in told if not n.startswith("g"))
        fine = f"abs(profit) < {_FINITE!r}"  # what is no number counts as the greatest, in every engine
        counts = engine.rows(f"""
            SELECT count(*) AS n, count(CASE WHEN {fine} THEN 1 END) AS finite FROM {rows} AS every""").iloc[0]
        n, finite = int(counts["n"]), int(counts["finite"])
        total = pd.Series(0.0, index=["profit", *(f"v{k}" for k in range(len(named)))])
        if n and n == finite:
            total = engine.rows(f"SELECT {sums} FROM {rows} AS every").iloc[0].astype(float)
        # customers who agree in all of it may stand in any order
        order = ", ".join(["profit DESC", *(f"v{k}" for k in range(len(named)))])

        def blocks() -> Iterator[Block]:
            # nobody is told apart by a group among equals: tenths do not look at groups
            for batch in engine.batches(f"SELECT {', '.join(told)} FROM {rows} AS every ORDER BY {order}"):
                numbers = [batch.column(k).to_numpy(zero_copy_only=False) for k in range(len(named) + 1)]
                coded = tuple(_coded(batch.column(len(named) + 1 + k)) for k in range(len(by)))
                yield Block(numbers[0], tuple(numbers[1:-1]), numbers[-1], coded)

        parts = np.array([float(total[f"v{k}"]) for k in range(1, len(named))])
        return cls(
            blocks, (Table(engine, rows), "profit"), n, finite, float(total["v0"]), float(total["profit"]), parts
        )


def _factor(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    codes, names = pd.factorize(values)
    return codes, np.asarray(names)


def _coded(values: pa.Array) -> tuple[Ints, list[str]]:
    held = values.dictionary_encode()
    return held.indices.to_numpy(zero_copy_only=False).astype(np.int64), [str(v) for v in held.dictionary.to_pylist()]


@dataclass
class GroupSums:
    """Sums of a group.

    Attributes
    ----------
    people, brought, profit, square, bad, loss
        Customers, revenue, profit and its square; customers who cost more than they bring, and what they cost beyond.
    costs, income
        Of those customers: their costs and their revenue.
    """

    people: float = 0.0
    brought: float = 0.0
    profit: float = 0.0
    square: float = 0.0
    bad: float = 0.0
    loss: float = 0.0
    income: float = 0.0
    costs: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def spread(self) -> float:
        """Standard deviation of profit; missing of one customer."""
        if self.people < 2:
            return float("nan")
        return float(np.sqrt(max(self.square - self.profit**2 / self.people, 0.0) / (self.people - 1)))


@dataclass
class ProfitSums:
    """What customers add up to.

    Attributes
    ----------
    tenths
        Customers, revenue, each cost and profit of each tenth.
    whole
        Sums of everybody.
    above, above_square, winners
        Profit of the profitable customers, its square, and how many they are.
    drivers
        For each cost the customers, loss, revenue and this cost of those whom it makes unprofitable.
    groups
        For each breakdown: group → sums.
    """

    tenths: Floats
    whole: GroupSums
    above: float
    above_square: float
    winners: int
    drivers: Floats
    groups: list[dict[str, GroupSums]]

    @classmethod
    def over(cls, customers: Customers, breakdowns: int) -> ProfitSums:
        """Go through customers once.

        Examples
        --------
        >>> rows = pd.DataFrame({"revenue": [10.0, 30.0], "goods": [16.0, 6.0]})
        >>> found = ProfitSums.over(Customers.of(rows, "revenue", ["goods"], []), 0)
        >>> found.whole.loss, found.drivers.tolist()
        (6.0, [[1.0, 6.0, 10.0, 16.0]])
        """
        width = len(customers.parts)
        found = cls(
            np.zeros((TENTHS, width + 3)), GroupSums(costs=np.zeros(width)), 0.0, 0.0, 0, np.zeros((width, 4)), []
        )
        found.groups = [{} for _ in range(breakdowns)]
        usual = customers.parts / max(customers.brought, 1e-300)
        start = 0
        for block in customers.blocks():
            found._add(block, (start + np.arange(len(block.profit))) * TENTHS // customers.n, usual)
            start += len(block.profit)
        return found

    def _add(self, block: Block, tenth: Ints, usual: Floats) -> None:
        ones = np.ones(len(block.profit))
        for k, values in enumerate((ones, block.brought, *block.parts, block.profit)):
            self.tenths[:, k] += np.bincount(tenth, values, TENTHS)
        gained = np.maximum(block.profit, 0)
        self.above += float(gained.sum())
        self.above_square += float(gained @ gained)
        self.winners += int((block.profit > 0).sum())
        _add_groups({"": self.whole}, block, np.zeros(len(ones), dtype=np.int64), [""])
        for known, (codes, names) in zip(self.groups, block.groups, strict=True):
            _add_groups(known, block, codes, names)
        bad = block.profit < 0
        if not (bad.any() and len(usual)):
            return
        income, lost = block.brought[bad], -block.profit[bad]
        costs = np.stack([v[bad] for v in block.parts])
        main = (costs - usual[:, None] * np.maximum(income, 0)).argmax(axis=0)
        mine = costs[main, np.arange(len(main))]
        for k, values in enumerate((np.ones(len(main)), lost, income, mine)):
            self.drivers[:, k] += np.bincount(main, values, len(usual))


def _add_groups(known: dict[str, GroupSums], block: Block, codes: Ints, names: list[str]) -> None:
    bad, size = block.profit < 0, len(names)
    lost, income = np.maximum(-block.profit, 0), np.where(bad, block.brought, 0.0)
    told: Mapping[str, Floats] = {
        "people": np.ones(len(codes)),
        "brought": block.brought,
        "profit": block.profit,
        "square": block.profit**2,
        "bad": bad.astype(np.float64),
        "loss": lost,
        "income": income,
    }
    sums = {name: np.bincount(codes, values, size) for name, values in told.items()}
    costs = (
        np.stack([np.bincount(codes, np.where(bad, v, 0.0), size) for v in block.parts], axis=1)
        if (block.parts)
        else np.zeros((size, 0))
    )
    for k, name in enumerate(names):
        group = known.setdefault(name, GroupSums(costs=np.zeros(costs.shape[1])))
        for part, values in sums.items():
            setattr(group, part, getattr(group, part) + float(values[k]))
        group.costs = group.costs + costs[k]
