"""Chapter 45: who will buy again and who may not, how well that is told, whom to call, and what to offer."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pandas as pd

from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.learning import Choice, OutlookList, Scores
from workbench.report.chapter import LIST_SETTINGS, Chapter, ChapterParameters, Section
from workbench.report.chapters.outlook.offers import no_items
from workbench.report.chapters.value.chapter import UNTOLD
from workbench.store import Wave

ORDERS: Final = ("transactions",)
SUMMARY: Final = ("horizon_days", "holdout", "call_cost", "chosen", "customers", "buying", "expected_spend", "listed")


CHOICE_SHOWN: Final = (
    "candidate",
    "auc",
    "auc_low",
    "auc_high",
    "log_loss",
    "brier",
    "against",
    "gain",
    "ci_low",
    "ci_high",
    "chosen",
)
REASON_COLUMNS: Final = {
    "reason": Column(message("What speaks most against buying")),
    "leaving": Column(message("Chance to stay away"), "pct1"),
}


class OutlookParameters(ChapterParameters):
    """Parameters of the notebook."""

    confidence: float = 0.95
    learnt_on: int = 10_000
    seed: int = 1


def _left_out(wave: Wave) -> Message | None:
    if wave.has("transactions") or wave.has("contracts"):
        return None
    return message("There are no orders and no contracts, so nobody can be told to stay or to leave.")


def told_before(wave: Wave) -> Message | None:
    """Return why the previous wave's outlook cannot be judged, None where it can."""
    before = wave.previous
    if before is None or not before.has("outlook") or not before.has("outlook_summary"):
        return message("No earlier wave has told who will buy again.")
    if wave.config.as_of < forecast_end(before):
        return message("The days that the previous wave told about are not over.")
    return None


def forecast_end(before: Wave) -> dt.date:
    """Return the last day that a wave's outlook is about.

    Parameters
    ----------
    before
        A wave that made one.
    """
    days = int(before.read("outlook_summary")["horizon_days"].iloc[0])
    return before.config.as_of + dt.timedelta(days=days)


def list_terms(before: Wave) -> tuple[dt.date, dt.date, float | None]:
    """Return the day of a wave's list, the last day on which its calls are judged, and what a call costs.

    Parameters
    ----------
    before
        A wave that made one.
    """
    cost = float(before.read("outlook_summary")["call_cost"].iloc[0])
    return before.config.as_of, forecast_end(before), cost if cost == cost else None


def nobody_held_out(wave: Wave) -> Message | None:
    """Return why nothing can be said of what calls did, None where something can."""
    reason = told_before(wave)
    if reason is not None:
        return reason
    assert wave.previous is not None
    if not wave.previous.has("outlook_list"):
        return message("The previous wave made no list to call.")
    if not (wave.previous.read("outlook_list", columns=["arm"])["arm"] == "holdout").any():
        return message("Nobody was held out of the previous wave's list (outlook.holdout).")
    return None


def not_told_to_leave(wave: Wave) -> Message | None:
    """Return why chapter 40's values tell nobody to keep, None where they do."""
    if not {"probability_alive", "at_risk"} <= set(wave.columns("clv")) or not wave.has("value_summary"):
        return message("Customer values do not tell who may leave.")
    if wave.read("value_summary")["basis"].iloc[0] in UNTOLD:
        return message("These orders do not tell who has left.")
    return None


CHAPTER = Chapter(
    name="45_outlook",
    title=message("Outlook and offers"),
    parameters=OutlookParameters,
    reads=("transactions", "customers", "interactions", "contracts", "clv", "value_summary"),
    makes=("findings_outlook", "outlook", "outlook_summary", "outlook_list", "offers"),
    after=("40_value",),
    left_out=_left_out,
    reads_before=("outlook", "outlook_list", "outlook_summary", "respondents", "tiers"),
    settings=(
        "languages",
        "currency",
        "labels",
        "values",
        "outlook",
        "offers",
        "tiers",
        "loyalty.complaint_kinds",
        *LIST_SETTINGS,
    ),
    sections=(
        Section("learning", message("How well it is told, and by what"), needs=ORDERS),
        Section("promise", message("Whether chances keep their promise"), needs=ORDERS, after=("learning",)),
        Section("last", message("What the previous wave told"), needs=ORDERS, left_out=told_before),
        Section(
            "everybody",
            message("Who may stay away, and why"),
            needs=ORDERS,
            after=("learning",),
            makes=("outlook", "outlook_summary"),
        ),
        Section(
            "list", message("Whom to call"), needs=ORDERS, after=("learning", "everybody"), makes=("outlook_list",)
        ),
        Section("keep", message("Whom to keep"), needs=("clv",), left_out=not_told_to_leave, instead_of="list"),
        Section("offers", message("What to offer"), needs=ORDERS, makes=("offers",), left_out=no_items),
        Section("calls", message("What calls did"), needs=ORDERS, left_out=nobody_held_out),
    ),
)


def outlook_summary(wave: Wave, choice: Choice, scores: Scores) -> pd.DataFrame:
    """Return what the next wave needs to know of this one's outlook, in one row, to be kept.

    Parameters
    ----------
    wave
        The wave.
    choice
        The candidate that is used.
    scores
        What was told.
    """
    plan, told = wave.config.outlook, scores.summary.iloc[0]
    row = {
        "horizon_days": plan.horizon_days,
        "holdout": plan.holdout,
        "call_cost": float("nan") if plan.call_cost is None else plan.call_cost,
        "chosen": choice.chosen,
        "customers": int(told["customers"]),
        "buying": float(told["buying"]),
        "expected_spend": float(told["expected_spend"]),
        "listed": plan.listed,
    }
    return pd.DataFrame([row])[list(SUMMARY)]


def headline_numbers(
    choice: Choice | None, scores: Scores | None, listed: OutlookList | None
) -> dict[str, float | int | str | None]:
    """Return the chapter's headline numbers for its contract."""
    return {
        **({"chosen": choice.chosen, "auc": round(float(choice.of_chosen["auc"]), 3)} if choice else {}),
        **({"customers": int(scores.summary["customers"].iloc[0])} if scores else {}),
        **({"expected_spend": round(float(scores.summary["expected_spend"].iloc[0]), -3)} if scores else {}),
        **({"to_call": listed.count("call"), "held_out": listed.count("holdout")} if listed else {}),
    }
