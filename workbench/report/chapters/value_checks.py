"""Chapter 40's checks: who stays, profit, the holdout, and last wave's forecast against what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.clv import (
    Fit,
    HoldoutCheck,
    ProfitContribution,
    Purchases,
    RetentionCurve,
    Total,
    check_holdout,
    customer_profits,
    fit_gamma_gamma,
    forecast_spend,
    profit_contribution,
    purchase_summary,
    retention_curve,
)
from workbench.clv.terms import NO_GROUP
from workbench.core.engine import Table
from workbench.core.language import message
from workbench.core.names import Column
from workbench.report.chapters.value import FITS, Models
from workbench.store import Wave

AGES = (6, 12, 24)
COHORT_COLUMNS = {
    "group": Column(message("First purchase in")),
    "customers": Column(message("Customers"), "int"),
    "after_6": Column(message("After 6 months"), "pct1"),
    "after_12": Column(message("After 12 months"), "pct1"),
    "after_24": Column(message("After 24 months"), "pct1"),
    "ci_low": Column(message("after 12 months, low"), "pct1"),
    "ci_high": Column(message("after 12 months, high"), "pct1"),
}
TENTH_COLUMNS = {
    "decile": Column(message("Tenth by last wave's value"), "int"),
    "customers": Column(message("Customers"), "int"),
    "forecast": Column(message("Share of value forecast"), "pct1"),
    "happened": Column(message("Share of what was spent"), "pct1"),
    "bought": Column(message("Share who bought"), "pct1"),
}
PROFIT_COLUMNS = {
    "group": Column(message("Group")),
    "customers": Column(message("Customers"), "int"),
    "revenue": Column(message("Revenue"), "money"),
    "profit": Column(message("Profit"), "money"),
    "share": Column(message("Share of all profit"), "pct1"),
    "per_customer": Column(message("Profit per customer"), "money"),
    "ci_low": Column(message("Lower limit"), "money"),
    "ci_high": Column(message("Upper limit"), "money"),
    "unprofitable": Column(message("Unprofitable customers"), "pct1"),
    "loss": Column(message("Loss"), "money"),
}
_FIT_OF = {"BgNbd": "bg_nbd", "MbgNbd": "mbg_nbd", "ParetoNbd": "pareto_nbd"}
DRIVERS = {"refunds": message("Refunds"), "goods": message("Cost of goods"), "service": message("Cost of service")}


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
    """

    since: dt.date
    until: dt.date
    purchases: Total
    amount: Total
    bought: float
    spent: float
    tenths: pd.DataFrame


def cohort_table(curve: RetentionCurve) -> pd.DataFrame:
    """Return the share still there at 6, 12 and 24 months by group, and the interval of that at 12 months."""
    rows = []
    for group, part in curve.table.groupby("group", sort=False):
        row = {"group": group, "customers": int(part["customers"].iloc[0])}
        for age in AGES:
            row[f"after_{age}"] = _at(part, "retained", age)
        rows.append(row | {"ci_low": _at(part, "ci_low", 12), "ci_high": _at(part, "ci_high", 12)})
    table = pd.DataFrame(rows)
    return table[[c for c in table.columns if table[c].notna().any()]]


def _at(part: pd.DataFrame, column: str, age: float) -> float:
    # ages are steps of about a month; a group is asked only about ages that enough of it have reached
    steady = part[part["customers"] >= 0.02 * part["customers"].iloc[0]]
    reached = steady["age"].max() >= age - 1
    return float(np.interp(age, steady["age"], steady[column])) if reached else np.nan


def curves(
    purchases: Purchases, models: Models, by: dict[str, Table], level: float
) -> tuple[RetentionCurve, RetentionCurve, dict[str, RetentionCurve]]:
    """Return who stays: everybody, by quarter (or year) of the first purchase, and by each breakdown."""
    whole = retention_curve(purchases, model=models.leaving, level=level)
    long = float(purchases.patterns["T"].max()) * purchases.days_per_unit > 3 * 366
    cohorts = retention_curve(purchases, model=models.leaving, cohort="year" if long else "quarter", level=level)
    groups = {c: retention_curve(purchases, model=models.leaving, by=(t, c), level=level) for c, t in by.items()}
    return whole, cohorts, groups


