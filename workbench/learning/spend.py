"""Expected spend within the horizon: the chance to buy times what is spent if so, or the past rate carried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.learning.columns import CHOSEN, CI_HIGH, CI_LOW
from workbench.learning.features import Floats
from workbench.learning.labels import Lesson
from workbench.learning.ranking import bootstrap_means
from workbench.learning.training import Learned

FEWEST: Final = 100  # buyers
_USED: Final = ("mean_amount", "amount_91", "amount_365", "purchases_91", "purchases_365", "purchases", "mean_wait")
_STRENGTH: Final = 0.01
METHODS: Final[Mapping[str, Message]] = {
    "carried": message("Last year's amount carried on"),
    "learnt": message("Chance to buy × amount if so"),
}


@dataclass(frozen=True, eq=False)
class SpendIfBuying:
    """What a customer spends within the horizon who buys in it: exp(a weighted sum of logarithms).

    Attributes
    ----------
    place
        Places of the features it uses.
    low, high, mean, scale, weights, start
        Range seen while learning, mean and standard deviation of the logarithms, weights and constant.
    most
        Largest amount of the customers learnt from; nobody is told more.
    """

    place: tuple[int, ...]
    low: Floats
    high: Floats
    mean: Floats
    scale: Floats
    weights: Floats
    start: float
    most: float

    def __call__(self, X: Floats) -> Floats:
        """Return the amount of each customer."""
        total = np.full(len(X), self.start)
        for j, place in enumerate(self.place):
            column = np.log1p(np.maximum(np.clip(X[:, place], self.low[j], self.high[j]), 0.0))
            total += np.where(np.isnan(column), 0.0, self.weights[j] * (column - self.mean[j]) / self.scale[j])
        return np.asarray(np.minimum(np.exp(total), self.most))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SpendCheck(Result):
    """Two ways to tell what customers will spend, held against what they did.

    Attributes
    ----------
    table
        One row per way: ``method`` (``carried``, ``learnt``), ``told`` and ``actual`` (per customer), ``error`` (mean
        of |told − actual|), ``gain`` (error of the simple way less this one's) with ``ci_low`` and ``ci_high`` (paired
        bootstrap over customers), ``chosen``.
    n
        Customers.
    """

    n: int

    caption: ClassVar[Message] = message("What customers spend, told and happened")
    columns: ClassVar[Mapping[str, Column]] = {
        "method": Column(message("Told by")),
        "told": Column(message("Told per customer"), "money"),
        "actual": Column(message("Happened per customer"), "money"),
        "error": Column(message("Mean error"), "money"),
        "gain": Column(message("Smaller by"), "money"),
        "ci_low": CI_LOW.styled("money"),
        "ci_high": CI_HIGH.styled("money"),
        "chosen": CHOSEN,
    }

    @property
    def chosen(self) -> str:
        """The way that is used."""
        return str(self.table.loc[self.table["chosen"], "method"].iloc[0])

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table in words."""
        return self.table.assign(method=[METHODS[m].text(language) for m in self.table["method"]])


