"""Last wave's forecast against what happened since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core.bulk import in_engine
from workbench.core.engine import Table, as_table, collecting
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Result
from workbench.learning.columns import CI_HIGH, CI_LOW
from workbench.learning.labels import SALT, later_purchases
from workbench.learning.promise import Promise, check_promise
from workbench.learning.ranking import auc

MOST: Final = 20_000
MEASURES: Final[Mapping[str, Message]] = {
    "auc": message("Ranked rightly (AUC)"),
    "bought": message("Customers who bought, per cent"),
    "spend": message("Spent per customer"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class KeptPromises(Result):
    """What was told in the wave before, and what happened.

    Attributes
    ----------
    table
        One row per measure: ``measure`` (``auc``, ``bought`` per 100 customers, ``spend`` per customer), ``told``
        (missing for the AUC), ``actual`` with ``ci_low`` and ``ci_high``.
    promise
        Chances told and shares that bought, by tenths.
    n
        Customers looked at.
    """

    promise: Promise
    n: int

    caption: ClassVar[Message] = message("What the previous wave told, and what happened")
    columns: ClassVar[Mapping[str, Column]] = {
        "measure": Column(message("Measure")),
        "told": Column(message("Told"), "dec2"),
        "actual": Column(message("Happened"), "dec2"),
        "ci_low": CI_LOW.styled("dec2"),
        "ci_high": CI_HIGH.styled("dec2"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with measures in words."""
        return self.table.assign(measure=[MEASURES[m].text(language) for m in self.table["measure"]])


def check_kept_promises(
    scores: pd.DataFrame | Table,
    transactions: pd.DataFrame | Table,
    *,
    made_on: dt.date,
    horizon_days: int,
    until: dt.date,
    level: float = 0.95,
) -> KeptPromises:
    """Hold the scores of an earlier wave against the orders since.

    Parameters
    ----------
    scores
        ``customer_id``, ``probability``, ``expected_spend``, as `score_customers` told them.
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount``.
    made_on
        Day of the scores.
    horizon_days
        Days that they were about.
    until
        Last day of the orders.
    level
        Level of the intervals.

    Returns
    -------
    KeptPromises
        Of at most 20,000 customers, those with the smallest permanent random numbers.

    Raises
    ------
    InputError
        If the days told about are not over.

    Examples
    --------
    >>> day = pd.Timestamp("2026-01-05")
    >>> told = pd.DataFrame({"customer_id": list("abcd"), "probability": [0.9, 0.8, 0.2, 0.1], "expected_spend": 5.0})
    >>> orders = pd.DataFrame({"customer_id": list("ab"), "ordered_at": day, "amount": [10.0, 12.0]})
    >>> found = check_kept_promises(told, orders, made_on=dt.date(2025, 12, 31), horizon_days=30,
    ...                             until=dt.date(2026, 1, 31))
    >>> found.table[["measure", "actual"]].to_numpy().tolist()
    [['auc', 1.0], ['bought', 50.0], ['spend', 5.5]]
    """
    end = made_on + dt.timedelta(days=horizon_days)
    if until < end:
        raise InputError(
            message("A forecast is held against what happened when its days are over."),
            found=message("a forecast up to {end:date}, orders up to {until:date}", end=end, until=until),
            fix=message("Come back with a later wave."),
            where="as_of",
        )
    table = as_table(scores)
    require_columns(table.columns, [CUSTOMER_ID, "probability", "expected_spend"], where="scores")
    e, d = table.engine, table.engine.dialect
    orders = in_engine(as_table(transactions, e), e)
    number = d.prn(f"{SALT}|kept", CUSTOMER_ID)
    with collecting(MOST):
        rows = e.rows(f"""
            SELECT s.probability, s.expected_spend,
                   CASE WHEN l.next_day IS NULL THEN 0 ELSE 1 END AS bought,
                   CAST(greatest(coalesce(l.spend, 0), 0) AS {d.double_type}) AS spend
            FROM (SELECT {CUSTOMER_ID}, probability, expected_spend FROM {table.source} AS told
                  ORDER BY {number}, {d.text_order.format(column=CUSTOMER_ID)} LIMIT {MOST}) AS s
            LEFT JOIN ({later_purchases(orders, made_on, end)}) AS l ON l.{CUSTOMER_ID} = s.{CUSTOMER_ID}
            ORDER BY s.probability NULLS LAST, s.expected_spend NULLS LAST, spend NULLS LAST""")
    promise = check_promise(rows["probability"], rows["bought"], level=level)
    from scipy.stats import norm

    z, n = float(norm.ppf((1 + level) / 2)), len(rows)
    measured = [
        ("auc", np.nan, *auc(rows["probability"].to_numpy(dtype=float), rows["bought"].to_numpy(), level=level))
    ]
    for measure, told, actual in (
        ("bought", 100 * rows["probability"], 100.0 * rows["bought"]),
        ("spend", rows["expected_spend"], rows["spend"]),
    ):
        error = z * float(actual.std(ddof=1)) / np.sqrt(n)
        mean = float(actual.mean())
        measured.append((measure, float(told.mean()), mean, mean - error, mean + error))
    found = pd.DataFrame(measured, columns=["measure", "told", "actual", "ci_low", "ci_high"])
    return KeptPromises(table=found, level=level, promise=promise, n=n)
