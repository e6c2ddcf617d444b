"""An earlier forecast against what happened since: its total, and its ranking of customers by tenths."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from workbench.clv.models.fit import Fit
from workbench.clv.models.gamma_gamma import GammaGamma
from workbench.clv.purchases.customer_days import CustomerDays
from workbench.clv.purchases.purchases import Purchases, purchase_summary
from workbench.clv.value.profit_table import tenth_sql
from workbench.clv.value.totals import Total, forecast_spend
from workbench.core.bulk import in_engine
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Result


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ForecastCheck(Result):
    """A forecast made some time ago, and what happened.

    Attributes
    ----------
    table
        Tenths of the customers by the value forecast: ``decile``, ``customers``, ``forecast`` (share of all value
        forecast), ``happened`` (share of what was spent since), ``bought`` (share of them who bought).
    since, until
        First and last day.
    purchases, amount
        Forecast of purchases and of what is spent, with intervals.
    bought, spent
        What happened.
    histories
        Histories up to the forecast, with what happened since as their holdout.
    """

    since: dt.date
    until: dt.date
    purchases: Total
    amount: Total
    bought: float
    spent: float
    histories: Purchases

    caption: ClassVar[Message] = message("Last wave's values and what happened since")
    columns: ClassVar[Mapping[str, Column]] = {
        "decile": Column(message("Tenth by last wave's value"), "int"),
        "forecast": Column(message("Share of value forecast"), "pct1"),
        "happened": Column(message("Share of what was spent"), "pct1"),
        "bought": Column(message("Share who bought"), "pct1"),
    }

    @property
    def inside(self) -> bool:
        """Whether what was spent lies within the interval of the forecast."""
        return self.amount.ci_low <= self.spent <= self.amount.ci_high

    @property
    def off(self) -> float:
        """How far the forecast was off, as a share of what was spent."""
        return self.amount.estimate / self.spent - 1 if self.spent else float("inf")

    @property
    def days(self) -> int:
        """Days since the forecast."""
        return (self.until - self.since).days + 1


def check_forecast(
    transactions: pd.DataFrame | Table | str | Path | CustomerDays,
    values: pd.DataFrame | Table,
    purchase_model: Fit,
    spend_model: Fit | GammaGamma,
    *,
    made_on: dt.date,
    until: dt.date,
    level: float = 0.95,
    seed: int,
    engine: Engine | None = None,
) -> ForecastCheck:
    """Hold models and values of an earlier day against the orders since.

    Parameters
    ----------
    transactions
        Orders up to `until`, those before the forecast among them; or what `customer_days` made of them.
    values
        ``customer_id`` and ``clv``, as they were forecast.
    purchase_model, spend_model
        The models they were forecast by.
    made_on
        Last day that the forecast knew.
    until
        Last day that counts.
    level
        Level of the forecast's intervals.
    seed
        Seed of the draws.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    ForecastCheck
        Customers who came since are no part of the forecast and do not count.

    Raises
    ------
    InputError
        If no day lies between, or a column is missing.

    Examples
    --------
    >>> from workbench.clv import BgNbd, fit_mbg_nbd, purchase_summary
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-20", "2026-03-01", "2026-02-10", "2026-05-01"])
    >>> orders = pd.DataFrame({"customer_id": list("aaaba"), "ordered_at": days, "amount": [10.0, 20, 30, 5, 7]})
    >>> fit = fit_mbg_nbd(purchase_summary(orders, observed_until=dt.date(2026, 3, 31)))
    >>> values = pd.DataFrame({"customer_id": ["a", "b"], "clv": [90.0, 20.0]})
    >>> check_forecast(orders, values, fit, GammaGamma(p=6.0, q=4.0, gamma=60.0), made_on=dt.date(2026, 3, 31),
    ...                until=dt.date(2026, 6, 30), seed=1).spent
    7.0
    """
    if made_on >= until:
        raise InputError(
            "A forecast is held against the days since.",
            found=f"made on {made_on}, data until {until}",
            fix="Give orders that go beyond the forecast.",
            where="made_on",
        )
    require_columns(values.columns, (CUSTOMER_ID, "clv"), where="values")
    histories = purchase_summary(
        transactions,
        observed_until=until,
        unit=purchase_model.unit or "day",
        holdout_from=made_on + dt.timedelta(days=1),
        engine=engine,
    )
    bought, spent = forecast_spend(
        histories, purchase_model, spend_model, days=(until - made_on).days, level=level, seed=seed
    )
    amount = histories.source.engine.dialect.exact_sum("holdout_amount", 4)
    happened = histories.source.rows(f"""
        SELECT sum(holdout_frequency) AS bought, {amount} AS spent FROM {{table}} AS t""").iloc[0]
    return ForecastCheck(
        table=_tenths(as_table(values), histories),
        since=made_on + dt.timedelta(days=1),
        until=until,
        purchases=bought,
        amount=spent,
        bought=float(happened["bought"]),
        spent=float(happened["spent"]),
        histories=histories,
        level=level,
    )


def _tenths(values: Table, histories: Purchases) -> pd.DataFrame:
    d = histories.source.engine.dialect
    known = in_engine(values, histories.source.engine)
    order = f"v.clv DESC NULLS LAST, {d.text_order.format(column=f'v.{CUSTOMER_ID}')}"
    rows = histories.source.rows(f"""
        SELECT decile, count(*) AS customers, {d.exact_sum("clv", 12)} AS forecast,
               {d.exact_sum("amount", 4)} AS happened,
               count(CASE WHEN bought > 0 THEN 1 END) AS buyers
        FROM (SELECT v.clv, coalesce(h.holdout_amount, 0) AS amount, coalesce(h.holdout_frequency, 0) AS bought,
                     {tenth_sql(order, d)} AS decile
              FROM {known.source} AS v LEFT JOIN {{table}} AS h ON h.{CUSTOMER_ID} = v.{CUSTOMER_ID}) AS ranked
        GROUP BY decile""").sort_values("decile", ignore_index=True)
    table = rows[["decile", "customers"]].astype("int64")
    for column in ("forecast", "happened"):
        table[column] = rows[column].astype(float) / max(float(rows[column].sum()), 1e-300)
    return table.assign(bought=rows["buyers"] / rows["customers"])
