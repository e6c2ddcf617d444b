"""What each tier gets, who is entitled now, and who must be told because the tier changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import TIER, Column
from workbench.core.results import Result
from workbench.tiers.columns import AMOUNT, LABEL
from workbench.tiers.grading import Grades
from workbench.tiers.migration import FELL, ROSE, Migration


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PolicyTable(Result):
    """One row per tier.

    Attributes
    ----------
    table
        ``tier``, ``label``, ``requirement``, ``gets``, where given ``service_hours``, ``contacts_per_year``, ``offers``
        and ``owner``, ``customers``, ``amount`` (value), where costs are given ``cost`` (of the tier, a year) and
        ``cost_share`` (of its value), and with a migration ``rose_into``, ``fell_into`` and ``entered`` (customers who
        must be told).
    """

    caption: ClassVar[Message] = message("What each tier gets")
    columns: ClassVar[Mapping[str, Column]] = {
        "label": LABEL,
        "requirement": Column(message("Requirement")),
        "gets": Column(message("What customers get")),
        "service_hours": Column(message("Answer within (hours)"), "int"),
        "contacts_per_year": Column(message("Contacts a year"), "int"),
        "offers": Column(message("Offers")),
        "owner": Column(message("Owner")),
        "cost": Column(message("Cost a year"), "money"),
        "cost_share": Column(message("Cost in value"), "pct1"),
        "amount": AMOUNT,
        "rose_into": Column(message("Rose into it"), "people"),
        "fell_into": Column(message("Fell into it"), "people"),
        "entered": Column(message("New customers in it"), "people"),
    }


def policy_table(grades: Grades, moved: Migration | None = None) -> PolicyTable:
    """List what each tier gets, how many are entitled, and how many rose or fell into it.

    Parameters
    ----------
    grades
        The current grades.
    moved
        Movement since the previous wave, to the same tiers.

    Returns
    -------
    PolicyTable
        One row per tier, the highest first.

    Raises
    ------
    InputError
        If the movement is between other tiers.

    Examples
    --------
    >>> from workbench.tiers import TierRules, grade
    >>> rules = TierRules.of([{"name": "A", "minimum": {"amount_12m": 100}, "gets": "adviser"}, {"name": "B"}])
    >>> people = pd.DataFrame({"customer_id": ["a", "b"], "amount_12m": [150.0, 20.0]})
    >>> policy_table(grade(people, rules)).table[["tier", "gets", "customers"]].to_numpy().tolist()
    [['A', 'adviser', 1], ['B', None, 1]]
    """
    rules = grades.rules
    table = grades.summary[[TIER, "label"]].copy()
    table["requirement"] = pd.Series([t.requirement for t in rules.tiers], dtype=object)
    table["gets"] = pd.Series([t.gets for t in rules.tiers], dtype=object)
    for name in ("service_hours", "contacts_per_year"):
        if any(getattr(t, name) is not None for t in rules.tiers):
            table[name] = pd.Series([getattr(t, name) for t in rules.tiers], dtype=float)
    for name in ("offers", "owner"):
        if any(getattr(t, name) is not None for t in rules.tiers):
            table[name] = pd.Series([getattr(t, name) for t in rules.tiers], dtype=object)
    table["customers"] = grades.summary["customers"]
    if "amount" in grades.summary:
        table["amount"] = grades.summary["amount"]
    if any(t.cost is not None for t in rules.tiers):
        each = np.array([np.nan if t.cost is None else t.cost for t in rules.tiers], dtype=float)
        table["cost"] = each * table["customers"].to_numpy(dtype=float)
        if "amount" in table:
            worth = table["amount"].to_numpy(dtype=float)
            table["cost_share"] = np.divide(table["cost"], worth, out=np.full(len(worth), np.nan), where=worth > 0)
    if moved is not None:
        if moved.tiers != rules.names:
            raise InputError(
                "The movement is between the tiers of the grades.",
                found=f"{', '.join(moved.tiers)} and {', '.join(rules.names)}",
                fix="Pass the migration to these grades.",
                where="moved",
            )
        for name, direction in (("rose_into", ROSE), ("fell_into", FELL)):
            came = moved.table[moved.table["direction"] == direction].groupby("to_tier")["customers"].sum()
            table[name] = came.reindex(list(rules.names)).fillna(0).astype("int64").to_numpy()
        table["entered"] = moved.entrants["customers"].to_numpy()
    return PolicyTable(table=table)
