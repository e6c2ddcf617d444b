"""The queries behind a purchase summary: order lines, customer-days, customers, histories, tracking."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pandas as pd

from workbench.core.engine import Dialect, Table
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT
from workbench.core.order_days import MONEY, lines_query

YEAR: Final = 365
WHOLE: Final = 10_000  # ten-thousandths of one
MOST: Final = 1e13  # amounts are added up with four decimals, in 18 digits


@dataclass(frozen=True)
class Orders:
    """Order lines and how they are read.

    Attributes
    ----------
    table
        The lines.
    day
        SQL of a line's local day.
    until
        Last day of the histories.
    last
        Last day that counts, in a holdout or not.
    refunds
        Policy for refunds.
    distinct
        Whether a repeated line counts once.
    positive
        Whether every amount is known to be above zero, so that every day is a purchase.
    whole
        Whether customer-days have their amounts in whole ten-thousandths, as doubles: exact where all amounts together
        are known to be small, and faster than decimals.
    """

    table: Table
    day: str
    until: dt.date
    last: dt.date
    refunds: str
    distinct: bool
    positive: bool = False
    whole: bool = False

    @property
    def held(self) -> bool:
        """Whether there is a holdout."""
        return self.last > self.until

    @property
    def lines(self) -> str:
        """The lines as a FROM item."""
        return f"(SELECT DISTINCT * FROM {self.table.source} AS every_line)" if self.distinct else self.table.source

    @property
    def per(self) -> str:
        """SQL that makes a sum of amounts of customer-days money."""
        return f" / {WHOLE}" if self.whole else ""


def line_counts(orders: Orders) -> pd.Series:
    """Count order lines, and those that are left out."""
    known = f"{CUSTOMER_ID} IS NOT NULL AND {ORDERED_AT} IS NOT NULL AND {AMOUNT} IS NOT NULL"
    return (
        orders.table.rows(f"""
        SELECT count(*) AS lines,
               count(CASE WHEN {CUSTOMER_ID} IS NULL THEN 1 END) AS no_id,
               count(CASE WHEN {CUSTOMER_ID} IS NOT NULL AND NOT ({known}) THEN 1 END) AS incomplete,
               count(CASE WHEN {known} AND {orders.day} > DATE '{orders.last}' THEN 1 END) AS late,
               count(CASE WHEN {known} AND {AMOUNT} < 0 AND {orders.day} <= DATE '{orders.last}'
                          THEN 1 END) AS refunds,
               count(CASE WHEN {AMOUNT} <= 0 THEN 1 END) AS not_positive,
               count(CASE WHEN NOT ({AMOUNT} > -{MOST!r} AND {AMOUNT} < {MOST!r}) THEN 1 END) AS beyond,
               coalesce(sum(CAST(abs({AMOUNT}) AS {orders.table.engine.dialect.double_type})), 0) AS together
        FROM {{table}} AS t""")
        .astype(object)
        .iloc[0]
    )


def repeated_lines(orders: Orders) -> int:
    """Count order lines that repeat another one of the same customer, time and amount."""
    found = orders.table.rows(f"""
        SELECT coalesce(sum(n - 1), 0) AS n
        FROM (SELECT count(*) AS n FROM {{table}} AS t
              WHERE {CUSTOMER_ID} IS NOT NULL AND {AMOUNT} IS NOT NULL AND {orders.day} <= DATE '{orders.last}'
              GROUP BY {CUSTOMER_ID}, {ORDERED_AT}, {AMOUNT} HAVING count(*) > 1) AS many""")
    return int(found["n"][0])


def lines_sql(orders: Orders) -> str:
    """Return the query of the order lines that count: ``customer_id``, ``day``, ``amount``."""
    condition = f"{AMOUNT} >= 0" if orders.refunds == "drop" else "TRUE"
    amount = MONEY
    if orders.whole:
        amount = f"round(CAST({AMOUNT} AS {orders.table.engine.dialect.double_type}) * {WHOLE})"
    return lines_query(orders.lines, orders.last, day=orders.day, amount=amount, condition=condition)


def customer_sql(orders: Orders, days: str) -> str:
    """Return the query of one row per customer: purchase days, first, last, amounts, and what is no purchase.

    Parameters
    ----------
    orders
        The lines and how they are read.
    days
        FROM item of the customer-days of `lines_sql`.
    """
    d = orders.table.engine.dialect
    bought, inside = _bought(orders), f"day <= DATE '{orders.until}'" if orders.held else "TRUE"
    held = ""
    # what comes back on other days is net of what was spent
    net = "TRUE" if orders.refunds == "net" else bought
    if orders.held:
        year = f"{inside} AND day > DATE '{orders.until - dt.timedelta(days=YEAR)}'"
        held = f""", count(CASE WHEN {bought} AND NOT ({inside}) THEN 1 END) AS holdout_frequency,
                   coalesce(sum(CASE WHEN {net} AND NOT ({inside}) THEN amount END), 0) AS holdout_amount,
                   count(CASE WHEN {bought} AND {year} THEN 1 END) AS year_frequency,
                   coalesce(sum(CASE WHEN {net} AND {year} THEN amount END), 0) AS year_amount"""
    counted, bought_on, paid = "*", "day", "amount"
    if (bought, inside) != ("TRUE", "TRUE"):  # asked of every customer-day: dear where it is always so
        bought_on, paid = (f"CASE WHEN {bought} AND {inside} THEN {c} END" for c in ("day", "amount"))
        counted = "bought_on"
    others = "0 AS other_days, 0 AS other_amount, 0 AS refunded"
    if bought != "TRUE":
        others = f"""count(CASE WHEN NOT ({bought}) THEN 1 END) AS other_days,
               sum(CASE WHEN NOT ({bought}) THEN amount END) AS other_amount,
               coalesce(sum(CASE WHEN NOT ({bought}) AND {inside} THEN amount END), 0) AS refunded"""
    first = d.first_by.format(value="paid", key="bought_on")
    return f"""
        SELECT customer_id, count({counted}) AS purchases, {first} AS first_amount,
               min(bought_on) AS first_purchase, max(bought_on) AS last_purchase, sum(paid) AS amount,
               {others}, count(*) AS days{held}
        FROM (SELECT customer_id, day, amount, {bought_on} AS bought_on, {paid} AS paid FROM {days} AS customer_days)
             AS flagged
        GROUP BY 1"""


def tracking_sql(orders: Orders, days: str, histories: Table) -> str:
    """Return the query of repeat purchases per calendar day, of customers who are in the histories.

    Parameters
    ----------
    orders
        The lines and how they are read.
    days
        FROM item of the customer-days of `lines_sql`.
    histories
        Customers and their first purchases.
    """
    bought = _bought(orders)
    # up to the last day of the histories everybody who bought is in them: customers are looked up for the holdout only
    return f"""
        SELECT day, CAST(sum(n) AS BIGINT) AS purchases
        FROM (SELECT day, count(*) AS n FROM {days} AS customer_days
              WHERE {bought} AND day <= DATE '{orders.until}' GROUP BY 1
              UNION ALL
              SELECT first_purchase AS day, -count(*) AS n FROM {histories.source} AS first_days GROUP BY 1
              UNION ALL
              SELECT day, count(*) AS n FROM {days} AS customer_days
              JOIN (SELECT customer_id AS known FROM {histories.source} AS all_histories) AS h
                ON h.known = customer_days.customer_id
              WHERE {bought} AND day > DATE '{orders.until}' GROUP BY 1) AS counted
        GROUP BY 1 HAVING sum(n) > 0 ORDER BY 1"""


def _bought(orders: Orders) -> str:
    return "TRUE" if orders.refunds == "as_is" or orders.positive else "amount > 0"


def history_sql(customers: str, orders: Orders, days: int) -> str:
    """Return the query of one history per customer.

    Parameters
    ----------
    customers
        FROM item of the customers of `customer_sql`.
    orders
        The lines and how they are read.
    days
        Days in a unit of time.
    """
    d = orders.table.engine.dialect
    recency = d.days_between.format(start="first_purchase", end="last_purchase")
    age = d.days_between.format(start="first_purchase", end=f"DATE '{orders.until}'")
    repeat = f"CAST(amount - first_amount AS {d.double_type}){orders.per}"
    if orders.refunds == "net" and not orders.positive:
        # a refund on a later day belongs to no purchase in particular: it lowers all of the customer's in proportion
        left = " / ".join(f"(CAST({c} AS {d.double_type}){orders.per})" for c in ("amount + refunded", "amount"))
        repeat = f"CASE WHEN refunded = 0 THEN {repeat} ELSE {repeat} * greatest({left}, 0) END"
    held = ""
    if orders.held:
        held = f""", holdout_frequency, CAST(holdout_amount AS {d.double_type}){orders.per} AS holdout_amount,
                   year_frequency, CAST(year_amount AS {d.double_type}){orders.per} AS year_amount"""
    return f"""
        SELECT customer_id, purchases - 1 AS frequency,
               CAST({recency} AS {d.double_type}) / {days} AS recency,
               CAST({age} AS {d.double_type}) / {days} AS {d.quote("T")},
               CASE WHEN purchases > 1 THEN ({repeat}) / (purchases - 1) END AS monetary_value,
               {repeat} AS repeat_amount, first_purchase, last_purchase{held}
        FROM {customers} AS customers WHERE purchases > 0 ORDER BY {d.text_order.format(column="customer_id")}"""


def excluded_sql(orders: Orders) -> str:
    """Return the query of what is no purchase, over the customers of `customer_sql`; ``days`` counts all days."""
    double = orders.table.engine.dialect.double_type
    return f"""
        SELECT coalesce(sum(other_days), 0) AS other_days,
               CAST(coalesce(sum(other_amount), 0) AS {double}){orders.per} AS amount,
               count(CASE WHEN purchases = 0 THEN 1 END) AS without, CAST(coalesce(sum(days), 0) AS BIGINT) AS days
        FROM {{table}} AS raw"""


def pattern_sql(held: bool, d: Dialect) -> str:
    """Return the query of distinct histories."""
    # money is summed in whole ten-thousandths, because the last digit of a sum of doubles varies from run to run
    more = ""
    if held:
        more = f""", CAST(sum(holdout_frequency) AS {d.double_type}) AS holdout,
                  CAST(count(CASE WHEN holdout_frequency > 0 THEN 1 END) AS {d.double_type}) AS holdout_buyers"""
    return f"""
        SELECT frequency AS x, recency AS t_x, {d.quote("T")}, count(*) AS count,
               {d.exact_sum("repeat_amount", 4)} AS repeat_amount{more}
        FROM {{table}} AS histories GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
