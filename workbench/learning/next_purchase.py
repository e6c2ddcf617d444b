"""When the next purchase comes: dates by which a tenth, half and nine tenths of customers like this one have bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.estimation.intervals import wilson
from workbench.learning.columns import CI_HIGH, CI_LOW
from workbench.learning.features import Floats
from workbench.learning.labels import Lesson

QUANTILES: Final = (0.1, 0.5, 0.9)
_CHANCES: Final = (0.2, 0.4, 0.6, 0.8)
_WAITS: Final = (7.0, 14.0, 30.0, 60.0)
_FEWEST: Final = 50  # buyers of a cell; with fewer all with such a chance count
_GRID: Final = np.linspace(0.0, 1.0, 41)


@dataclass(frozen=True, eq=False)
class NextPurchase:
    """Days to the next purchase of those who buy within the horizon, by chance to buy and by usual wait.

    Attributes
    ----------
    days
        Quantiles of the days of each cell: chance × wait × grid.
    horizon_days
        Days of the horizon.
    place
        Place of the usual wait among the features.
    """

    days: Floats
    horizon_days: int
    place: int

    def __call__(self, X: Floats, probability: Floats) -> Floats:
        """Return for each customer the days by which the chance of a purchase reaches each of `QUANTILES`.

        Parameters
        ----------
        X
            Features.
        probability
            Chance to buy within the horizon.

        Returns
        -------
        ndarray
            A row per customer; missing where that chance is not reached within the horizon.
        """
        cells = self.days[_cell(X[:, self.place], probability)]
        found = np.full((len(X), len(QUANTILES)), np.nan)
        for j, q in enumerate(QUANTILES):
            reached = probability > q
            at = np.where(reached, q / np.where(reached, probability, 1.0), 0.0) * (len(_GRID) - 1)
            below = np.minimum(at.astype(np.int64), len(_GRID) - 2)
            rows = np.arange(len(X))
            low, high = cells[rows, below], cells[rows, below + 1]
            found[reached, j] = (low + (at - below) * (high - low))[reached]
        return found


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class NextPurchaseCheck(Result):
    """Dates told and what happened by them.

    Attributes
    ----------
    table
        One row per date told: ``told`` (chance of a purchase by then: 10 %, 50 %, 90 %), ``customers`` (who were told
        one), ``bought`` (share who had bought by then) with ``ci_low`` and ``ci_high`` (Wilson).
    """

    caption: ClassVar[Message] = message("Dates of the next purchase, told and happened")
    columns: ClassVar[Mapping[str, Column]] = {
        "told": Column(message("Chance by the date told"), "pct"),
        "bought": Column(message("Had bought by then"), "pct1"),
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:  # noqa: ARG002
        """Return the table as it is."""
        return self.table


def fit_next_purchase(lesson: Lesson, probability: Floats) -> NextPurchase:
    """Learn how many days buyers took.

    Parameters
    ----------
    lesson
        What is learnt from.
    probability
        Chance to buy within the horizon that its customers were given.

    Returns
    -------
    NextPurchase
        A cell with fewer than 50 buyers takes those of all customers with such a chance, or of all buyers.

    Notes
    -----
    With chance p and distribution F of days among those who buy within the horizon, the date by which the chance of a
    purchase is q is F⁻¹(q / p), for q < p.

    Examples
    --------
    >>> cells = np.tile(np.linspace(0, 30, 41), (5, 6, 1))
    >>> NextPurchase(cells, 30, 0)(np.array([[10.0]]), np.array([0.8])).round(1).tolist()
    [[3.8, 18.8, nan]]
    """
    place = lesson.features.names.index("mean_wait")
    wait = lesson.known[:, place]
    days = lesson.rows["next_days"].to_numpy(dtype=float)
    buyers = ~np.isnan(days)
    chance_of, wait_of = _cell(wait, probability)
    found = np.empty((len(_CHANCES) + 1, len(_WAITS) + 2, len(_GRID)))
    everybody = _spread(days[buyers], lesson.horizon_days)
    for i in range(found.shape[0]):
        alike = buyers & (chance_of == i)
        usual = _spread(days[alike], lesson.horizon_days) if alike.sum() >= _FEWEST else everybody
        for j in range(found.shape[1]):
            own = alike & (wait_of == j)
            found[i, j] = _spread(days[own], lesson.horizon_days) if own.sum() >= _FEWEST else usual
    return NextPurchase(found, lesson.horizon_days, place)


def check_next_purchase(
    dates: NextPurchase, tested: Lesson, probability: Floats, *, level: float = 0.95
) -> NextPurchaseCheck:
    """Hold dates against when customers bought.

    Parameters
    ----------
    dates
        What was learnt; it has not seen `tested`.
    tested
        What happened.
    probability
        Chance to buy that its customers were given.
    level
        Level of the intervals.

    Returns
    -------
    NextPurchaseCheck
        One row for each chance, of those who were told a date.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.learning import outlook_folds
    >>> rng = np.random.default_rng(1)
    >>> rows = [(str(i), day) for i in range(400) for day in rng.integers(0, 600 if i % 2 else 200, 6)]
    >>> orders = pd.DataFrame(rows, columns=["customer_id", "day"]).assign(amount=10.0)
    >>> orders["ordered_at"] = pd.Timestamp("2024-06-01") + pd.to_timedelta(orders.pop("day"), unit="D")
    >>> made = outlook_folds(orders, as_of=dt.date(2026, 1, 15))
    >>> before, tested = made.folds[0]
    >>> dates = fit_next_purchase(before, np.full(len(before.rows), 0.6))
    >>> check_next_purchase(dates, tested, np.full(len(tested.rows), 0.6)).table["customers"].tolist()
    [400, 400, 0]
    """
    told = dates(tested.known, probability)
    days = tested.rows["next_days"].to_numpy(dtype=float)
    rows = []
    for j, q in enumerate(QUANTILES):
        known = ~np.isnan(told[:, j])
        n = int(known.sum())
        share = float((days[known] <= whole_days(told[known, j])).mean()) if n else float("nan")
        low, high = (
            (float(v[0]) for v in wilson(np.array([share]), np.array([float(n)]), level)) if n else (np.nan,) * 2
        )
        rows.append({"told": q, "customers": n, "bought": share, "ci_low": low, "ci_high": high})
    return NextPurchaseCheck(table=pd.DataFrame(rows), level=level)


def whole_days(days: Floats) -> Floats:
    """Return days as whole ones, at least tomorrow: by the date told means on that day or before.

    Examples
    --------
    >>> whole_days(np.array([0.2, 3.6])).tolist()
    [1.0, 4.0]
    """
    return np.asarray(np.maximum(np.rint(days), 1.0))


def _spread(days: Floats, horizon: int) -> Floats:
    return np.asarray(np.quantile(days, _GRID)) if len(days) else np.asarray(_GRID * horizon)


def _cell(wait: Floats, probability: Floats) -> tuple[np.ndarray, np.ndarray]:
    known = np.searchsorted(_WAITS, np.nan_to_num(wait, nan=0.0))
    return np.searchsorted(_CHANCES, probability), np.where(np.isnan(wait), len(_WAITS) + 1, known)
