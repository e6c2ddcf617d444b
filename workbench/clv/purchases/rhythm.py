"""Whether customers buy at random times or as regularly as a calendar, and the times of regular ones as contracts.

Source: Wheat & Morrison (1990), Estimating purchase regularity with two interpurchase times, Journal of Marketing
Research 27(1), 87–93.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import pandas as pd

from workbench.clv.purchases.customer_days import CustomerDays
from workbench.core.bulk import keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import require_columns
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT
from workbench.core.order_days import order_days

_EVEN: Final = 1.5
_REGULAR: Final = 10.0  # Erlang shape; 1 is random
_FEWEST: Final = 30  # pairs of waiting times
_MOST_OF: Final = 0.5  # customers who must be among those with a rhythm
_OVERDUE: Final = 1.5  # rhythms of silence after which a regular buyer has gone
_SAME: Final = 1.01
_NEARLY_ALL: Final = 0.9
_MONTH: Final = 365.25 / 12


@dataclass(frozen=True, eq=False)
class Rhythm:
    """How regularly customers buy.

    Attributes
    ----------
    shape
        k of Erlang-distributed waiting times: 1 where purchases come at random, large where they come as by calendar;
        missing where too few waited twice.
    pairs
        Pairs of following waiting times it is told from.
    days
        Middle waiting time.
    share
        Share of the customers who waited twice or more.
    same_amounts
        Share of the customers with two purchases or more who spent the same every time (within 1 %).
    orders
        The customer-days it is told from.
    observed_until
        Last day that counts.
    log_waits
        Sum of the logarithms of all waiting times, in days: what they tell of k, see `fit_rhythm`.
    """

    shape: float
    pairs: int
    days: float
    share: float
    same_amounts: float
    orders: Table
    observed_until: dt.date
    log_waits: float = float("nan")

    @property
    def told(self) -> bool:
        """Whether waits are more even than at random, so that a model of purchases with a rhythm is worth a try."""
        return self.pairs >= _FEWEST and self.shape >= _EVEN

    @property
    def regular(self) -> bool:
        """Whether most customers buy as by calendar, so that models of purchases at random times do not hold."""
        return self.pairs >= _FEWEST and self.shape >= _REGULAR and self.share >= _MOST_OF

    @property
    def amounts_vary(self) -> bool:
        """Whether amounts vary: not where nine in ten customers spend the same every time."""
        return self.same_amounts < _NEARLY_ALL

    @property
    def table(self) -> pd.DataFrame:
        """One row: ``days``, ``shape``, ``share``, ``same_amounts``."""
        return pd.DataFrame(
            {"days": [self.days], "shape": [self.shape], "share": [self.share], "same_amounts": [self.same_amounts]}
        )

    @cached_property
    def runs(self) -> Table:
        """One row per customer: ``customer_id``, ``first_day``, ``last_day``, ``days`` and ``amount``.

        ``days`` is the own rhythm, the middle one for those who bought once; ``amount`` the mean of a purchase.
        """
        d = self.orders.engine.dialect
        whole = d.days_between.format(start="first_day", end="last_day")
        once = repr(self.days) if self.days == self.days else "NULL"
        return keep_rows(
            self.orders.engine,
            f"""
            SELECT {CUSTOMER_ID}, first_day, last_day,
                   coalesce(CAST({whole} AS {d.double_type}) / nullif(purchases - 1, 0), {once}) AS days, amount
            FROM (SELECT {CUSTOMER_ID}, min(day) AS first_day, max(day) AS last_day, count(*) AS purchases,
                         {d.exact_sum("amount", 4)} / count(*) AS amount
                  FROM {self.orders.source} AS t WHERE amount > 0 GROUP BY {CUSTOMER_ID}) AS customers
            ORDER BY {d.text_order.format(column=CUSTOMER_ID)}""",
            stem="runs",
        )

    def contracts(self) -> Table:
        """Return customers' runs of regular purchases as contracts, ended where the next purchase is overdue.

        Returns
        -------
        Table
            ``customer_id``, ``started_at``, ``ended_at`` (a rhythm after the last purchase, missing where the next one
            is not overdue: by half a rhythm), ``amount_per_month``.
        """
        d = self.runs.engine.dialect
        silent = d.days_between.format(start="last_day", end=f"DATE '{self.observed_until}'")
        return keep_rows(
            self.runs.engine,
            f"""
            SELECT {CUSTOMER_ID}, first_day AS started_at,
                   CASE WHEN {silent} > {_OVERDUE} * days
                        THEN last_day + CAST(floor(days + 0.5) AS INTEGER) END AS ended_at,
                   amount * {_MONTH!r} / days AS amount_per_month
            FROM {self.runs.source} AS t
            ORDER BY {d.text_order.format(column=CUSTOMER_ID)}""",
            stem="rhythm-contracts",
        )


def purchase_rhythm(
    transactions: pd.DataFrame | Table | str | Path | CustomerDays,
    *,
    observed_until: dt.date,
    engine: Engine | None = None,
) -> Rhythm:
    """Say how regularly customers buy.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount``; all orders of a customer on one day are one purchase,
        days that do not add up to more than zero are none. Or what `customer_days` made of them.
    observed_until
        Last day that counts.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    Rhythm
        Where most customers waited twice or more and k is 10 or more, purchases come as by calendar.

    Raises
    ------
    InputError
        If a column is missing.

    Notes
    -----
    With following waiting times a and b, V = mean of (a / (a + b) − ½)² is 1 / (4 (2 k + 1)), so k = (1 − 4 V) / (8 V).

    Examples
    --------
    >>> day = pd.date_range("2025-01-31", periods=18, freq="ME")
    >>> orders = pd.concat([pd.DataFrame({"customer_id": c, "ordered_at": day, "amount": 9.99}) for c in "ab"])
    >>> found = purchase_rhythm(orders, observed_until=dt.date(2026, 6, 30))
    >>> found.shape > 100, round(found.days)
    (True, 31)
    """
    if isinstance(transactions, CustomerDays):
        orders = transactions.until(observed_until).table
    else:
        lines = as_table(transactions, engine)
        require_columns(lines.columns, (CUSTOMER_ID, ORDERED_AT, AMOUNT), where="transactions")
        orders = order_days(lines, observed_until)
    d = orders.engine.dialect
    wait = d.days_between.format(start="before", end="day")
    wait_before = d.days_between.format(start="before_that", end="before")
    ordered = f"OVER (PARTITION BY {CUSTOMER_ID} ORDER BY day)"
    ratio = f"(CAST(wait AS {d.double_type}) / (wait + wait_before) - 0.5)"
    found = orders.rows(f"""
        SELECT count(wait_before) AS pairs, {d.exact_sum("ln(wait)", 6)} AS log_waits,
               {d.exact_sum(f"{ratio} * {ratio}", 15)} / nullif(count(wait_before), 0) AS spread,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY wait) AS days
        FROM (SELECT {wait} AS wait, {wait_before} AS wait_before
              FROM (SELECT day, lag(day) {ordered} AS before, lag(day, 2) {ordered} AS before_that
                    FROM {{table}} AS t WHERE amount > 0) AS with_before) AS waits""").iloc[0]
    pairs, spread = int(found["pairs"]), float(found["spread"] or 0.0)
    middle = float(found["days"]) if found["days"] == found["days"] and found["days"] is not None else float("nan")
    amount = f"CAST(amount AS {d.double_type})"
    several = orders.rows(f"""
        SELECT count(*) AS customers, count(CASE WHEN purchases > 2 THEN 1 END) AS waited,
               count(CASE WHEN purchases > 1 THEN 1 END) AS again,
               count(CASE WHEN purchases > 1 AND highest <= {_SAME!r} * lowest THEN 1 END) AS same
        FROM (SELECT count(*) AS purchases, min({amount}) AS lowest, max({amount}) AS highest
              FROM {{table}} AS t WHERE amount > 0 GROUP BY {CUSTOMER_ID}) AS customers""").iloc[0]
    return Rhythm(
        shape=((1 - 4 * spread) / (8 * spread) if spread > 0 else float("inf")) if pairs else float("nan"),
        pairs=pairs,
        days=middle,
        share=float(several["waited"]) / max(float(several["customers"]), 1.0),
        same_amounts=float(several["same"]) / max(float(several["again"]), 1.0),
        orders=orders,
        log_waits=float(found["log_waits"] or 0.0),
        observed_until=observed_until,
    )
