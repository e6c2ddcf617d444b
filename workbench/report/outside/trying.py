"""``workbench connect test``: whether a connection works, and what ``wave.yaml`` says of it exists there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

from workbench.connect.mapping import chosen_fields, require_fields, require_writable
from workbench.connect.system import System
from workbench.core.errors import WorkbenchError
from workbench.core.language import Message, message
from workbench.report.outside.opening import Line, opened
from workbench.report.outside.pulling import TASKS
from workbench.store import WaveConfig, read_wave_file
from workbench.store.config.connections import PushPlan

MOST_SECONDS = 60  # a clock that is further off makes pulls of changes miss some


@dataclass(frozen=True)
class Tried:
    """One thing that was tried.

    Attributes
    ----------
    what
        What was tried, and what came of it.
    error
        What is wrong; None where it works.
    """

    what: Message
    error: WorkbenchError | None = None


def try_connection(folder: Path, name: str, line: Line | None = None) -> Iterator[Tried]:
    """Try a connection step by step: token, what is described, fields of the mapping, one record, quota, clock.

    Parameters
    ----------
    folder
        The wave's folder.
    name
        The connection.
    line
        How the system is reached.

    Yields
    ------
    Each thing that was tried. Nothing is written there, and nothing of a person is kept here.
    """
    config = read_wave_file(folder)
    with opened(config, name, line) as system:
        token = _tried(message("token of {title}", title=system.title), lambda: system.caller.token)
        yield token
        if token.error is not None:
            return
        for what, check in _checks(system, config, name):
            yield _tried(what, check)
        yield Tried(_quota(system))
        yield Tried(_clock(system))


def _tried(what: Message, check: Callable[[], object]) -> Tried:
    try:
        check()
    except WorkbenchError as error:
        return Tried(what, error)
    return Tried(what)


def _checks(system: System, config: WaveConfig, name: str) -> Iterator[tuple[Message, Callable[[], object]]]:
    """Yield what is to be checked: everything that wave.yaml says about the connection."""
    for table, source in config.tables.items():
        if source.pull != name:
            continue
        kind = source.kind or system.kind_of(TASKS.get(table, "customers"))

        def mapped(kind: str = kind, table: str = table, columns: dict[str, str] = source.columns) -> object:
            known = system.fields_of(kind)
            return chosen_fields(system, kind, known, columns, table, where=f"tables.{table}")

        yield message("fields of {table} in {kind}", table=table, kind=kind), mapped

        def read(kind: str = kind) -> object:
            return system.one_row(kind, [system.id_field])

        yield message("one record of {kind} is read", kind=kind), read
    for what, plans in config.push.items():
        for plan in (p for p in plans if p.to == name):
            people = plan.people or (plan.kind if what != "tasks" and plan.kind else system.kind_of("customers"))
            written = (plan.kind or system.kind_of("tasks")) if what == "tasks" and plan.campaign is None else people

            def writable(
                people: str = people, written: str = written, plan: PushPlan = plan, where: str = f"push.{what}"
            ) -> None:
                require_fields([plan.key], system.fields_of(people), where=f"{where}.key")
                require_writable(list(plan.fields.values()), system.fields_of(written), where=f"{where}.fields")

            yield message("fields of push {what} in {kind}", what=what, kind=written), writable


def _quota(system: System) -> Message:
    left, most = system.quota()
    most = most or int(system.connection.options.get("calls_per_day") or system.daily)
    if left is None:
        return message(
            "{title} does not say how many calls are left; a day has {most:int}", title=system.title, most=most
        )
    return message("{left:int} calls are left today of {most:int}", left=left, most=most)


def _clock(system: System) -> Message:
    told = system.caller.last.get("date", "")
    try:
        apart = abs(parsedate_to_datetime(told).timestamp() - system.caller.clock())
    except (TypeError, ValueError):
        return message("its clock is not known")
    if apart > MOST_SECONDS:
        return message("its clock and ours are {n:int} seconds apart; set ours, or changes are missed", n=apart)
    return message("its clock and ours agree")
