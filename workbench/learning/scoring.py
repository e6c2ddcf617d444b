"""Scores of everybody: chances, amounts, dates and reasons, batch by batch, in memory that does not grow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.core.bulk import BulkResult, scratch_file
from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.learning.candidates.candidate import THEMES
from workbench.learning.columns import EXPECTED_SPEND
from workbench.learning.features import Features, Floats
from workbench.learning.next_purchase import NextPurchase, whole_days
from workbench.learning.reasons import strongest
from workbench.learning.spend import SpendIfBuying, spend_carried_on
from workbench.learning.training import Learned

REASONS: Final = ("reason", "second_reason")
DATES: Final = ("next_early", "next_likely", "next_late")


@dataclass(frozen=True, eq=False)
class Teller:
    """All that is told of a customer, learnt from one lesson.

    Attributes
    ----------
    learned
        The chance to buy.
    dates
        The next purchase.
    spend
        Amount if a customer buys; None where last year's amounts are carried on.
    """

    learned: Learned
    dates: NextPurchase
    spend: SpendIfBuying | None

    def amounts(self, X: Floats, names: tuple[str, ...], probability: Floats) -> Floats:
        """Return the expected spend within the horizon."""
        if self.spend is None:
            return spend_carried_on(X, names, self.learned.horizon_days)
        return np.asarray(probability * self.spend(X))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Scores(BulkResult):
    """What is told of every customer.

    Attributes
    ----------
    table
        One row per customer, ordered by ``customer_id``: ``probability`` (to buy within the horizon), ``leaving`` (not
        to), ``expected_spend`` (within the horizon), ``next_early``, ``next_likely``, ``next_late`` (dates by which
        the chance of a purchase reaches 10, 50 and 90 %; missing where that is not within the horizon), ``reason``,
        ``second_reason`` (themes that speak most against buying; missing without).
    reasons
        One row per theme that is somebody's first reason: ``reason``, ``customers``, ``leaving`` (mean chance).
    horizon_days
        Days of the horizon.
    """

    reasons: pd.DataFrame
    horizon_days: int

    caption: ClassVar[Message] = message("What is told of all customers")
    columns: ClassVar[Mapping[str, Column]] = {
        "buying": Column(message("Expected to buy"), "int"),
        "leaving": Column(message("Expected to stay away"), "int"),
        "expected_spend": EXPECTED_SPEND,
        "reason": Column(message("What speaks most against buying")),
    }


def score_customers(teller: Teller, features: Features, *, path: str | Path | None = None) -> Scores:
    """Tell every customer's chance, amount, dates and reasons.

    Parameters
    ----------
    teller
        What was learnt.
    features
        What is known of all customers, with the features that were learnt from.
    path
        Parquet file to write to; one that lives as long as this process if None.

    Returns
    -------
    Scores
        Rows are read and written in batches; memory does not grow with their number.

    Raises
    ------
    InputError
        If the features are others.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.learning import fit_next_purchase, learn, outlook_folds
    >>> rng = np.random.default_rng(1)
    >>> rows = [(str(i), day) for i in range(400) for day in rng.integers(0, 600 if i % 2 else 200, 6)]
    >>> orders = pd.DataFrame(rows, columns=["customer_id", "day"]).assign(amount=10.0)
    >>> orders["ordered_at"] = pd.Timestamp("2024-06-01") + pd.to_timedelta(orders.pop("day"), unit="D")
    >>> made = outlook_folds(orders, as_of=dt.date(2026, 1, 15))
    >>> learned = learn(made.latest, ["hiatus"])["hiatus"]
    >>> dates = fit_next_purchase(made.latest, learned.probability(made.latest.known))
    >>> score_customers(Teller(learned, dates, None), made.now).summary["customers"].tolist()
    [400]
    """
    names = teller.learned.candidate.names
    if names != features.names:
        missing = sorted(set(names) ^ set(features.names))
        raise InputError(
            "Customers are told by the features that were learnt from.",
            found=f"{', '.join(missing[:3]) or 'the same features'} in another order or in one of them only",
            fix="Make both with the same arguments of customer_features.",
            where="features",
        )
    target = Path(path) if path is not None else scratch_file("scores")
    source, engine = features.source, features.source.engine
    told = partial(_told, teller, names, np.datetime64(features.cut))
    scored = as_table(engine.map_batches(source.query([CUSTOMER_ID, *names]), told, _schema(), target), engine)
    sums = ", ".join(
        f"{engine.dialect.exact_sum(c, digits)} AS {c}"
        for c, digits in {"probability": 12, "leaving": 12, "expected_spend": 6}.items()
    )
    found = scored.rows(f"SELECT reason, count(*) AS customers, {sums} FROM {{table}} AS s GROUP BY reason")
    themes = found[found["reason"].notna()]
    reasons = pd.DataFrame(
        {
            "reason": themes["reason"],
            "customers": themes["customers"].astype(int),
            "leaving": themes["leaving"] / themes["customers"],
        }
    ).sort_values(["customers", "reason"], ascending=[False, True], ignore_index=True)
    whole = found.sort_values("reason")[["customers", "probability", "leaving", "expected_spend"]].sum()
    summary = {
        "customers": int(whole["customers"]),
        "buying": float(whole["probability"]),
        "leaving": float(whole["leaving"]),
        "expected_spend": float(whole["expected_spend"]),
    }
    return Scores(
        source=scored,
        summary=pd.DataFrame([summary]),
        reasons=reasons,
        horizon_days=teller.learned.horizon_days,
    )


def _schema() -> pa.Schema:
    numbers = [(n, pa.float64()) for n in ("probability", "leaving", "expected_spend")]
    dates = [(n, pa.date32()) for n in DATES]
    return pa.schema([(CUSTOMER_ID, pa.string()), *numbers, *dates, *((r, pa.string()) for r in REASONS)])


def _told(teller: Teller, names: tuple[str, ...], today: np.datetime64, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the scores of a batch of customers; it runs where the rows are, be that another machine."""
    X = np.empty((batch.num_rows, len(names)), order="F")
    for j in range(len(names)):
        X[:, j] = batch.column(j + 1).to_numpy(zero_copy_only=False)
    learned = teller.learned
    contributions = learned.candidate.contributions(X)
    chance = learned.calibration(np.asarray(learned.candidate.base + contributions.sum(axis=1)))
    amount = teller.amounts(X, names, chance)
    days = teller.dates(X, chance)
    places = strongest(contributions)
    columns = [pa.array(chance), pa.array(1 - chance), pa.array(amount)]
    for j in range(days.shape[1]):
        unknown = np.isnan(days[:, j])
        whole = today + whole_days(np.where(unknown, 0, days[:, j])).astype("timedelta64[D]")
        columns.append(pa.array(whole, mask=unknown))
    words = pa.array(THEMES)
    columns += [words.take(pa.array(place.astype(np.int32), mask=place < 0)) for place in places]
    return pa.record_batch([batch.column(0).cast(pa.string()), *columns], schema=_schema())
