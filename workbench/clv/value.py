"""What each customer will be worth: expected purchases × expected amount × margin, discounted on the real calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.concentration import Concentration, concentration
from workbench.clv.fit import Fit
from workbench.clv.gamma_gamma import GammaGamma
from workbench.clv.horizon import add_months, daily_force, discounted_if_alive, horizon_days
from workbench.clv.model import PurchaseModel
from workbench.clv.patterns import Floats, Ints, as_patterns
from workbench.clv.purchases import Purchases
from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DRAWS: Final = 200
_SAMPLED: Final = 1000


@dataclass(frozen=True)
class Total:
    """A total with its interval.

    Attributes
    ----------
    estimate, ci_low, ci_high
        The total and the limits of its interval (missing where the parameters were given, not fitted).
    level
        Level of the interval.
    """

    estimate: float
    ci_low: float
    ci_high: float
    level: float


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CustomerValue(BulkResult):
    """Customer lifetime value over a horizon.

    Attributes
    ----------
    table
        Read when asked for: ``customer_id``, ``probability_alive``, ``expected_purchases`` (within the horizon),
        ``expected_spend`` (per purchase) and ``clv`` (discounted, after margin).
    source
        The same rows in the engine.
    total
        Sum of all values, with an interval for the uncertainty of the parameters.
    concentration
        How unequally value is spread.
    """

    total: Total
    concentration: Concentration

    caption: ClassVar[Message] = message("Customer value")
    columns: ClassVar[Mapping[str, Column]] = {
        "alive": Column(message("Still customers (expected)"), "int"),
        "expected_purchases": Column(message("Expected purchases"), "int"),
        "clv": Column(message("Value"), "money"),
        "ci_low": Column(message("Lower limit"), "money"),
        "ci_high": Column(message("Upper limit"), "money"),
        "clv_per_customer": Column(message("Value per customer"), "money"),
        "gini": Column(message("Gini coefficient"), "dec2"),
        "probability_alive": Column(message("Probability alive"), "pct"),
        "expected_spend": Column(message("Expected amount per purchase"), "money"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the cumulated share of value over the share of customers."""
        return self.concentration.plot(language)


