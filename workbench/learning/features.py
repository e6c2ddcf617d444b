"""Features of every customer as of a day: what orders, contacts, contracts and the customer list said by then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.clv.purchases.purchases_input import check_columns
from workbench.core.bulk import BulkResult, in_engine, keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.learning.columns import KNOWN_ON
from workbench.learning.features_sql import (
    contacts_part,
    contracts_part,
    features_query,
    lines_part,
    orders_until,
    purchases_part,
)
from workbench.learning.known import Known

Floats = npt.NDArray[np.float64]
PURCHASE_FEATURES: Final[Mapping[str, str]] = {
    "purchases": "frequency",
    "silent_days": "silence",
    "tenure_days": "tenure",
    "purchases_30": "frequency",
    "purchases_91": "frequency",
    "purchases_182": "frequency",
    "purchases_365": "frequency",
    "purchase_trend": "trend",
    "amount_91": "spend",
    "amount_365": "spend",
    "mean_amount": "spend",
    "amount_trend": "trend",
    "mean_wait": "rhythm",
    "wait_spread": "rhythm",
    "silent_waits": "silence",
}
_LATER: Final[Mapping[str, str]] = {
    "refunds_365": "refunds",
    "contacts_182": "contacts",
    "complaints_182": "contacts",
    "contracts_running": "contracts",
    "contract_days": "contracts",
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Features(BulkResult):
    """What was known of every customer who had bought by a day.

    Attributes
    ----------
    table
        One row per customer, ordered by ``customer_id``: the columns of `names`, numbers, missing where unknown. Days
        are counted back from `cut`; amounts are net of refunds of the same day.
    names
        The features, in the order in which models take them.
    themes
        Feature → what it is about: ``silence``, ``frequency``, ``spend``, ``trend``, ``rhythm``, ``tenure``,
        ``refunds``, ``breadth``, ``contacts``, ``contracts``, ``profile``.
    cut
        The day; nothing later is in them.
    """

    names: tuple[str, ...]
    themes: Mapping[str, str]
    cut: dt.date

    caption: ClassVar[Message] = message("What is known of customers on a day")
    columns: ClassVar[Mapping[str, Column]] = {
        "cut": KNOWN_ON,
        "features": Column(message("Features"), "int"),
    }

    @property
    def customers(self) -> int:
        """Customers who had bought by the cut."""
        return int(self.summary["customers"].iloc[0])

    def matrix(self, table: pd.DataFrame) -> Floats:
        """Return the features of rows as an array, in the order of `names`.

        Parameters
        ----------
        table
            Rows with the features.
        """
        return table[list(self.names)].to_numpy(dtype=np.float64)


def customer_features(
    transactions: pd.DataFrame | Table | str | Path,
    *,
    cut: dt.date,
    items: Sequence[str] = (),
    interactions: pd.DataFrame | Table | None = None,
    complaints: Sequence[str] = ("complaint", "投诉"),
    contracts: pd.DataFrame | Table | None = None,
    known: Sequence[Known] = (),
    last: dt.date | None = None,
    engine: Engine | None = None,
) -> Features:
    """Say what was known of every customer on a day, in the engine and from nothing that came later.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount`` (refunds negative).
    cut
        Last day that counts.
    items
        Columns of the orders whose different values in the last year are counted, such as category or channel.
    interactions
        Contacts with ``customer_id``, ``opened_at`` and perhaps ``kind``.
    complaints
        Values of ``kind`` that are complaints.
    contracts
        ``customer_id``, ``started_at``, ``ended_at``; an end after the cut is not known yet.
    known
        What is known besides, from `known_columns`.
    last
        Where the same orders are asked as of several days, the last of these: customers' days are added up once.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    Features
        One row per customer with a purchase (a day whose amounts add up to more than zero) up to the cut.

    Raises
    ------
    InputError
        If a column is missing, or nobody had bought by the cut.

    Notes
    -----
    Days are whole days; sums are of decimals, so every run gives the same bits. Spread of waits is their standard
    deviation over their mean; trends are the last half year less the one before.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-31", "2026-02-20"])
    >>> orders = pd.DataFrame({"customer_id": list("aaab"), "ordered_at": day, "amount": [10.0, 20, 30, 5]})
    >>> found = customer_features(orders, cut=dt.date(2026, 2, 10))
    >>> found.table[["customer_id", "silent_days", "mean_wait", "amount_365"]].to_numpy().tolist()
    [['a', 10.0, 15.0, 60.0]]
    """
    orders = as_table(transactions, engine)
    check_columns(orders)
    require_columns(orders.columns, items, where="transactions")
    e = orders.engine
    read = orders_until(orders, cut, last)
    kinds = [f"different_{c}" for c in items]
    joined: list[tuple[str, Sequence[str]]] = [(lines_part(read, items), ["refunds_365", *kinds])]
    if interactions is not None:
        contacts = in_engine(as_table(interactions, e), e)
        require_columns(contacts.columns, [CUSTOMER_ID, "opened_at"], where="interactions")
        named = complaints if "kind" in contacts.columns else ()
        joined.append((contacts_part(contacts, cut, named), ["contacts_182", "complaints_182"]))
    if contracts is not None:
        running = in_engine(as_table(contracts, e), e)
        require_columns(running.columns, [CUSTOMER_ID, "started_at", "ended_at"], where="contracts")
        joined.append((contracts_part(running, cut), ["contracts_running", "contract_days"]))
    given = [part for i, k in enumerate(known) for part in k.sql(f"k{i}", e, cut)]
    rows = keep_rows(e, features_query(purchases_part(read), joined, given, orders), stem="features")
    customers = int(rows.rows("SELECT count(*) AS n FROM {table} AS t")["n"].iloc[0])
    if not customers:
        raise InputError(
            message("Somebody has bought by the day of the features."),
            found=message("no purchase up to {day:date}", day=cut),
            fix=message("Choose a later day."),
            where="cut",
        )
    themes = {
        **PURCHASE_FEATURES,
        **{n: _LATER.get(n, "breadth") for _, names in joined for n in names},
        **{n: "profile" for k in known for n in k.names()},
    }
    return Features(
        source=rows,
        summary=pd.DataFrame({"cut": [cut], "customers": [customers], "features": [len(themes)]}),
        names=tuple(themes),
        themes=themes,
        cut=cut,
    )
