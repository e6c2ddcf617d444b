"""Audiences: a list for each tier or segment, kept up to date by difference."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from workbench.connect.ledger import values_hash
from workbench.connect.protocol import Order, Row
from workbench.connect.pushing import Sending
from workbench.connect.system import System
from workbench.core.errors import ConfigError
from workbench.privacy.files import private_folder, write_private
from workbench.report.outside.steps import FOLDER, NOT_THERE, Asked, Plan, Step, ledger_of
from workbench.store import Wave


def plan_lists(asked: Asked) -> Plan:
    """Plan the difference of each list: who comes in, and who of those that we put in goes out.

    Parameters
    ----------
    asked
        What the plan is made from.

    Raises
    ------
    ConfigError
        If the system has no lists, or they must be given and are not.
    """
    if asked.system.lists == "none":
        raise ConfigError(
            "Audiences are lists, tags or segments of the system.",
            found=f"{asked.system.title} has none that can be filled from outside",
            fix="Push tiers into a field instead, and let it make the audience from that.",
            where=f"push.{asked.what}",
        )
    counts: Counter[str] = Counter()
    groups: dict[str, list[str]] = {}
    for customer, group in asked.wanted.groups.items():
        members = groups.setdefault(group, [])
        if customer in asked.refused:
            continue
        if customer not in asked.found:
            asked.refused[customer] = NOT_THERE
            continue
        members.append(customer)
    steps: list[Step] = []
    for group, members in sorted(groups.items()):
        name = f"{asked.wave.config.study} {asked.wave.config.wave} {group}"
        target = _target(asked, group, name)
        ledger = ledger_of(asked.system, asked.wave, f"lists-{values_hash(name)[:10]}")
        inside, outside = values_hash("in"), values_hash("out")
        there = asked.system.members(target) if target is not None and asked.system.lists != "named" else None
        ids = {c: str(asked.id_of(c)) for c in members}
        fresh = [c for c in members if not ledger.is_done(c, inside) or (there is not None and ids[c] not in there)]
        counts["same"] += len(members) - len(fresh)
        counts["new"] += len(fresh)
        wanted_keys = {ledger.own_key(c) for c in members}
        gone = {k: i for k, i in ledger.those_done(inside).items() if k not in wanted_keys}
        counts["removed"] += len(gone)
        new = name if target is None else None
        for action, rows, digest in (
            ("add", [Row(c, id=ids[c]) for c in fresh], inside),
            ("remove", [Row(k, id=i) for k, i in gone.items()], outside),
        ):
            if rows:
                order = Order(action, asked.people, asked.system.id_field, target)  # type: ignore[arg-type]
                steps.append(Step(Sending(order, rows, dict.fromkeys((r.key for r in rows), digest)), ledger, new))
    return Plan(asked.what, asked.plan, asked.people, tuple(steps), counts, asked.refused)


def _target(asked: Asked, group: str, name: str) -> str | None:
    """Return the list of a group: the one that is given, one of our name, or None for one that must be made."""
    system, given = asked.system, asked.plan.lists
    if group in given:
        return given[group]
    if system.lists == "given":
        raise ConfigError(
            f"{system.title} fills lists that are there already.",
            found=f"no list for {group}",
            fix=f"Make a static list there and name its id: push: lists: lists: {{{group}: 1001}}.",
            where="push.lists",
        )
    if len(name) > system.longest_list:
        raise ConfigError(
            f"A list in {system.title} has a name of at most {system.longest_list} characters.",
            found=f"{name!r} ({len(name)})",
            fix=f"Give it a shorter one: push: lists: lists: {{{group}: …}}.",
            where="push.lists",
        )
    if system.lists == "named":
        return name
    return made_lists(asked.wave, system).get(name) or system.find_list(name)


def made_lists(wave: Wave, system: System) -> dict[str, str]:
    """Return name → id of the lists that we made in a system.

    Parameters
    ----------
    wave
        The wave.
    system
        The system.
    """
    path = _made(wave, system)
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def remember_list(wave: Wave, system: System, name: str, number: str) -> None:
    """Keep the id of a list that we made.

    Parameters
    ----------
    wave, system
        The wave and the system.
    name, number
        The list's name and id.
    """
    path = _made(wave, system)
    private_folder(path.parent)
    lists = {**made_lists(wave, system), name: number}
    write_private(path, json.dumps(lists, ensure_ascii=False, indent=1).encode())


def _made(wave: Wave, system: System) -> Path:
    return wave.folder / FOLDER / f"{system.connection.name}-lists.json"
