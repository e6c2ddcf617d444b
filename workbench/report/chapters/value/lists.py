"""Chapter 40: what of the wave the methods of profit are given."""

from __future__ import annotations

from typing import Any

from workbench.clv.value.costs import with_groups
from workbench.core.engine import Table
from workbench.report.chapters.value.terms import WaveTerms
from workbench.store import Wave


def cost_terms(wave: Wave, terms: WaveTerms) -> dict[str, Any]:
    """Return margins and costs as arguments: margins of the orders where they have a column of them."""
    plan = wave.config.value
    given = terms.arguments | ({"margin": "margin"} if "margin" in wave.columns("transactions") else {})
    return given | {
        "contacts": wave.table("interactions") if wave.has("interactions") else None,
        "contact_cost": plan.contact_cost,
        "contact_costs": plan.contact_costs,
    }


def with_breakdowns(costs: Table, people: Table | None, by: list[str]) -> Table:
    """Return costs with their customers' groups."""
    return costs if people is None or not by else with_groups(costs, people, by)
