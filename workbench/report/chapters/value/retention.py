"""Chapter 40: who stays, as the models of purchases tell it, by cohort and by group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.clv import RetentionCurve, retention_curve
from workbench.clv.value.terms import NO_GROUP
from workbench.core.engine import Table
from workbench.core.language import message
from workbench.core.names import Column
from workbench.report.chapters.value.chapter import FromOrders
from workbench.report.chapters.value.groups import SEGMENT

AGES = (6, 12, 24)
STAYING_BY = ("region", SEGMENT)  # a tier follows from what was spent: who stays in it says little
COHORT_COLUMNS = {
    "group": Column(message("First purchase in")),
    "customers": Column(message("Customers"), "int"),
    "after_6": Column(message("After 6 months"), "pct1"),
    "after_12": Column(message("After 12 months"), "pct1"),
    "after_24": Column(message("After 24 months"), "pct1"),
    "ci_low": Column(message("after 12 months, low"), "pct1"),
    "ci_high": Column(message("after 12 months, high"), "pct1"),
}


def cohort_table(curve: RetentionCurve) -> pd.DataFrame:
    """Return the share still there at 6, 12 and 24 months by group, and the interval of that at 12 months.

    Groups that have not reached the first of these ages are left out.
    """
    rows = []
    for group, part in curve.table.groupby("group", sort=False):
        row = {"group": group, "customers": int(part["customers"].iloc[0])}
        for age in AGES:
            row[f"after_{age}"] = _at(part, "retained", age)
        rows.append(row | {"ci_low": _at(part, "ci_low", 12), "ci_high": _at(part, "ci_high", 12)})
    table = pd.DataFrame(rows)
    table = table[table[[f"after_{a}" for a in AGES]].notna().any(axis=1)].reset_index(drop=True)
    return table[[c for c in table.columns if table[c].notna().any()]]


def _at(part: pd.DataFrame, column: str, age: float) -> float:
    # ages are steps of about a month; a group is asked only about ages that enough of it have reached
    steady = part[part["customers"] >= 0.02 * part["customers"].iloc[0]]
    reached = steady["age"].max() >= age - 1
    return float(np.interp(age, steady["age"], steady[column])) if reached else np.nan


def curves(
    orders: FromOrders, groups: Table | None, level: float
) -> tuple[RetentionCurve, RetentionCurve, dict[str, RetentionCurve]]:
    """Return who stays: everybody, by quarter (or year) of the first purchase, by region and by segment."""
    purchases, model = orders.purchases, orders.models.leaving
    whole = retention_curve(purchases, model=model, level=level)
    long = float(purchases.patterns["T"].max()) * purchases.days_per_unit > 3 * 366
    cohorts = retention_curve(purchases, model=model, cohort="year" if long else "quarter", level=level)
    if groups is None:
        return whole, cohorts, {}
    known = [c for c in STAYING_BY if c in groups.columns]
    return whole, cohorts, {c: retention_curve(purchases, model=model, by=(groups, c), level=level) for c in known}


def named_only(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without the row of those who have no group."""
    return table[table["group"] != NO_GROUP].reset_index(drop=True)
