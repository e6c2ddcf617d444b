"""The query of features: what is known of every customer on a day, and nothing that came after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from workbench.clv.purchases.purchases_input import day_sql
from workbench.clv.purchases.purchases_sql import Orders
from workbench.core.engine import Table
from workbench.core.names import AMOUNT, CUSTOMER_ID
from workbench.core.order_days import order_days

WINDOWS: Final = (30, 91, 182, 365)
CONTACT_DAYS: Final = 182


def orders_until(transactions: Table, cut: dt.date, last: dt.date | None = None) -> Orders:
    """Return order lines as they are read for features: net of refunds of the same day, up to the cut.

    Parameters
    ----------
    transactions
        Order lines.
    cut
        Last day that counts.
    last
        Last day that counts for others who ask the same lines, so that days are added up once; the cut by default.
    """
    return Orders(transactions, day_sql(transactions, None), cut, last or cut, "net", distinct=False)


def purchases_part(orders: Orders) -> str:
    """Return the query of what a customer's purchase days say: when, how often, how much, how regularly.

    Parameters
    ----------
    orders
        Order lines up to the cut.
    """
    d, cut = orders.table.engine.dialect, f"DATE '{orders.until}'"
    days = order_days(orders.table, orders.last).source
    age = d.days_between.format(start="day", end=cut)
    wait = d.days_between.format(start="before", end="day")
    counts = ", ".join(f"count(CASE WHEN age < {w} THEN 1 END) AS purchases_{w}" for w in WINDOWS)
    money = {w: f"sum(CASE WHEN age < {w} THEN amount ELSE 0 END)" for w in (91, 182, 365)}
    # sums of decimals and of whole numbers: no last digit depends on the order of rows
    return f"""
        SELECT {CUSTOMER_ID}, count(*) AS purchases, min(age) AS silent_days, max(age) AS tenure_days, {counts},
               CAST({money[91]} AS {d.double_type}) AS amount_91, CAST({money[365]} AS {d.double_type}) AS amount_365,
               CAST(sum(amount) AS {d.double_type}) / count(*) AS mean_amount,
               CAST(2 * {money[182]} - {money[365]} AS {d.double_type}) AS amount_trend,
               2 * count(CASE WHEN age < 182 THEN 1 END) - count(CASE WHEN age < 364 THEN 1 END) AS purchase_trend,
               count(wait) AS waits, sum(CAST(wait AS BIGINT)) AS waited,
               sum(CAST(wait AS BIGINT) * CAST(wait AS BIGINT)) AS waited_squared
        FROM (SELECT {CUSTOMER_ID}, amount, {age} AS age, {wait} AS wait
              FROM (SELECT *, lag(day) OVER (PARTITION BY {CUSTOMER_ID} ORDER BY day) AS before
                    FROM {days} AS customer_days WHERE amount > 0 AND day <= {cut}) AS with_before) AS bought
        GROUP BY 1"""


def lines_part(orders: Orders, items: Sequence[str]) -> str:
    """Return the query of what single order lines of the last year say: refunds, and how many different things.

    Parameters
    ----------
    orders
        Order lines up to the cut.
    items
        Columns whose different values count, such as category and channel.
    """
    d = orders.table.engine.dialect
    since = orders.until - dt.timedelta(days=365)
    kinds = "".join(
        f", count(DISTINCT CASE WHEN {AMOUNT} > 0 THEN {d.quote(c)} END) AS {d.quote(f'different_{c}')}" for c in items
    )
    return f"""
        SELECT {CUSTOMER_ID}, count(CASE WHEN {AMOUNT} < 0 THEN 1 END) AS refunds_365{kinds}
        FROM {orders.table.source} AS order_lines
        WHERE {CUSTOMER_ID} IS NOT NULL AND {orders.day} > DATE '{since}' AND {orders.day} <= DATE '{orders.until}'
        GROUP BY 1"""


def contacts_part(interactions: Table, cut: dt.date, complaints: Sequence[str]) -> str:
    """Return the query of complaints and other contacts of the last half year.

    Parameters
    ----------
    interactions
        ``customer_id``, ``opened_at`` and perhaps ``kind``.
    cut
        Last day that counts.
    complaints
        Values of ``kind`` that are complaints.
    """
    d = interactions.engine.dialect
    day = "CAST(opened_at AS DATE)"
    bad = f"kind IN ({', '.join(d.literal(k) for k in complaints)})" if complaints else "FALSE"
    return f"""
        SELECT {CUSTOMER_ID}, count(*) AS contacts_182, count(CASE WHEN {bad} THEN 1 END) AS complaints_182
        FROM {interactions.source} AS contacts
        WHERE {day} <= DATE '{cut}' AND {day} > DATE '{cut - dt.timedelta(days=CONTACT_DAYS)}' GROUP BY 1"""


def contracts_part(contracts: Table, cut: dt.date) -> str:
    """Return the query of contracts that run on the day of the cut: how many, and the age of the oldest.

    Parameters
    ----------
    contracts
        ``customer_id``, ``started_at``, ``ended_at``.
    cut
        Last day that counts; a later end is not known yet.
    """
    d = contracts.engine.dialect
    start, end = "CAST(started_at AS DATE)", "CAST(ended_at AS DATE)"
    age = d.days_between.format(start=start, end=f"DATE '{cut}'")
    return f"""
        SELECT {CUSTOMER_ID}, count(*) AS contracts_running, max({age}) AS contract_days
        FROM {contracts.source} AS contracts
        WHERE {start} <= DATE '{cut}' AND (ended_at IS NULL OR {end} > DATE '{cut}') GROUP BY 1"""


def features_query(base: str, joined: Sequence[tuple[str, Sequence[str]]], given: Sequence[str], table: Table) -> str:
    """Return the query of all features in the order of customers.

    Parameters
    ----------
    base
        Query of `purchases_part`.
    joined
        Further queries and their columns, in which a customer without a row has none (0).
    given
        Selected columns and joins of what is known of customers besides: pairs of SQL, flattened by the caller.
    table
        Any table of the engine, for its dialect.
    """
    d = table.engine.dialect
    double = d.double_type
    mean = f"CAST(waited AS {double}) / waits"
    variance = f"CAST(waits * waited_squared - waited * waited AS {double})"
    plain = ["purchases", "silent_days", "tenure_days", *(f"purchases_{w}" for w in WINDOWS), "purchase_trend"]
    columns = [f"CAST(p.{c} AS {double}) AS {c}" for c in plain]
    columns += [f"p.{c}" for c in ("amount_91", "amount_365", "mean_amount", "amount_trend")]
    columns += [
        f"CASE WHEN waits > 0 THEN {mean} END AS mean_wait",
        f"CASE WHEN waits > 1 THEN sqrt({variance}) / waited END AS wait_spread",
        f"CASE WHEN waits > 0 THEN silent_days * CAST(waits AS {double}) / waited END AS silent_waits",
    ]
    joins = ""
    for i, (sql, names) in enumerate(joined):
        columns += [f"CAST(coalesce(j{i}.{d.quote(n)}, 0) AS {double}) AS {d.quote(n)}" for n in names]
        joins += f" LEFT JOIN ({sql}) AS j{i} ON j{i}.{CUSTOMER_ID} = p.{CUSTOMER_ID}"
    columns += [sql for sql in given[::2] if sql]  # a column of small groups only has none
    joins += "".join(given[1::2])
    return f"""
        SELECT p.{CUSTOMER_ID}, {", ".join(columns)}
        FROM ({base}) AS p{joins}
        ORDER BY {d.text_order.format(column=f"p.{CUSTOMER_ID}")}"""
