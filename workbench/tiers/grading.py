"""Every customer's tier and what keeps the customer from the next one, computed in the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.engine import Dialect, Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import CUSTOMER_ID, TIER, Column, column_label
from workbench.core.results import Note
from workbench.tiers.rules import TierRules

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VALUE_COLUMNS: Final = ("clv", "clv_12m", "amount_12m", "monetary", "amount")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Grades(BulkResult):
    """The tier of every customer.

    Attributes
    ----------
    table
        Read when asked for: ``customer_id``, ``tier``, ``next_tier`` (missing in the highest), ``blocked_by`` (criteria
        not reached for the next tier, separated by commas), the criteria, and ``value``.
    source
        The same rows in the engine.
    summary
        One row per tier: ``tier``, ``label``, ``customers``, ``share``, ``amount`` (their value), ``value_share``.
    rules
        What they were graded by.
    value
        Column that is value; None if there was none.
    """

    rules: TierRules
    value: str | None

    caption: ClassVar[Message] = message("Tiers: sizes and value")
    columns: ClassVar[Mapping[str, Column]] = {
        "label": Column(message("Name")),
        "amount": Column(message("Value"), "money"),
        "value_share": Column(message("Share of value"), "pct1"),
    }

    def reasons(self, rows: pd.DataFrame | None = None) -> list[Message]:
        """Return in words why each customer is in the tier.

        Parameters
        ----------
        rows
            Rows of `table`; all of them if None.
        """
        given = self.table if rows is None else rows
        minimum = {t.name: t.minimum for t in self.rules.tiers}
        return [_reason(row, minimum) for row in given.to_dict("records")]

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each tier's share of the customers beside its share of the value."""
        chosen = language or current_language()
        shown = self.summary

        def draw(ax: Axes) -> None:
            rows = np.arange(len(shown))[::-1]
            series = [("share", message("Share of customers"))]
            if self.value is not None:
                series.append(("value_share", message("Share of value")))
            for i, (column, label) in enumerate(series):
                values = shown[column].to_numpy(dtype=float)
                ax.barh(rows + 0.2 - 0.4 * i, values, height=0.38, color=charts.PALETTE[i],
                        hatch="" if i == 0 else "//", edgecolor="white", label=label.text(chosen))  # fmt: skip
            ax.set_yticks(
                rows, [f"{t} {n}" if str(n) != t else t for t, n in zip(shown[TIER], shown["label"], strict=True)]
            )
            ax.grid(axis="y", visible=False)
            ax.legend()
            charts.format_axis(ax.xaxis, "pct", chosen)

        return charts.draw_figure(draw, height=1.4 + 0.6 * len(shown))


def grade(
    customers: pd.DataFrame | Table | BulkResult | str | Path,
    rules: TierRules,
    *,
    value: str | None = None,
    path: str | Path | None = None,
    engine: Engine | None = None,
) -> Grades:
    """Grade every customer by stated rules, and say what keeps each from the next tier.

    Parameters
    ----------
    customers
        One row per customer with ``customer_id`` and the rules' criteria: a DataFrame, a Parquet file or a `Table` of
        any size.
    rules
        The tiers.
    value
        Column whose sum is a tier's value; the first of ``clv``, ``clv_12m``, ``amount_12m``, ``monetary``, ``amount``
        that is there if None.
    path
        Parquet file to write to; a file that lives as long as this process if None.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    Grades
        One row per customer; see its attributes.

    Raises
    ------
    InputError
        If a criterion is not a column (the nearest name is proposed), or ids repeat or are missing.

    Examples
    --------
    >>> people = pd.DataFrame(
    ...     {"customer_id": ["a", "b", "c"], "amount_12m": [5000, 2000, 10], "satisfaction": [2, None, 5]}
    ... )
    >>> rules = TierRules.of(
    ...     [{"name": "A", "minimum": {"amount_12m": 3000, "satisfaction": 3}},
    ...      {"name": "B", "minimum": {"amount_12m": 1000}}, {"name": "C"}]
    ... )
    >>> graded = grade(people, rules)
    >>> graded.table[["tier", "blocked_by"]].to_numpy().tolist()
    [['B', 'satisfaction'], ['B', 'amount_12m'], ['C', 'amount_12m']]
    >>> print(graded.reasons()[1])
    Tier B: amount_12m is 2,000, A needs 3,000
    """
    table = customers.source if isinstance(customers, BulkResult) else as_table(customers, engine)
    require_columns(table.columns, [CUSTOMER_ID, *rules.criteria, *([value] if value else [])], where="customers")
    worth = value or next((c for c in VALUE_COLUMNS if c in table.columns), None)
    refuse_ids(table, where="customers")
    rows = keep_rows(table.engine, grade_sql(table, rules, worth), stem="tiers", path=path)
    summary = _sizes(rows, rules, worth)
    return Grades(source=rows, summary=summary, rules=rules, value=worth, notes=tuple(_notes(rows, rules)))


