"""Chapter 40's checks: the holdout, and last wave's forecast against what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from workbench.clv import (
    Fit,
    HoldoutCheck,
    Purchases,
    Total,
    check_holdout,
    fit_gamma_gamma,
    forecast_spend,
    purchase_summary,
)
from workbench.core.language import message
from workbench.core.names import Column
from workbench.report.chapters.value.chapter import FITS, Models
from workbench.store import Wave

TENTH_COLUMNS = {
    "decile": Column(message("Tenth by last wave's value"), "int"),
    "customers": Column(message("Customers"), "int"),
    "forecast": Column(message("Share of value forecast"), "pct1"),
    "happened": Column(message("Share of what was spent"), "pct1"),
    "bought": Column(message("Share who bought"), "pct1"),
}
FEWEST_DAYS = 28  # in which purchases tell how good a model is
_FIT_OF = {"BgNbd": "bg_nbd", "MbgNbd": "mbg_nbd", "ParetoNbd": "pareto_nbd"}


@dataclass(frozen=True, eq=False)
class LastForecast:
    """Last wave's forecast for the time since, and what happened.

    Attributes
    ----------
    since, until
        First and last day.
    purchases, amount
        Forecast with interval.
    bought, spent
        What happened.
    tenths
        Customers by last wave's value: ``decile``, ``customers``, ``forecast`` and ``happened`` (shares), ``bought``.
    known
        Histories up to the previous wave with what happened since, and its models of purchases and amounts.
    """

    since: dt.date
    until: dt.date
    purchases: Total
    amount: Total
    bought: float
    spent: float
    tenths: pd.DataFrame
    known: tuple[Purchases, Fit, Fit] | None = None


def holdout_of(wave: Wave, models: Models, last: LastForecast | None = None) -> HoldoutCheck | None:
    """Hold models against months they have not seen; None where the history is too short.

    Where the previous wave lies far enough back its own models are held against what happened since, else models are
    fitted without the last months.
    """
    if last is not None and last.known is not None and (last.until - last.since).days + 1 >= FEWEST_DAYS:
        histories, buying, spending = last.known
        return check_holdout(histories, buying, spending) if _both(histories) else None
    days = wave.table("transactions").rows("SELECT min(CAST(ordered_at AS DATE)) AS first FROM {table}")["first"][0]
    span = (wave.config.as_of - pd.Timestamp(days).date()).days
    held = min(wave.config.value.holdout_days, span // 4)
    if held < FEWEST_DAYS:
        return None
    purchases = purchase_summary(
        wave.table("transactions"),
        observed_until=wave.config.as_of,
        unit=wave.config.value.unit,
        holdout_from=wave.config.as_of - dt.timedelta(days=held - 1),
    )
    fit = FITS[_FIT_OF[type(models.buying.model).__name__]]
    return check_holdout(purchases, fit(purchases), fit_gamma_gamma(purchases)) if _both(purchases) else None


def _both(purchases: Purchases) -> bool:
    # there is something to learn from, and something to hold against it
    return bool((purchases.patterns["x"] > 0).any() and purchases.patterns["holdout"].sum() > 0)


def last_forecast(wave: Wave, *, interval: float, seed: int) -> LastForecast | None:
    """Hold the previous wave's kept models and values against this wave's orders; None where there are none."""
    previous = wave.previous
    if previous is None or not previous.has("value_models", "clv") or previous.config.as_of >= wave.config.as_of:
        return None
    kept = previous.read("value_models").set_index("role")["model"]
    if not len(kept):
        return None
    buying, spending = (Fit.from_json(str(kept[role])) for role in ("buying", "spending"))
    since = previous.config.as_of + dt.timedelta(days=1)
    assert buying.unit is not None
    purchases = purchase_summary(
        wave.table("transactions"), observed_until=wave.config.as_of, unit=buying.unit, holdout_from=since
    )
    days = (wave.config.as_of - previous.config.as_of).days
    bought, spent = forecast_spend(purchases, buying, spending, days=days, level=interval, seed=seed)
    amount = purchases.source.engine.dialect.exact_sum("holdout_amount", 4)
    happened = purchases.source.rows(f"SELECT sum(holdout_frequency) AS bought, {amount} AS spent FROM {{table}}").iloc[
        0
    ]
    return LastForecast(
        since=since,
        until=wave.config.as_of,
        purchases=bought,
        amount=spent,
        bought=float(happened["bought"]),
        spent=float(happened["spent"]),
        tenths=_tenths(previous.read("clv", columns=["customer_id", "clv"]), purchases),
        known=(purchases, buying, spending),
    )


def _tenths(before: pd.DataFrame, purchases: Purchases) -> pd.DataFrame:
    now = purchases.source.to_frame()[["customer_id", "holdout_frequency", "holdout_amount"]]
    rows = before.merge(now, on="customer_id", how="left").fillna({"holdout_frequency": 0, "holdout_amount": 0.0})
    rows = rows.sort_values(["clv", "customer_id"], ascending=[False, True], kind="stable", ignore_index=True)
    rows["decile"] = rows.index * 10 // len(rows) + 1
    table = (
        rows.groupby("decile")
        .agg(
            customers=("clv", "size"),
            forecast=("clv", "sum"),
            happened=("holdout_amount", "sum"),
            bought=("holdout_frequency", lambda v: float((v > 0).mean())),
        )
        .reset_index()
    )
    for column in ("forecast", "happened"):
        table[column] = table[column] / max(float(table[column].sum()), 1e-300)
    return table
