"""Whom chapters 30 and 35 divide: people with the columns that ``wave.yaml`` divides and describes them by."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.clustering import behaviour_table, interest_columns, rfm_table
from workbench.clustering.behaviour import BEHAVIOUR_COLUMNS
from workbench.clustering.rfm import RfmTable
from workbench.core.engine import Table
from workbench.core.errors import InputError, few_names, nearest
from workbench.report.chapters.segments.chapter import PROFILED
from workbench.store import Wave
from workbench.tiers.criteria import with_criteria


def described_customers(wave: Wave, rfm: RfmTable) -> Table:
    """Return every customer with a purchase, with the columns that ``wave.yaml`` divides and describes them by.

    Raises
    ------
    InputError
        If ``wave.yaml`` names a column that neither orders nor the customer list have; the nearest is proposed.
    """
    plan = wave.config.segments
    wanted = [*plan.features, *plan.categories]
    also: list[str] = []
    if plan.rules:  # a condition may name any of them
        listed = wave.columns("customers") if wave.has("customers") else ()
        also = [*BEHAVIOUR_COLUMNS, *(c for c in listed if c not in (*rfm.source.columns, "customer_id"))]
    return with_named_columns(wave, rfm.source, wanted, also)


def with_named_columns(wave: Wave, people: Table, wanted: Sequence[str], also: Sequence[str] = ()) -> Table:
    """Return people with the columns of orders and of the customer list that are wanted beside their own.

    Parameters
    ----------
    wave
        The wave.
    people
        One row per customer with ``customer_id``.
    wanted
        Columns that must be there.
    also
        Columns that come along where they are there.

    Raises
    ------
    InputError
        If a wanted column is nowhere; the nearest is proposed.
    """
    listed = tuple(wave.columns("customers")) if wave.has("customers") else ()
    own = tuple(people.columns)
    asked = [c for c in dict.fromkeys([*wanted, *also]) if c not in own]
    others = {}
    if wave.has("transactions") and any(c in PROFILED for c in asked):
        bought = rfm_table(wave.table("transactions"), observed_until=wave.config.as_of).source
        others["purchases"] = (bought, [c for c in asked if c in PROFILED])
    if wave.has("transactions") and any(c in BEHAVIOUR_COLUMNS for c in asked):
        behaviour = behaviour_table(wave.table("transactions"), observed_until=wave.config.as_of).source
        there = behaviour.columns
        others["orders"] = (behaviour, [c for c in asked if c in there and c not in PROFILED])
    if "interests" in listed and any(c.startswith("interests: ") for c in asked):
        flags, named = interest_columns(wave.table("customers"))
        others["interests"] = (flags, [c for c in asked if c in named])
    known = [c for c in asked if c in listed and c not in (*BEHAVIOUR_COLUMNS, *PROFILED)]
    if known:
        others["customers"] = (wave.table("customers"), known)
    found = {*own, *(c for _, columns in others.values() for c in columns)}
    unknown = [c for c in wanted if c not in found]
    if unknown:
        by_orders = PROFILED if wave.has("transactions") else ()
        every = list(dict.fromkeys([*own[1:], *by_orders, *BEHAVIOUR_COLUMNS, *listed]))
        raise InputError(
            "Segments are formed by columns of the orders or of the customer list.",
            found=f"{unknown[0]!r}{nearest(unknown[0], every)}",
            fix=f"There are {few_names(every, like=unknown)}.",
            where="wave.yaml: segments",
        )
    return with_criteria(people, others) if others else people
