"""What customers bought, item by item, as sparse counts of rows (customers) and columns (items)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy

from workbench.core.bulk import keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import message, plural
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT

FEWEST: int = 3  # items to choose from


@dataclass(frozen=True, eq=False)
class ItemCounts:
    """What customers bought up to a day.

    Attributes
    ----------
    customers
        ``place`` and ``customer_id`` of every customer; the place is the row of the matrices. Stays in the engine.
    items
        Names of the items, by column.
    times
        Days on which a customer bought an item (sparse, CSR).
    silent, held
        Days since the last and the first of them; as many stored values as `times`, in its order.
    cut
        The day.
    """

    customers: Table
    items: tuple[str, ...]
    times: scipy.sparse.csr_matrix
    silent: np.ndarray
    held: np.ndarray
    cut: dt.date

    @property
    def bought(self) -> scipy.sparse.csr_matrix:
        """1 where a customer has bought an item."""
        return scipy.sparse.csr_matrix(
            (np.ones(self.times.nnz, dtype=np.float32), self.times.indices, self.times.indptr), shape=self.times.shape
        )

    @property
    def buyers(self) -> np.ndarray:
        """How many customers bought each item."""
        return np.bincount(self.times.indices, minlength=len(self.items)).astype(float)


def count_items(transactions: pd.DataFrame | Table, *, item: str, cut: dt.date, most_items: int = 20_000) -> ItemCounts:
    """Count on how many days each customer bought each item up to a day.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount`` and `item`; refunds (negative amounts) do not count.
    item
        Column of what is offered.
    cut
        Last day that counts.
    most_items
        Most items, those that most customers bought.

    Returns
    -------
    ItemCounts
        A row for every customer who bought something up to the day.

    Raises
    ------
    InputError
        If a column is missing, or there are fewer than three items.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-01", "2026-01-05", "2026-01-05", "2026-01-09", "2026-01-09"])
    >>> orders = pd.DataFrame({"customer_id": list("aabbb"), "ordered_at": day, "amount": 1.0,
    ...                        "product": ["tea", "tea", "tea", "cup", "pot"]})
    >>> found = count_items(orders, item="product", cut=dt.date(2026, 1, 31))
    >>> found.items, found.times.toarray().astype(int).tolist()
    (('tea', 'cup', 'pot'), [[2, 0, 0], [1, 1, 1]])
    """
    orders = as_table(transactions)
    require_columns(orders.columns, [CUSTOMER_ID, ORDERED_AT, AMOUNT, item], where="transactions")
    e, d = orders.engine, orders.engine.dialect
    lines = _lines(orders, item, f"<= DATE '{cut}'")
    found = e.rows(f"SELECT DISTINCT item FROM {lines} AS l")["item"].sort_values(ignore_index=True)
    if len(found) < FEWEST:
        raise InputError(
            message("There are at least three items to choose from."),
            found=plural("{n:int} item", "{n:int} items", n=len(found)),
            fix=message("Name another column as offers.item."),
            where="item",
        )
    customers = keep_rows(
        e,
        f"""
        SELECT row_number() OVER (ORDER BY {d.text_order.format(column=CUSTOMER_ID)}) - 1 AS place, {CUSTOMER_ID}
        FROM (SELECT DISTINCT {CUSTOMER_ID} FROM {lines} AS l) AS everybody ORDER BY place""",
        stem="item-customers",
    )
    rows = int(customers.rows("SELECT count(*) AS n FROM {table} AS c")["n"].iloc[0])
    silent = d.days_between.format(start="max(day)", end=f"DATE '{cut}'")
    held = d.days_between.format(start="min(day)", end=f"DATE '{cut}'")
    told = f"count(*) AS days, {silent} AS silent, {held} AS held"
    place, column, days, since, first = _placed(orders.engine, lines, customers, tuple(found), told)
    buyers = np.bincount(column, minlength=len(found))
    popular = np.argsort(-buyers, kind="stable")[:most_items]
    rank = np.full(len(found), -1, dtype=np.int64)
    rank[popular] = np.arange(len(popular))
    column = rank[column]
    kept = np.flatnonzero(column >= 0)
    order = kept[np.argsort(place[kept] * len(popular) + column[kept], kind="stable")]
    pointer = np.zeros(rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(place[kept], minlength=rows), out=pointer[1:])
    names = tuple(str(found.iloc[i]) for i in popular)
    matrix = scipy.sparse.csr_matrix(
        (days[order].astype(np.float32), column[order].astype(np.int32), pointer), shape=(rows, len(names))
    )
    return ItemCounts(customers, names, matrix, since[order], first[order], cut)


def later_items(
    counts: ItemCounts, transactions: pd.DataFrame | Table, *, item: str, until: dt.date
) -> scipy.sparse.csr_matrix:
    """Return what the same customers bought after the day of the counts: 1 where they bought an item.

    Parameters
    ----------
    counts
        What they bought before.
    transactions, item
        As for `count_items`.
    until
        Last day that counts.

    Returns
    -------
    csr_matrix
        Rows and columns as in `counts`; items that nobody bought before are not in it.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-01", "2026-01-05", "2026-01-09", "2026-02-01"])
    >>> orders = pd.DataFrame({"customer_id": "a", "ordered_at": day, "amount": 1.0,
    ...                        "product": ["tea", "cup", "pot", "cup"]})
    >>> counts = count_items(orders, item="product", cut=dt.date(2026, 1, 31))
    >>> later = later_items(counts, orders, item="product", until=dt.date(2026, 2, 28))
    >>> [counts.items[j] for j in later.indices]
    ['cup']
    """
    orders = as_table(transactions)
    when = f"> DATE '{counts.cut}' AND CAST({ORDERED_AT} AS DATE) <= DATE '{until}'"
    place, column, _ = _placed(orders.engine, _lines(orders, item, when), counts.customers, counts.items, "1 AS once")
    return scipy.sparse.csr_matrix((np.ones(len(place), dtype=np.float32), (place, column)), shape=counts.times.shape)


def _lines(orders: Table, item: str, when: str) -> str:
    d = orders.engine.dialect
    return f"""(SELECT {CUSTOMER_ID}, CAST({ORDERED_AT} AS DATE) AS day, CAST({d.quote(item)} AS {d.text_type}) AS item
                FROM {orders.source} AS o
                WHERE {AMOUNT} > 0 AND {CUSTOMER_ID} IS NOT NULL AND {d.quote(item)} IS NOT NULL
                  AND CAST({ORDERED_AT} AS DATE) {when})"""


def _placed(
    engine: Engine, lines: str, customers: Table, items: tuple[str, ...], told: str
) -> list[np.ndarray[Any, Any]]:
    """Return the places of customers and items, once each, and what is told of their days, as whole numbers."""
    known = engine.register(pd.DataFrame({"item": items, "place": np.arange(len(items))}))
    # places first: whole numbers are put together faster than texts
    sql = f"""
        SELECT customer, item_place, {told}
        FROM (SELECT DISTINCT c.place AS customer, i.place AS item_place, l.day
              FROM {lines} AS l JOIN {known} AS i ON i.item = l.item
              JOIN {customers.source} AS c ON c.{CUSTOMER_ID} = l.{CUSTOMER_ID}) AS days
        GROUP BY 1, 2"""
    parts = [
        [batch.column(i).to_numpy(zero_copy_only=False).astype(np.int64) for i in range(batch.num_columns)]
        for batch in engine.batches(sql)
    ]
    if not parts:
        return [np.empty(0, dtype=np.int64) for _ in range(2 + told.count(" AS "))]
    return [np.concatenate(columns) for columns in zip(*parts, strict=True)]
