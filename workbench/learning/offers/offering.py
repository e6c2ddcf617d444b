"""Offers for every customer who may get one, with reasons: what is left out, for whom, and because of what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd
import scipy

from workbench.core.bulk import in_engine
from workbench.core.engine import Table, as_table, collecting
from workbench.core.errors import InputError, nearest, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Result
from workbench.learning.offers.counts import ItemCounts, count_items
from workbench.learning.offers.suggesting import Method, item_similarity, suggest

REASONS: Final[Mapping[str, Message]] = {
    "popular": message("bought by most"),
    "cycle": message("bought before, and its time has come"),
    "cosine": message("goes with {item}"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OfferList(Result):
    """What is offered to whom.

    Attributes
    ----------
    table
        One row per item, the most offered first: ``item``, ``customers`` (to whom it is offered), ``first`` (as the
        first one).
    offers
        One row per customer and offer: ``customer_id``, ``place`` (1 is the best), ``item``, ``because`` (the item it
        goes with; missing for other methods). Customers in the order in which they were given. Never shown.
    customers
        Customers with an offer.
    method
        How it was chosen.
    """

    offers: pd.DataFrame
    customers: int
    method: Method

    caption: ClassVar[Message] = message("What is offered")
    columns: ClassVar[Mapping[str, Column]] = {
        "item": Column(message("Offer")),
        "customers": Column(message("Offered to"), "people"),
        "first": Column(message("As the first one"), "people"),
    }

    def wide(self, language: Language) -> pd.DataFrame:
        """Return one row per customer: ``customer_id``, ``offer_1``, ``reason_1`` and so on.

        Parameters
        ----------
        language
            Language of the reasons.
        """
        told = self.offers.assign(reason=[self._reason(b, language) for b in self.offers["because"]])
        order = told.drop_duplicates(CUSTOMER_ID)[CUSTOMER_ID]
        made = pd.DataFrame({CUSTOMER_ID: order.to_numpy()})
        for place in range(1, int(told["place"].max() if len(told) else 0) + 1):
            own = told[told["place"] == place].set_index(CUSTOMER_ID)
            made[f"offer_{place}"] = own["item"].reindex(order).to_numpy()
            made[f"reason_{place}"] = own["reason"].reindex(order).to_numpy()
        return made

    def _reason(self, because: object, language: Language) -> str:
        item = because if isinstance(because, str) else ""
        if self.method == "cosine" and not item:
            return REASONS["popular"].text(language)
        return message(REASONS[self.method].template, item=item).text(language)


def offer_items(
    transactions: pd.DataFrame | Table,
    *,
    item: str,
    until: dt.date,
    method: Method,
    per_customer: int = 3,
    repeat: bool = False,
    customers: pd.DataFrame | Table | None = None,
    leave_out: pd.DataFrame | Table | None = None,
    out_of_stock: Sequence[str] = (),
    only: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    groups: Table | None = None,
    most: int = 5_000,
    most_items: int = 20_000,
) -> OfferList:
    """Choose what to offer to each customer.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount`` and `item`.
    item
        Column of what is offered.
    until
        Last day that counts.
    method
        How items are chosen, from `check_offers`.
    per_customer
        Most offers for one customer.
    repeat
        Whether what was bought before may be offered again.
    customers
        ``customer_id`` and ``expected_spend``: those with most come first; those who bought most items, if missing.
    leave_out
        Customers who may not be contacted.
    out_of_stock
        Items that nobody is offered.
    only
        Column of `groups`: item: groups it is offered to; nobody else is.
    groups
        ``customer_id``, once each, and those columns.
    most
        Most customers with offers.
    most_items
        Most items, those that most customers bought.

    Returns
    -------
    OfferList

    Raises
    ------
    InputError
        If a column is missing, or an item of `out_of_stock` or `only` is in no order.

    Examples
    --------
    >>> day = pd.Timestamp("2026-01-01")
    >>> pairs = [("a", "tea"), ("a", "cup"), ("b", "tea"), ("b", "cup"), ("c", "tea"), ("d", "pot")]
    >>> orders = pd.DataFrame(pairs, columns=["customer_id", "product"]).assign(ordered_at=day, amount=1.0)
    >>> found = offer_items(orders, item="product", until=dt.date(2026, 1, 31), method="cosine")
    >>> found.offers[["customer_id", "item", "because"]].to_numpy().tolist()
    [['c', 'cup', 'tea']]
    """
    counts = count_items(transactions, item=item, cut=until, most_items=most_items)
    named = [*out_of_stock, *(i for items in (only or {}).values() for i in items)]
    unknown = [i for i in named if i not in set(counts.items)]
    if unknown:
        raise InputError(
            message("Items that are left out or for some only are items of the orders."),
            found=message("no {item} in {column}", item=unknown[0], column=item),
            fix=message("Write it as the orders do{near}", near=nearest(unknown[0], counts.items)),
            where="offers",
        )
    people = _chosen(counts, customers, leave_out, most)
    allowed = ~np.isin(np.array(counts.items, dtype=object), list(out_of_stock))
    barred = _barred(counts, only or {}, groups)
    likeness = item_similarity(counts) if method == "cosine" else None
    rows = people["place"].to_numpy(dtype=np.int64)
    told = suggest(
        method,
        counts,
        per_customer,
        rows=rows,
        similarity=likeness,
        allowed=allowed,
        repeat=repeat,
        forbidden=barred,
    )
    at, place = np.nonzero(told.items >= 0)
    column = told.items[at, place]
    because = _because(counts, likeness, rows[at], column)
    names = np.array([*counts.items, None], dtype=object)  # the last one is no item: -1
    offers = pd.DataFrame(
        {
            CUSTOMER_ID: people[CUSTOMER_ID].to_numpy()[at],
            "place": place + 1,
            "item": names[column],
            "because": pd.Series(names[because], dtype=object),
        }
    )
    given, first = (np.bincount(c, minlength=len(counts.items)) for c in (column, column[place == 0]))
    counted = pd.DataFrame({"item": counts.items, "customers": given, "first": first})
    table = counted[given > 0].sort_values(["customers", "item"], ascending=[False, True], ignore_index=True)
    return OfferList(table=table, offers=offers, customers=len(np.unique(at)), method=method)


def _chosen(
    counts: ItemCounts, customers: pd.DataFrame | Table | None, leave_out: pd.DataFrame | Table | None, most: int
) -> pd.DataFrame:
    own = counts.customers
    e, d = own.engine, own.engine.dialect
    joins, order, where = "", "", ""
    if customers is not None:
        told = in_engine(as_table(customers, e), e)
        require_columns(told.columns, [CUSTOMER_ID, "expected_spend"], where="customers")
        joins += f" JOIN {told.source} AS t ON t.{CUSTOMER_ID} = c.{CUSTOMER_ID}"
        order = "t.expected_spend DESC NULLS LAST, "
    if leave_out is not None:
        refusing = in_engine(as_table(leave_out, e), e)
        joins += f" LEFT JOIN {refusing.source} AS r ON r.{CUSTOMER_ID} = c.{CUSTOMER_ID}"
        where = f"WHERE r.{CUSTOMER_ID} IS NULL"
    if customers is None:
        bought = e.register(pd.DataFrame({"at": np.arange(counts.times.shape[0]), "n": np.diff(counts.times.indptr)}))
        joins += f" JOIN {bought} AS b ON b.at = c.place"
        order = "b.n DESC NULLS LAST, "
    with collecting(most):
        return e.rows(f"""
            SELECT c.place, c.{CUSTOMER_ID} FROM {own.source} AS c{joins} {where}
            ORDER BY {order}{d.text_order.format(column=f"c.{CUSTOMER_ID}")} LIMIT {int(most)}""")


def _barred(
    counts: ItemCounts, only: Mapping[str, Mapping[str, Sequence[str]]], groups: Table | None
) -> scipy.sparse.csr_matrix | None:
    """Return 1 where an item is for other groups than a customer's."""
    if not only:
        return None
    if groups is None:
        raise InputError(
            message("Offers for some groups only need to know the customers' groups."),
            found=message("no table with {columns}", columns=", ".join(only)),
            fix=message("Bring the customer list, or take 'only' out of offers."),
            where="offers.only",
        )
    require_columns(groups.columns, [CUSTOMER_ID, *only], where="groups")
    e = counts.customers.engine
    known, place = in_engine(groups, e), {name: i for i, name in enumerate(counts.items)}
    rows, columns = [], []
    for column, items in only.items():
        found = _group_of_each(counts.customers, known, column)
        for name, kept in items.items():
            outside = np.flatnonzero(~np.isin(found, [str(k) for k in kept]))
            rows.append(outside)
            columns.append(np.full(len(outside), place[name]))
    at = (np.concatenate(rows), np.concatenate(columns))
    return scipy.sparse.csr_matrix((np.ones(len(at[0]), dtype=np.float32), at), shape=counts.times.shape)