def fit_spend(lesson: Lesson) -> SpendIfBuying:
    """Learn what customers spend within the horizon if they buy in it.

    Parameters
    ----------
    lesson
        What is learnt from.

    Returns
    -------
    SpendIfBuying

    Raises
    ------
    InputError
        If fewer than 100 of its customers spent anything.

    Notes
    -----
    Poisson regression with a logarithmic link and a small quadratic penalty, by quasi-likelihood (McCullagh & Nelder
    1989, *Generalized Linear Models*, ch. 9.2), which is right in the sum of those learnt from whatever the amounts'
    distribution.

    Examples
    --------
    >>> from workbench.learning.spend import spend_carried_on
    >>> spend_carried_on(np.array([[365.0]]), ("amount_365",), 30).tolist()
    [30.0]
    """
    from sklearn.linear_model import PoissonRegressor
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    names = lesson.features.names
    place = tuple(names.index(n) for n in _USED)
    buyers = lesson.spend > 0
    if buyers.sum() < FEWEST:
        raise InputError(
            message("What customers spend is learnt from 100 who spent something."),
            found=plural("{n:int} customer", "{n:int} customers", n=int(buyers.sum())),
            fix=message("Come back with more customers, or with a longer outlook.horizon_days."),
            where="transactions",
        )
    X, y = lesson.known[buyers][:, place], lesson.spend[buyers]
    known = np.where(np.isnan(X).all(axis=0), 0.0, X)
    low, high = np.nanmin(known, axis=0), np.nanmax(known, axis=0)
    logs = np.log1p(np.maximum(known, 0.0))
    mean, deviation = np.nanmean(logs, axis=0), np.nanstd(logs, axis=0)
    scale = np.where(high > low, deviation, 1.0)
    design = np.where(np.isnan(logs), 0.0, (logs - mean) / scale)
    unit = float(y.mean())
    with threadpool_limits(limits=1):
        fit = PoissonRegressor(alpha=_STRENGTH, solver="newton-cholesky", max_iter=100).fit(design, y / unit)
    return SpendIfBuying(
        place,
        low=low,
        high=high,
        mean=mean,
        scale=scale,
        weights=np.asarray(fit.coef_),
        start=float(fit.intercept_ + np.log(unit)),
        most=float(y.max()),
    )


def spend_carried_on(X: Floats, names: tuple[str, ...], horizon_days: int) -> Floats:
    """Return last year's amounts, carried on over the horizon; of newer customers those since their first purchase.

    Parameters
    ----------
    X, names
        Features and their names.
    horizon_days
        Days ahead.
    """
    year = X[:, names.index("amount_365")]
    if "tenure_days" not in names:
        return np.asarray(year * horizon_days / 365)
    seen = np.clip(X[:, names.index("tenure_days")] + 1, horizon_days, 365)
    return np.asarray(year * horizon_days / seen)


def check_spend(
    learnt: SpendIfBuying,
    learned: Learned,
    tested: Lesson,
    *,
    level: float = 0.95,
    replicates: int = 300,
    seed: int = 1,
) -> SpendCheck:
    """Hold what was told of spending against what was spent, and against last year's amounts carried on.

    Parameters
    ----------
    learnt, learned
        Amounts if customers buy, and the chance that they do; neither has seen `tested`.
    tested
        What happened.
    level, replicates, seed
        Of the paired bootstrap.

    Returns
    -------
    SpendCheck
        The simple way is used unless the interval of the gain lies above 0.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.learning import learn, outlook_folds
    >>> rng = np.random.default_rng(1)
    >>> rows = [(str(i), day) for i in range(400) for day in rng.integers(0, 600 if i % 2 else 200, 6)]
    >>> orders = pd.DataFrame(rows, columns=["customer_id", "day"]).assign(amount=10.0)
    >>> orders["ordered_at"] = pd.Timestamp("2024-06-01") + pd.to_timedelta(orders.pop("day"), unit="D")
    >>> made = outlook_folds(orders, as_of=dt.date(2026, 1, 15))
    >>> before, tested = made.folds[0]
    >>> check_spend(fit_spend(before), learn(before, ["hiatus"])["hiatus"], tested).table["method"].tolist()
    ['carried', 'learnt']
    """
    X, actual = tested.known, tested.spend
    told = {
        "carried": spend_carried_on(X, tested.features.names, tested.horizon_days),
        "learnt": learned.probability(X) * learnt(X),
    }
    errors = {m: np.abs(t - actual) for m, t in told.items()}
    gains = bootstrap_means((errors["carried"] - errors["learnt"])[:, None], replicates=replicates, seed=seed)[:, 0]
    low, high = (float(q) for q in np.quantile(gains, [(1 - level) / 2, (1 + level) / 2]))
    rows = [
        {"method": m, "told": float(t.mean()), "actual": float(actual.mean()), "error": float(errors[m].mean())}
        for m, t in told.items()
    ]
    table = pd.DataFrame(rows)
    table["gain"] = [np.nan, float(table["error"][0] - table["error"][1])]
    table["ci_low"], table["ci_high"] = [np.nan, low], [np.nan, high]
    table["chosen"] = [not low > 0, low > 0]
    return SpendCheck(table=table, level=level, n=len(actual))
