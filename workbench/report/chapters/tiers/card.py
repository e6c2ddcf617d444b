"""The 360° card of one customer of a wave, for the analyst: ``card_of(wave, "C000123")`` in a notebook of one's own."""

from __future__ import annotations

from workbench.report.chapters.tiers.chapter import graded_table, previous_tiers, rules_of
from workbench.store import Wave
from workbench.tiers import CustomerCard, customer_card, grade

GATHERED = ("customers", "transactions", "responses", "interactions", "clv", "segments")


def card_of(wave: Wave, customer_id: str) -> CustomerCard:
    """Gather everything the wave knows of one customer.

    The card is for the analyst's own screen: a page of the report that shows one is refused.

    Parameters
    ----------
    wave
        The wave.
    customer_id
        Whose card to make.

    Raises
    ------
    InputError
        If nothing is known of the customer.
    """
    tables = {name: wave.table(name) for name in GATHERED if wave.has(name)}
    grades = None
    if wave.config.tiers and wave.has("transactions"):
        rules = rules_of(wave)
        grades = grade(graded_table(wave, rules), rules, value="amount_12m", previous=previous_tiers(wave))
    return customer_card(customer_id, grades=grades, tables=tables, as_of=wave.config.as_of)
