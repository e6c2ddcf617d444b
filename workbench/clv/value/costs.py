"""What customers brought and cost in a period: revenue, refunds, goods, contacts by their kind, and service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from workbench.clv.value.profit_table import customer_profits
from workbench.clv.value.terms import NO_GROUP, Groups, Terms, group_source
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import require_columns
from workbench.core.names import CUSTOMER_ID

COSTS: Final = ("refunds", "goods", "contacts", "service")


def customer_costs(
    transactions: pd.DataFrame | Table | str | Path,
    *,
    since: dt.date,
    until: dt.date,
    margin: str | float | Mapping[str, float] = 1.0,
    service_cost: float | Mapping[str, float] = 0.0,
    terms_by: Groups | None = None,
    contacts: pd.DataFrame | Table | None = None,
    contact_cost: float = 0.0,
    contact_costs: Mapping[str, float] | None = None,
    engine: Engine | None = None,
) -> pd.DataFrame:
    """Return what every customer with an order or a contact in a period brought and cost.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount`` (refunds negative).
    since, until
        First and last day of the period.
    margin
        Column of the money an order line contributes; the share of amounts that does; or group → share.
    service_cost
        Money a year that serving one of these customers costs; or group → money.
    terms_by
        A table with ``customer_id`` and the name of its column of groups, where margins or costs differ.
    contacts
        ``customer_id``, ``opened_at`` and perhaps ``kind``: visits, tickets, complaints.
    contact_cost
        Money that one contact costs.
    contact_costs
        Kind → money, where it differs.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    DataFrame
        ``customer_id``, ``revenue``, ``refunds``, ``goods``, ``contacts``, ``service``; in the order of the ids.

    Raises
    ------
    InputError
        If a column is missing, or a margin or cost is out of range.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "b"], "amount": [10.0, 5.0],
    ...                        "ordered_at": pd.to_datetime(["2026-01-01", "2026-03-01"])})
    >>> costs = customer_costs(orders, since=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31), margin=0.5)
    >>> costs[["revenue", "goods"]].to_numpy().tolist()
    [[10.0, 5.0], [5.0, 2.5]]
    """
    orders = as_table(transactions, engine)
    own = isinstance(margin, str)
    rows = customer_profits(orders, since=since, until=until, margin=margin if isinstance(margin, str) else 1.0)
    frame = rows.to_frame()[[CUSTOMER_ID, "revenue", "refunds", "goods"]].set_index(CUSTOMER_ID)
    spent = _contact_costs(contacts, since, until, contact_cost, contact_costs or {}).rename("contacts")
    frame = frame.join(spent, how="outer").fillna(0.0).sort_index().rename_axis(CUSTOMER_ID).reset_index()
    terms = Terms.of(1.0 if isinstance(margin, str) else margin, service_cost)
    named = _group_of(frame, orders.engine, terms_by) if terms.by_group and terms_by else [NO_GROUP] * len(frame)
    share, service = terms.for_groups(named)
    if not own:
        frame["goods"] = (frame["revenue"] - frame["refunds"]) * (1 - share)
    return frame.assign(service=service)


def _contact_costs(
    contacts: pd.DataFrame | Table | None, since: dt.date, until: dt.date, each: float, by_kind: Mapping[str, float]
) -> pd.Series:
    if contacts is None or not (each or by_kind):
        return pd.Series(dtype=float)
    table = as_table(contacts)
    require_columns(table.columns, (CUSTOMER_ID, "opened_at"), where="contacts")
    d = table.engine.dialect
    cost = repr(float(each))
    if by_kind and "kind" in table.columns:
        kinds = " ".join(f"WHEN {d.literal(k)} THEN {float(v)!r}" for k, v in sorted(by_kind.items()))
        cost = f"CASE {d.quote('kind')} {kinds} ELSE {cost} END"
    rows = table.rows(f"""
        SELECT {CUSTOMER_ID}, {d.exact_sum(cost, 4)} AS cost FROM {{table}} AS t
        WHERE CAST(opened_at AS DATE) BETWEEN DATE '{since}' AND DATE '{until}' GROUP BY 1""")
    found: pd.Series = rows.set_index(CUSTOMER_ID)["cost"]
    return found


def _group_of(frame: pd.DataFrame, engine: Engine, groups: Groups) -> list[str]:
    source, named = group_source(engine, groups)
    listed = engine.rows(f"SELECT {CUSTOMER_ID}, {named} AS g FROM {source} AS listed")
    found = frame[CUSTOMER_ID].map(listed.set_index(CUSTOMER_ID)["g"])
    return [str(g) for g in found.astype(object).where(found.notna(), NO_GROUP)]


def with_groups(costs: pd.DataFrame, groups: pd.DataFrame | Table, by: list[str]) -> pd.DataFrame:
    """Return costs with their customers' groups, ``–`` where there is none.

    Examples
    --------
    >>> costs = pd.DataFrame({"customer_id": ["a", "b"], "revenue": [10.0, 5.0]})
    >>> with_groups(costs, pd.DataFrame({"customer_id": ["a"], "region": ["n"]}), ["region"])["region"].tolist()
    ['n', '–']
    """
    table = as_table(groups)
    found = {c: _group_of(costs, table.engine, (table, c)) for c in by}
    return costs.assign(**{c: pd.Series(v, index=costs.index, dtype=object) for c, v in found.items()})


def main_costs(costs: pd.DataFrame, group: pd.Series) -> dict[str, str]:
    """Return for each group the cost that most exceeds its usual share of revenue among the unprofitable.

    Parameters
    ----------
    costs
        What `customer_costs` returns.
    group
        Group of each row.

    Examples
    --------
    >>> costs = pd.DataFrame({"revenue": [100.0, 10.0], "refunds": [0.0, 0.0], "goods": [40.0, 4.0],
    ...                       "contacts": [0.0, 30.0], "service": [1.0, 1.0]})
    >>> main_costs(costs, pd.Series(["n", "s"]))
    {'s': 'contacts'}
    """
    taken = [c for c in COSTS if costs[c].sum() > 0]
    gained = costs["revenue"] - costs[taken].sum(axis=1)
    usual = costs[taken].sum() / max(float(costs["revenue"].sum()), 1e-300)
    bad = costs[gained < 0]
    if not len(bad):
        return {}
    named = group[gained < 0].astype(object)
    sums = bad[[*taken, "revenue"]].groupby(named.where(named.notna(), NO_GROUP)).sum()
    excess = sums[taken].to_numpy() - np.outer(sums["revenue"].clip(lower=0), usual)
    return {str(g): taken[k] for g, k in zip(sums.index, excess.argmax(axis=1), strict=True)}


def profit_by_group(costs: pd.DataFrame | Table, groups: pd.DataFrame | Table, column: str) -> pd.Series:
    """Return the profit of each group: revenue less all costs, of the customers who have both.

    Parameters
    ----------
    costs
        What `customer_costs` returns.
    groups
        One row per customer: ``customer_id`` and the column.

    Examples
    --------
    >>> costs = pd.DataFrame({"customer_id": ["a", "b"], "revenue": [10.0, 5.0], "refunds": 1.0, "goods": 2.0,
    ...                       "contacts": 0.0, "service": 0.0})
    >>> profit_by_group(costs, pd.DataFrame({"customer_id": ["a", "b"], "g": ["x", "x"]}), "g").to_dict()
    {'x': 9.0}
    """
    table = as_table(costs)
    source, named = group_source(table.engine, (groups, column))
    earned = table.engine.dialect.exact_sum("p.revenue - p.refunds - p.goods - p.contacts - p.service")
    rows = table.rows(f"""
        SELECT g.{named} AS named, {earned} AS profit
        FROM {{table}} AS p JOIN {source} AS g ON g.{CUSTOMER_ID} = p.{CUSTOMER_ID} GROUP BY 1""")
    found: pd.Series = rows.sort_values("named").set_index("named")["profit"]
    return found
