"""What each customer will be worth: expected purchases × expected amount × margin, discounted on the real calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.clv.columns import ALIVE, AT_RISK, CI_HIGH_HIGH, CI_LOW_LOW, CLV
from workbench.clv.models.fit import Fit
from workbench.clv.models.gamma_gamma import GammaGamma
from workbench.clv.models.horizon import add_months, daily_force, discounted_years, horizon_days
from workbench.clv.models.model import PurchaseModel
from workbench.clv.purchases.patterns import as_patterns
from workbench.clv.purchases.purchases import Purchases
from workbench.clv.value.concentration import Concentration, concentration
from workbench.clv.value.terms import Cells, Groups, Terms
from workbench.clv.value.totals import Sums, Total, total_of
from workbench.clv.value.valuation import Valuation
from workbench.clv.value.value_sql import TermsSql, value_sql
from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CustomerValue(BulkResult):
    """Customer lifetime value over a horizon.

    Attributes
    ----------
    table
        Read when asked for: ``customer_id``, ``probability_alive``, ``expected_purchases`` (within the horizon),
        ``expected_spend`` (per purchase), ``clv`` (within the horizon, discounted, after margin and service),
        ``ci_low`` and ``ci_high`` (what this one customer may happen to do), ``at_risk`` (what is lost if the customer
        has left: value of a customer for certain, less the expected value) and, with a discount rate above 0,
        ``lifetime_value`` (of all time).
    source
        The same rows in the engine.
    total
        Sum of all values, with an interval for the parameters' uncertainty and for what customers happen to do.
    lifetime
        Sum of all values of all time; missing without discounting.
    new_customer
        What the repeat purchases of a new customer are worth within the horizon (the first purchase not included).
    new_customer_lifetime
        The same of all time; missing without discounting.
    at_risk
        Sum of ``at_risk``.
    concentration
        How unequally value is spread.
    purchases, valuation
        What the values were computed from: histories, and models with their horizon and discount.
    terms, terms_by
        Margins and costs of service, and the table of groups they differ by.
    parts
        Values by combination of characteristics, where these move buying or leaving; else nothing.
    """

    total: Total
    lifetime: Total
    new_customer: Total
    new_customer_lifetime: Total
    at_risk: float
    concentration: Concentration
    purchases: Purchases
    valuation: Valuation
    terms: Terms
    terms_by: Groups | None
    parts: tuple[CustomerValue, ...] = ()

    caption: ClassVar[Message] = message("Customer value")
    columns: ClassVar[Mapping[str, Column]] = {
        "alive": ALIVE.styled("int"),
        "expected_purchases": Column(message("Expected purchases"), "int"),
        "clv": CLV,
        "ci_low": CI_LOW_LOW.styled("money"),
        "ci_high": CI_HIGH_HIGH.styled("money"),
        "clv_per_customer": Column(message("Value per customer"), "money"),
        "lifetime_value": Column(message("Value of all time"), "money"),
        "at_risk": AT_RISK,
        "new_customer": Column(message("Value of a new customer"), "money"),
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
    margin: float | Mapping[str, float] = 1.0,
    service_cost: float | Mapping[str, float] = 0.0,
    terms_by: Groups | None = None,
    interval: float = 0.95,
    seed: int,
    path: str | Path | None = None,
) -> CustomerValue:
    """Value every customer over the next months and over all time, and say how sure that is.

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
        Share of an amount that is value; or group → share, such as one per tier.
    service_cost
        Money a year that serving somebody who still is a customer costs; or group → money.
    terms_by
        A table with ``customer_id``, and the name of its column of groups, where margins or costs differ. Customers
        without a group are in the group ``–``.
    interval
        Level of the intervals.
    seed
        Seed of the draws.
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
    Interval of a sum: delta method over both models' parameters, plus the variance of what customers happen to do
    (purchases given their rate and chance to leave, amounts given their mean). Interval of a customer: quantiles of
    2,000 draws per history, with parameters drawn anew 20 times. A service cost is charged for the whole horizon to
    everybody who still is a customer at its start.

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
    _check_kinds(purchase_model, spend_model)
    _check(purchases, purchase_model, interval)
    terms = Terms.of(margin, service_cost)
    if terms.by_group and terms_by is None:
        raise InputError(
            "Terms that differ need groups.",
            found="a mapping without terms_by",
            fix="Write terms_by=(customers, 'tier').",
            where="terms_by",
        )
    p = as_patterns(purchases)
    days = horizon_days(purchases.observed_until, horizon_months)
    force = daily_force(annual_discount_rate)
    unit, years = purchases.days_per_unit, discounted_years(days, force)
    valuation = Valuation(
        purchase_model, spend_model, days / unit, force * unit, p.x.astype(float), p.t_x, p.T, interval, seed
    )
    spend = valuation.amounts_model
    spend.expected_spend(valuation.x, np.ones(len(p.x)))  # refuses a mean that does not exist
    cells = Cells.of(purchases, terms_by if terms.by_group else None)
    sums = Sums.of(valuation, cells, terms, years)
    outcomes = valuation.outcomes
    frame = pd.DataFrame(
        {
            "x": p.x,
            "t_x": p.t_x,
            "T": p.T,
            "alive": valuation.alive,
            "bought": valuation.bought,
            "worth": valuation.units,
            "lost": valuation.units_if_alive - valuation.units,
            "low": outcomes.low * sums.later,
            "high": outcomes.high * sums.later,
            **({"all_time": valuation.lifetime_units} if force else {}),
        }
    )
    rows = keep_rows(
        purchases.source.engine,
        value_sql(purchases, frame, spend, TermsSql.of(purchases, cells, terms, terms_by, years)),
        stem="value",
        path=path,
    )
    total, lifetime = sums.total(), sums.lifetime()
    spread = concentration((rows, "clv"), level=interval)
    share = sums.mean_margin
    new = total_of(*valuation.new_customer("horizon"), valuation.covariance, 0.0, interval, share)
    ever = Total.unknown(interval)
    if force:
        ever = total_of(*valuation.new_customer("all time"), valuation.covariance, 0.0, interval, share)
    summary = pd.DataFrame(
        {
            "customers": [int(p.customers)],
            "alive": [float(valuation.alive @ p.count)],
            "expected_purchases": [float(valuation.bought @ p.count)],
            "clv": [total.estimate],
            "ci_low": [total.ci_low],
            "ci_high": [total.ci_high],
            "clv_per_customer": [total.estimate / p.customers],
            "lifetime_value": [lifetime.estimate],
            "at_risk": [sums.at_risk],
            "new_customer": [new.estimate],
            "gini": [spread.gini],
        }
    )
    return CustomerValue(
        source=rows,
        summary=summary,
        total=total,
        lifetime=lifetime,
        new_customer=new,
        new_customer_lifetime=ever,
        at_risk=sums.at_risk,
        concentration=spread,
        purchases=purchases,
        valuation=valuation,
        terms=terms,
        terms_by=terms_by,
        level=interval,
        notes=tuple(_notes(purchases, horizon_months, annual_discount_rate, terms, sums)),
    )


