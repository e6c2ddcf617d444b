"""What of a wave an outlook learns from: orders, contacts, contracts, customers' columns, and last wave's answers."""

from __future__ import annotations

from typing import Any, Final

from workbench.core.engine import Table
from workbench.learning import Known, known_columns
from workbench.learning.known import one_row_each
from workbench.store import Wave

ITEMS: Final = ("category", "product")  # the first that orders have


def known_of(wave: Wave) -> list[Known]:
    """Return what is known of customers besides their orders.

    Parameters
    ----------
    wave
        The wave.

    Returns
    -------
    list of Known
        Columns of the customer list that ``outlook.features`` names, as they have always been; and what the previous
        wave's answers said, known since its day.
    """
    found = []
    wanted = [c for c in wave.config.outlook.features if c in wave.columns("customers")]
    if wanted:
        found.append(known_columns(wave.table("customers"), wanted))
    before = wave.previous
    if before is not None and "recommend" in before.columns("respondents"):
        found.append(
            known_columns(
                one_row_each(before.table("respondents"), ["recommend"]), ["recommend"], since=before.config.as_of
            )
        )
    return found


def learnt_from(wave: Wave, groups: Table | None, by: list[str]) -> dict[str, Any]:
    """Return what of the wave `outlook_folds` is given, as its arguments.

    Parameters
    ----------
    wave
        The wave.
    groups, by
        Customers with what they are broken down by.
    """
    return {
        "items": [c for c in ITEMS if c in wave.columns("transactions")][:1],
        "interactions": wave.table("interactions") if wave.has("interactions") else None,
        "complaints": wave.config.loyalty.complaint_kinds,
        "contracts": wave.table("contracts") if wave.has("contracts") else None,
        "known": known_of(wave),
        "groups": groups,
        "by": by,
    }
