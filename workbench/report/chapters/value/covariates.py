"""Chapter 40: characteristics of customers that move how often they buy and how soon they leave."""

from __future__ import annotations

from workbench.clv import Characteristics, CovariateFit, OrderValue
from workbench.core.errors import InputError, nearest
from workbench.core.language import message
from workbench.core.results import Note
from workbench.store import Wave


def characteristics_of(wave: Wave) -> Characteristics | None:
    """Return the columns that ``value.covariates`` names; None where it names none.

    Raises
    ------
    InputError
        If the customer list has no such column.
    """
    plan = wave.config.value.covariates
    if plan is None:
        return None
    known = wave.columns("customers")
    unknown = [c for c in (*plan.rate, *plan.leaving) if c not in known]
    if unknown:
        raise InputError(
            message("What may move buying and leaving are columns of the customer list."),
            found=repr(unknown[0]),
            fix=message("Correct value.covariates{hint}", hint=nearest(unknown[0], known)),
            where="wave.yaml",
        )
    return Characteristics(wave.table("customers"), tuple(plan.rate), tuple(plan.leaving))


def moved_tables(orders: OrderValue) -> list[CovariateFit]:
    """Return what characteristics move in a list, an empty one where none were named."""
    return [] if orders.moved is None else [orders.moved]


def moved_notes(orders: OrderValue) -> list[Note]:
    """Say whether values rest on characteristics, and why not where they do not."""
    if orders.moved is None:
        return []
    if orders.moved_used:
        text = message(
            "Values rest on these characteristics: with them the model fits better ({p:p_is}).", p=orders.moved.p_value
        )
        return [Note(text)]
    text = message(
        "Values do not rest on these characteristics: the model fits no better with them ({p:p_is}).",
        p=orders.moved.p_value,
    )
    return [Note(text, "caution")]
