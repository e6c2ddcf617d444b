"""Orders to purchase histories, inside the engine: customer-days, then customers, then distinct patterns.

The first purchase is purchase 0: frequency x counts the purchase days after it, recency t_x is the customer's age at
the last of them, T the age when observation ends (Fader, Hardie & Lee 2005, Marketing Science 24(2), p. 277).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT, Column
from workbench.core.results import Note

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Unit = Literal["day", "week"]
Refunds = Literal["net", "drop", "as_is"]
DAYS: Final[Mapping[str, int]] = {"day": 1, "week": 7}
POLICIES: Final = ("net", "drop", "as_is")

_EPOCH: Final = dt.date(1900, 1, 1)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Purchases(BulkResult):
    """Purchase histories of all customers with at least one purchase.

    Attributes
    ----------
    table
        Read when asked for: ``customer_id``, ``frequency`` (x), ``recency`` (t_x, age at the last purchase), ``T``
        (age at the end), ``monetary_value`` (mean amount of the repeat purchases, missing where x is 0),
        ``repeat_amount``, ``first_purchase``, ``last_purchase``; with a holdout also ``holdout_frequency`` and
        ``holdout_amount``. Ages are in `unit`.
    source
        The same rows in the engine.
    patterns
        Distinct histories: ``x``, ``t_x``, ``T``, ``count``, ``repeat_amount`` (sum over its customers) and, with a
        holdout, ``holdout`` (purchases of its customers in it).
    observed_until
        Last day that counts into the histories.
    holdout_until
        Last day of the holdout; None without one.
    """

    patterns: pd.DataFrame
    unit: Unit
    observed_until: dt.date
    holdout_until: dt.date | None = None

    caption: ClassVar[Message] = message("Purchase histories")
    columns: ClassVar[Mapping[str, Column]] = {
        "repeat_customers": Column(message("With a repeat purchase"), "int"),
        "repeat_share": Column(message("Share with a repeat purchase"), "pct1"),
        "purchases": Column(message("Purchases"), "int"),
        "mean_frequency": Column(message("Repeat purchases per customer"), "dec2"),
        "mean_repeat_amount": Column(message("Mean amount of a repeat purchase"), "money"),
    }

    @property
    def customers(self) -> int:
        """Number of customers."""
        return int(self.patterns["count"].sum())

    @property
    def days_per_unit(self) -> int:
        """Days in one unit of time."""
        return DAYS[self.unit]

    def plot(self, language: Language | None = None) -> Figure:
        """Draw how many customers made 0, 1, 2 … repeat purchases."""
        x = np.minimum(self.patterns["x"].to_numpy(dtype=np.int64), 10)
        customers = np.bincount(x, self.patterns["count"].to_numpy(dtype=float), minlength=11)

        def draw(ax: Axes) -> None:
            ax.bar(np.arange(11), customers, color=charts.ACCENT)
            ax.set_xticks(np.arange(11), [*map(str, range(10)), "10+"])
            ax.set_xlabel(charts.text(message("Repeat purchases"), language))
            ax.set_ylabel(charts.text(message("Customers"), language))
            ax.grid(axis="x", visible=False)
            charts.format_axis(ax.yaxis, "int", language)

        return charts.draw_figure(draw)


def purchase_summary(
    transactions: pd.DataFrame | Table | str | Path,
    *,
    observed_until: dt.date,
    unit: Unit = "day",
    refunds: Refunds = "net",
    holdout_from: dt.date | None = None,
    path: str | Path | None = None,
    engine: Engine | None = None,
) -> Purchases:
    """Summarise orders into one purchase history per customer: how many purchases, when the last, over how long.

    All orders of a customer on one day are one purchase.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at`` (a local date or time) and ``amount`` (refunds negative): a
        DataFrame, a Parquet file, or a `Table` of an engine with any number of rows.
    observed_until
        Last day that counts.
    unit
        Unit of recency and T; a week is 7 days and not rounded.
    refunds
        ``net``: amounts of a day are added up, a day that does not end above zero is no purchase. ``drop``: refunds
        are left out first. ``as_is``: every day with an order line is a purchase, whatever its amount.
    holdout_from
        First day of a holdout that ends with `observed_until`; histories then end the day before.
    path
        Parquet file to write the histories to; a file that lives as long as this process if None.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    Purchases
        One row per customer; see its attributes. The notes count what was left out.

    Raises
    ------
    InputError
        If a column is missing, an argument is not one of its choices, or no purchase is left.

    Notes
    -----
    A refund on a later day does not lower the amounts of earlier purchases; the notes give the sum of such days.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-01", "2026-01-08", "2026-01-08", "2026-01-20"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "a", "b"], "ordered_at": day, "amount": [10.0, 20, 30, 5]})
    >>> summary = purchase_summary(orders, observed_until=dt.date(2026, 1, 31), unit="week")
    >>> summary.patterns[["x", "t_x", "T", "count"]].round(2).to_numpy().tolist()
    [[0.0, 0.0, 1.57, 1.0], [1.0, 1.0, 4.29, 1.0]]
    """
    _check(unit, refunds, observed_until, holdout_from)
    orders = as_table(transactions, engine)
    require_columns(orders.columns, (CUSTOMER_ID, ORDERED_AT, AMOUNT), where="transactions")
    until = observed_until if holdout_from is None else holdout_from - dt.timedelta(days=1)
    lines = _line_counts(orders, observed_until)
    raw = keep_rows(orders.engine, _customer_sql(orders, until, observed_until, refunds, holdout_from), stem="days")
    counts = raw.rows(
        "SELECT coalesce(sum(other_days), 0) AS other_days, CAST(coalesce(sum(other_amount), 0) AS DOUBLE) AS amount, "
        "count(CASE WHEN purchases = 0 THEN 1 END) AS without FROM {table}"
    ).iloc[0]
    rows = keep_rows(orders.engine, _history_sql(raw, until, DAYS[unit], holdout_from), stem="purchases", path=path)
    patterns = rows.rows(_pattern_sql(holdout_from))
    if patterns.empty:
        raise InputError(
            "There is at least one purchase up to the last day that counts.",
            found=f"{int(lines['lines']):,} order lines, none of them a purchase up to {until}",
            fix="Check observed_until, the amounts and the policy for refunds.",
            where="transactions",
        )
    return Purchases(
        source=rows,
        summary=_overview(patterns),
        patterns=patterns,
        unit=unit,
        observed_until=until,
        holdout_until=observed_until if holdout_from else None,
        notes=tuple(_notes(lines, counts, refunds, observed_until)),
    )


def _check(unit: str, refunds: str, observed_until: dt.date, holdout_from: dt.date | None) -> None:
    for name, value, choices in (("unit", unit, tuple(DAYS)), ("refunds", refunds, POLICIES)):
        if value not in choices:
            raise InputError(f"`{name}` is one of {', '.join(choices)}.", found=repr(value),
                             fix=f"Write {name}={choices[0]!r}, or another of them.", where=name)  # fmt: skip
    if not isinstance(observed_until, dt.date):
        raise InputError("`observed_until` is a date.", found=repr(observed_until),
                         fix="Write datetime.date(2026, 6, 30).", where="observed_until")  # fmt: skip
    if holdout_from is not None and holdout_from > observed_until:
        raise InputError("A holdout starts before observation ends.", found=f"{holdout_from} after {observed_until}",
                         fix="Choose an earlier first day of the holdout.", where="holdout_from")  # fmt: skip


def _line_counts(orders: Table, until: dt.date) -> pd.Series:
    known = f"{CUSTOMER_ID} IS NOT NULL AND {ORDERED_AT} IS NOT NULL AND {AMOUNT} IS NOT NULL"
    return orders.rows(f"""
        SELECT count(*) AS lines,
               count(CASE WHEN {CUSTOMER_ID} IS NULL THEN 1 END) AS no_id,
               count(CASE WHEN {CUSTOMER_ID} IS NOT NULL AND NOT ({known}) THEN 1 END) AS incomplete,
               count(CASE WHEN {known} AND CAST({ORDERED_AT} AS DATE) > DATE '{until}' THEN 1 END) AS late,
               count(CASE WHEN {known} AND {AMOUNT} < 0 AND CAST({ORDERED_AT} AS DATE) <= DATE '{until}'
                          THEN 1 END) AS refunds
        FROM {{table}}""").iloc[0]


def _customer_sql(orders: Table, until: dt.date, last: dt.date, refunds: str, holdout: dt.date | None) -> str:
    d = orders.engine.dialect
    number = d.days_between.format(start=f"DATE '{_EPOCH}'", end="day")
    bought, inside = ("TRUE" if refunds == "as_is" else "amount > 0"), f"day <= DATE '{until}'"
    drop = f"AND {AMOUNT} >= 0" if refunds == "drop" else ""
    held = ""
    if holdout:
        held = f""", count(CASE WHEN {bought} AND NOT ({inside}) THEN 1 END) AS holdout_frequency,
                   coalesce(sum(CASE WHEN {bought} AND NOT ({inside}) THEN amount END), 0) AS holdout_amount"""
    return f"""
        SELECT customer_id, count(bought_on) AS purchases,
               min(first_key) - {_key_sql(d.days_between.format(start=f"DATE '{_EPOCH}'", end="min(bought_on)"))}
                   AS first_amount,
               min(bought_on) AS first_purchase, max(bought_on) AS last_purchase, sum(paid) AS amount,
               count(CASE WHEN NOT ({bought}) THEN 1 END) AS other_days,
               sum(CASE WHEN NOT ({bought}) THEN amount END) AS other_amount{held}
        FROM (
            SELECT customer_id, day, amount,
                   CASE WHEN {bought} AND {inside} THEN day END AS bought_on,
                   CASE WHEN {bought} AND {inside} THEN amount END AS paid,
                   CASE WHEN {bought} AND {inside} THEN {_key_sql(number)} + amount END AS first_key
            FROM (
                SELECT {CUSTOMER_ID} AS customer_id, CAST({ORDERED_AT} AS DATE) AS day,
                       sum(CAST({AMOUNT} AS DECIMAL(18, 4))) AS amount
                FROM {orders.source}
                WHERE {CUSTOMER_ID} IS NOT NULL AND {AMOUNT} IS NOT NULL {drop}
                  AND CAST({ORDERED_AT} AS DATE) <= DATE '{last}'
                GROUP BY 1, 2
            ) AS customer_days
        ) AS flagged GROUP BY 1"""


def _key_sql(day_number: str) -> str:
    # the first day's amount rides on its day number, so that one min() finds both on every engine
    return f"CAST({day_number} AS DECIMAL(38, 4)) * {10**22}"


def _history_sql(raw: Table, until: dt.date, days: int, holdout: dt.date | None) -> str:
    d = raw.engine.dialect
    recency = d.days_between.format(start="first_purchase", end="last_purchase")
    age = d.days_between.format(start="first_purchase", end=f"DATE '{until}'")
    repeat = f"CAST(amount - first_amount AS {d.double_type})"
    held = f", holdout_frequency, CAST(holdout_amount AS {d.double_type}) AS holdout_amount" if holdout else ""
    return f"""
        SELECT customer_id, purchases - 1 AS frequency,
               CAST({recency} AS {d.double_type}) / {days} AS recency, CAST({age} AS {d.double_type}) / {days} AS "T",
               CASE WHEN purchases > 1 THEN {repeat} / (purchases - 1) END AS monetary_value,
               {repeat} AS repeat_amount, first_purchase, last_purchase{held}
        FROM {raw.source} WHERE purchases > 0 ORDER BY {d.text_order.format(column="customer_id")}"""


def _pattern_sql(holdout: dt.date | None) -> str:
    # money is summed in whole ten-thousandths, because the last digit of a sum of doubles varies from run to run
    held = ", CAST(sum(holdout_frequency) AS DOUBLE) AS holdout" if holdout else ""
    return f"""
        SELECT frequency AS x, recency AS t_x, "T", count(*) AS count,
               CAST(sum(CAST(repeat_amount AS DECIMAL(30, 4))) AS DOUBLE) AS repeat_amount{held}
        FROM {{table}} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""


