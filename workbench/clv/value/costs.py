"""What customers brought and cost in a period: revenue, refunds, goods, contacts by their kind, and service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from workbench.clv.value.profit_table import customer_profits
from workbench.clv.value.terms import NO_GROUP, Groups, Terms, group_source, groups_source
from workbench.core.bulk import in_engine, keep_rows
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
    path: str | Path | None = None,
    engine: Engine | None = None,
) -> Table:
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
    path
        Parquet file to write to; a file that lives as long as this process if None.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    Table
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
    >>> costs.to_frame()[["revenue", "goods"]].to_numpy().tolist()
    [[10.0, 5.0], [5.0, 2.5]]
    """
    orders = as_table(transactions, engine)
    e, d = orders.engine, orders.engine.dialect
    own = isinstance(margin, str)
    bought = customer_profits(orders, since=since, until=until, margin=margin if isinstance(margin, str) else 1.0)
    terms = Terms.of(1.0 if isinstance(margin, str) else margin, service_cost)
    parts = [f"SELECT {CUSTOMER_ID}, revenue, refunds, goods, 0 AS contacts FROM {bought.source} AS bought"]
    if contacts is not None and (contact_cost or contact_costs):
        told = in_engine(as_table(contacts, e), e)
        parts.append(_contact_costs(told, since, until, contact_cost, contact_costs or {}))
    # one part has a customer's orders, the other their contacts: nothing is added up that was not exact before
    sums = ", ".join(f"CAST(sum({c}) AS {d.double_type}) AS {c}" for c in ("revenue", "refunds", "goods", "contacts"))
    both = f"(SELECT {CUSTOMER_ID}, {sums} FROM ({' UNION ALL '.join(parts)}) AS parts GROUP BY 1)"
    names, join, mine = [NO_GROUP], "", d.literal(NO_GROUP)
    if terms.by_group and terms_by is not None:
        source, named = group_source(e, terms_by)
        join = f" LEFT JOIN {source} AS g ON g.{CUSTOMER_ID} = p.{CUSTOMER_ID}"
        mine = f"coalesce(g.{named}, {d.literal(NO_GROUP)})"
        there = e.rows(f"SELECT DISTINCT {mine} AS named FROM {both} AS p{join}")["named"]
        names = sorted(map(str, there))
    share, service = terms.for_groups(names)
    known = e.register(pd.DataFrame({"term": names, "cost": service, "goods_share": 1 - share}))
    goods = "p.goods" if own else "(p.revenue - p.refunds) * t.goods_share"
    return keep_rows(
        e,
        f"""
        SELECT p.{CUSTOMER_ID}, p.revenue, p.refunds, {goods} AS goods, p.contacts, t.cost AS service
        FROM {both} AS p{join} JOIN {known} AS t ON t.term = {mine}
        ORDER BY {d.text_order.format(column=f"p.{CUSTOMER_ID}")}""",
        stem="costs",
        path=path,
    )


def _contact_costs(table: Table, since: dt.date, until: dt.date, each: float, by_kind: Mapping[str, float]) -> str:
    require_columns(table.columns, (CUSTOMER_ID, "opened_at"), where="contacts")
    d = table.engine.dialect
    cost = repr(float(each))
    if by_kind and "kind" in table.columns:
        kinds = " ".join(f"WHEN {d.literal(k)} THEN {float(v)!r}" for k, v in sorted(by_kind.items()))
        cost = f"CASE {d.quote('kind')} {kinds} ELSE {cost} END"
    return f"""
        SELECT {CUSTOMER_ID}, 0, 0, 0, {d.exact_sum(cost, 4)} FROM {table.source} AS t
        WHERE CAST(opened_at AS DATE) BETWEEN DATE '{since}' AND DATE '{until}' GROUP BY 1"""


def costs_there(costs: pd.DataFrame | Table) -> list[str]:
    """Return the kinds of costs that somebody has.

    Examples
    --------
    >>> costs_there(pd.DataFrame({"refunds": [0.0], "goods": [4.0], "contacts": [0.0], "service": [1.0]}))
    ['goods', 'service']
    """
    some = ", ".join(f"count(CASE WHEN {c} > 0 THEN 1 END) AS {c}" for c in COSTS)
    found = as_table(costs).rows(f"SELECT {some} FROM {{table}} AS t").iloc[0]
    return [c for c in COSTS if found[c]]


def with_groups(costs: pd.DataFrame | Table, groups: pd.DataFrame | Table, by: list[str]) -> Table:
    """Return costs with their customers' groups, ``–`` where there is none, joined once.

    Examples
    --------
    >>> costs = pd.DataFrame({"customer_id": ["a", "b"], "revenue": [10.0, 5.0]})
    >>> rows = with_groups(costs, pd.DataFrame({"customer_id": ["a"], "region": ["n"]}), ["region"]).to_frame()
    >>> rows["region"].tolist()
    ['n', '–']
    """
    table = as_table(costs)
    d = table.engine.dialect
    source, named = groups_source(table.engine, groups, by)
    told = "".join(f", coalesce(g.{n}, {d.literal(NO_GROUP)}) AS {d.quote(c)}" for n, c in zip(named, by, strict=True))
    return keep_rows(
        table.engine,
        f"""
        SELECT c.*{told} FROM {table.source} AS c LEFT JOIN {source} AS g ON g.{CUSTOMER_ID} = c.{CUSTOMER_ID}
        ORDER BY {d.text_order.format(column=f"c.{CUSTOMER_ID}")}""",
        stem="costs",
    )


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
