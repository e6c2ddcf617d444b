"""Relative requirements turned into values: the highest share of customers, or those who bring a share of a total."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workbench.core.engine import Table
from workbench.core.errors import InputError
from workbench.tiers.rules import TierRules
from workbench.tiers.thresholds import Condition, Relative, read_threshold
from workbench.tiers.tier import Tier

MOST_GROUPS = 200
_ROUNDING = 1e-9  # a third of twelve customers is four; sums of doubles are surer than that


def resolve(rules: TierRules, scored: Table) -> dict[str, tuple[Condition, ...]]:
    """Return the conditions of every tier but the last with their values for these customers.

    Parameters
    ----------
    rules
        The rules.
    scored
        Customers with all criteria, scores included.

    Returns
    -------
    dict
        Tier → conditions. Fixed values cost no look at the customers.

    Raises
    ------
    InputError
        If a total to be shared is not positive, or there are over 200 groups.

    Notes
    -----
    ``top`` share: the smallest value reached by at most that share of the customers with a value. Equal values are not
    parted: where the highest value alone is reached by more, it is that one, and where all customers have one value
    nobody is set apart by it. `aims` says what share was reached. ``pareto`` share: the largest value
    such that the customers who reach it bring at least that share of the total of the positive values.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.core.engine import as_table
    >>> rules = TierRules.of([{"name": "A", "minimum": {"v": {"top": 0.5}}}, {"name": "B"}])
    >>> resolve(rules, as_table(pd.DataFrame({"v": [1.0, 2.0, 3.0, 4.0]})))["A"][0].value
    3.0
    """
    groups = _groups(rules, scored)
    return {t.name: tuple(_conditions(t, rules, scored, groups)) for t in rules.tiers[:-1]}


def _groups(rules: TierRules, scored: Table) -> list[str]:
    if rules.by is None:
        return []
    if not rules.relative:
        return list(rules.variants)
    d = scored.engine.dialect
    text = f"CAST({d.quote(rules.by)} AS {d.text_type})"
    found = scored.rows(f"SELECT DISTINCT {text} AS g FROM {{table}} AS t WHERE {d.quote(rules.by)} IS NOT NULL")["g"]
    if len(found) > MOST_GROUPS:
        raise InputError(
            f"Rules by group are for at most {MOST_GROUPS} groups.",
            found=f"{len(found):,} values of {rules.by!r}",
            fix="Name a coarser column.",
            where="tiers",
        )
    return sorted(str(g) for g in found)


def _conditions(tier: Tier, rules: TierRules, scored: Table, groups: list[str]) -> list[Condition]:
    found = []
    for criterion, value in tier.minimum.items():
        own = {g: _of_group(rules, g, tier.name, criterion, value) for g in groups}
        base = _value(value, criterion, rules, scored, None)
        there = {g: _value(v, criterion, rules, scored, g) for g, v in own.items()}
        found.append(Condition(criterion, "from", base, {g: v for g, v in there.items() if v != base}))
    for criterion, most in tier.maximum.items():
        own = {g: _of_group(rules, g, tier.name, criterion, most) for g in groups}
        found.append(Condition(criterion, "up to", float(most), {g: float(v) for g, v in own.items() if v != most}))  # type: ignore[arg-type]
    return found


def _of_group(rules: TierRules, group: str, tier: str, criterion: str, base: float | Relative) -> float | Relative:
    changed: Mapping[str, object] = rules.variants.get(group, {}).get(tier, {})
    return read_threshold(changed.get(criterion, base), f"{group} {tier}")


def _value(value: float | Relative, criterion: str, rules: TierRules, scored: Table, group: str | None) -> float:
    if not isinstance(value, Relative):
        return value
    d = scored.engine.dialect
    # the limit is a value that somebody has, to its last digit: a rounded one may lie above it
    column = f"CAST({d.quote(criterion)} AS {d.double_type})"
    where = f"{d.quote(criterion)} IS NOT NULL"
    if group is not None and rules.by is not None:
        where += f" AND CAST({d.quote(rules.by)} AS {d.text_type}) = {d.literal(group)}"
    if value.kind == "pareto":
        where += f" AND {d.quote(criterion)} > 0"
    grown = "sum(sum(v)) OVER (ORDER BY v DESC)" if value.kind == "pareto" else "sum(count(*)) OVER (ORDER BY v DESC)"
    whole = "sum(sum(v)) OVER ()" if value.kind == "pareto" else "sum(count(*)) OVER ()"
    picked = (
        f"max(CASE WHEN grown >= {value.share - _ROUNDING!r} * whole THEN v END)"
        if value.kind == "pareto"
        else f"CASE WHEN min(v) < max(v) THEN coalesce(min(CASE WHEN grown <= {value.share + _ROUNDING!r} * whole "
        "THEN v END), max(v)) END"
    )
    row = scored.rows(
        f"SELECT CAST({picked} AS {d.double_type}) AS limit_value FROM (SELECT v, {grown} AS grown, {whole} AS whole "
        f"FROM (SELECT {column} AS v FROM {{table}} AS t WHERE {where}) AS known GROUP BY v) AS sums"
    )
    found = row["limit_value"].iloc[0]
    if found is None or np.isnan(found):
        if group is not None or (value.kind == "top" and _has_values(scored, where)):
            return float("inf")
        raise InputError(
            "A share of the customers or of a total needs values.",
            found=f"no value of {criterion!r}",
            fix="Check the column, or use a fixed value.",
            where="tiers",
        )
    return float(found)


def _has_values(scored: Table, where: str) -> bool:
    return bool(scored.rows(f"SELECT count(*) AS n FROM {{table}} AS t WHERE {where}")["n"].iloc[0])
