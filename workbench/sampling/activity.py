"""What each customer of a frame has bought lately: computed in the engine, one row per customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from workbench.core.engine import Table
from workbench.core.errors import InputError, require_columns

COLUMNS = ("amount_12m", "orders_12m", "last_order_at", "days_since_order")


def with_activity(
    customers: Table, transactions: Table, *, as_of: dt.date, amount_bounds: Sequence[float] = ()
) -> Table:
    """Add to a customer list what each customer bought in the twelve months up to a day.

    Parameters
    ----------
    customers
        One row per customer, with ``customer_id``.
    transactions
        Orders with ``customer_id``, ``ordered_at`` (a local date) and ``amount`` (refunds negative).
    as_of
        Last day that counts; the window starts on the day after the same date a year before.
    amount_bounds
        Bounds of the column ``amount_class``, such as ``[1000, 3000]``; no such column if empty.

    Returns
    -------
    Table
        The customers with ``amount_12m`` (net), ``orders_12m`` (days with a positive net amount), ``last_order_at``,
        ``days_since_order`` and ``amount_class``. Customers without orders have 0, 0 and nothing.

    Raises
    ------
    InputError
        If a column is missing or the bounds do not rise.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.core.engine import DuckDBEngine, as_table
    >>> engine = DuckDBEngine()
    >>> people = as_table(pd.DataFrame({"customer_id": ["a", "b"]}), engine)
    >>> day = dt.date(2026, 5, 1)
    >>> orders = as_table(pd.DataFrame({"customer_id": ["a"], "ordered_at": [day], "amount": [1200.0]}), engine)
    >>> active = with_activity(people, orders, as_of=dt.date(2026, 6, 30), amount_bounds=[1000])
    >>> active.rows("SELECT customer_id, amount_class FROM {table} ORDER BY 1").to_numpy().tolist()
    [['a', '> 1000'], ['b', '≤ 1000']]
    """
    require_columns(transactions.columns, ["customer_id", "ordered_at", "amount"], where="transactions")
    require_columns(customers.columns, ["customer_id"], where="customers")
    bounds = [float(b) for b in amount_bounds]
    if bounds != sorted(set(bounds)):
        raise InputError("Bounds of amount classes rise.", found=", ".join(f"{b:g}" for b in bounds),
                         fix="Write them from small to large, each once.", where="amount_bounds")  # fmt: skip
    try:
        start = as_of.replace(year=as_of.year - 1)
    except ValueError:  # 29 February
        start = dt.date(as_of.year - 1, 2, 28)
    kept = ", ".join(
        f"c.{customers.engine.dialect.quote(n)}" for n in customers.columns if n not in (*COLUMNS, "amount_class")
    )
    days = customers.engine.dialect.days_between.format(start="b.last_order_at", end=f"DATE '{as_of}'")
    amount = "coalesce(b.amount_12m, 0)"
    amount_class = f", {_class_sql(amount, bounds)} AS amount_class" if bounds else ""
    source = f"""(
        SELECT {kept}, {amount} AS amount_12m, coalesce(b.orders_12m, 0) AS orders_12m, b.last_order_at,
               {days} AS days_since_order{amount_class}
        FROM {customers.source} AS c LEFT JOIN (
            SELECT customer_id,
                   CAST(sum(CASE WHEN day > DATE '{start}' THEN amount ELSE 0 END) AS DOUBLE) AS amount_12m,
                   count(CASE WHEN day > DATE '{start}' AND amount > 0 THEN 1 END) AS orders_12m,
                   max(CASE WHEN amount > 0 THEN day END) AS last_order_at
            FROM (
                SELECT customer_id, CAST(ordered_at AS DATE) AS day, sum(CAST(amount AS DECIMAL(18, 4))) AS amount
                FROM {transactions.source} WHERE ordered_at <= DATE '{as_of}' GROUP BY 1, 2
            ) AS d GROUP BY 1
        ) AS b ON b.customer_id = c.customer_id)"""
    return Table(customers.engine, source)


def _class_sql(amount: str, bounds: Sequence[float]) -> str:
    whens = []
    for low, high in zip([None, *bounds[:-1]], bounds, strict=True):
        label = f"≤ {high:g}" if low is None else f"{low:g}–{high:g}"
        whens.append(f"WHEN {amount} <= {high} THEN '{label}'")
    return f"CASE {' '.join(whens)} ELSE '> {bounds[-1]:g}' END"
