"""On what terms a wave's customers are valued: margins and costs of ``wave.yaml``, for everybody or by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.clv.value.terms import NO_GROUP, Groups
from workbench.core.errors import InputError, nearest
from workbench.core.groups import distinct_groups
from workbench.core.language import Message, message
from workbench.core.results import Note
from workbench.store import Wave

TIER = "tier"


@dataclass(frozen=True, eq=False)
class WaveTerms:
    """Terms of a wave.

    Attributes
    ----------
    margin, service_cost
        One number for everybody, or group → number.
    column
        What the groups are of; None where everybody has the same terms.
    groups
        Table of customers and the name of its column of groups.
    note
        What a reader should know about them.
    """

    margin: float | dict[str, float]
    service_cost: float | dict[str, float]
    column: str | None = None
    groups: Groups | None = None
    note: Message | None = None

    @property
    def notes(self) -> list[Note]:
        """The note, as a list."""
        return [] if self.note is None else [Note(self.note, "caution")]

    @property
    def differ(self) -> bool:
        """Whether groups have terms of their own."""
        return isinstance(self.margin, dict) or isinstance(self.service_cost, dict)

    @property
    def arguments(self) -> dict[str, Any]:
        """The terms as arguments of methods: ``margin``, ``service_cost``, ``terms_by``."""
        by = self.groups if self.differ else None
        return {"margin": self.margin, "service_cost": self.service_cost, "terms_by": by}


def terms_of(wave: Wave) -> WaveTerms:
    """Return the terms that ``wave.yaml`` gives: groups that are not named have the margin and the cost of all.

    Tiers are those of the previous wave; their own ``cost`` counts where ``service_costs`` does not name them.

    Raises
    ------
    InputError
        If `terms_by` is no column of the customers, or a margin or cost is given to a group that there is not.
    """
    plan = wave.config.value
    of_tiers = {t.name: t.cost for t in wave.config.tiers if t.cost is not None}
    by = plan.terms_by or (TIER if of_tiers else None)
    if by is None:
        whole = plan.margin == 1.0 and wave.has("transactions")
        text = message("wave.yaml gives no margin: value is turnover, before the cost of goods.")
        return WaveTerms(plan.margin, plan.service_cost, note=text if whole else None)
    if by == TIER and by not in wave.columns("customers"):
        known = [t.name for t in wave.config.tiers]
        previous = wave.previous
        _refuse_unknown(wave, known, by)
        if previous is None or not previous.has("tiers"):
            text = message("Margins and costs by tier count from the second wave on: tiers are those graded before.")
            return WaveTerms(plan.margin, plan.service_cost, note=text)
        table, default = previous.table("tiers"), of_tiers
    else:
        table, default = wave.table("customers"), {}
        if by not in table.columns:
            raise InputError(
                "Terms differ by a column of the customer list, or by tier.",
                found=repr(by),
                fix=f"Correct value.terms_by{nearest(by, table.columns)}",
                where="wave.yaml",
            )
        known = distinct_groups(table, by)
        _refuse_unknown(wave, known, by)
    groups = [*known, NO_GROUP]
    costs = default | plan.service_costs
    return WaveTerms(
        margin={g: plan.margins.get(g, plan.margin) for g in groups} if plan.margins else plan.margin,
        service_cost={g: costs.get(g, plan.service_cost) for g in groups} if costs else plan.service_cost,
        column=by,
        groups=(table, by),
    )


def _refuse_unknown(wave: Wave, known: list[str], by: str) -> None:
    plan = wave.config.value
    for key, given in (("margins", plan.margins), ("service_costs", plan.service_costs)):
        strange = [g for g in given if g not in known and g != NO_GROUP]
        if strange:
            raise InputError(
                "Terms are given to groups that there are.",
                found=f"{key} of {', '.join(strange[:5])}",
                fix=f"Correct value.{key}; groups of {by}: {', '.join(known[:12])}{nearest(strange[0], known)}",
                where="wave.yaml",
            )
