"""How customers buy: basket, trend, season, channels, categories and refunds, from orders inside the engine."""

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
from workbench.core.language import Message, message
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT, Column

BEHAVIOUR_COLUMNS: Mapping[str, Column] = {
    "basket": Column(message("Amount per purchase"), "money"),
    "trend": Column(message("Trend of spending"), "dec2"),
    "season_share": Column(message("Share of the strongest quarter"), "pct"),
    "refund_share": Column(message("Refunded share"), "pct1"),
    "main_channel": Column(message("Main channel")),
    "channel_share": Column(message("Share of the main channel"), "pct"),
    "main_category": Column(message("Main category")),
    "category_share": Column(message("Share of the main category"), "pct"),
    "category_number": Column(message("Categories bought"), "dec1"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class BehaviourTable(BulkResult):
    """How every customer buys.

    Attributes
    ----------
    table
        Read when asked for: ``customer_id``, ``basket`` (amount per purchase), ``trend`` (spending of the last 12
        months less that of the 12 before, over their sum: −1 … 1), ``season_share`` (share of spending in the calendar
        quarter with most of it), ``refund_share`` (refunds over purchases), and where the orders say so
        ``main_channel``, ``channel_share``, ``main_category``, ``category_share``, ``category_number``.
    source
        The same rows in the engine.
    """

    caption: ClassVar[Message] = message("How customers buy")
    columns: ClassVar[Mapping[str, Column]] = BEHAVIOUR_COLUMNS


def behaviour_table(
    transactions: pd.DataFrame | Table | str | Path,
    *,
    observed_until: dt.date,
    path: str | Path | None = None,
    engine: Engine | None = None,
) -> BehaviourTable:
    """Describe how each customer buys.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount`` (refunds negative) and perhaps ``channel`` and
        ``category``.
    observed_until
        Last day that counts.
    path
        Parquet file to write to; a file that lives as long as this process if None.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    BehaviourTable
        One row per customer with a purchase.

    Raises
    ------
    InputError
        If a column is missing or nobody has a purchase.

    Examples
    --------
    >>> day = pd.to_datetime(["2025-01-01", "2026-01-08", "2026-01-20"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "a"], "ordered_at": day, "amount": [10.0, 40, -10]})
    >>> found = behaviour_table(orders, observed_until=dt.date(2026, 1, 31)).table.round(2)
    >>> found[["basket", "trend", "refund_share"]].to_numpy().tolist()
    [[25.0, 0.6, 0.2]]
    """
    orders = as_table(transactions, engine)
    require_columns(orders.columns, (CUSTOMER_ID, ORDERED_AT, AMOUNT), where="transactions")
    rows = keep_rows(orders.engine, _sql(orders, observed_until), stem="behaviour", path=path)
    basket = rows.engine.dialect.exact_sum("basket", 4)
    summary = rows.rows(f"SELECT count(*) AS customers, {basket} / nullif(count(*), 0) AS basket FROM {{table}} AS t")
    if not summary["customers"][0]:
        raise InputError(
            "Somebody has a purchase in the time observed.",
            found="nobody",
            fix="Check the days and the amounts.",
            where="transactions",
        )
    return BehaviourTable(source=rows, summary=summary)


def _sql(orders: Table, end: dt.date) -> str:
    d = orders.engine.dialect
    base = f"""
        SELECT {CUSTOMER_ID} AS customer_id, CAST({ORDERED_AT} AS DATE) AS day,
               CAST({AMOUNT} AS DECIMAL(18, 4)) AS amount{_columns(orders)}
        FROM {orders.source} AS t
        WHERE {CUSTOMER_ID} IS NOT NULL AND {AMOUNT} IS NOT NULL AND CAST({ORDERED_AT} AS DATE) <= DATE '{end}'"""
    age = d.days_between.format(start="day", end=f"DATE '{end}'")
    double = d.double_type
    quarters = ", ".join(
        f"sum(CASE WHEN amount > 0 AND extract(month FROM day) IN ({', '.join(str(3 * q + m) for m in (1, 2, 3))}) "
        f"THEN amount ELSE 0 END) AS q{q}"
        for q in range(4)
    )
    whole = f"""SELECT customer_id, count(CASE WHEN amount > 0 THEN 1 END) AS purchases,
                       sum(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS bought,
                       sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS refunded,
                       sum(CASE WHEN amount > 0 AND {age} < 365 THEN amount ELSE 0 END) AS late,
                       sum(CASE WHEN amount > 0 AND {age} BETWEEN 365 AND 729 THEN amount ELSE 0 END) AS early,
                       {quarters} FROM ({base}) AS lines GROUP BY customer_id"""
    joins, more = "", ""
    for name in ("channel", "category"):
        if name in orders.columns:
            joins += f" LEFT JOIN ({_main(base, name, d)}) AS m_{name} ON m_{name}.customer_id = w.customer_id"
            more += (
                f", m_{name}.{name} AS main_{name}, CAST(m_{name}.amount AS {double}) / CAST(w.bought AS {double}) "
                f"AS {name}_share"
            )
    more += ", m_category.number AS category_number" if "category" in orders.columns else ""
    return f"""
        SELECT w.customer_id, CAST(bought AS {double}) / purchases AS basket,
               coalesce(CAST(late - early AS {double}) / nullif(CAST(late + early AS {double}), 0), 0.0) AS trend,
               CAST(greatest(q0, q1, q2, q3) AS {double}) / CAST(bought AS {double}) AS season_share,
               CAST(refunded AS {double}) / CAST(bought AS {double}) AS refund_share{more}
        FROM ({whole}) AS w{joins} WHERE purchases > 0 ORDER BY {d.text_order.format(column="w.customer_id")}"""


def _columns(orders: Table) -> str:
    return "".join(f", {c}" for c in ("channel", "category") if c in orders.columns)


def _main(base: str, name: str, d: Dialect) -> str:
    named = d.text_order.format(column=name)
    # the one with most spending; of equal ones the first by name
    return f"""
        SELECT customer_id, {name}, amount, number FROM (
            SELECT customer_id, {name}, amount, count(*) OVER (PARTITION BY customer_id) AS number,
                   row_number() OVER (PARTITION BY customer_id ORDER BY amount DESC, {named}) AS place
            FROM (SELECT customer_id, {name}, sum(amount) AS amount FROM ({base}) AS lines
                  WHERE amount > 0 AND {name} IS NOT NULL GROUP BY customer_id, {name}) AS sums
        ) AS ranked WHERE place = 1"""