def value_customers(
    purchases: Purchases,
    purchase_model: Fit | PurchaseModel,
    spend_model: Fit | GammaGamma,
    *,
    horizon_months: int = 12,
    annual_discount_rate: float,
    margin: float = 1.0,
    interval: float = 0.9,
    seed: int,
    path: str | Path | None = None,
) -> CustomerValue:
    """Value every customer over the next months, and say how sure the total is.

    Parameters
    ----------
    purchases
        Histories of the customers.
    purchase_model
        A fit of `fit_bg_nbd` or another model of purchases, or a model with known parameters in the unit of
        `purchases`.
    spend_model
        A fit of `fit_gamma_gamma`, or a `GammaGamma` with known parameters.
    horizon_months
        Calendar months from the end of observation; 12 months end on the same date a year later.
    annual_discount_rate
        Share per year (of 365.25 days), such as 0.10; purchases are discounted to the end of observation.
    margin
        Share of an amount that is value.
    interval
        Level of the interval of the total.
    seed
        Seed of the draws of parameters.
    path
        Parquet file to write the values to; a file that lives as long as this process if None.

    Returns
    -------
    CustomerValue
        One row per customer. Computed once per distinct history and joined to the customers inside the engine.

    Raises
    ------
    InputError
        If a model is not of the kind, units disagree, or an argument is out of range.

    Notes
    -----
    The interval comes from 200 draws of both models' parameters (normal in the logarithms). For many histories the
    draws are evaluated on 1,000 of them, taken with probability proportional to value. It does not contain what single
    customers happen to do.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv import BgNbd, purchase_summary
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-20", "2026-03-01", "2026-02-10"])
    >>> orders = pd.DataFrame({"customer_id": list("aaab"), "ordered_at": days, "amount": [10.0, 20, 30, 5]})
    >>> histories = purchase_summary(orders, observed_until=dt.date(2026, 3, 31))
    >>> value = value_customers(
    ...     histories, BgNbd(r=0.9, alpha=9.5, a=0.6, b=14.0), GammaGamma(p=6.0, q=4.0, gamma=60.0),
    ...     annual_discount_rate=0.1, seed=1,
    ... )
    >>> value.table["clv"].round(0).tolist()
    [334.0, 541.0]
    """
    purchase, spend = _purchases_of(purchase_model), _spend_of(spend_model)
    _check(purchases, purchase_model, margin, interval)
    horizon = horizon_days(purchases.observed_until, horizon_months) / purchases.days_per_unit
    force = daily_force(annual_discount_rate) * purchases.days_per_unit
    p = as_patterns(purchases)
    pairs = _Pairs.of(p.x, p.T)
    plain, discounted = (pairs.spread(v) for v in discounted_if_alive(purchase, horizon, force, pairs.x, pairs.T))
    alive = purchase.probability_alive(p.x, p.t_x, p.T)
    values = pd.DataFrame(
        {
            "x": p.x,
            "t_x": p.t_x,
            "T": p.T,
            "alive": alive,
            "bought": alive * plain,
            "worth": alive * discounted * margin,
        }
    )
    rows = keep_rows(purchases.source.engine, _value_sql(purchases, values, spend), stem="value", path=path)
    spent = purchases.patterns["repeat_amount"].to_numpy(dtype=float)
    amounts = _amounts(spend, p.x.astype(float), p.count, spent)
    by_pattern = values["worth"].to_numpy(dtype=float) * amounts
    ratios = _ratios(
        purchase_model,
        spend_model,
        horizon,
        (p.x.astype(float), p.t_x, p.T, p.count, spent),
        by_pattern,
        alive * plain,
        seed,
    )
    estimate = float(by_pattern.sum())
    limits = np.quantile(ratios, [(1 - interval) / 2, (1 + interval) / 2]) if len(ratios) else np.full(2, np.nan)
    total = Total(estimate, float(estimate * limits[0]), float(estimate * limits[1]), interval)
    clv = np.concatenate([np.asarray(b.column(0)) for b in rows.engine.batches(f"SELECT clv FROM {rows.source}")])
    spread = concentration(clv)
    summary = pd.DataFrame(
        {
            "customers": [int(p.customers)],
            "alive": [float(alive @ p.count)],
            "expected_purchases": [float((alive * plain) @ p.count)],
            "clv": [total.estimate],
            "ci_low": [total.ci_low],
            "ci_high": [total.ci_high],
            "clv_per_customer": [total.estimate / p.customers],
            "gini": [spread.gini],
        }
    )
    notes = tuple(_notes(purchases, horizon_months, annual_discount_rate, margin, total))
    return CustomerValue(source=rows, summary=summary, total=total, concentration=spread, notes=notes)


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Distinct (x, T): what is expected of a customer who is alive depends on nothing else."""

    x: Floats
    T: Floats
    place: Ints

    @classmethod
    def of(cls, x: Ints, T: Floats) -> _Pairs:
        ages, at = np.unique(T, return_inverse=True)
        key, place = np.unique(x.astype(np.int64) * len(ages) + at, return_inverse=True)
        return cls((key // len(ages)).astype(float), ages[key % len(ages)], place)

    def spread(self, values: Floats) -> Floats:
        return np.asarray(values[self.place])


def _purchases_of(given: Fit | PurchaseModel) -> PurchaseModel:
    model = given.model if isinstance(given, Fit) else given
    if not isinstance(model, PurchaseModel):
        raise _wrong_model(model, "a model of purchases")
    return model


def _spend_of(given: Fit | GammaGamma) -> GammaGamma:
    model = given.model if isinstance(given, Fit) else given
    if not isinstance(model, GammaGamma):
        raise _wrong_model(model, "a model of amounts")
    return model


def _wrong_model(model: object, needed: str) -> InputError:
    return InputError(
        "Values need a model of purchases and a model of amounts.",
        found=f"{type(model).__name__} where {needed} is needed",
        fix="Give value_customers(purchases, purchase_model, spend_model) in this order.",
        where="value_customers",
    )


def _check(purchases: Purchases, model: Fit | PurchaseModel, margin: float, interval: float) -> None:
    if isinstance(model, Fit) and model.unit != purchases.unit:
        raise InputError("The model's unit of time is that of the purchases.",
                         found=f"a model in {model.unit}s and purchases in {purchases.unit}s",
                         fix="Fit the model to purchases of the same unit.", where="purchase_model")  # fmt: skip
    if not 0 < margin <= 1:
        raise InputError("A margin is a share of the amount, above 0 up to 1.", found=repr(margin),
                         fix="Write margin=0.25 for 25 %.", where="margin")  # fmt: skip
    if not 0 < interval < 1:
        raise InputError("A level is between 0 and 1.", found=repr(interval), fix="Write interval=0.9.",
                         where="interval")  # fmt: skip


def _value_sql(purchases: Purchases, values: pd.DataFrame, spend: GammaGamma) -> str:
    spend.expected_spend(values["x"].to_numpy(), np.ones(len(values)))  # refuses a mean that does not exist
    engine = purchases.source.engine
    name = engine.register(values)
    amount = (
        f"({spend.p!r} * ({spend.gamma!r} + CASE WHEN c.repeat_amount > 0 THEN c.repeat_amount ELSE 0 END)"
        f" / ({spend.p!r} * c.frequency + {spend.q - 1!r}))"
    )
    return f"""
        SELECT c.customer_id, v.alive AS probability_alive, v.bought AS expected_purchases,
               {amount} AS expected_spend, v.worth * {amount} AS clv
        FROM {purchases.source.source} AS c JOIN {name} AS v
          ON v.x = c.frequency AND v.t_x = c.recency AND v."T" = c."T"
        ORDER BY {engine.dialect.text_order.format(column="c.customer_id")}"""


def _amounts(spend: GammaGamma, x: Floats, count: Floats, spent: Floats) -> Floats:
    # sum of the expected amounts of a pattern's customers: linear in what they spent
    return np.asarray(spend.p * (spend.gamma * count + np.maximum(spent, 0)) / (spend.p * x + spend.q - 1))


def _ratios(
    purchase_model: Fit | PurchaseModel,
    spend_model: Fit | GammaGamma,
    horizon: float,
    data: tuple[Floats, ...],
    value: Floats,
    bought: Floats,
    seed: int,
) -> Floats:
    # total under drawn parameters ÷ total: a mean over patterns taken proportionally to value
    if not (isinstance(purchase_model, Fit) and isinstance(spend_model, Fit)):
        return np.empty(0)
    some, share = _sampled(value, seed)
    x, t_x, T, count, spent = (v[some] for v in data)
    base = _amounts(_spend_of(spend_model), x, count, spent) * bought[some]
    share = np.where(base > 0, share / np.where(base > 0, base, 1), 0)
    kinds = type(_purchases_of(purchase_model)), type(_spend_of(spend_model))
    draws = zip(
        purchase_model.draws(_DRAWS, seed).to_numpy(), spend_model.draws(_DRAWS, seed + 1).to_numpy(), strict=True
    )
    ratios = []
    for first, second in draws:
        if second[1] <= 1:
            continue
        drawn = kinds[0].of(first).expected_purchases(horizon, x, t_x, T)
        ratios.append(float(share @ (drawn * _amounts(kinds[1].of(second), x, count, spent))))
    return np.array(ratios)


def _sampled(value: Floats, seed: int) -> tuple[Ints, Floats]:
    if len(value) <= _SAMPLED:
        return np.arange(len(value)), value / value.sum()
    grown = np.cumsum(value) / value.sum()
    points = (np.arange(_SAMPLED) + np.random.default_rng(seed).random()) / _SAMPLED
    chosen = np.minimum(np.searchsorted(grown, points), len(value) - 1)
    return chosen, np.full(_SAMPLED, 1 / _SAMPLED)


def _notes(purchases: Purchases, months: int, rate: float, margin: float, total: Total) -> list[Note]:
    end = add_months(purchases.observed_until, months)
    found = [
        Note(
            message(
                "Purchases from {start:date} to {end:date}, discounted at {rate:pct1} a year, at a margin of "
                "{margin:pct}.", start=purchases.observed_until, end=end, rate=rate, margin=margin,
            )
        ),
    ]  # fmt: skip
    if total.ci_low == total.ci_low:
        text = message(
            "The interval ({level:pct}) covers the uncertainty of the models' parameters.", level=total.level
        )
    else:
        text = message("No interval: the models' parameters were given, not fitted.")
    return [*found, Note(text)]
