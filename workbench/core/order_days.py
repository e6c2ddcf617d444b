"""Order lines as one row per customer and day: what every question about buying starts from."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pandas as pd

from workbench.core.bulk import keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT

LOCAL_DAY: Final = f"CAST({ORDERED_AT} AS DATE)"
MONEY: Final = f"CAST({AMOUNT} AS DECIMAL(18, 4))"  # sums are exact, in whatever order rows come
MOST_WHOLE: Final = 2e11  # up to here whole ten-thousandths add up in doubles without rounding: below 2 to the 51st


def lines_query(
    lines: str, until: dt.date, *, day: str = LOCAL_DAY, amount: str = MONEY, condition: str = "TRUE"
) -> str:
    """Return the query of the order lines that count: ``customer_id``, ``day``, ``amount``.

    Parameters
    ----------
    lines
        FROM item of the lines.
    until
        Last day that counts.
    day
        SQL of a line's local day.
    amount
        SQL of what is added up.
    condition
        SQL of what lines fulfil that count.

    Examples
    --------
    >>> print(lines_query("orders", dt.date(2026, 6, 30)).split(" FROM ")[1].split(" WHERE ")[0])
    orders AS order_lines
    """
    also = "" if condition == "TRUE" else f" AND {condition}"
    return (
        f"SELECT {CUSTOMER_ID} AS customer_id, {day} AS day, {amount} AS amount FROM {lines} AS order_lines "
        f"WHERE {CUSTOMER_ID} IS NOT NULL AND {AMOUNT} IS NOT NULL{also} AND {day} <= DATE '{until}'"
    )


def days_query(lines: str) -> str:
    """Return the query of one row per customer and day with an order line: ``customer_id``, ``day``, ``amount`` (net).

    Parameters
    ----------
    lines
        Query of `lines_query`.
    """
    return f"SELECT customer_id, day, sum(amount) AS amount FROM ({lines}) AS order_lines GROUP BY 1, 2"


def order_days(orders: Table, until: dt.date) -> Table:
    """Keep one row per customer and day with an order line, refunds taken off: once for all that is asked of them.

    Parameters
    ----------
    orders
        Order lines with ``customer_id``, ``ordered_at`` (local) and ``amount``; those without an id or an amount are
        left out.
    until
        Last day that counts.

    Returns
    -------
    Table
        ``customer_id``, ``day``, ``amount``; while a report is made all chapters read the same file.

    Examples
    --------
    >>> from workbench.core.engine import as_table
    >>> day = [dt.date(2026, 1, 8), dt.date(2026, 1, 8), dt.date(2026, 2, 1)]
    >>> lines = as_table(pd.DataFrame({"customer_id": "a", "ordered_at": day, "amount": [10.0, -4, 9]}))
    >>> order_days(lines, dt.date(2026, 1, 31)).to_frame()["amount"].astype(float).tolist()
    [6.0]
    """
    double = orders.engine.dialect.double_type
    found = orders.rows(f"SELECT sum(CAST(abs({AMOUNT}) AS {double})) AS together FROM {{table}} AS t")["together"][0]
    return keep_days(orders.engine, lines_query(orders.source, until), 0.0 if pd.isna(found) else float(found))


def adds_up(together: float) -> bool:
    """Tell whether whole ten-thousandths of amounts add up exactly in doubles, and in 18 digits, in any order.

    Parameters
    ----------
    together
        Sum of the amounts, refunds counted as if they were none.

    Examples
    --------
    >>> adds_up(1e9), adds_up(1e12)
    (True, False)
    """
    return bool(together < MOST_WHOLE)


def keep_days(engine: Engine, lines: str, together: float) -> Table:
    """Keep one row per customer and day, in the order of customers and days where the engine keeps an order.

    Parameters
    ----------
    engine
        The engine.
    lines
        Query of `lines_query`.
    together
        Sum of the amounts of all lines, as for `adds_up`; where it is small, a day's amount takes half the room.

    Notes
    -----
    Where a customer's days lie together, what later groups them by customer takes a third of the time.

    Examples
    --------
    >>> from workbench.core.engine import DuckDBEngine
    >>> one = "SELECT 'a' AS customer_id, DATE '2026-01-08' AS day, CAST(1 AS DECIMAL(18, 4)) AS amount"
    >>> keep_days(DuckDBEngine(), one, 1.0).columns["amount"]
    'DECIMAL(18,4)'
    """
    if adds_up(together):
        return as_table(engine.keep_added(lines, ["customer_id", "day"], "amount", "days"), engine)
    return keep_rows(engine, days_query(lines), stem="days")
