"""Chapter 40 by group: value, its interval and what is at risk, each customer counted on the terms of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.clv import CustomerValue
from workbench.clv.numerics.horizon import discounted_years
from workbench.clv.value.terms import NO_GROUP, Cells
from workbench.clv.value.totals import Sums, total_of
from workbench.core.bulk import in_engine, keep_rows
from workbench.core.engine import Engine, Table
from workbench.core.language import Spoken, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.report.chapters.segments.chapter import segment_names
from workbench.report.chapters.value.terms import TIER
from workbench.report.site.blocks import label_of
from workbench.store import Wave

BREAKDOWNS = ("region", "channel", "age_band")
SEGMENT = "segment"
FOUND_BEFORE = {TIER: "tiers", SEGMENT: "segments"}
MOST_GROUPS, OTHERS = 12, "…"
SEPARATOR = "\x1f"
LEAVING = 0.5
VALUE_COLUMNS = {
    "group": Column(message("Group")),
    "customers": Column(message("Customers"), "int"),
    "value": Column(message("Value"), "money"),
    "share": Column(message("Share of all value"), "pct1"),
    "per_customer": Column(message("Value per customer"), "money"),
    "ci_low": Column(message("Lower limit"), "money"),
    "ci_high": Column(message("Upper limit"), "money"),
    "alive": Column(message("Still customers (expected)"), "pct1"),
    "leaving": Column(message("Customers more likely lost than not"), "int"),
    "at_risk": Column(message("Value at risk"), "money"),
}


def grouped_customers(wave: Wave, engine: Engine, more: Sequence[str] = ()) -> Table | None:
    """Return all customers with what value is broken down by, in one table of an engine; None without any.

    Parameters
    ----------
    wave
        The wave.
    engine
        Engine that values were computed in.
    more
        Further columns of the customer list.

    Returns
    -------
    Table
        ``customer_id``, those of `BREAKDOWNS` that the customer list has, `more`, and ``tier`` and ``segment`` as the
        previous wave found them, where it did. Of more than twelve groups the smallest are put together.
    """
    wanted = [c for c in dict.fromkeys([*BREAKDOWNS, *more]) if c in wave.columns("customers")]
    previous = wave.previous
    found = {c: n for c, n in FOUND_BEFORE.items() if previous and previous.has(n) and c not in wanted}
    parts = [_columns(wave.table("customers"), wanted, engine)] if wanted else []
    parts += [_columns(previous.table(n), [c], engine) for c, n in found.items() if previous]
    if len(parts) < 2:
        return parts[0] if parts else None
    d = engine.dialect
    chosen = "".join(f", {d.quote(c)}" for c in (*wanted, *found))
    joined = "".join(f" FULL JOIN {p.source} AS g{i} USING ({CUSTOMER_ID})" for i, p in enumerate(parts[1:]))
    sql = f"""
        SELECT {CUSTOMER_ID}{chosen} FROM {parts[0].source} AS g{joined}
        ORDER BY {d.text_order.format(column=CUSTOMER_ID)}"""
    return keep_rows(engine, sql, stem="groups")


def _columns(table: Table, columns: Sequence[str], engine: Engine) -> Table:
    d = table.engine.dialect
    chosen = ", ".join([CUSTOMER_ID, *(f"{_largest(table, c)} AS {d.quote(c)}" for c in columns)])
    return in_engine(Table(table.engine, f"(SELECT {chosen} FROM {table.source}) AS chosen"), engine, stem="groups")


def _largest(table: Table, column: str) -> str:
    # a column whose smallest groups are one, so that tables stay short and every group has a base
    d = table.engine.dialect
    name = f"CAST({d.quote(column)} AS {d.text_type})"
    sizes = table.rows(f"""
        SELECT {name} AS named, count(*) AS n FROM {{table}} WHERE {name} IS NOT NULL GROUP BY 1
        ORDER BY 2 DESC, 1 LIMIT {MOST_GROUPS + 1}""")
    if len(sizes) <= MOST_GROUPS:
        return d.quote(column)
    kept = ", ".join(d.literal(str(g)) for g in sizes["named"].head(MOST_GROUPS - 1))
    return f"CASE WHEN {name} IS NULL OR {name} IN ({kept}) THEN {name} ELSE {d.literal(OTHERS)} END"


def breakdowns(groups: Table | None) -> tuple[str, ...]:
    """Return the columns of `grouped_customers` that value is broken down by."""
    return () if groups is None else tuple(c for c in (*BREAKDOWNS, TIER) if c in groups.columns)


def value_groups(value: CustomerValue | None, groups: Table | None, columns: Sequence[str]) -> pd.DataFrame:
    """Add up value by groups, with intervals for the parameters and for what the groups' customers happen to do.

    The standard error is another one, for comparing groups: as if a group's customers were drawn from many like them.

    Parameters
    ----------
    value
        Values of customers, on the same terms for everybody or on terms that differ.
    groups
        Table with a row per customer.
    columns
        Its columns to break value down by.

    Returns
    -------
    DataFrame
        ``breakdown``, ``group``, ``customers``, ``value``, ``share``, ``per_customer`` with ``ci_low``, ``ci_high`` and
        ``std_error``, ``alive`` (mean probability), ``leaving`` (customers with a probability below one half of still
        being one), ``at_risk``.
    """
    names = ["breakdown", *VALUE_COLUMNS, "std_error"]
    if value is None or groups is None or not columns:
        return pd.DataFrame(columns=names)
    v = value.valuation
    # how value moves with the parameters is linear in customers and in what they spent: told once for all groups
    twice, side = np.tile(np.arange(len(v.x)), 2), np.repeat([1.0, 0.0], len(v.x))
    per_customer, per_money = np.split(v.slopes(twice, side, 1 - side, np.ones(len(twice))), 2)
    parts = []
    for column in columns:
        cells, group, listed = crossed(value, groups, column)
        table = _added(value, cells, group, listed, (per_customer, per_money))
        spread = _spread(value, groups, column).reindex(listed).to_numpy(dtype=float)
        error = spread / np.sqrt(table["customers"].to_numpy(dtype=float))
        parts.append(table.assign(breakdown=column, std_error=np.nan_to_num(error, nan=np.inf).round(6)))
    return pd.concat(parts, ignore_index=True)[names]


def crossed(value: CustomerValue, groups: Table, column: str) -> tuple[Cells, np.ndarray, list[str]]:
    """Return histories by group, with the terms of each cell as its name; the group of each cell, and the groups."""
    if not value.terms.by_group or value.terms_by is None:
        cells = Cells.of(value.purchases, (groups, column))
        # everybody has the same terms, whatever the cell is called
        return cells, cells.group, cells.names
    engine = groups.engine
    d = engine.dialect
    terms = in_engine(value.terms_by[0], engine) if isinstance(value.terms_by[0], Table) else None
    assert terms is not None
    mine, theirs = (
        f"coalesce(CAST({a}.{d.quote(c)} AS {d.text_type}), {d.literal(NO_GROUP)})"
        for a, c in (("g", column), ("t", value.terms_by[1]))
    )
    pair = f"""(SELECT p.{CUSTOMER_ID}, {mine} || {d.literal(SEPARATOR)} || {theirs} AS cell
                FROM {value.purchases.source.source} AS p
                LEFT JOIN {groups.source} AS g ON g.{CUSTOMER_ID} = p.{CUSTOMER_ID}
                LEFT JOIN {terms.source} AS t ON t.{CUSTOMER_ID} = p.{CUSTOMER_ID}) AS crossed"""
    cells = Cells.of(value.purchases, (Table(engine, pair), "cell"))
    split = [n.split(SEPARATOR) for n in cells.names]
    listed = sorted({s[0] for s in split})
    place = np.array([listed.index(s[0]) for s in split])
    return replace(cells, names=[s[1] for s in split]), place[cells.group], listed


def _added(
    value: CustomerValue, cells: Cells, group: np.ndarray, listed: list[str], slopes: tuple[np.ndarray, np.ndarray]
) -> pd.DataFrame:
    v, unit, size = value.valuation, value.purchases.days_per_unit, len(listed)
    sums = Sums.of(v, cells, value.terms, discounted_years(round(v.horizon * unit), v.force / unit))

    def added(values: np.ndarray) -> np.ndarray:
        return np.bincount(group, values, size)

    gross, service, chance = added(sums.value), added(sums.cost), added(sums.chance)
    weight = (sums.margin * cells.count, sums.margin * cells.spent)
    moved = sum(w[:, None] * s[cells.at] for w, s in zip(weight, slopes, strict=True))
    by_slope = np.stack([added(moved[:, k]) for k in range(moved.shape[1])], axis=1)
    totals = [total_of(gross[i] - service[i], by_slope[i], v.covariance, chance[i], sums.level) for i in range(size)]
    people, alive = added(cells.count), v.alive[cells.at]
    worth = np.array([t.estimate for t in totals])
    return pd.DataFrame({"group": listed, "customers": people.astype(np.int64), "value": worth}).assign(
        share=worth / worth.sum(),
        per_customer=worth / people,
        ci_low=np.array([t.ci_low for t in totals]) / people,
        ci_high=np.array([t.ci_high for t in totals]) / people,
        alive=added(alive * cells.count) / people,
        leaving=added(cells.count * (alive < LEAVING)).astype(np.int64),
        at_risk=added(sums.risk),
    )


def _spread(value: CustomerValue, groups: Table, column: str) -> pd.Series:
    d = groups.engine.dialect
    rows = value.source.rows(f"""
        SELECT coalesce(CAST(g.{d.quote(column)} AS {d.text_type}), {d.literal(NO_GROUP)}) AS named,
               stddev_samp(v.clv) AS spread
        FROM {{table}} AS v LEFT JOIN {groups.source} AS g ON g.{CUSTOMER_ID} = v.{CUSTOMER_ID}
        GROUP BY 1 ORDER BY 1""")
    found: pd.Series = rows.set_index("named")["spread"]
    return found


def group_names(wave: Wave) -> dict[str, dict[str, Spoken]]:
    """Return the names of tiers and segments as readers know them: column → group → words."""
    tiers: dict[str, Spoken] = {t.name: t.label for t in wave.config.tiers}
    others: dict[str, dict[str, Spoken]] = {c: {OTHERS: message("All others")} for c in BREAKDOWNS}
    segments = {str(n): words for n, words in segment_names(wave.previous).items()} if wave.previous else {}
    return {**others, TIER: {**tiers, NO_GROUP: message("Not graded before")}, SEGMENT: {**segments}}


def breakdown_label(column: str, labels: Mapping[str, Spoken]) -> Spoken:
    """Return the name of a breakdown: tiers and segments are those of the previous wave.

    Examples
    --------
    >>> str(breakdown_label("tier", {})), str(breakdown_label("region", {}))
    ('Tier in the previous wave', 'Region')
    """
    if column == SEGMENT:
        return message("Segment in the previous wave")
    return message("Tier in the previous wave") if column == TIER else label_of(column, labels)


CONTRACT_COLUMNS = {
    **VALUE_COLUMNS,
    "alive": Column(message("Under contract"), "pct1"),
    "leaving": Column(message("Without a contract"), "int"),
}
UNTOLD = ("alive", "leaving", "at_risk")  # where orders do not tell who has left
OTHER_COLUMNS = {
    "breakdown": Column(message("Characteristic")),
    **{c: VALUE_COLUMNS[c] for c in ("group", "customers", "value", "per_customer", "ci_low", "ci_high", "alive")},
}


def other_groups(
    groups: pd.DataFrame,
    shown: Sequence[str],
    labels: Mapping[str, Spoken],
    names: Mapping[str, Mapping[str, Spoken]],
) -> pd.DataFrame:
    """Return the breakdowns that have no table of their own in one table."""
    rows = groups[~groups["breakdown"].isin(shown)]
    known = [names.get(b, {}).get(g, g) for b, g in zip(rows["breakdown"], rows["group"], strict=True)]
    rows = rows.assign(group=pd.Series(known, index=rows.index, dtype=object))
    named = pd.Series([breakdown_label(str(b), labels) for b in rows["breakdown"]], index=rows.index, dtype=object)
    return rows.assign(breakdown=named)[list(OTHER_COLUMNS)].reset_index(drop=True)


def with_names(table: pd.DataFrame, column: str, names: Mapping[str, Mapping[str, Spoken]]) -> pd.DataFrame:
    """Return a table with its groups' names in words."""
    known = names.get(column, {})
    return table.assign(group=pd.Series([known.get(g, g) for g in table["group"]], index=table.index, dtype=object))