def grade_sql(table: Table, rules: TierRules, value: str | None) -> str:
    """Return the query that grades the rows of `table`."""
    d = table.engine.dialect
    reached = {t.name: " AND ".join(_passes(c, v, rules, d) for c, v in t.minimum.items()) for t in rules.tiers[:-1]}
    tiers = "".join(f" WHEN {sql} THEN {d.literal(name)}" for name, sql in reached.items())
    tier = f"CASE{tiers} ELSE {d.literal(rules.names[-1])} END" if tiers else d.literal(rules.names[-1])
    higher, blocked = [], []
    for above, own in zip(rules.tiers, rules.tiers[1:], strict=False):
        here = f"tier = {d.literal(own.name)}"
        higher.append(f"WHEN {here} THEN {d.literal(above.name)}")
        for i, (criterion, least) in enumerate(above.minimum.items()):
            mark = f"CASE WHEN {_passes(criterion, least, rules, d)} THEN '' ELSE {d.literal(',' + criterion)} END"
            blocked.append((here, i, mark))
    blocks = " ".join(
        f"WHEN {here} THEN substr(concat({', '.join(m for h, _, m in blocked if h == here)}, ''), 2)"
        for here in dict.fromkeys(h for h, _, _ in blocked)
    )
    next_tier = f"CASE {' '.join(higher)} END" if higher else f"CAST(NULL AS {d.text_type})"
    blocked_by = f"CASE {blocks} END" if blocks else f"CAST(NULL AS {d.text_type})"
    kept = "".join(f", {d.quote(c)}" for c in rules.criteria)
    worth = f", CAST({d.quote(value)} AS {d.double_type}) AS value" if value else ""
    picked = dict.fromkeys([CUSTOMER_ID, *rules.criteria, *([value] if value else [])])
    columns = ", ".join(d.quote(c) for c in picked)
    return f"""
        SELECT {CUSTOMER_ID}, tier, {next_tier} AS next_tier, {blocked_by} AS blocked_by{kept}{worth}
        FROM (SELECT {columns}, {tier} AS tier FROM {table.source}) AS graded
        ORDER BY {d.text_order.format(column=CUSTOMER_ID)}"""


def _passes(criterion: str, least: float, rules: TierRules, d: Dialect) -> str:
    column = d.quote(criterion)
    known = f"coalesce({column} >= {float(least)!r}, FALSE)"
    return f"({column} IS NULL OR {column} >= {float(least)!r})" if rules.passes_unknown(criterion) else known


def refuse_ids(table: Table, *, where: str) -> None:
    """Refuse a table in which an id is missing or repeated.

    Raises
    ------
    InputError
        With the number of rows.
    """
    row = table.rows(
        f"SELECT count(*) AS n, count({CUSTOMER_ID}) AS known, count(DISTINCT {CUSTOMER_ID}) AS ids FROM {{table}}"
    ).iloc[0]
    if not row["n"] == row["known"] == row["ids"]:
        raise InputError(
            "Every customer is there once, with an id.",
            found=f"{int(row['n'] - row['known']):,} rows without an id, {int(row['known'] - row['ids']):,} repeated",
            fix="Keep one row per customer_id.",
            where=where,
        )


def _sizes(rows: Table, rules: TierRules, value: str | None) -> pd.DataFrame:
    # decimals, because the last digit of a sum of doubles varies from run to run
    worth = ", CAST(sum(CAST(value AS DECIMAL(30, 4))) AS DOUBLE) AS amount" if value else ""
    found = rows.rows(f"SELECT tier, count(*) AS customers{worth} FROM {{table}} GROUP BY tier").set_index(TIER)
    sizes = pd.DataFrame({TIER: list(rules.names), "label": [t.label or t.name for t in rules.tiers]})
    n = found["customers"].reindex(list(rules.names)).fillna(0).to_numpy(dtype=np.int64)
    sizes["customers"], sizes["share"] = n, n / max(n.sum(), 1)
    if value:
        amount = found["amount"].reindex(list(rules.names)).fillna(0).to_numpy(dtype=float)
        sizes["amount"], sizes["value_share"] = amount, amount / amount.sum() if amount.sum() else np.nan
    return sizes


def _notes(rows: Table, rules: TierRules) -> list[Note]:
    d = rows.engine.dialect
    if not rules.criteria:
        return []
    counts = rows.rows(
        "SELECT "
        + ", ".join(f"count(CASE WHEN {d.quote(c)} IS NULL THEN 1 END) AS m{i}" for i, c in enumerate(rules.criteria))
        + " FROM {table}"
    ).iloc[0]
    found = []
    for i, criterion in enumerate(rules.criteria):
        n = int(counts[f"m{i}"])
        if n and rules.passes_unknown(criterion):
            text = message("{n:int} customers without {criterion} pass it.", n=n, criterion=column_label(criterion))
            found.append(Note(text))
        elif n:
            text = message(
                "{n:int} customers without {criterion} do not reach it.", n=n, criterion=column_label(criterion)
            )
            found.append(Note(text, "caution"))
    return found


def _reason(row: Mapping[object, object], minimum: Mapping[str, Mapping[str, float]]) -> Message:
    tier, above, blocked = str(row[TIER]), row["next_tier"], row["blocked_by"]
    if not isinstance(above, str) or not isinstance(blocked, str):
        return message("Tier {tier}: the highest; everything it needs is reached", tier=tier)
    parts = [
        message("{criterion} is {actual:dec0}, {next} needs {needed:dec0}",
                criterion=c, actual=row[c], next=above, needed=minimum[above][c])
        for c in blocked.split(",")
    ]  # fmt: skip
    joined = parts[0]
    for part in parts[1:]:
        joined = message("{first}; {second}", first=joined, second=part)
    return message("Tier {tier}: {reason}", tier=tier, reason=joined)
