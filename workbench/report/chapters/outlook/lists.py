"""Chapter 45's lists: whom to call and whom to keep, through the gate into the wave's folder."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.clv import KeepList, customer_days, purchase_summary
from workbench.clv.value.keep import ACTIONS
from workbench.core.engine import Table
from workbench.core.language import message
from workbench.learning import OutlookList
from workbench.learning.reasons import reason_words
from workbench.report.export.people import write_people
from workbench.store import Wave
from workbench.store.earlier import earlier_waves
from workbench.store.people import gate_of

TO_CALL, TO_KEEP = "customers_to_call", "customers_to_keep"
CALL_CAPTION = message(
    "Customers by what is done about them; the list is in the wave's folder (fieldwork/customers_to_call.xlsx)"
)
MONEY = ("clv", "at_risk", "at_stake", "ci_low", "ci_high", "expected_spend")
_DIGITS = {"probability_alive": 3, "probability": 3, "leaving": 3, **dict.fromkeys(MONEY, 2)}


def not_to_be_contacted(wave: Wave) -> Table | None:
    """Return the customers who may not be contacted to keep them, None where the customer list does not say."""
    return gate_of(wave, "marketing").refusing


def list_options(wave: Wave) -> dict[str, Any]:
    """Return how ``wave.yaml`` wants the list, and what the wave knows of customers, as arguments of `outlook_list`.

    Parameters
    ----------
    wave
        The wave; its place in the study says who is held out this time.
    """
    plan = wave.config.outlook
    alive = None
    if "probability_alive" in wave.columns("clv"):
        alive = wave.table("clv")
    return {
        "salt": wave.config.study,
        "alive": alive,
        "leave_out": not_to_be_contacted(wave),
        "listed": plan.listed,
        "holdout": plan.holdout,
        "start": len(earlier_waves(wave)) * plan.holdout,
    }


def write_call_list(wave: Wave, found: OutlookList) -> None:
    """Write whom to call as a workbook into the wave's folder; those held out are not on it, and no id goes further.

    Parameters
    ----------
    wave
        The wave.
    found
        The list.
    """
    language, calls = wave.config.languages[0], found.to_call
    told = [reason_words(_text(a), _text(b)) for a, b in zip(calls["reason"], calls["second_reason"], strict=True)]
    words = pd.Series([None if r is None else r.text(language) for r in told], index=calls.index, dtype=object)
    rounded = calls.drop(columns=["second_reason"]).assign(reason=words).round(_DIGITS)
    write_people(wave, TO_CALL, {"list": rounded}, use="marketing")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def write_keep_list(wave: Wave, found: KeepList) -> None:
    """Write whom to keep as a workbook into the wave's folder; no id goes to the report.

    Parameters
    ----------
    wave
        The wave.
    found
        The list.
    """
    language = wave.config.languages[0]
    words = found.customers["action"].map({a: m.text(language) for a, m in ACTIONS.items()})
    write_people(wave, TO_KEEP, {"list": found.customers.round(_DIGITS).assign(action=words)}, use="marketing")


def histories(wave: Wave) -> Table | None:
    """Return the histories behind the values, None where there are no orders."""
    if not wave.has("transactions"):
        return None
    days = customer_days(wave.table("transactions"), observed_until=wave.config.as_of)
    return purchase_summary(days, observed_until=wave.config.as_of).source


def like_contracts(wave: Wave) -> bool:
    """Tell whether values are of contracts, or of runs of purchases that are like them."""
    return str(wave.read("value_summary")["basis"].iloc[0]) in ("contracts", "regular")
