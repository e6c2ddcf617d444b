"""What each customer brought and cost, added up inside the engine from orders and contacts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

import pandas as pd

from workbench.core.bulk import in_engine, keep_rows
from workbench.core.engine import Dialect, Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT

Contacts = tuple[pd.DataFrame | Table, str]
TENTHS: Final = 10


def tenth_sql(order: str, dialect: Dialect) -> str:
    """Return the SQL of a row's tenth, from 1, where rows stand in an order; tenths differ by one row at most.

    Parameters
    ----------
    order
        What follows ORDER BY.
    dialect
        The engine's spellings.

    Examples
    --------
    >>> rows = as_table(pd.DataFrame({"v": range(15)}))
    >>> tenth = tenth_sql("v", rows.engine.dialect)
    >>> rows.rows(f"SELECT v, {tenth} AS tenth FROM {{table}} AS t ORDER BY v")["tenth"].tolist()
    [1, 1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9, 9, 10]
    """
    before, rows = (
        f"CAST({number} AS {dialect.double_type})"
        for number in (f"(row_number() OVER (ORDER BY {order}) - 1) * {TENTHS}", "count(*) OVER ()")
    )
    return f"CAST(floor({before} / {rows}) AS INTEGER) + 1"


def customer_profits(
    transactions: pd.DataFrame | Table | str | Path,
    *,
    since: dt.date,
    until: dt.date,
    margin: str | float = 1.0,
    contacts: Contacts | None = None,
    contact_cost: float = 0.0,
    path: str | Path | None = None,
    engine: Engine | None = None,
) -> Table:
    """Add up revenue and costs of every customer with an order or a contact in a period.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount`` (refunds negative).
    since, until
        First and last day of the period.
    margin
        Column of the money an order line contributes, or the share of amounts that does.
    contacts
        A table with ``customer_id`` (visits, tickets, complaints), and the name of its column of days.
    contact_cost
        Money that one contact costs.
    path
        Parquet file to write to; a file that lives as long as this process if None.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    Table
        ``customer_id``, ``revenue`` (amounts above zero), ``refunds``, ``goods`` (amounts less margin), ``service``
        (contacts × cost), ``contacts``; in the order of the ids.

    Raises
    ------
    InputError
        If a column is missing, the period is empty, or a margin or cost is out of range.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "amount": [10.0, -4.0, 5.0],
    ...                        "ordered_at": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"])})
    >>> rows = customer_profits(orders, since=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31), margin=0.5)
    >>> rows.to_frame()[["revenue", "refunds", "goods"]].to_numpy().tolist()
    [[10.0, 4.0, 3.0], [5.0, 0.0, 2.5]]
    """
    if since > until:
        raise InputError(
            "A period begins before it ends.", found=f"{since} to {until}", fix="Exchange the days.", where="since"
        )
    if not isinstance(margin, str) and not 0 < margin <= 1:
        raise InputError(
            "A margin is a share of the amount, above 0 up to 1, or a column.",
            found=repr(margin),
            fix="Write margin=0.35 or margin='margin'.",
            where="margin",
        )
    if not 0 <= contact_cost < float("inf"):
        raise InputError(
            "A cost is 0 or more.", found=repr(contact_cost), fix="Write contact_cost=15.0.", where="contact_cost"
        )
    orders = as_table(transactions, engine)
    d = orders.engine.dialect
    kept = d.quote(margin) if isinstance(margin, str) else f"{AMOUNT} * CAST({margin!r} AS DECIMAL(9, 6))"
    need = [CUSTOMER_ID, ORDERED_AT, AMOUNT, *([margin] if isinstance(margin, str) else [])]
    require_columns(orders.columns, need, where="transactions")

    def inside(day: str) -> str:
        return f"CAST({day} AS DATE) BETWEEN DATE '{since}' AND DATE '{until}' AND {CUSTOMER_ID} IS NOT NULL"

    def exact(value: str) -> str:
        return f"sum(CAST({value} AS DECIMAL(18, 4)))"

    parts = [
        f"""SELECT {CUSTOMER_ID} AS customer_id, {exact(f"CASE WHEN {AMOUNT} > 0 THEN {AMOUNT} ELSE 0 END")} AS revenue,
               {exact(f"CASE WHEN {AMOUNT} < 0 THEN -{AMOUNT} ELSE 0 END")} AS refunds,
               {exact(f"{AMOUNT} - coalesce({kept}, 0)")} AS goods, 0 AS contacts
            FROM {orders.source} AS t WHERE {AMOUNT} IS NOT NULL AND {inside(ORDERED_AT)} GROUP BY 1"""
    ]
    if contacts is not None:
        table = in_engine(as_table(contacts[0], orders.engine), orders.engine)
        require_columns(table.columns, [CUSTOMER_ID, contacts[1]], where="contacts")
        parts.append(
            f"""SELECT {CUSTOMER_ID}, 0, 0, 0, count(*) FROM {table.source} AS t
                WHERE {inside(d.quote(contacts[1]))} GROUP BY 1"""
        )
    money = ", ".join(f"CAST(sum({c}) AS {d.double_type}) AS {c}" for c in ("revenue", "refunds", "goods"))
    sql = f"""
        SELECT customer_id, {money}, CAST(sum(contacts) AS {d.double_type}) * {contact_cost!r} AS service,
               CAST(sum(contacts) AS BIGINT) AS contacts
        FROM ({" UNION ALL ".join(parts)}) AS parts GROUP BY 1
        ORDER BY {d.text_order.format(column="customer_id")}"""
    return keep_rows(orders.engine, sql, stem="profits", path=path)
