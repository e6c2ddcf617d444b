"""Chapter 90: what the segments are worth, by the values of chapter 40, and their profit of twelve months."""

from __future__ import annotations

import pandas as pd

from workbench.clv import GroupValues, group_means
from workbench.clv.value.costs import profit_by_group
from workbench.core.engine import Table
from workbench.core.language import message
from workbench.core.names import Column
from workbench.report.chapters.columns import CUSTOMERS, NAME_SEGMENT
from workbench.report.chapters.segments.chapter import segment_names
from workbench.store import Wave

USUAL = 0.95  # where values came without their summary
WORTH_COLUMNS = {
    "name": NAME_SEGMENT,
    "customers": CUSTOMERS,
    **{c: GroupValues.columns[c] for c in ("value", "share", "per_customer", "ci_low", "ci_high", "alive", "at_risk")},
    "profit": Column(message("Profit of twelve months"), "money"),
}


def segment_worth(wave: Wave, assigned: Table) -> pd.DataFrame | None:
    """Return what each segment is worth; None without values.

    Returns
    -------
    DataFrame
        ``segment``, ``customers``, ``value``, ``share``, ``per_customer``, ``ci_low``, ``ci_high``, ``alive``,
        ``at_risk`` and, where there was one, ``profit`` of the last twelve months.
    """
    if not wave.has("clv") or "probability_alive" not in wave.columns("clv"):
        return None
    # the level of the values' own intervals
    level = float(wave.read("value_summary")["level"].iloc[0]) if wave.has("value_summary") else USUAL
    shown = group_means(wave.table("clv"), assigned, "segment", level=level).table
    shown = shown[shown["group"] != "–"]
    if not len(shown):
        return None
    shown = shown.assign(share=shown["value"] / shown["value"].sum())
    if wave.has("profits") and "revenue" in wave.columns("profits"):
        profits = profit_by_group(wave.table("profits"), assigned, "segment")
        if profits.sum() > 0:
            shown = shown.assign(profit=[float(profits.get(g, 0.0)) for g in shown["group"]])
    return shown.assign(segment=shown["group"].astype(int)).drop(columns=["breakdown", "group", "leaving", "std_error"])


def segments_worth(wave: Wave) -> pd.DataFrame | None:
    """Return what a wave's segments are worth under their names, the most valuable per customer first.

    Returns
    -------
    DataFrame
        The columns of `WORTH_COLUMNS`; None without values or segments.
    """
    found = segment_worth(wave, wave.table("segments")) if wave.has("segments") else None
    if found is None:
        return None
    names = segment_names(wave)
    shown = found.sort_values("per_customer", ascending=False, kind="stable")
    named = pd.Series([names.get(int(s), str(s)) for s in shown["segment"]], index=shown.index, dtype=object)
    shown = shown.assign(name=named)
    return shown[[c for c in WORTH_COLUMNS if c in shown]].reset_index(drop=True)
