"""What customers did in the days after a cut: the labels that candidates learn, and are held against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import pandas as pd

from workbench.core.bulk import in_engine, keep_rows
from workbench.core.engine import Table, as_table, collecting
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.order_days import LOCAL_DAY, days_query, lines_query
from workbench.core.results import Result
from workbench.learning.columns import KNOWN_ON
from workbench.learning.features import Features, Floats

SALT: Final = "learning"
MOST: Final = 20_000  # customers learnt from


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Lesson(Result):
    """Customers as they were known on a day, and what they did in the days after it.

    Attributes
    ----------
    table
        One row with the counts: ``cut``, ``customers``, ``bought`` (share), ``spend`` (per customer).
    rows
        The customers learnt from, without their ids: the features, and ``bought`` (1 or 0), ``spend`` (net, at least
        0), ``next_days`` (days to the next purchase, missing without one), ``k`` (permanent random number), and groups.
    features
        The features they were drawn from.
    horizon_days
        Days after the cut.
    """

    rows: pd.DataFrame
    features: Features
    horizon_days: int

    caption: ClassVar[Message] = message("What candidates learn from, and are held against")
    columns: ClassVar[Mapping[str, Column]] = {
        "cut": KNOWN_ON,
        "bought": Column(message("Bought in the days after"), "pct1"),
        "spend": Column(message("Spent per customer"), "money"),
    }

    @property
    def known(self) -> Floats:
        """The features as an array."""
        return self.features.matrix(self.rows)

    @property
    def bought(self) -> Floats:
        """1 for those who bought within the horizon, else 0."""
        return self.rows["bought"].to_numpy(dtype=float)

    @property
    def spend(self) -> Floats:
        """What each spent within the horizon."""
        return self.rows["spend"].to_numpy(dtype=float)


def later_purchases(transactions: Table, cut: dt.date, until: dt.date) -> str:
    """Return the query of what customers bought after a day: ``customer_id``, ``next_day``, ``spend``.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount``.
    cut
        The day; it does not count itself.
    until
        Last day that counts.
    """
    days = days_query(lines_query(transactions.source, until, condition=f"{LOCAL_DAY} > DATE '{cut}'"))
    return f"""
        SELECT {CUSTOMER_ID}, min(CASE WHEN amount > 0 THEN day END) AS next_day, sum(amount) AS spend
        FROM ({days}) AS customer_days GROUP BY 1"""


def orders_to_learn_from(
    transactions: pd.DataFrame | Table, *, most: int = MOST, seed: int = 1, columns: Sequence[str] | None = None
) -> Table:
    """Return all order lines of a random part of the customers, so that learning costs the same for ten million.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``.
    most
        Most customers, those with the smallest permanent random numbers.
    seed
        Another seed takes other customers.
    columns
        Columns that are read of the lines; all by default.

    Returns
    -------
    Table
        The lines, in a file that lives as long as this process.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": list("aabc"), "amount": [1.0, 2.0, 3.0, 4.0]})
    >>> orders_to_learn_from(orders, most=2).rows("SELECT count(DISTINCT customer_id) AS n FROM {table}")["n"].tolist()
    [2]
    """
    orders = as_table(transactions)
    d = orders.engine.dialect
    known = f"(SELECT DISTINCT {CUSTOMER_ID} FROM {orders.source} AS t WHERE {CUSTOMER_ID} IS NOT NULL)"
    order = f"{d.prn(f'{SALT}|{seed}', CUSTOMER_ID)}, {d.text_order.format(column=CUSTOMER_ID)}"
    # a name that there is not is left to whoever reads it
    there = orders.columns if columns is None else [c for c in dict.fromkeys(columns) if c in orders.columns]
    taken = ", ".join(f"o.{d.quote(c)}" for c in there)
    picked = f"SELECT {CUSTOMER_ID} AS picked FROM {known} AS everybody ORDER BY {order} LIMIT {int(most)}"
    return keep_rows(
        orders.engine,
        f"SELECT {taken} FROM {orders.source} AS o JOIN ({picked}) AS p ON p.picked = o.{CUSTOMER_ID}",
        stem="lesson-orders",
    )


def lesson(
    transactions: pd.DataFrame | Table,
    features: Features,
    *,
    horizon_days: int,
    groups: Table | None = None,
    by: Sequence[str] = (),
    seed: int = 1,
) -> Lesson:
    """Join features with what their customers did in the days after.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount``.
    features
        Who was known on a day, from `customer_features`.
    horizon_days
        Days after it that count.
    groups, by
        A table with a row per customer, and its columns that come along; nothing is learnt from them.
    seed
        Another seed puts customers in another order.

    Returns
    -------
    Lesson
        Customers in the order of their random numbers.

    Raises
    ------
    InputError
        If the horizon is not a day or more.

    Examples
    --------
    >>> from workbench.learning.features import customer_features
    >>> day = pd.to_datetime(["2026-01-01", "2026-01-11", "2026-02-01", "2026-01-05"])
    >>> orders = pd.DataFrame({"customer_id": list("aaab"), "ordered_at": day, "amount": [10.0, 20, 30, 5]})
    >>> told = customer_features(orders, cut=dt.date(2026, 1, 31))
    >>> lesson(orders, told, horizon_days=30).rows.sort_values("bought")[["bought", "spend"]].to_numpy().tolist()
    [[0.0, 0.0], [1.0, 30.0]]
    """
    if not horizon_days >= 1:
        raise InputError(
            "A horizon is one day or more.",
            found=repr(horizon_days),
            fix="Write outlook: {horizon_days: 90}.",
            where="horizon_days",
        )
    engine = features.source.engine
    d, orders = engine.dialect, in_engine(as_table(transactions, engine), engine)
    cut, until = features.cut, features.cut + dt.timedelta(days=horizon_days)
    wait = d.days_between.format(start=f"DATE '{cut}'", end="l.next_day")
    number = d.prn(f"{SALT}|{seed}", f"f.{CUSTOMER_ID}")
    names = ", ".join(f"f.{d.quote(n)}" for n in features.names)
    later = later_purchases(orders, cut, until)
    along, joined = "", ""
    if groups is not None and by:
        along = "".join(f", g.{d.quote(c)}" for c in by)
        joined = f" LEFT JOIN {in_engine(groups, engine).source} AS g ON g.{CUSTOMER_ID} = f.{CUSTOMER_ID}"
    with collecting(MOST):
        frame = engine.rows(f"""
            SELECT {names}, CAST(CASE WHEN l.next_day IS NULL THEN 0 ELSE 1 END AS {d.double_type}) AS bought,
                   CAST(greatest(coalesce(l.spend, 0), 0) AS {d.double_type}) AS spend,
                   CAST({wait} AS {d.double_type}) AS next_days, f.k{along}
            FROM (SELECT f.*, {number} AS k FROM {features.source.source} AS f) AS f
            LEFT JOIN ({later}) AS l ON l.{CUSTOMER_ID} = f.{CUSTOMER_ID}{joined}
            ORDER BY f.k, {d.text_order.format(column=f"f.{CUSTOMER_ID}")}""")
    counts = {
        "cut": cut,
        "customers": features.customers,
        "bought": float(frame["bought"].mean()),
        "spend": float(frame["spend"].mean()),
    }
    return Lesson(table=pd.DataFrame([counts]), rows=frame, features=features, horizon_days=horizon_days)
