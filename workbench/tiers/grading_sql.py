"""The statement that grades: requirements, hysteresis and grace as SQL that every engine runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.core.engine import Dialect, Table
from workbench.core.names import CUSTOMER_ID, TIER
from workbench.tiers.rules import TierRules
from workbench.tiers.thresholds import Condition

Conditions = Mapping[str, tuple[Condition, ...]]


def scored(table: Table, rules: TierRules) -> Table:
    """Return the customers with the scores the rules ask for as columns.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.core.engine import as_table
    >>> rules = TierRules.of(
    ...     [{"name": "A", "minimum": {"points": 50}}, {"name": "B"}],
    ...     scores={"points": {"amount_12m": {"weight": 1, "full": 200}}},
    ... )
    >>> people = as_table(pd.DataFrame({"customer_id": ["a"], "amount_12m": [150.0]}))
    >>> scored(people, rules).to_frame()["points"].tolist()
    [75.0]
    """
    d = table.engine.dialect
    made = [
        f"CAST(CAST({' + '.join(p.sql(d.quote(c), d.double_type) for c, p in rules.scores[name].items())} "
        f"AS DECIMAL(18, 6)) AS {d.double_type}) AS {d.quote(name)}"
        for name in rules.criteria
        if name in rules.scores
    ]
    return Table(table.engine, f"(SELECT *, {', '.join(made)} FROM {table.source} AS people)") if made else table


def grade_sql(table: Table, rules: TierRules, conditions: Conditions, value: str | None, previous: Table | None) -> str:
    """Return the query that grades the rows of `table`, in the order of their ids."""
    d = table.engine.dialect
    people = scored(table, rules)
    kept = list(dict.fromkeys([*([rules.by] if rules.by else []), *rules.criteria]))
    picked = ", ".join(d.quote(c) for c in dict.fromkeys([CUSTOMER_ID, *kept, *([value] if value else [])]))
    by = d.quote(rules.by) if rules.by else None
    inner = f"SELECT {picked}, {_rank(rules, conditions, by, d, 0.0)} AS earned"
    holds = previous is not None
    if holds:
        inner += f", {_rank(rules, conditions, by, d, rules.slack)} AS relaxed"
    ranked = f"{inner} FROM {people.source} AS people"
    place, more = "earned", ""
    if holds and previous is not None:
        ranked = _with_previous(ranked, previous, rules, d)
        place, more = "place", f", {_named('earned', rules.names, d)} AS earned_tier, held_by, waves_below"
    columns = "".join(f", {d.quote(c)}" for c in kept)
    worth = f", CAST({d.quote(value)} AS {d.double_type}) AS value" if value else ""
    higher = _named(f"{place} - 1", rules.names, d) if len(rules.tiers) > 1 else f"CAST(NULL AS {d.text_type})"
    return f"""
        SELECT {CUSTOMER_ID}, {_named(place, rules.names, d)} AS {TIER}, {higher} AS next_tier,
               {_blocked(rules, conditions, by, place, d)} AS blocked_by{more}{columns}{worth}
        FROM ({ranked}) AS graded ORDER BY {d.text_order.format(column=CUSTOMER_ID)}"""


def _rank(rules: TierRules, conditions: Conditions, by: str | None, d: Dialect, slack: float) -> str:
    whens = " ".join(
        f"WHEN {' AND '.join(_passes(c, rules, by, d, slack) for c in conditions[t.name])} THEN {i}"
        for i, t in enumerate(rules.tiers[:-1])
    )
    last = len(rules.tiers) - 1
    return f"CASE {whens} ELSE {last} END" if whens else str(last)


def _passes(condition: Condition, rules: TierRules, by: str | None, d: Dialect, slack: float = 0.0) -> str:
    text = condition.sql(by, d, slack=slack)
    if rules.passes_unknown(condition.criterion):
        return f"({d.quote(condition.criterion)} IS NULL OR {text})"
    return f"coalesce({text}, FALSE)"


def _with_previous(ranked: str, previous: Table, rules: TierRules, d: Dialect) -> str:
    below = "coalesce(p.waves_below, 0)" if "waves_below" in previous.columns else "0"
    whens = " ".join(f"WHEN {d.literal(n)} THEN {i}" for i, n in enumerate(rules.names))
    before = f"CASE CAST(p.{TIER} AS {d.text_type}) {whens} END"
    joined = f"""
        SELECT r.*, {before} AS before, {below} AS below
        FROM ({ranked}) AS r LEFT JOIN {previous.source} AS p ON p.{CUSTOMER_ID} = r.{CUSTOMER_ID}"""
    # a tier is kept as far as its relaxed requirements are reached, or while grace lasts; nobody rises by it
    held = f"""
        SELECT *, CASE WHEN before < earned THEN least(earned, greatest(before, relaxed)) ELSE earned END AS kept
        FROM ({joined}) AS joined"""
    grace = f"before < kept AND below < {int(rules.grace_waves)}"
    return f"""
        SELECT *, CASE WHEN {grace} THEN before ELSE kept END AS place,
               CASE WHEN {grace} THEN 'grace' WHEN kept < earned THEN 'slack' END AS held_by,
               CAST(CASE WHEN {grace} THEN below + 1 ELSE 0 END AS BIGINT) AS waves_below
        FROM ({held}) AS held"""


def _named(place: str, names: Sequence[str], d: Dialect) -> str:
    whens = " ".join(f"WHEN {i} THEN {d.literal(n)}" for i, n in enumerate(names))
    return f"CASE {place} {whens} END"


def _blocked(rules: TierRules, conditions: Conditions, by: str | None, place: str, d: Dialect) -> str:
    whens = []
    for i, above in enumerate(rules.tiers[:-1], 1):
        marks = [
            f"CASE WHEN {_passes(c, rules, by, d)} THEN '' ELSE {d.literal(',' + c.criterion)} END"
            for c in conditions[above.name]
        ]
        whens.append(f"WHEN {i} THEN substr(concat({', '.join(marks)}, ''), 2)")
    return f"CASE {place} {' '.join(whens)} END" if whens else f"CAST(NULL AS {d.text_type})"
