"""What chapter 40 breaks value down by: columns of the customer list, and tiers and segments of the previous wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.clv.value.terms import NO_GROUP
from workbench.core.engine import Table
from workbench.core.groups import OTHERS, gather_groups
from workbench.core.language import Spoken, message
from workbench.core.value_names import in_named_order
from workbench.report.chapters.segments.chapter import segment_names
from workbench.report.chapters.value.terms import TIER
from workbench.report.site.blocks import label_of
from workbench.store import Wave
from workbench.store.value_names import value_names

BREAKDOWNS = ("region", "channel", "age_band")
SEGMENT = "segment"
FOUND_BEFORE = {TIER: "tiers", SEGMENT: "segments"}
Names = Mapping[str, Mapping[str, Spoken]]


def grouped_customers(wave: Wave) -> Table | None:
    """Return all customers with what value is broken down by, in one table; None where there is nothing of the kind.

    Returns
    -------
    Table
        ``customer_id``, those of `BREAKDOWNS` that the customer list has, and ``tier`` and ``segment`` as the previous
        wave found them, where it did. Of more than twelve groups the smallest are put together.
    """
    wanted = [c for c in BREAKDOWNS if c in wave.columns("customers")]
    previous = wave.previous
    parts = [(wave.table("customers"), wanted)] if wanted else []
    if previous is not None:
        own = wave.columns("customers")
        parts += [(previous.table(n), [c]) for c, n in FOUND_BEFORE.items() if c not in own and previous.has(n)]
    return gather_groups(parts, wave.engine) if parts else None


def breakdowns(groups: Table | None) -> list[str]:
    """Return the columns of `grouped_customers` that value is broken down by."""
    return [] if groups is None else [c for c in (*BREAKDOWNS, TIER) if c in groups.columns]


def first_breakdowns(by: Sequence[str]) -> list[str]:
    """Return the breakdowns that have a table of their own."""
    return [c for c in ("region", TIER) if c in by]


def group_names(wave: Wave) -> dict[str, dict[str, Spoken]]:
    """Return the names of tiers and segments as readers know them: column → group → words."""
    tiers: dict[str, Spoken] = {t.name: t.label for t in wave.config.tiers}
    others: dict[str, dict[str, Spoken]] = {
        c: {**value_names(wave.config, c), OTHERS: message("All others")} for c in BREAKDOWNS
    }
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


def spoken(column: str, group: str, names: Names) -> Spoken | str:
    """Return a group's name as it stands in a sentence.

    Examples
    --------
    >>> str(spoken("tier", "A", {"tier": {"A": message("Refunds")}})), spoken("region", "north", {})
    ('tier Refunds', 'north')
    """
    named = names.get(column, {}).get(group, group)
    return message("tier {name}", name=named) if column == "tier" else named


def with_names(table: pd.DataFrame, column: str, names: Names) -> pd.DataFrame:
    """Return a table with its groups' names in words."""
    known, table = names.get(column, {}), in_named_order(table, "group")
    return table.assign(group=pd.Series([known.get(g, g) for g in table["group"]], index=table.index, dtype=object))


def other_groups(
    groups: pd.DataFrame, shown: Sequence[str], labels: Mapping[str, Spoken], names: Names
) -> pd.DataFrame:
    """Return the breakdowns that have no table of their own in one table."""
    rows = in_named_order(groups[~groups["breakdown"].isin(shown)], "group", within="breakdown")
    known = [names.get(b, {}).get(g, g) for b, g in zip(rows["breakdown"], rows["group"], strict=True)]
    rows = rows.assign(group=pd.Series(known, index=rows.index, dtype=object))
    named = pd.Series([breakdown_label(str(b), labels) for b in rows["breakdown"]], index=rows.index, dtype=object)
    return rows.assign(breakdown=named).drop(columns=["share", "leaving", "at_risk", "std_error"], errors="ignore")
