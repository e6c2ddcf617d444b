"""Chapter 40's checks: models kept for the next wave, and what of the wave checks of models are given."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from workbench.clv import (
    CustomerDays,
    Fit,
    GammaGamma,
    HoldoutCheck,
    Models,
    Purchases,
    check_holdout,
    fit_from_json,
    fit_gamma_gamma,
    fit_to_json,
    purchase_summary,
)
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.report.chapters.value.chapter import no_forecast_before
from workbench.store import Wave

FEWEST_DAYS = 28  # in which purchases tell how good a model is


def kept_models(models: Models) -> pd.DataFrame:
    """Return the models as a table of JSON, to be kept: the next wave holds their forecast against what happened."""
    named: dict[str, str] = {}
    if models.buying is not None and isinstance(models.spending, Fit):
        fits = {"buying": models.buying, "spending": models.spending}
        named = {role: fit_to_json(fit, keep="parameters") for role, fit in fits.items()}
    return pd.DataFrame({"role": list(named), "model": list(named.values())}).astype(str)


def models_before(wave: Wave) -> tuple[Fit, Fit]:
    """Return the previous wave's models of purchases and of amounts.

    Raises
    ------
    InputError
        If no earlier wave has kept any.
    """
    reason = no_forecast_before(wave)
    if reason is not None or wave.previous is None:
        raise InputError(
            message("An earlier wave's forecast is held against what happened."),
            found=reason or message("No earlier wave has made a forecast."),
            fix=message("Come back with the next wave."),
            where="previous",
        )
    kept = wave.previous.read("value_models").set_index("role")["model"]
    buying, spending = (fit_from_json(str(kept[role])) for role in ("buying", "spending"))
    return buying, spending


def holdout_of(wave: Wave, days: CustomerDays, purchases: Purchases, models: Models) -> HoldoutCheck:
    """Hold models that were fitted without the last days against these.

    Raises
    ------
    InputError
        If no model holds, or the history is too short to hold days back.
    """
    _ = models.of_buying  # says why there is none
    held = held_days(purchases, wave.config.value.holdout_days)
    known = purchase_summary(
        days,
        observed_until=purchases.observed_until,
        unit=purchases.unit,
        holdout_from=purchases.observed_until - dt.timedelta(days=held - 1),
    )
    if not (known.patterns["x"] > 0).any() or not known.patterns["holdout"].sum() > 0:
        raise InputError(
            message("A model is held against purchases after others that it learns from."),
            found=message("none before the last days, or none in them"),
            fix=message("Come back with a longer history, or raise value.holdout_days."),
            where="transactions",
        )
    buying = models.refit(known)
    spending = models.spending if isinstance(models.spending, GammaGamma) else fit_gamma_gamma(known)
    return check_holdout(known, buying, spending)


def held_days(purchases: Purchases, wanted: int) -> int:
    """Return how many days can be held back: those that are wanted, at most a quarter of the history.

    Raises
    ------
    InputError
        If these are fewer than four weeks.
    """
    whole = round(float(purchases.patterns["T"].max()) * purchases.days_per_unit)
    held = min(wanted, whole // 4)
    if held < FEWEST_DAYS:
        raise InputError(
            message("At least four weeks, a quarter of the history, are held back to check a model."),
            found=message("a history of {days:int} days", days=whole),
            fix=message("Come back with a longer history."),
            where="transactions",
        )
    return held
