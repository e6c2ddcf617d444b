"""What stands in the place of a forecast where no model holds: last year's amounts carried on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from workbench.clv.columns import CLV
from workbench.clv.value.concentration import Concentration, concentration
from workbench.clv.value.terms import NO_GROUP, Groups, Terms, group_source
from workbench.clv.value.totals import Total
from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT, Column
from workbench.core.results import Note

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class LastYearValue(BulkResult):
    """Last year's amounts carried on, after margin and service; a rule, not a forecast, so without an interval.

    Attributes
    ----------
    table
        Read when asked for: ``customer_id``, ``amount`` (of the last 365 days), ``clv`` (that, over the horizon, after
        margin and service).
    source
        The same rows in the engine.
    total
        Sum of ``clv``, without an interval.
    concentration
        How unequally it is spread; None where it does not add up to more than zero.
    """

    total: Total
    concentration: Concentration | None

    caption: ClassVar[Message] = message("Last year's amounts carried on")
    columns: ClassVar[Mapping[str, Column]] = {
        "bought": Column(message("Bought in the last year"), "int"),
        "clv": CLV,
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the cumulated share of value over the share of customers."""
        if self.concentration is None:
            raise TypeError("Amounts that do not add up to more than zero have no picture")
        return self.concentration.plot(language)


def value_last_year(
    transactions: pd.DataFrame | Table | str | Path,
    *,
    observed_until: dt.date,
    horizon_months: int = 12,
    margin: float | Mapping[str, float] = 1.0,
    service_cost: float | Mapping[str, float] = 0.0,
    terms_by: Groups | None = None,
    level: float = 0.95,
    reason: Message | None = None,
    engine: Engine | None = None,
) -> LastYearValue:
    """Carry on what each customer spent in the last 365 days, refunds taken off, over the months ahead.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount`` (refunds negative).
    observed_until
        Last day that counts.
    horizon_months
        Months ahead; 12 carry on the whole year.
    margin, service_cost, terms_by
        As for `value_customers`; service is charged to customers who bought in the year.
    level
        Level of the intervals of the concentration.
    reason
        Why no model stands in its place.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    LastYearValue
        One row per customer who ever bought.

    Raises
    ------
    InputError
        If a column is missing.

    Notes
    -----
    Wübben & von Wangenheim (2008), Journal of Marketing 72(3): simple rules are often as good as models.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "b"], "amount": [10.0, 99.0],
    ...                        "ordered_at": pd.to_datetime(["2026-01-01", "2020-03-01"])})
    >>> value_last_year(orders, observed_until=dt.date(2026, 6, 30), margin=0.5).table["clv"].tolist()
    [5.0, 0.0]
    """
    orders = as_table(transactions, engine)
    require_columns(orders.columns, (CUSTOMER_ID, ORDERED_AT, AMOUNT), where="transactions")
    d, terms = orders.engine.dialect, Terms.of(margin, service_cost)
    since = observed_until - dt.timedelta(days=364)
    day = f"CAST(o.{ORDERED_AT} AS DATE)"
    join, named, names = "", d.literal(NO_GROUP), [NO_GROUP]
    if terms.by_group and terms_by is not None:
        source, column = group_source(orders.engine, terms_by)
        join = f"LEFT JOIN {source} AS g ON g.{CUSTOMER_ID} = o.{CUSTOMER_ID}"
        named = f"coalesce(g.{column}, {d.literal(NO_GROUP)})"
        given = [v for v in (terms.margin, terms.service_cost) if isinstance(v, Mapping)]
        names = list(dict.fromkeys(name for group in given for name in group))
    shares, costs = terms.for_groups(names)
    known = orders.engine.register(pd.DataFrame({"term": names, "share": shares, "cost": costs}))
    inside = f"CASE WHEN {day} >= DATE '{since}' THEN o.{AMOUNT} ELSE 0 END"
    years = horizon_months / 12
    rows = keep_rows(
        orders.engine,
        f"""
        SELECT a.{CUSTOMER_ID}, a.amount,
               {years!r} * (a.amount * t.share - CASE WHEN a.amount > 0 THEN t.cost ELSE 0 END) AS clv
        FROM (SELECT o.{CUSTOMER_ID}, {named} AS term, {d.exact_sum(inside, 4)} AS amount
              FROM {orders.source} AS o {join}
              WHERE o.{CUSTOMER_ID} IS NOT NULL AND {day} <= DATE '{observed_until}' GROUP BY 1, 2) AS a
        JOIN {known} AS t ON t.term = a.term
        ORDER BY {d.text_order.format(column=f"a.{CUSTOMER_ID}")}""",
        stem="last-year",
    )
    sums = rows.rows(f"""
        SELECT count(*) AS customers, count(CASE WHEN amount > 0 THEN 1 END) AS bought, {d.exact_sum("clv", 8)} AS clv
        FROM {{table}} AS t""").iloc[0]
    if not sums["customers"]:
        raise InputError(
            message("There is an order up to the last day that counts."),
            found=message("none"),
            fix=message("Check the dates of the orders and as_of."),
            where="transactions",
        )
    total = float(sums["clv"])
    missing = float("nan")
    return LastYearValue(
        source=rows,
        summary=pd.DataFrame({"customers": [int(sums["customers"])], "bought": [int(sums["bought"])], "clv": [total]}),
        total=Total(total, missing, missing, level),
        concentration=concentration((rows, "clv"), level=level) if total > 0 else None,
        level=level,
        notes=tuple(_notes(reason)),
    )


def _notes(reason: Message | None) -> list[Note]:
    text = message("Last year's amounts are carried on; a rule like this has no interval.")
    why = () if reason is None else (message("No model of purchases holds here: {reason}.", reason=reason),)
    return [*(Note(w, "caution") for w in why), Note(text)]
