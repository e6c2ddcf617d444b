"""What relative requirements aim at, and what they reach: equal values are not parted, so both may differ."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from workbench.core.engine import Table
from workbench.core.language import Message, message
from workbench.core.names import Column, column_label
from workbench.core.results import Note, Result
from workbench.tiers.rules import TierRules
from workbench.tiers.thresholds import Condition, Relative

_OFF = 0.005
BRING = 0.05  # the last customer of a total may bring so much more than it needs


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Aims(Result):
    """The share that every relative requirement aims at, beside the share that it reaches.

    Attributes
    ----------
    table
        One row per requirement: ``tier``, ``criterion`` (a message), ``of`` (of the customers, or of the total of the
        positive values), ``limit`` (the least value; missing where groups have limits of their own or all customers
        have one value), ``aimed``, ``reached``.
    """

    caption: ClassVar[Message] = message("Shares aimed at and reached")
    columns: ClassVar[Mapping[str, Column]] = {
        "tier": Column(message("Tier")),
        "criterion": Column(message("Criterion")),
        "of": Column(message("Share of")),
        "limit": Column(message("Least value"), "dec2"),
        "aimed": Column(message("Share aimed at"), "pct1"),
        "reached": Column(message("Share reached"), "pct1"),
    }


def aims(rules: TierRules, scored: Table, conditions: Mapping[str, tuple[Condition, ...]]) -> Aims:
    """Compare what ``{top: share}`` and ``{pareto: share}`` aim at with what they reach.

    Parameters
    ----------
    rules
        The rules.
    scored
        Customers with all criteria.
    conditions
        What `resolve` made of them.

    Returns
    -------
    Aims
        One row per relative requirement; notes where equal values keep them apart from their aim.

    Examples
    --------
    >>> from workbench.core.engine import as_table
    >>> from workbench.tiers.resolving import resolve
    >>> rules = TierRules.of([{"name": "A", "minimum": {"v": {"top": 0.1}}}, {"name": "B"}])
    >>> table = as_table(pd.DataFrame({"v": [5.0] * 4 + [1.0] * 6}))
    >>> found = aims(rules, table, resolve(rules, table))
    >>> found.table[["tier", "limit", "aimed", "reached"]].to_numpy().tolist()
    [['A', 5.0, 0.1, 0.4]]
    >>> str(found.notes[0].message)
    'A aims at the highest 10.0% of customers by v; equal values are not parted, so 40.0% reach it.'
    """
    rows: list[tuple[Any, ...]] = []
    notes: list[Note] = []
    for tier in rules.tiers[:-1]:
        for condition in conditions[tier.name]:
            aim = tier.minimum.get(condition.criterion)
            if not isinstance(aim, Relative) or condition.direction != "from":
                continue
            name = column_label(condition.criterion)
            reached, base = _reached(aim, condition, rules, scored)
            limit = condition.value if math.isfinite(condition.value) and not condition.groups else math.nan
            of = message("all customers") if aim.kind == "top" else message("total of {criterion}", criterion=name)
            rows.append((tier.name, name, of, limit, aim.share, reached))
            notes += _notes(tier.name, name, aim, condition, reached, base)
    table = pd.DataFrame(rows, columns=["tier", "criterion", "of", "limit", "aimed", "reached"])
    return Aims(table=table, notes=tuple(notes))


def _reached(aim: Relative, condition: Condition, rules: TierRules, scored: Table) -> tuple[float, int]:
    """Return the share that reaches a requirement, and how many customers have a value."""
    d = scored.engine.dialect
    column = f"CAST({d.quote(condition.criterion)} AS {d.double_type})"
    reaches = condition.sql(d.quote(rules.by) if rules.by else None, d)
    weight = "1" if aim.kind == "top" else f"CASE WHEN {column} > 0 THEN {column} ELSE 0 END"
    row = scored.rows(f"""
        SELECT sum(CASE WHEN {reaches} THEN {weight} ELSE 0 END) AS part, sum({weight}) AS whole, count(*) AS n
        FROM {{table}} AS t WHERE {d.quote(condition.criterion)} IS NOT NULL""").iloc[0]
    whole = float(row["whole"] or 0)
    return (float(row["part"]) / whole if whole else 0.0), int(row["n"])


def _notes(tier: str, name: object, aim: Relative, condition: Condition, reached: float, base: int) -> list[Note]:
    if not math.isfinite(condition.value) and not condition.groups:
        text = message("All customers have the same {criterion}: it sets nobody apart.", criterion=name)
        return [Note(text, "caution")]
    if aim.kind == "pareto":
        if reached - aim.share <= BRING:
            return []
        text = message(
            "{tier} aims at those who bring {share:pct1} of the total of {criterion}; equal values are not parted, so "
            "they bring {reached:pct1}.",
            tier=tier,
            share=aim.share,
            criterion=name,
            reached=reached,
        )
        return [Note(text, "caution")]
    if abs(reached - aim.share) <= max(_OFF, 1 / max(base, 1)):  # one customer more or less
        return []
    text = message(
        "{tier} aims at the highest {share:pct1} of customers by {criterion}; equal values are not parted, so "
        "{reached:pct1} reach it.",
        tier=tier,
        share=aim.share,
        criterion=name,
        reached=reached,
    )
    return [Note(text, "caution")]
