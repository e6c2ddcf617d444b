"""Chapter 40: who stays, by orders and by contracts, overall and by groups that a customer has from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbench.clv import (
    ContractSpells,
    ContractStay,
    CustomerValue,
    OrderValue,
    Purchases,
    RetentionAges,
    RetentionCurve,
    Total,
    contract_durations,
    contract_stay,
    retention_at_ages,
    retention_curve,
)
from workbench.clv.contracts.retention_alive import share_alive
from workbench.clv.purchases.patterns import as_patterns
from workbench.clv.value.terms import NO_GROUP
from workbench.core.engine import Table
from workbench.report.chapters.value.chapter import Worth
from workbench.report.chapters.value.groups import Names, with_names

GIVEN_FROM_THE_START = ("region",)
LONG_DAYS = 3 * 366  # of history, beyond which cohorts are years


def curves(
    orders: OrderValue, purchases: Purchases, groups: Table | None, level: float
) -> tuple[RetentionCurve, list[RetentionCurve], dict[str, RetentionCurve]]:
    """Return who stays: everybody, by quarter (or year) of the first purchase where models tell it, and by region.

    Raises
    ------
    InputError
        If these orders do not tell who has left.
    """
    known = [c for c in GIVEN_FROM_THE_START if groups is not None and c in groups.columns]
    if orders.kind == "regular" and orders.spells is not None:
        rows = {c: contract_durations(orders.spells, (groups, c)) for c in known if groups is not None}
        whole = retention_curve(contract_durations(orders.spells), level=level)
        return whole, [], {c: retention_curve(r, by="group", level=level) for c, r in rows.items()}
    model = orders.models.of_leaving
    long = float(purchases.patterns["T"].max()) * purchases.days_per_unit > LONG_DAYS
    cohorts = retention_curve(purchases, model=model, cohort="year" if long else "quarter", level=level)
    by = {c: retention_curve(purchases, model=model, by=(groups, c), level=level) for c in known if groups is not None}
    return retention_curve(purchases, model=model, level=level), [cohorts], by


def named_ages(curves_by: Mapping[str, RetentionCurve], names: Names) -> dict[str, RetentionAges]:
    """Return the curves of groups at 6, 12 and 24 months, groups in words and without those who have none."""
    found = {}
    for column, curve in curves_by.items():
        ages = retention_at_ages(curve)
        known = ages.table[ages.table["group"] != NO_GROUP].reset_index(drop=True)
        found[column] = replace(ages, table=with_names(known, column, names))
    return found


def share_left(worth: Worth, level: float) -> Total | None:
    """Return which share of those who ever bought are no longer customers; None where models do not tell it."""
    value = worth.told
    if worth.basis != "models" or not isinstance(value, CustomerValue) or worth.orders is None:
        return None
    p = as_patterns(value.purchases)
    alive = share_alive(worth.orders.models.of_leaving, (p.x, p.t_x, p.T), p.count, level)
    return Total(1 - alive.estimate, 1 - alive.ci_high, 1 - alive.ci_low, level, alive.std_error)


def contract_stays(
    spells: ContractSpells, groups: Table | None, columns: Sequence[str], level: float
) -> dict[str, ContractStay]:
    """Return how long contracts last: all (under the empty name), by year of the start, by kind, by groups."""
    found = {"": contract_stay(spells, level=level)}
    found |= {c: contract_stay(spells, c, level=level) for c in spells.own_columns}
    if groups is not None:
        found |= {c: contract_stay(spells, (groups, c), level=level) for c in columns}
    return {c: s for c, s in found.items() if not c or len(s.table) > 1}


def named_stays(stays: Mapping[str, ContractStay], names: Names) -> dict[str, ContractStay]:
    """Return the tables by group, with groups in words."""
    return {c: replace(s, table=with_names(s.table, c, names)) for c, s in stays.items() if c}
