"""Chapter 40, profit of the last twelve months: who brought it, and who costs more than they bring, and why."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from workbench.clv import ProfitContribution, customer_profits, profit_contribution
from workbench.clv.value.terms import NO_GROUP
from workbench.core.engine import Table
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.report.chapters.value.terms import WaveTerms
from workbench.store import Wave

COSTS = ("refunds", "goods", "contacts", "service")
DRIVERS: dict[str, Message] = {
    "refunds": message("Refunds"),
    "goods": message("Cost of goods"),
    "contacts": message("Complaints and other contacts"),
    "service": message("Cost of service"),
}
COST_COLUMNS = {"contacts": Column(DRIVERS["contacts"], "money")}
PROFIT_COLUMNS = {
    "group": Column(message("Group")),
    "customers": Column(message("Customers"), "int"),
    "revenue": Column(message("Revenue"), "money"),
    "profit": Column(message("Profit"), "money"),
    "share": Column(message("Share of all profit"), "pct1"),
    "per_customer": Column(message("Profit per customer"), "money"),
    "ci_low": Column(message("Lower limit"), "money"),
    "ci_high": Column(message("Upper limit"), "money"),
    "unprofitable": Column(message("Unprofitable customers"), "pct1"),
    "loss": Column(message("Loss"), "money"),
    "driver": Column(message("Main cost of the unprofitable")),
}


def customer_costs(wave: Wave, terms: WaveTerms) -> pd.DataFrame:
    """Return what every customer with an order or a contact in the last twelve months brought and cost.

    Margins are the column ``margin`` of the orders where it is there, else those of ``wave.yaml``, by group where they
    differ; contacts cost what their kind costs; service of a year is charged to each of these customers.

    Returns
    -------
    DataFrame
        ``customer_id``, ``revenue``, ``refunds``, ``goods``, ``contacts``, ``service``; in the order of the ids.
    """
    if not wave.has("transactions"):
        return pd.DataFrame({CUSTOMER_ID: pd.Series(dtype=str), **dict.fromkeys(("revenue", *COSTS), 0.0)})
    until = wave.config.as_of
    since = until - dt.timedelta(days=364)
    own = "margin" in wave.columns("transactions")
    rows = customer_profits(
        wave.table("transactions"), since=since, until=until, margin="margin" if own else 1.0
    ).to_frame()[[CUSTOMER_ID, "revenue", "refunds", "goods"]]
    contacts = _contact_costs(wave, since, until)
    frame = rows.set_index(CUSTOMER_ID).join(contacts.rename("contacts"), how="outer").fillna(0.0)
    frame = frame.sort_index().rename_axis(CUSTOMER_ID).reset_index()
    margin, service = terms.of_customers(_group_of(frame, terms.groups) if terms.groups else frame[CUSTOMER_ID])
    if not own:
        frame["goods"] = (frame["revenue"] - frame["refunds"]) * (1 - margin)
    return frame.assign(service=service)


def _contact_costs(wave: Wave, since: dt.date, until: dt.date) -> pd.Series:
    plan = wave.config.value
    if not wave.has("interactions") or not (plan.contact_cost or plan.contact_costs):
        return pd.Series(dtype=float)
    table = wave.table("interactions")
    d = table.engine.dialect
    cost = repr(float(plan.contact_cost))
    if plan.contact_costs and "kind" in table.columns:
        kinds = " ".join(f"WHEN {d.literal(k)} THEN {float(v)!r}" for k, v in sorted(plan.contact_costs.items()))
        cost = f"CASE {d.quote('kind')} {kinds} ELSE {cost} END"
    rows = table.rows(f"""
        SELECT {CUSTOMER_ID}, CAST(sum(CAST({cost} AS DECIMAL(18, 4))) AS {d.double_type}) AS cost FROM {{table}}
        WHERE CAST(opened_at AS DATE) BETWEEN DATE '{since}' AND DATE '{until}' GROUP BY 1""")
    found: pd.Series = rows.set_index(CUSTOMER_ID)["cost"]
    return found


def _group_of(frame: pd.DataFrame, groups: tuple[Table | pd.DataFrame, str]) -> pd.Series:
    table, column = groups
    assert isinstance(table, Table)
    d = table.engine.dialect
    listed = table.rows(f"SELECT {CUSTOMER_ID}, CAST({d.quote(column)} AS {d.text_type}) AS g FROM {{table}}")
    found: pd.Series = frame[CUSTOMER_ID].map(listed.set_index(CUSTOMER_ID)["g"])
    return found


def profit_of(costs: pd.DataFrame, groups: Table | None, by: tuple[str, ...]) -> ProfitContribution | None:
    """Return where the profit of the last twelve months came from; None where there was none.

    Parameters
    ----------
    costs
        What `customer_costs` returns.
    groups
        Table with a row per customer.
    by
        Its columns to break profit down by.
    """
    taken = [c for c in COSTS if costs[c].sum() > 0]
    if not len(costs) or float((costs["revenue"] - costs[taken].sum(axis=1)).sum()) <= 0:
        return None
    frame = costs
    if groups is not None and by:
        d = groups.engine.dialect
        chosen = ", ".join(f"CAST({d.quote(c)} AS {d.text_type}) AS {d.quote(c)}" for c in by)
        listed = groups.rows(f"SELECT {CUSTOMER_ID}, {chosen} FROM {{table}}")
        frame = costs.merge(listed, on=CUSTOMER_ID, how="left")
        frame[list(by)] = frame[list(by)].astype(object).where(frame[list(by)].notna(), NO_GROUP)
    return profit_contribution(frame, costs=taken, by=list(by))


def shown_profit(profit: ProfitContribution, column: str, costs: pd.DataFrame, groups: Table) -> pd.DataFrame:
    """Return profit by one breakdown: without losses where nobody is unprofitable, else with what makes them so."""
    shown = profit.groups[profit.groups["breakdown"] == column].drop(columns="breakdown")
    if not profit.unprofitable:
        return shown.drop(columns=["unprofitable", "loss"])
    main = main_costs(costs, _group_of(costs, (groups, column)))
    return shown.assign(driver=pd.Series([main.get(g) for g in shown["group"]], index=shown.index, dtype=object))


def main_costs(costs: pd.DataFrame, group: pd.Series) -> dict[str, Message]:
    """Return for each group the cost that most exceeds its usual share of revenue among the unprofitable."""
    taken = [c for c in COSTS if costs[c].sum() > 0]
    gained = costs["revenue"] - costs[taken].sum(axis=1)
    usual = costs[taken].sum() / max(float(costs["revenue"].sum()), 1e-300)
    bad = costs[gained < 0]
    named = group[gained < 0].astype(object)
    sums = bad[[*taken, "revenue"]].groupby(named.where(named.notna(), NO_GROUP)).sum()
    excess = sums[taken].to_numpy() - np.outer(sums["revenue"].clip(lower=0), usual)
    return {str(g): DRIVERS[taken[k]] for g, k in zip(sums.index, excess.argmax(axis=1), strict=True)}


def drivers_table(profit: ProfitContribution) -> pd.DataFrame:
    """Return what makes customers unprofitable, in words."""
    return profit.drivers.assign(driver=pd.Series([DRIVERS[d] for d in profit.drivers["driver"]], dtype=object))
