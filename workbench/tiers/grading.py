"""Every customer's tier and what keeps the customer from the next one, computed in the engine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.bulk import BulkResult, in_engine, keep_rows
from workbench.core.column_kinds import is_fractional
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, current_language, message, plural
from workbench.core.names import CUSTOMER_ID, TIER, Column, column_label
from workbench.core.results import Note
from workbench.tiers.aims import Aims, aims
from workbench.tiers.columns import AMOUNT, LABEL
from workbench.tiers.grading_sql import grade_sql, scored
from workbench.tiers.resolving import resolve
from workbench.tiers.rules import TierRules
from workbench.tiers.thresholds import Condition
from workbench.tiers.wording import amount

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
        not reached for the next tier, separated by commas), with hysteresis or grace ``earned_tier`` (by the rules
        alone), ``held_by`` (``slack``, ``grace`` or missing) and ``waves_below``, the column of the groups, the
        criteria, and ``value``.
    source
        The same rows in the engine.
    summary
        One row per tier: ``tier``, ``label``, ``customers``, ``share``, ``amount`` (their value), ``value_share``.
    rules
        What they were graded by.
    conditions
        Tier → its requirements with the values they had for these customers.
    value
        Column that is value; None if there was none.
    aims
        What relative requirements aim at and reach; None for grades that were read back.
    """

    rules: TierRules
    conditions: Mapping[str, tuple[Condition, ...]]
    value: str | None
    aims: Aims | None = None

    caption: ClassVar[Message] = message("Tiers: sizes and value")
    columns: ClassVar[Mapping[str, Column]] = {
        "label": LABEL,
        "amount": AMOUNT,
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
        return [_reason(row, self.conditions, self.rules) for row in given.to_dict("records")]

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
                ax.barh(
                    rows + 0.2 - 0.4 * i,
                    values,
                    height=0.38,
                    color=charts.PALETTE[i],
                    hatch="" if i == 0 else "//",
                    edgecolor=charts.PAPER,
                    label=label.text(chosen),
                )
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
    previous: Grades | pd.DataFrame | Table | str | Path | None = None,
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
    previous
        Grades of the previous wave, for hysteresis and grace: ``customer_id``, ``tier`` and perhaps ``waves_below``.
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
        If a criterion is not a column (the nearest name is proposed), ids repeat or are missing, or the previous wave
        has other tiers.

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
    Tier B: Spending in 12 months is 2,000, A needs 3,000
    """
    table = customers.source if isinstance(customers, BulkResult) else as_table(customers, engine)
    require_columns(table.columns, [CUSTOMER_ID, *rules.columns, *([value] if value else [])], where="customers")
    worth = value or next((c for c in VALUE_COLUMNS if c in table.columns), None)
    refuse_ids(table, where="customers")
    _refuse_infinite(table, rules)
    before = None if previous is None else _previous(previous, rules, table)
    people = scored(table, rules)
    conditions = resolve(rules, people)
    found = aims(rules, people, conditions)
    sql = grade_sql(table, rules, conditions, worth, before)
    rows = keep_rows(table.engine, sql, stem="tiers", path=path)
    return Grades(
        source=rows,
        summary=_sizes(rows, rules, worth),
        rules=rules,
        conditions=conditions,
        value=worth,
        aims=found,
        notes=(*found.notes, *_notes(rows, rules)),
    )


def _previous(previous: object, rules: TierRules, table: Table) -> Table | None:
    if not rules.slack and not rules.grace_waves:
        return None
    source = previous.source if isinstance(previous, Grades) else as_table(previous)  # type: ignore[arg-type]
    before = in_engine(source, table.engine)
    require_columns(before.columns, [CUSTOMER_ID, TIER], where="previous")
    refuse_ids(before, where="previous")
    known = before.rows(f"SELECT DISTINCT {TIER} AS tier FROM {{table}} AS t WHERE {TIER} IS NOT NULL")
    seen = known["tier"].astype(str)
    other = sorted(set(seen) - set(rules.names))
    if other:
        raise InputError(
            "Hysteresis and grace need the previous wave in the same tiers.",
            found=f"{', '.join(other)} beside {', '.join(rules.names)}",
            fix="Grade the previous wave by these rules first.",
            where="previous",
        )
    return before


def _refuse_infinite(table: Table, rules: TierRules) -> None:
    d, types = table.engine.dialect, table.columns
    if not (names := [c for c in rules.columns if c != rules.by and is_fractional(types[c])]):
        return
    counts = ", ".join(f"count(CASE WHEN abs({d.quote(c)}) > 1e300 THEN 1 END) AS n{i}" for i, c in enumerate(names))
    row = table.rows(f"SELECT {counts} FROM {{table}} AS t").iloc[0]
    wrong = [f"{int(row[f'n{i}']):,} of {c!r}" for i, c in enumerate(names) if row[f"n{i}"]]
    if wrong:
        raise InputError(
            "Criteria are finite numbers.",
            found=f"infinite values: {', '.join(wrong)}",
            fix="Correct them.",
            where="customers",
        )


def refuse_ids(table: Table, *, where: str) -> None:
    """Refuse a table in which an id is missing or repeated.

    Raises
    ------
    InputError
        With the number of rows.
    """
    row = table.rows(
        f"SELECT count(*) AS n, count({CUSTOMER_ID}) AS known, count(DISTINCT {CUSTOMER_ID}) AS ids FROM {{table}} AS t"
    ).iloc[0]
    if not row["n"] == row["known"] == row["ids"]:
        raise InputError(
            "Every customer is there once, with an id.",
            found=f"{int(row['n'] - row['known']):,} rows without an id, {int(row['known'] - row['ids']):,} repeated",
            fix="Keep one row per customer_id.",
            where=where,
        )


def _sizes(rows: Table, rules: TierRules, value: str | None) -> pd.DataFrame:
    worth = f", {rows.engine.dialect.exact_sum('value', 4)} AS amount" if value else ""
    found = rows.rows(f"SELECT tier, count(*) AS customers{worth} FROM {{table}} AS t GROUP BY tier").set_index(TIER)
    sizes = pd.DataFrame({TIER: list(rules.names), "label": [t.label or t.name for t in rules.tiers]})
    n = found["customers"].reindex(list(rules.names)).fillna(0).to_numpy(dtype=np.int64)
    sizes["customers"], sizes["share"] = n, n / max(n.sum(), 1)
    if value:
        amount = found["amount"].reindex(list(rules.names)).fillna(0).to_numpy(dtype=float)
        sizes["amount"], sizes["value_share"] = amount, amount / amount.sum() if amount.sum() else np.nan
    return sizes


def _notes(rows: Table, rules: TierRules) -> list[Note]:
    d = rows.engine.dialect
    found: list[Note] = []
    if not rules.criteria:
        return found
    picks = [f"count(CASE WHEN {d.quote(c)} IS NULL THEN 1 END) AS m{i}" for i, c in enumerate(rules.criteria)]
    held = bool(rules.slack or rules.grace_waves) and "held_by" in rows.columns
    if held:
        picks += [f"count(CASE WHEN held_by = '{kind}' THEN 1 END) AS {kind}" for kind in ("slack", "grace")]
    counts = rows.rows(f"SELECT {', '.join(picks)} FROM {{table}} AS t").iloc[0]
    for i, criterion in enumerate(rules.criteria):
        n = int(counts[f"m{i}"])
        if n and rules.passes_unknown(criterion):
            text = plural(
                "{n:people} customer without {criterion} passes it.",
                "{n:people} customers without {criterion} pass it.",
                n=n,
                criterion=column_label(criterion),
            )
            found.append(Note(text))
        elif n:
            text = plural(
                "{n:people} customer without {criterion} does not reach it.",
                "{n:people} customers without {criterion} do not reach it.",
                n=n,
                criterion=column_label(criterion),
            )
            found.append(Note(text, "caution"))
    if held:
        text = message(
            "{slack:people} customers keep their tier because they miss it by at most {share:pct}, {grace:people} in "
            "their period of grace of {waves:int} waves.",
            slack=int(counts["slack"]),
            share=rules.slack,
            grace=int(counts["grace"]),
            waves=rules.grace_waves,
        )
        found.append(Note(text))
    return found


def _reason(row: Mapping[object, object], conditions: Mapping[str, tuple[Condition, ...]], rules: TierRules) -> Message:
    tier, above, blocked = str(row[TIER]), row["next_tier"], row["blocked_by"]
    if row.get("held_by") in ("slack", "grace"):
        return _held(row, tier, rules)
    if not isinstance(above, str) or not isinstance(blocked, str):
        return message("Tier {tier}: the highest; everything it needs is reached", tier=tier)
    group = row.get(rules.by) if rules.by else None
    parts = [_missed(c, row, above, group) for c in conditions[above] if c.criterion in blocked.split(",")]
    return message("Tier {tier}: {reason}", tier=tier, reason=_listed(parts))


def _missed(condition: Condition, row: Mapping[object, object], tier: str, group: object) -> Message:
    actual = row[condition.criterion]
    if not math.isfinite(condition.value_for(group)):
        return message("all customers have the same {criterion}", criterion=column_label(condition.criterion))
    known = {
        "criterion": column_label(condition.criterion),
        "actual": message("not known") if actual is None or actual != actual else amount(float(actual)),  # type: ignore[arg-type]
        "next": tier,
        "needed": amount(condition.value_for(group)),
    }
    if condition.direction == "up to":
        return message("{criterion} is {actual}, {next} allows up to {needed}", **known)
    return message("{criterion} is {actual}, {next} needs {needed}", **known)


def _held(row: Mapping[object, object], tier: str, rules: TierRules) -> Message:
    earned = str(row["earned_tier"])
    if row["held_by"] == "slack":
        return message(
            "Tier {tier}: kept, as it is missed by at most {share:pct}; by the rules alone {earned}",
            tier=tier,
            share=rules.slack,
            earned=earned,
        )
    waves = int(row["waves_below"])  # type: ignore[call-overload]
    return message(
        "Tier {tier}: kept in wave {n:int} of {all:int} of grace; by the rules alone {earned}",
        tier=tier,
        n=waves,
        all=rules.grace_waves,
        earned=earned,
    )


def _listed(parts: list[Message]) -> Message:
    found = parts[0]
    for part in parts[1:]:
        found = message("{first}; {second}", first=found, second=part)
    return found
