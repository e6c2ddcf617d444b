"""What each customer of a frame has bought lately: computed in the engine, one row per customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from workbench.core.bulk import keep_rows
from workbench.core.engine import Table
from workbench.core.errors import InputError, require_columns
from workbench.core.order_days import order_days

COLUMNS = ("amount_12m", "orders_12m", "amount_before_12m", "last_order_at", "days_since_order")
CLASSES = ("amount_class", "frequency_class")


def with_activity(
    customers: Table,
    transactions: Table,
    *,
    as_of: dt.date,
    amount_bounds: Sequence[float] = (),
    frequency_bounds: Sequence[float] = (),
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
    frequency_bounds
        Bounds of the column ``frequency_class``, in days with an order; no such column if empty.

    Returns
    -------
    Table
        The customers with ``amount_12m`` (net), ``orders_12m`` (days with a positive net amount),
        ``amount_before_12m`` (net, in the twelve months before those), ``last_order_at``, ``days_since_order``,
        ``amount_class`` and ``frequency_class``. Customers without orders have 0 and nothing.

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
    start, before = _a_year_before(as_of), _a_year_before(_a_year_before(as_of))
    kept = ", ".join(
        f"c.{customers.engine.dialect.quote(n)}" for n in customers.columns if n not in (*COLUMNS, *CLASSES)
    )
    double = customers.engine.dialect.double_type
    days = customers.engine.dialect.days_between.format(start="b.last_order_at", end=f"DATE '{as_of}'")
    amount, orders = "coalesce(b.amount_12m, 0)", "coalesce(b.orders_12m, 0)"
    classes = "".join(
        f", {_class_sql(value, _rising(bounds, name))} AS {name}"
        for name, value, bounds in zip(CLASSES, (amount, orders), (amount_bounds, frequency_bounds), strict=True)
        if len(bounds)
    )
    lately = keep_rows(
        transactions.engine,
        f"""
        SELECT customer_id,
               CAST(sum(CASE WHEN day > DATE '{start}' THEN amount ELSE 0 END) AS {double}) AS amount_12m,
               count(CASE WHEN day > DATE '{start}' AND amount > 0 THEN 1 END) AS orders_12m,
               CAST(sum(CASE WHEN day > DATE '{before}' AND day <= DATE '{start}' THEN amount ELSE 0 END)
                    AS {double}) AS amount_before_12m,
               max(CASE WHEN amount > 0 THEN day END) AS last_order_at
        FROM {order_days(transactions, as_of).source} AS d GROUP BY 1 ORDER BY 1""",
        stem="activity",
    )
    source = f"""(
        SELECT {kept}, {amount} AS amount_12m, {orders} AS orders_12m,
               coalesce(b.amount_before_12m, 0) AS amount_before_12m, b.last_order_at,
               {days} AS days_since_order{classes}
        FROM {customers.source} AS c LEFT JOIN {lately.source} AS b ON b.customer_id = c.customer_id)"""
    return Table(customers.engine, source)


def with_complaints(
    customers: Table, interactions: Table, *, as_of: dt.date, kinds: Sequence[str] = ("complaint",)
) -> Table:
    """Add to a customer list how often each customer complained in the twelve months up to a day.

    Parameters
    ----------
    customers
        One row per customer, with ``customer_id``.
    interactions
        Contacts from customers with ``customer_id``, ``opened_at`` and ``kind``.
    as_of
        Last day that counts.
    kinds
        Values of ``kind`` that are complaints.

    Returns
    -------
    Table
        The customers with ``complaints_12m``, 0 for those without.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.core.engine import DuckDBEngine, as_table
    >>> engine = DuckDBEngine()
    >>> people = as_table(pd.DataFrame({"customer_id": ["a", "b"]}), engine)
    >>> day = dt.date(2026, 5, 1)
    >>> calls = pd.DataFrame({"customer_id": ["a"], "opened_at": [day], "kind": ["complaint"]})
    >>> found = with_complaints(people, as_table(calls, engine), as_of=dt.date(2026, 6, 30))
    >>> found.rows("SELECT complaints_12m FROM {table} ORDER BY customer_id")["complaints_12m"].tolist()
    [1, 0]
    """
    require_columns(interactions.columns, ["customer_id", "opened_at", "kind"], where="interactions")
    literal = customers.engine.dialect.literal
    listed = ", ".join(literal(k) for k in kinds)
    source = f"""(
        SELECT c.*, coalesce(i.complaints, 0) AS complaints_12m FROM {customers.source} AS c LEFT JOIN (
            SELECT customer_id, count(*) AS complaints FROM {interactions.source} AS t
            WHERE kind IN ({listed}) AND CAST(opened_at AS DATE) > DATE '{_a_year_before(as_of)}'
                AND CAST(opened_at AS DATE) <= DATE '{as_of}' GROUP BY 1
        ) AS i ON i.customer_id = c.customer_id)"""
    return Table(customers.engine, source)


def with_last_score(customers: Table, scores: Table | None) -> Table:
    """Add to a customer list what each customer answered last time, as ``last_score``; missing where unknown.

    Parameters
    ----------
    customers
        One row per customer, with ``customer_id``.
    scores
        One row per customer who answered, with ``customer_id`` and ``recommend``; None where nobody was asked before.

    Returns
    -------
    Table
        The customers with ``last_score``.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.core.engine import as_table
    >>> with_last_score(as_table(pd.DataFrame({"customer_id": ["a"]})), None).columns["last_score"]
    'BIGINT'
    """
    if scores is None:
        return Table(customers.engine, f"(SELECT *, CAST(NULL AS BIGINT) AS last_score FROM {customers.source} AS t)")
    require_columns(scores.columns, ["customer_id", "recommend"], where="scores")
    source = (
        f"(SELECT c.*, CAST(s.recommend AS BIGINT) AS last_score FROM {customers.source} AS c "
        f"LEFT JOIN {scores.source} AS s ON s.customer_id = c.customer_id)"
    )
    return Table(customers.engine, source)


def _a_year_before(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return dt.date(day.year - 1, 2, 28)


def _rising(bounds: Sequence[float], name: str) -> list[float]:
    chosen = [float(b) for b in bounds]
    if chosen != sorted(set(chosen)):
        raise InputError(
            "Bounds of classes rise.",
            found=", ".join(f"{b:g}" for b in chosen),
            fix="Write them from small to large, each once.",
            where=name,
        )
    return chosen


def _class_sql(amount: str, bounds: Sequence[float]) -> str:
    whens = []
    for low, high in zip([None, *bounds[:-1]], bounds, strict=True):
        label = f"≤ {high:g}" if low is None else f"{low:g}–{high:g}"
        whens.append(f"WHEN {amount} <= {high} THEN '{label}'")
    return f"CASE {' '.join(whens)} ELSE '> {bounds[-1]:g}' END"