def _check_kinds(purchase_model: Fit | PurchaseModel, spend_model: Fit | GammaGamma) -> None:
    for given, kind, needed in (
        (purchase_model, PurchaseModel, "a model of purchases"),
        (spend_model, GammaGamma, "a model of amounts"),
    ):
        model = given.model if isinstance(given, Fit) else given
        if not isinstance(model, kind):
            raise InputError(
                "Values need a model of purchases and a model of amounts.",
                found=f"{type(model).__name__} where {needed} is needed",
                fix="Give value_customers(purchases, purchase_model, spend_model) in this order.",
                where="value_customers",
            )


def _check(purchases: Purchases, model: Fit | PurchaseModel, interval: float) -> None:
    if isinstance(model, Fit) and model.unit != purchases.unit:
        raise InputError(
            "The model's unit of time is that of the purchases.",
            found=f"a model in {model.unit}s and purchases in {purchases.unit}s",
            fix="Fit the model to purchases of the same unit.",
            where="purchase_model",
        )
    if not 0 < interval < 1:
        raise InputError(
            "A level is between 0 and 1.", found=repr(interval), fix="Write interval=0.95.", where="interval"
        )


def _notes(purchases: Purchases, months: int, rate: float, terms: Terms, sums: Sums) -> list[Note]:
    end = add_months(purchases.observed_until, months)
    found = [
        message(
            "Purchases from {start:date} to {end:date}, discounted at {rate:pct1} a year, at a margin of {margin:pct}.",
            start=purchases.observed_until,
            end=end,
            rate=rate,
            margin=sums.mean_margin,
        )
    ]
    if terms.costly:
        found.append(
            message("Serving those who still are customers costs {cost:money} over the horizon.", cost=sums.service)
        )
    if sums.fitted:
        text = message(
            "The interval ({level:pct}) covers the uncertainty of the models' parameters and what customers happen to "
            "do.",
            level=sums.level,
        )
    else:
        text = message(
            "The models' parameters were given, not fitted: the interval ({level:pct}) only covers what customers "
            "happen to do.",
            level=sums.level,
        )
    found.append(text)
    notes = [Note(t) for t in found]
    if not sums.chance_known:
        wild = message(
            "Amounts vary so much (q is 2 or less) that the interval leaves out what customers happen to do."
        )
        notes.append(Note(wild, "caution"))
    if rate == 0:
        notes.append(Note(message("Without discounting there is no value of all time.")))
    return notes
