"""What a push would do, found out without writing anything: new, changed, same, and refused with the reason."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from workbench.connect.ledger import values_hash
from workbench.connect.mapping import outside_options, require_writable
from workbench.connect.protocol import Field, Order, Row
from workbench.connect.pushing import Sending
from workbench.connect.system import System
from workbench.core.language import Message, message
from workbench.privacy.gate import WHY
from workbench.report.outside.audiences import plan_lists
from workbench.report.outside.callbacks import plan_tasks
from workbench.report.outside.rows import USES, wanted_rows
from workbench.report.outside.steps import NOT_THERE, Asked, Plan, Step, ledger_of
from workbench.store import Wave
from workbench.store.config.connections import PushPlan, What
from workbench.store.people import gate_of

YES = ("true", "1", "yes")
THERE = message("is not to be contacted, as the system itself says")
NO_KEY = message("has no key")


def plan_push(system: System, wave: Wave, what: What, plan: PushPlan, *, again: bool = False) -> Plan:
    """Find out what a push would do; nothing is written.

    Parameters
    ----------
    system
        The system.
    wave
        A wave whose report was made.
    what
        What is pushed.
    plan
        What ``wave.yaml`` says about it.
    again
        Whether rows that were refused before are tried again.

    Raises
    ------
    ConfigError
        If a field is not there or cannot be written, or the system has nothing of the kind.
    """
    today = dt.datetime.fromtimestamp(system.caller.clock()).date()
    wanted = wanted_rows(wave, what, plan, today)
    people = plan.people or (plan.kind if what != "tasks" and plan.kind else system.kind_of("customers"))
    theirs = [] if what in ("lists", "tasks") else list(plan.fields.values())
    require_writable(theirs, system.fields_of(people), where=f"push.{what}.fields")
    held = _held_back(wave, what, plan, wanted.customers)
    asked = [c for c in wanted.customers if c and c not in held]
    flags = _flags(system, wave, plan, people)
    found = system.find(people, plan.key, asked, [*flags, *theirs])
    refused: dict[str, Message] = {**held, **{c: NO_KEY for c in wanted.customers if not c}}
    for customer in asked:
        record = found.get(customer)
        if record is not None and plan.do_not_contact == "refuse" and any(_yes(record.get(f)) for f in flags):
            refused[customer] = THERE
    build = {"lists": plan_lists, "tasks": plan_tasks}.get(what, plan_values)
    made = build(Asked(system, wave, what, plan, wanted, found, refused, people, again))
    return replace(made, reads=system.caller.calls)


def _held_back(wave: Wave, what: What, plan: PushPlan, customers: Sequence[str]) -> dict[str, Message]:
    """Return who must not be contacted by what the wave itself knows; the gate of every list."""
    reasons = gate_of(wave, USES.get(what, "service")).reasons(pd.Series(list(customers), dtype=object))
    held = {c: str(w) for c, w in zip(customers, reasons, strict=True) if isinstance(w, str)}
    if plan.do_not_contact == "write":  # whoever was erased is not written in any case
        held = {c: w for c, w in held.items() if w == "erased"}
    return {c: WHY[w] for c, w in held.items()}


def _flags(system: System, wave: Wave, plan: PushPlan, people: str) -> list[str]:
    """Return the fields of the system that forbid contact: its own, and the one that the customers' table names."""
    known = system.fields_of(people)
    flags = system.flags_among(people, known)
    source = wave.config.tables.get("customers")
    if source is not None and source.pull == plan.to and (source.kind or people) == people:
        named = source.columns.get("do_not_contact", "")
        flags += [named] if named in known else []
    return list(dict.fromkeys(flags))


def _yes(value: str | None) -> bool:
    return (value or "").lower() in YES


def plan_values(asked: Asked) -> Plan:
    """Plan which fields of which records are written.

    Parameters
    ----------
    asked
        What the plan is made from.
    """
    ledger, known = ledger_of(asked.system, asked.wave, asked.what), asked.system.fields_of(asked.people)
    upserts = "upsert" in asked.system.batch and asked.plan.key != asked.system.id_field
    order = Order("upsert" if upserts else "update", asked.people, asked.plan.key)
    counts: Counter[str] = Counter()
    rows, hashes = [], {}
    for customer, ours in asked.wanted.values.items():
        if customer in asked.refused:
            continue
        values: dict[str, str | None] = {asked.plan.fields[c]: v for c, v in ours.items()}
        record = asked.found.get(customer)
        bad = next((f for f, v in values.items() if f in known and outside_options(known[f], [v or ""])), None)
        if bad is not None:
            asked.refused[customer] = message("{value} is no option of {field}", value=values[bad], field=bad)
            continue
        if record is None and not (upserts and asked.plan.create):
            asked.refused[customer] = NOT_THERE
            continue
        digest = values_hash(order.action, asked.people, values)
        entry = ledger.of(customer)
        if (
            asked.plan.only_changed
            and not asked.again
            and entry is not None
            and entry.hash == digest
            and entry.state == "refused"
        ):
            asked.refused[customer] = message("was refused before: {why}", why=entry.reason)
            continue
        same = record is not None and all(_same(record.get(f), v, known, f) for f, v in values.items())
        if asked.plan.only_changed and (ledger.is_done(customer, digest) or same):
            counts["same"] += 1
            continue
        filled = record is not None and any(record.get(f) for f in values)
        counts["changed" if filled else "new"] += 1
        rows.append(Row(customer, values, asked.id_of(customer)))
        hashes[customer] = digest
    steps = (Step(Sending(order, rows, hashes), ledger),) if rows else ()
    return Plan(asked.what, asked.plan, asked.people, steps, counts, asked.refused)


def _same(theirs: str | None, ours: str | None, known: Mapping[str, Field], name: str) -> bool:
    """Tell whether a field holds a value already, however the system writes it."""
    mine = known[name].labels.get(ours or "", ours) if name in known else ours
    if (theirs or "") == (mine or ""):
        return True
    try:
        return float(theirs or "") == float(mine or "")
    except ValueError:
        return (theirs or "").lower() == (mine or "").lower() and (mine or "").lower() in ("true", "false")
