"""Order lines as one row per customer and day, written once and shared by whatever is asked of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from workbench.clv.purchases.purchases_input import (
    Duplicates,
    Refunds,
    check_choices,
    check_columns,
    checked_days,
    counted_lines,
    day_sql,
)
from workbench.clv.purchases.purchases_sql import Orders, lines_sql, repeated_lines
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError
from workbench.core.order_days import keep_days


@dataclass(frozen=True, eq=False)
class CustomerDays:
    """Customer-days with an order line, and how the lines were read.

    Attributes
    ----------
    read
        The lines, the policies they were read by, and the last day that counts.
    lines
        Counts of lines, as `line_counts` makes them.
    table
        ``customer_id``, ``day``, ``amount``; it lives as long as this process.
    """

    read: Orders
    lines: pd.Series
    table: Table

    @cached_property
    def repeated(self) -> int:
        """Lines that repeat another one of the same customer, time and amount."""
        return repeated_lines(self.read)

    def until(self, day: dt.date) -> CustomerDays:
        """Return the same days; refused unless they end on the day that is asked for."""
        if day != self.read.last:
            raise InputError(
                "Customer-days end on the last day that counts.",
                found=f"days up to {self.read.last}, asked until {day}",
                fix="Make them with the same observed_until.",
                where="observed_until",
            )
        return self


def orders_read(
    transactions: pd.DataFrame | Table | str | Path,
    *,
    observed_until: dt.date,
    refunds: Refunds,
    timezone: str | None,
    duplicates: Duplicates,
    engine: Engine | None,
) -> tuple[Orders, pd.Series]:
    """Return order lines as they are to be read, and counts of them; refused where they cannot be read.

    Parameters
    ----------
    transactions, observed_until, refunds, timezone, duplicates, engine
        As for `customer_days`.

    Examples
    --------
    >>> lines = pd.DataFrame({"customer_id": ["a"], "ordered_at": pd.to_datetime(["2026-01-01"]), "amount": [1.0]})
    >>> how = {"refunds": "net", "timezone": None, "duplicates": "keep", "engine": None}
    >>> int(orders_read(lines, observed_until=dt.date(2026, 1, 31), **how)[1]["lines"])
    1
    """
    check_choices({"refunds": refunds, "duplicates": duplicates})
    last, _ = checked_days(observed_until, None)
    orders = as_table(transactions, engine)
    check_columns(orders)
    read = Orders(orders, day_sql(orders, timezone), last, last, refunds, duplicates == "drop")
    lines = counted_lines(read)
    return replace(read, positive=not lines["not_positive"]), lines


def customer_days(
    transactions: pd.DataFrame | Table | str | Path,
    *,
    observed_until: dt.date,
    refunds: Refunds = "net",
    timezone: str | None = None,
    duplicates: Duplicates = "keep",
    engine: Engine | None = None,
) -> CustomerDays:
    """Merge order lines into one row per customer and day, once for all that is asked of the same orders.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at`` and ``amount``, as for `purchase_summary`.
    observed_until
        Last day that counts.
    refunds, timezone, duplicates
        As for `purchase_summary`.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    CustomerDays
        What `purchase_summary`, `purchase_rhythm` and `check_forecast` take in the place of orders: the same answers,
        for a third of the time where more than one is asked.

    Raises
    ------
    InputError
        If a column is missing, or an argument is not one of its choices.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-01", "2026-01-08", "2026-01-08"])
    >>> lines = pd.DataFrame({"customer_id": "a", "ordered_at": day, "amount": [10.0, 20, 30]})
    >>> days = customer_days(lines, observed_until=dt.date(2026, 1, 31))
    >>> days.table.to_frame()["amount"].astype(float).sort_values().tolist()
    [10.0, 50.0]
    """
    read, lines = orders_read(
        transactions,
        observed_until=observed_until,
        refunds=refunds,
        timezone=timezone,
        duplicates=duplicates,
        engine=engine,
    )
    return CustomerDays(read, lines, keep_days(read.table.engine, lines_sql(read), float(lines["together"])))
