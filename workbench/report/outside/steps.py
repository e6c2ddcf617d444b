"""What a push is made of: rows that go out in one way, the plan they belong to, and the record of what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbench.connect.ledger import Ledger
from workbench.connect.protocol import Record
from workbench.connect.pushing import Sending
from workbench.connect.system import System
from workbench.core.language import Message, message
from workbench.privacy.keys import study_key
from workbench.report.outside.rows import Task, Wanted
from workbench.store import Wave
from workbench.store.config.connections import PushPlan, What

FOLDER = "push"
NOT_THERE = message("is not in the system")


@dataclass(frozen=True)
class Step:
    """Rows that go out in one way, with the record of what was sent before.

    Attributes
    ----------
    sending
        The rows.
    ledger
        The record.
    new_list
        Name of a list that must be made first.
    """

    sending: Sending
    ledger: Ledger
    new_list: str | None = None


@dataclass(frozen=True)
class Plan:
    """What a push would do.

    Attributes
    ----------
    what, plan
        What is pushed, and what ``wave.yaml`` says about it.
    kind
        Kind of record that is written.
    steps
        What goes out, in order.
    counts
        ``new``, ``changed``, ``same``, ``unclear``, ``removed``: rows.
    refused
        Customer → why it is not sent.
    reads
        Calls it took to find this out.
    tasks
        Customer → the task about it.
    """

    what: What
    plan: PushPlan
    kind: str
    steps: tuple[Step, ...]
    counts: Mapping[str, int]
    refused: Mapping[str, Message] = field(default_factory=dict)
    reads: int = 0
    tasks: Mapping[str, Task] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows that would be sent."""
        return sum(len(s.sending.rows) for s in self.steps)

    def only(self, most: int | None) -> Plan:
        """Return the plan for the first rows alone."""
        if most is None:
            return self
        steps, left = [], most
        for step in self.steps:
            rows = step.sending.rows[:left]
            left -= len(rows)
            steps.append(replace(step, sending=replace(step.sending, rows=rows)))
        return replace(self, steps=tuple(s for s in steps if s.sending.rows))


@dataclass(frozen=True)
class Asked:
    """What plans are made from.

    Attributes
    ----------
    system, wave, what, plan
        Where to, from which wave, what, and what ``wave.yaml`` says about it.
    wanted
        Our rows.
    found
        Customer → the record of it in the system, as it is now.
    refused
        Customer → why it is not sent; plans add to it.
    people
        Kind of record of people.
    again
        Whether what was refused before is tried again.
    """

    system: System
    wave: Wave
    what: What
    plan: PushPlan
    wanted: Wanted
    found: Mapping[str, Record]
    refused: dict[str, Message]
    people: str
    again: bool

    def id_of(self, customer: str) -> str | None:
        """Return the id of a customer's record, None where there is no record."""
        record = self.found.get(customer)
        return None if record is None else record.get(self.system.id_field) or record.get("id")


def ledger_of(system: System, wave: Wave, name: str) -> Ledger:
    """Return the record of what was pushed to a system from a wave.

    Parameters
    ----------
    system
        The system.
    wave
        The wave.
    name
        What was pushed.
    """
    path: Path = wave.folder / FOLDER / f"{system.connection.name}-{name}.jsonl"
    key = study_key(wave.folder.parent)
    return Ledger(path, name=lambda row: key.name("crm", f"row {row}"), clock=system.caller.clock)