def _overview(patterns: pd.DataFrame) -> pd.DataFrame:
    customers, x = patterns["count"].to_numpy(dtype=float), patterns["x"].to_numpy(dtype=float)
    repeats, repeaters = float(customers @ x), float(customers[x > 0].sum())
    return pd.DataFrame(
        {
            "customers": [int(customers.sum())],
            "repeat_customers": [int(repeaters)],
            "repeat_share": [repeaters / customers.sum()],
            "purchases": [int(customers.sum() + repeats)],
            "mean_frequency": [repeats / customers.sum()],
            "mean_repeat_amount": [float(patterns["repeat_amount"].sum()) / repeats if repeats else float("nan")],
        }
    )


def _notes(lines: pd.Series, counts: pd.Series, refunds: str, until: dt.date) -> list[Note]:
    policy = {
        "net": message(
            "{n:int} refunds are set off against the customer's orders of the same day.", n=lines["refunds"]
        ),
        "drop": message("{n:int} refunds are left out.", n=lines["refunds"]),
        "as_is": message("{n:int} refunds are treated like orders.", n=lines["refunds"]),
    }[refunds]
    found = [
        (lines["no_id"], message("{n:int} order lines without a customer are left out.", n=lines["no_id"])),
        (
            lines["incomplete"],
            message("{n:int} order lines without a date or an amount are left out.", n=lines["incomplete"]),
        ),
        (
            lines["late"],
            message("{n:int} order lines after {day:date} do not count.", n=lines["late"], day=until),
        ),
        (lines["refunds"], policy),
        (
            counts["other_days"],
            message(
                "{n:int} days on which a customer's amounts do not add up to more than zero (together {amount:money}) "
                "are no purchases.", n=counts["other_days"], amount=counts["amount"],
            ),
        ),
        (
            counts["without"],
            message("{n:int} customers without a purchase that counts are left out.", n=counts["without"]),
        ),
    ]  # fmt: skip
    return [Note(text) for n, text in found if n > 0]
