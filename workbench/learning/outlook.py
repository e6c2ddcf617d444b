"""From orders to an outlook: lessons of the past, the candidate to believe, and what it learns from last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.names import AMOUNT, CUSTOMER_ID, ORDERED_AT
from workbench.learning.features import Features, customer_features
from workbench.learning.known import Known
from workbench.learning.labels import MOST, Lesson, lesson, orders_to_learn_from

MOST_FOLDS: Final = 2


@dataclass(frozen=True, eq=False)
class OutlookFolds:
    """What an outlook learns from.

    Attributes
    ----------
    now
        What is known of every customer today.
    latest
        What was known one horizon ago, and what came of it: what the chosen candidate learns from in the end.
    folds
        Pairs of what is learnt from and what is tested on, the latest first; the test of the first is `latest`.
    horizon_days
        Days of the horizon.
    """

    now: Features
    latest: Lesson
    folds: tuple[tuple[Lesson, Lesson], ...]
    horizon_days: int


def outlook_folds(
    transactions: pd.DataFrame | Table,
    *,
    as_of: dt.date,
    horizon_days: int = 90,
    items: Sequence[str] = (),
    interactions: pd.DataFrame | Table | None = None,
    complaints: Sequence[str] = ("complaint", "投诉"),
    contracts: pd.DataFrame | Table | None = None,
    known: Sequence[Known] = (),
    groups: Table | None = None,
    by: Sequence[str] = (),
    most: int = MOST,
    seed: int = 1,
) -> OutlookFolds:
    """Cut the past into lessons: today, one horizon ago, two, and three where the data reach back so far.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount``.
    as_of
        Last day of the data.
    horizon_days
        Days that the outlook is about.
    items, interactions, complaints, contracts, known
        As for `customer_features`.
    groups, by
        A table with a row per customer, and its columns in which the latest test is looked at; nothing is learnt from
        them.
    most
        Most customers learnt from; everybody is scored.
    seed
        Another seed learns from other customers.

    Returns
    -------
    OutlookFolds
        One or two folds.

    Raises
    ------
    InputError
        If the history is shorter than three horizons: one to know customers by, one to learn from, one to test on.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> rows = [(str(i), day) for i in range(50) for day in rng.integers(0, 365, 4)]
    >>> orders = pd.DataFrame(rows, columns=["customer_id", "day"]).assign(amount=10.0)
    >>> orders["ordered_at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(orders.pop("day"), unit="D")
    >>> made = outlook_folds(orders, as_of=dt.date(2025, 12, 31), horizon_days=90)
    >>> [(str(a.features.cut), str(b.features.cut)) for a, b in made.folds]
    [('2025-07-04', '2025-10-02'), ('2025-04-05', '2025-07-04')]
    """
    orders = as_table(transactions)
    step = dt.timedelta(days=horizon_days)
    first = orders.rows(
        f"SELECT CAST(min({ORDERED_AT}) AS DATE) AS d FROM {{table}} AS o WHERE {CUSTOMER_ID} IS NOT NULL "
        f"AND CAST({ORDERED_AT} AS DATE) <= DATE '{as_of}'"
    )["d"].iloc[0]
    if pd.isna(first) or pd.Timestamp(first).date() > as_of - 3 * step:
        days = 0 if pd.isna(first) else (as_of - pd.Timestamp(first).date()).days
        raise InputError(
            message("Learning needs three horizons: to know customers by, to learn from, to test on."),
            found=message("{days:int} days of orders for a horizon of {ahead:int} days", days=days, ahead=horizon_days),
            fix=message("Come back with a longer history, or with a shorter outlook.horizon_days."),
            where="transactions",
        )
    given: dict[str, Any] = {
        "items": items,
        "interactions": interactions,
        "complaints": complaints,
        "contracts": contracts,
        "known": known,
    }
    folds = MOST_FOLDS if pd.Timestamp(first).date() <= as_of - (MOST_FOLDS + 2) * step else 1
    read = (CUSTOMER_ID, ORDERED_AT, AMOUNT, *items)
    part = orders_to_learn_from(orders, most=most, seed=seed, columns=read)
    lessons = []
    for k in range(1, folds + 2):
        known_then = customer_features(part, cut=as_of - k * step, last=as_of - step, **given)
        along: dict[str, Any] = {"groups": groups, "by": by} if k == 1 else {}
        lessons.append(lesson(part, known_then, horizon_days=horizon_days, seed=seed, **along))
    return OutlookFolds(
        now=customer_features(orders, cut=as_of, **given),
        latest=lessons[0],
        folds=tuple((lessons[k + 1], lessons[k]) for k in range(folds)),
        horizon_days=horizon_days,
    )
