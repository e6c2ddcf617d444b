"""Chapter 90: what the segments are worth, by the values of chapter 40, and their profit of twelve months."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from workbench.core.bulk import in_engine
from workbench.core.engine import Table
from workbench.core.language import message
from workbench.core.names import Column
from workbench.report.chapters.segments.chapter import segment_names
from workbench.report.chapters.value.groups import VALUE_COLUMNS
from workbench.store import Wave

LEVEL = 0.95
INTERVALS = message(
    "Intervals are of the value per customer, as if a segment's customers were drawn from many like them."
)
WORTH_COLUMNS = {
    "name": Column(message("Segment")),
    **{c: column for c, column in VALUE_COLUMNS.items() if c not in ("group", "leaving")},
    "profit": Column(message("Profit of twelve months"), "money"),
}


def segment_worth(wave: Wave, assigned: Table) -> pd.DataFrame | None:
    """Return what each segment is worth; None without values.

    Intervals are of the value per customer, as if a segment's customers were drawn from many like them.

    Returns
    -------
    DataFrame
        ``segment``, ``customers``, ``value``, ``share``, ``per_customer``, ``ci_low``, ``ci_high``, ``alive``,
        ``at_risk`` and, where there was one, ``profit`` of the last twelve months.
    """
    if not wave.has("clv") or "probability_alive" not in wave.columns("clv"):
        return None
    values = in_engine(wave.table("clv"), assigned.engine)
    d = assigned.engine.dialect
    rows = assigned.rows(f"""
        SELECT s.segment, count(*) AS customers, stddev_samp(v.clv) AS spread,
               {d.exact_sum("v.clv")} AS value, {d.exact_sum("v.probability_alive")} AS alive,
               {d.exact_sum("v.at_risk")} AS at_risk
        FROM {{table}} AS s JOIN {values.source} AS v ON v.customer_id = s.customer_id GROUP BY 1 ORDER BY 1""")
    if not len(rows):
        return None
    mean = rows["value"] / rows["customers"]
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * rows["spread"].astype(float) / np.sqrt(rows["customers"])
    table = rows.drop(columns="spread").assign(
        share=rows["value"] / rows["value"].sum(),
        per_customer=mean,
        ci_low=mean - reach,
        ci_high=mean + reach,
        alive=rows["alive"] / rows["customers"],
    )
    profits = _profits(wave, assigned)
    if profits is not None:
        table["profit"] = profits.reindex(table["segment"]).fillna(0.0).to_numpy()
    return table


def _profits(wave: Wave, assigned: Table) -> pd.Series | None:
    if not wave.has("profits") or "revenue" not in wave.columns("profits"):
        return None
    costs = in_engine(wave.table("profits"), assigned.engine)
    earned = assigned.engine.dialect.exact_sum("p.revenue - p.refunds - p.goods - p.contacts - p.service")
    rows = assigned.rows(f"""
        SELECT s.segment, {earned} AS profit
        FROM {{table}} AS s JOIN {costs.source} AS p ON p.customer_id = s.customer_id GROUP BY 1 ORDER BY 1""")
    found: pd.Series = rows.set_index("segment")["profit"]
    return found if float(found.sum()) > 0 else None


def segments_worth(wave: Wave) -> pd.DataFrame | None:
    """Return what a wave's segments are worth under their names, the most valuable per customer first."""
    found = segment_worth(wave, wave.table("segments")) if wave.has("segments") else None
    if found is None:
        return None
    names = segment_names(wave)
    shown = found.sort_values("per_customer", ascending=False, kind="stable")
    named = pd.Series([names.get(int(s), str(s)) for s in shown["segment"]], index=shown.index, dtype=object)
    shown = shown.assign(name=named)
    return shown[[c for c in WORTH_COLUMNS if c in shown]].reset_index(drop=True)