def _group_of_each(customers: Table, groups: Table, column: str) -> np.ndarray:
    d = customers.engine.dialect
    sql = f"""SELECT coalesce(CAST(g.{d.quote(column)} AS {d.text_type}), '') AS g
              FROM {customers.source} AS c LEFT JOIN {groups.source} AS g ON g.{CUSTOMER_ID} = c.{CUSTOMER_ID}
              ORDER BY c.place"""
    return np.concatenate([np.asarray(b.column(0).to_pylist(), dtype=str) for b in customers.engine.batches(sql)])


def _because(
    counts: ItemCounts, likeness: scipy.sparse.csr_matrix | None, rows: np.ndarray, offered: np.ndarray
) -> np.ndarray:
    """Return for each offer the item bought before that speaks most for it; −1 where none does."""
    found = np.full(len(rows), -1, dtype=np.int64)
    if likeness is None:
        return found
    speaking, bought = likeness.tocsc(), counts.bought
    for part in _parts(len(rows)):
        scores = bought[rows[part]].multiply(speaking[:, offered[part]].T).tocsr()
        best = np.asarray(scores.argmax(axis=1)).ravel()
        some = np.asarray(scores.max(axis=1).todense()).ravel() > 0
        found[part] = np.where(some, best, -1)
    return found


def _parts(n: int, size: int = 100_000) -> Iterator[slice]:
    for start in range(0, n, size):
        yield slice(start, start + size)
