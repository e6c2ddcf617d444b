"""Orders to purchase histories, inside the engine: customer-days, then customers, then distinct patterns.

The first purchase is purchase 0: frequency x counts the purchase days after it, recency t_x is the customer's age at
the last of them, T the age when observation ends (Fader, Hardie & Lee 2005, Marketing Science 24(2), p. 277).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
import pandas as pd

from workbench.clv.purchases.customer_days import CustomerDays, orders_read
from workbench.clv.purchases.purchases_input import Duplicates, Refunds, check_choices, checked_days
from workbench.clv.purchases.purchases_sql import (
    customer_sql,
    excluded_sql,
    history_sql,
    lines_sql,
    pattern_sql,
    repeated_lines,
    tracking_sql,
)
from workbench.core import charts
from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.engine import Engine, Table, collecting
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.order_days import adds_up, days_query, keep_days
from workbench.core.results import Note

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Unit = Literal["day", "week"]
DAYS: Final[Mapping[str, int]] = {"day": 1, "week": 7}
HISTORIES_MOST: Final = 20_000_000  # bounded by the calendar: purchase days, and days of the first and the last
_SMALL: Final = 2_000_000
_MANY: Final = 0.05


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Purchases(BulkResult):
    """Purchase histories of all customers with at least one purchase.

    Attributes
    ----------
    table
        Read when asked for: ``customer_id``, ``frequency`` (x), ``recency`` (t_x, age at the last purchase), ``T``
        (age at the end), ``monetary_value`` (mean amount of the repeat purchases, missing where x is 0),
        ``repeat_amount``, ``first_purchase``, ``last_purchase``; with a holdout also ``holdout_frequency``,
        ``holdout_amount``, ``year_frequency`` and ``year_amount`` (of the 365 days before it). Ages are in `unit`.
    source
        The same rows in the engine.
    patterns
        Distinct histories: ``x``, ``t_x``, ``T``, ``count``, ``repeat_amount`` (sum over its customers) and, with a
        holdout, ``holdout`` (purchases of its customers in it) and ``holdout_buyers`` (how many of them bought).
    observed_until
        Last day that counts into the histories.
    holdout_until
        Last day of the holdout; None without one.
    tracking
        With a holdout: ``day`` and ``purchases``, the repeat purchases of these customers on each day up to its end.
    unit
        Unit of the ages: ``day`` or ``week``.
    """

    patterns: pd.DataFrame
    unit: Unit
    observed_until: dt.date
    holdout_until: dt.date | None = None
    tracking: pd.DataFrame | None = None

    caption: ClassVar[Message] = message("Purchase histories")
    columns: ClassVar[Mapping[str, Column]] = {
        "repeat_customers": Column(message("With a repeat purchase"), "people"),
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
    transactions: pd.DataFrame | Table | str | Path | CustomerDays,
    *,
    observed_until: dt.date,
    unit: Unit = "day",
    refunds: Refunds = "net",
    holdout_from: dt.date | None = None,
    timezone: str | None = None,
    duplicates: Duplicates = "keep",
    path: str | Path | None = None,
    engine: Engine | None = None,
) -> Purchases:
    """Summarise orders into one purchase history per customer: how many purchases, when the last, over how long.

    All orders of a customer on one day are one purchase.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at`` (a local date or time) and ``amount`` (refunds negative): a
        DataFrame, a Parquet file, or a `Table` of an engine with any number of rows. Or what `customer_days` made of
        them, whose policies then hold.
    observed_until
        Last day that counts.
    unit
        Unit of recency and T; a week is 7 days and not rounded.
    refunds
        ``net``: amounts of a day are added up, a day that does not end above zero is no purchase, and what is refunded
        on such days lowers the amounts of all the customer's purchases in proportion. ``drop``: refunds
        are left out first. ``as_is``: every day with an order line is a purchase, whatever its amount.
    holdout_from
        First day of a holdout that ends with `observed_until`; histories then end the day before.
    timezone
        Zone whose days count, such as ``Asia/Shanghai``, where times carry a zone; local times need none.
    duplicates
        ``keep``: every order line counts. ``drop``: of lines that agree in every column one counts. The notes count
        lines that repeat another one.
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
    A refund on a later day takes its share off every purchase of the customer, amount · (1 + refunds / amounts), at
    least 0; it does not undo the purchase. The notes give the sum of such days.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-01", "2026-01-08", "2026-01-08", "2026-01-20"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "a", "b"], "ordered_at": day, "amount": [10.0, 20, 30, 5]})
    >>> summary = purchase_summary(orders, observed_until=dt.date(2026, 1, 31), unit="week")
    >>> summary.patterns[["x", "t_x", "T", "count"]].round(2).to_numpy().tolist()
    [[0.0, 0.0, 1.57, 1.0], [1.0, 1.0, 4.29, 1.0]]
    """
    check_choices({"unit": unit})
    observed_until, holdout_from = checked_days(observed_until, holdout_from)
    until = observed_until if holdout_from is None else holdout_from - dt.timedelta(days=1)
    merged = transactions.until(observed_until) if isinstance(transactions, CustomerDays) else None
    if merged is not None:
        read, lines = merged.read, merged.lines
    else:
        assert not isinstance(transactions, CustomerDays)
        read, lines = orders_read(
            transactions,
            observed_until=observed_until,
            refunds=refunds,
            timezone=timezone,
            duplicates=duplicates,
            engine=engine,
        )
    read, orders = replace(read, until=until), read.table
    if merged is not None:
        days = merged.table.source
    elif read.held:  # histories and holdout come from the same customer-days, which are written once and read twice
        days = keep_days(orders.engine, lines_sql(read), float(lines["together"])).source
    else:  # what is asked once is grouped as it comes: lines in no order are dear to sort
        read = replace(read, whole=adds_up(lines["together"]))
        days = f"({days_query(lines_sql(read))})"
    customers = f"({customer_sql(read, days)})"
    counts = None
    if read.held or not read.positive:  # else every day is a purchase that counts, and nothing else is to be counted
        raw = keep_rows(orders.engine, customer_sql(read, days), stem="customers")
        customers, counts = raw.source, raw.rows(excluded_sql(read)).iloc[0]
    rows = keep_rows(orders.engine, history_sql(customers, read, DAYS[unit]), stem="purchases", path=path)
    patterns = distinct_histories(rows, held=read.held)
    if counts is None:
        bought = int((patterns["count"] * (patterns["x"] + 1)).sum())
        counts = pd.Series({"other_days": 0, "amount": 0.0, "without": 0, "days": bought})
    # lines beyond one a day are looked at for repeats; in large tables only where there are many
    several = lines["lines"] - lines["no_id"] - lines["incomplete"] - lines["late"] - counts["days"]
    looked = several > 0 and (lines["lines"] <= _SMALL or several > _MANY * lines["lines"])
    repeated = (merged.repeated if merged is not None else repeated_lines(read)) if looked else 0
    if patterns.empty:
        raise InputError(
            message("There is at least one purchase up to the last day that counts."),
            found=message(
                "{n:int} order lines, none of them a purchase up to {until:date}", n=int(lines["lines"]), until=until
            ),
            fix=message("Check observed_until, the amounts and the policy for refunds."),
            where="transactions",
        )
    return Purchases(
        source=rows,
        summary=_overview(patterns),
        patterns=patterns,
        unit=unit,
        observed_until=until,
        holdout_until=observed_until if holdout_from else None,
        tracking=orders.engine.rows(tracking_sql(read, days, rows)) if read.held else None,
        notes=tuple(_notes(lines, counts, repeated, read.refunds, observed_until)),
    )


def distinct_histories(rows: Table, *, held: bool) -> pd.DataFrame:
    """Return how many customers have each history: what models learn from, and the only rows of theirs that are held.

    Parameters
    ----------
    rows
        Histories, one row per customer.
    held
        Whether they have a holdout.

    Examples
    --------
    >>> from workbench.core.engine import as_table
    >>> two = {"frequency": [1, 1], "recency": [3.0, 3.0], "T": [9.0, 9.0], "repeat_amount": [5.0, 7.0]}
    >>> distinct_histories(as_table(pd.DataFrame(two)), held=False).iloc[0].tolist()
    [1.0, 3.0, 9.0, 2.0, 12.0]
    """
    with collecting(HISTORIES_MOST):
        return rows.rows(pattern_sql(held, rows.engine.dialect))


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


def _notes(lines: pd.Series, counts: pd.Series, repeated: int, refunds: str, until: dt.date) -> list[Note]:
    policy = {
        "net": plural(
            "{n:int} refund is set off against the customer's orders of the same day.",
            "{n:int} refunds are set off against the customer's orders of the same day.",
            n=lines["refunds"],
        ),
        "drop": plural("{n:int} refund is left out.", "{n:int} refunds are left out.", n=lines["refunds"]),
        "as_is": plural(
            "{n:int} refund is treated like orders.", "{n:int} refunds are treated like orders.", n=lines["refunds"]
        ),
    }[refunds]
    found = [
        (
            lines["no_id"],
            plural(
                "{n:int} order line without a customer is left out.",
                "{n:int} order lines without a customer are left out.",
                n=lines["no_id"],
            ),
        ),
        (
            lines["incomplete"],
            plural(
                "{n:int} order line without a date or an amount is left out.",
                "{n:int} order lines without a date or an amount are left out.",
                n=lines["incomplete"],
            ),
        ),
        (
            lines["late"],
            plural(
                "{n:int} order line after {day:date} does not count.",
                "{n:int} order lines after {day:date} do not count.",
                n=lines["late"],
                day=until,
            ),
        ),
        (lines["refunds"], policy),
        (
            repeated,
            plural(
                "{n:int} order line repeats another one of the same customer, time and amount.",
                "{n:int} order lines repeat another one of the same customer, time and amount.",
                n=repeated,
            ),
        ),
        (
            counts["other_days"],
            plural(
                "{n:int} day on which a customer's amounts do not add up to more than zero "
                "({amount:money}) is no purchase.",
                "{n:int} days on which a customer's amounts do not add up to more than zero (together "
                "{amount:money}) are no purchases.",
                n=counts["other_days"],
                amount=counts["amount"],
            ),
        ),
        (
            counts["amount"] < 0 and refunds == "net",
            message(
                "What was refunded on other days ({amount:money}) is taken off the customers' purchases in proportion.",
                amount=-counts["amount"],
            ),
        ),
        (
            counts["without"],
            plural(
                "{n:int} customer without a purchase that counts is left out.",
                "{n:int} customers without a purchase that counts are left out.",
                n=counts["without"],
            ),
        ),
    ]
    return [Note(text) for n, text in found if n > 0]
