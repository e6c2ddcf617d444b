"""Chapter 40: the list of customers to keep, and what of the wave the methods of value and profit are given."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.clv import CustomerValue, KeepList
from workbench.clv.value.costs import with_groups
from workbench.clv.value.keep import ACTIONS
from workbench.core.engine import Table
from workbench.report.chapters.value.chapter import Worth
from workbench.report.chapters.value.terms import WaveTerms
from workbench.report.export.people import write_people
from workbench.store import Wave
from workbench.store.people import gate_of

MONEY = ("clv", "at_risk", "ci_low", "ci_high", "expected_spend")


def histories(worth: Worth) -> Table | None:
    """Return the histories behind the values, None where there are none."""
    value = worth.told
    return value.purchases.source if isinstance(value, CustomerValue) else None


def not_to_be_contacted(wave: Wave) -> Table | None:
    """Return the customers who may not be contacted to keep them, None where the customer list does not say."""
    return gate_of(wave, "marketing").refusing


def write_keep_list(wave: Wave, found: KeepList) -> None:
    """Write the list as a workbook into the wave's folder; no id goes to the report."""
    language = wave.config.languages[0]
    words = found.customers["action"].map({a: m.text(language) for a, m in ACTIONS.items()})
    rounded = found.customers.round({"probability_alive": 3, **dict.fromkeys(MONEY, 2)})
    write_people(wave, "customers_to_keep", {"list": rounded.assign(action=words)}, use="marketing")


def cost_terms(wave: Wave, terms: WaveTerms) -> dict[str, Any]:
    """Return margins and costs as arguments: margins of the orders where they have a column of them."""
    plan = wave.config.value
    given = terms.arguments | ({"margin": "margin"} if "margin" in wave.columns("transactions") else {})
    return given | {
        "contacts": wave.table("interactions") if wave.has("interactions") else None,
        "contact_cost": plan.contact_cost,
        "contact_costs": plan.contact_costs,
    }


def with_breakdowns(costs: pd.DataFrame, people: Table | None, by: list[str]) -> pd.DataFrame:
    """Return costs with their customers' groups."""
    return costs if people is None or not by else with_groups(costs, people, by)