def holdout_of(wave: Wave, models: Models) -> HoldoutCheck | None:
    """Fit the models without the last months and hold them against these; None where the history is too short."""
    days = wave.table("transactions").rows("SELECT min(CAST(ordered_at AS DATE)) AS first FROM {table}")["first"][0]
    span = (wave.config.as_of - pd.Timestamp(days).date()).days
    held = min(wave.config.value.holdout_days, span // 4)
    if held < 28:
        return None
    purchases = purchase_summary(
        wave.table("transactions"), observed_until=wave.config.as_of, unit=wave.config.value.unit,
        holdout_from=wave.config.as_of - dt.timedelta(days=held - 1),
    )  # fmt: skip
    fit = FITS[_FIT_OF[type(models.buying.model).__name__]]
    if not ((purchases.patterns["x"] > 0).any() and purchases.patterns["holdout"].sum() > 0):
        return None
    return check_holdout(purchases, fit(purchases), fit_gamma_gamma(purchases))


def last_forecast(wave: Wave, *, interval: float, seed: int) -> LastForecast | None:
    """Hold the previous wave's kept models and values against this wave's orders; None where there are none."""
    previous = wave.previous
    if previous is None or not previous.has("value_models", "clv") or previous.config.as_of >= wave.config.as_of:
        return None
    kept = previous.read("value_models").set_index("role")["model"]
    buying, spending = (Fit.from_json(str(kept[role])) for role in ("buying", "spending"))
    since = previous.config.as_of + dt.timedelta(days=1)
    assert buying.unit is not None
    purchases = purchase_summary(
        wave.table("transactions"), observed_until=wave.config.as_of, unit=buying.unit, holdout_from=since
    )
    days = (wave.config.as_of - previous.config.as_of).days
    bought, spent = forecast_spend(purchases, buying, spending, days=days, level=interval, seed=seed)
    happened = purchases.source.rows(
        "SELECT sum(holdout_frequency) AS bought, CAST(sum(CAST(holdout_amount AS DECIMAL(30, 4))) AS DOUBLE) AS spent "
        "FROM {table}"
    ).iloc[0]
    return LastForecast(
        since=since,
        until=wave.config.as_of,
        purchases=bought,
        amount=spent,
        bought=float(happened["bought"]),
        spent=float(happened["spent"]),
        tenths=_tenths(previous.read("clv", columns=["customer_id", "clv"]), purchases),
    )


def _tenths(before: pd.DataFrame, purchases: Purchases) -> pd.DataFrame:
    now = purchases.source.to_frame()[["customer_id", "holdout_frequency", "holdout_amount"]]
    rows = before.merge(now, on="customer_id", how="left").fillna({"holdout_frequency": 0, "holdout_amount": 0.0})
    rows = rows.sort_values(["clv", "customer_id"], ascending=[False, True], kind="stable", ignore_index=True)
    rows["decile"] = rows.index * 10 // len(rows) + 1
    table = rows.groupby("decile").agg(
        customers=("clv", "size"), forecast=("clv", "sum"), happened=("holdout_amount", "sum"),
        bought=("holdout_frequency", lambda v: float((v > 0).mean())),
    ).reset_index()  # fmt: skip
    for column in ("forecast", "happened"):
        table[column] = table[column] / max(float(table[column].sum()), 1e-300)
    return table


def profit_of(wave: Wave, by: dict[str, Table]) -> ProfitContribution | None:
    """Return where the profit of the last twelve months came from; None where there was none.

    Margins are the column ``margin`` of the orders where it is there, else the margin of ``wave.yaml``; every row of
    ``interactions`` costs what ``wave.yaml`` says.
    """
    plan, until = wave.config.value, wave.config.as_of
    has_margin = "margin" in wave.columns("transactions")
    contacts = (wave.table("interactions"), "opened_at") if wave.has("interactions") and plan.contact_cost else None
    since = until - dt.timedelta(days=364)
    rows = customer_profits(
        wave.table("transactions"), since=since, until=until, margin="margin" if has_margin else plan.margin,
        contacts=contacts, contact_cost=plan.contact_cost,
    )  # fmt: skip
    frame = rows.to_frame()
    if not len(frame) or (frame["revenue"] - frame["refunds"] - frame["goods"] - frame["service"]).sum() <= 0:
        return None
    for column, table in by.items():
        d = table.engine.dialect
        listed = table.rows(f"SELECT customer_id, {d.quote(column)} AS g FROM {{table}}")
        names = frame["customer_id"].map(listed.drop_duplicates("customer_id").set_index("customer_id")["g"])
        frame[column] = names.astype(object).where(names.notna(), NO_GROUP).astype(str)
    costs = [c for c in ("refunds", "goods", "service") if c in frame and frame[c].sum() > 0]
    return profit_contribution(frame, costs=costs, by=list(by))


def shown_profit(groups: pd.DataFrame) -> pd.DataFrame:
    """Return profit by group as shown: without losses where nobody is unprofitable."""
    shown = groups.drop(columns="breakdown")
    return shown if (groups["loss"] > 0).any() else shown.drop(columns=["unprofitable", "loss"])


def drivers_table(profit: ProfitContribution) -> pd.DataFrame:
    """Return what makes customers unprofitable, in words."""
    return profit.drivers.assign(driver=pd.Series([DRIVERS[d] for d in profit.drivers["driver"]], dtype=object))
