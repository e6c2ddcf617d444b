"""Recency, frequency, amount and tenure of every customer, computed from orders inside the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.engine import Dialect, Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message, plural
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT, Column
from workbench.core.order_days import order_days
from workbench.core.results import Note

RFM_COLUMNS: Mapping[str, Column] = {
    "recency_days": Column(message("Days since last purchase"), "int"),
    "frequency": Column(message("Days with a purchase"), "dec1"),
    "monetary": Column(message("Amount"), "money"),
    "tenure_days": Column(message("Days since first purchase"), "int"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RfmTable(BulkResult):
    """Recency, frequency, amount and tenure.

    Attributes
    ----------
    table
        Read when asked for: ``customer_id``, ``recency_days`` (since the last purchase), ``frequency`` (days with a
        purchase), ``monetary`` (net amount, refunds taken off), ``tenure_days`` (since the first purchase).
    source
        The same rows in the engine.
    """

    caption: ClassVar[Message] = message("Recency, frequency, amount")
    columns: ClassVar[Mapping[str, Column]] = RFM_COLUMNS


def rfm_table(
    transactions: pd.DataFrame | Table | str | Path,
    *,
    observed_until: dt.date,
    observed_from: dt.date | None = None,
    path: str | Path | None = None,
    engine: Engine | None = None,
) -> RfmTable:
    """Compute recency, frequency, amount and tenure of every customer with a purchase.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at`` and ``amount`` (refunds negative): a DataFrame, a Parquet file or a
        `Table` of an engine.
    observed_until
        Last day that counts.
    observed_from
        First day that counts; every day before if None.
    path
        Parquet file to write to; a file that lives as long as this process if None.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    RfmTable
        One row per customer. A purchase is a day whose amounts add up to more than zero; notes count the rest.

    Raises
    ------
    InputError
        If a column is missing, the days are in the wrong order, or nobody has a purchase.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-01", "2026-01-08", "2026-01-08", "2026-01-20"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "a", "b"], "ordered_at": day, "amount": [10.0, 20, 30, 5]})
    >>> rfm_table(orders, observed_until=dt.date(2026, 1, 31)).table.to_numpy().tolist()
    [['a', 23, 2, 60.0, 30], ['b', 11, 1, 5.0, 11]]
    """
    orders = as_table(transactions, engine)
    require_columns(orders.columns, (CUSTOMER_ID, ORDERED_AT, AMOUNT), where="transactions")
    if observed_from is not None and observed_from > observed_until:
        raise InputError(
            "Observation starts before it ends.",
            found=f"{observed_from} after {observed_until}",
            fix="Exchange or correct the two days.",
            where="observed_from",
        )
    raw = keep_rows(orders.engine, _customer_sql(orders, observed_from, observed_until), stem="orders")
    left_out = raw.rows("SELECT count(CASE WHEN frequency = 0 THEN 1 END) AS n FROM {table} AS t")["n"][0]
    rows = keep_rows(orders.engine, _rfm_sql(raw, observed_until), stem="rfm", path=path)
    summary = rows.rows(_summary_sql(orders.engine.dialect))
    if not summary["customers"][0]:
        raise InputError(
            message("Somebody has a purchase in the time observed."),
            found=message("nobody"),
            fix=message("Check the days and the amounts."),
            where="transactions",
        )
    lines = orders.rows(_line_sql(observed_from, observed_until)).iloc[0]
    return RfmTable(source=rows, summary=summary, notes=tuple(_notes(lines, int(left_out))))


def _window(start: dt.date | None, end: dt.date) -> str:
    first = f" AND CAST({ORDERED_AT} AS DATE) >= DATE '{start}'" if start else ""
    return f"CAST({ORDERED_AT} AS DATE) <= DATE '{end}'{first}"


def _customer_sql(orders: Table, start: dt.date | None, end: dt.date) -> str:
    since = f" WHERE day >= DATE '{start}'" if start else ""
    return f"""
        SELECT customer_id, count(CASE WHEN amount > 0 THEN 1 END) AS frequency, sum(amount) AS monetary,
               min(CASE WHEN amount > 0 THEN day END) AS first_day, max(CASE WHEN amount > 0 THEN day END) AS last_day
        FROM {order_days(orders, end).source} AS customer_days{since} GROUP BY 1"""


def _rfm_sql(raw: Table, end: dt.date) -> str:
    d = raw.engine.dialect
    recency = d.days_between.format(start="last_day", end=f"DATE '{end}'")
    tenure = d.days_between.format(start="first_day", end=f"DATE '{end}'")
    return f"""
        SELECT customer_id, CAST({recency} AS BIGINT) AS recency_days, frequency,
               CAST(monetary AS {d.double_type}) AS monetary, CAST({tenure} AS BIGINT) AS tenure_days
        FROM {raw.source} AS t WHERE frequency > 0 ORDER BY {d.text_order.format(column="customer_id")}"""


def _summary_sql(d: Dialect) -> str:
    # means of whole numbers and of decimals, so that the last digit is always the same
    return f"""
        SELECT count(*) AS customers, avg(recency_days) AS recency_days, avg(frequency) AS frequency,
               {d.exact_sum("monetary", 4)} / nullif(count(*), 0) AS monetary,
               avg(tenure_days) AS tenure_days
        FROM {{table}} AS t"""


def _line_sql(start: dt.date | None, end: dt.date) -> str:
    known = f"{CUSTOMER_ID} IS NOT NULL AND {ORDERED_AT} IS NOT NULL AND {AMOUNT} IS NOT NULL"
    return f"""
        SELECT count(CASE WHEN NOT ({known}) THEN 1 END) AS incomplete,
               count(CASE WHEN {known} AND NOT ({_window(start, end)}) THEN 1 END) AS outside
        FROM {{table}} AS t"""


def _notes(lines: pd.Series, left_out: int) -> list[Note]:
    found = [
        (
            lines["incomplete"],
            plural(
                "{n:int} order line without a customer, a date or an amount is left out.",
                "{n:int} order lines without a customer, a date or an amount are left out.",
                n=lines["incomplete"],
            ),
        ),
        (
            lines["outside"],
            plural(
                "{n:int} order line is outside the time observed.",
                "{n:int} order lines are outside the time observed.",
                n=lines["outside"],
            ),
        ),
        (
            left_out,
            plural(
                "{n:int} customer whose orders never add up to more than zero is left out.",
                "{n:int} customers whose orders never add up to more than zero are left out.",
                n=left_out,
            ),
        ),
    ]
    return [Note(text) for n, text in found if n > 0]
