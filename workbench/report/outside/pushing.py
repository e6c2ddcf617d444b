"""``workbench push``: results of a wave written to a system outside, after a dry run that says what would happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from workbench.connect.caller import UnclearError
from workbench.connect.protocol import Verdict
from workbench.connect.pushing import run_push
from workbench.connect.system import System
from workbench.core.errors import ConfigError, LockedError
from workbench.core.language import LANGUAGES, Message, message
from workbench.core.names import CUSTOMER_ID
from workbench.core.progress import tracked
from workbench.privacy.files import private_folder
from workbench.privacy.gate import WHY
from workbench.report.export.people import remove_list, write_people
from workbench.report.outside.audiences import remember_list
from workbench.report.outside.opening import Line, opened
from workbench.report.outside.planning import plan_push
from workbench.report.outside.steps import FOLDER, Plan, Step
from workbench.store import Wave
from workbench.store.config.connections import PushPlan, What
from workbench.store.people import log

SECONDS_A_CALL = 0.4


@dataclass(frozen=True)
class Pushed:
    """A push, planned or done.

    Attributes
    ----------
    title, connection
        Where it goes.
    plan
        What would be done.
    sent
        What was done with how many rows; empty for a dry run.
    refused
        Customer → why it was not, or could not be, written.
    refused_file
        The list of them, None where there are none.
    calls, cost, most, seconds
        Calls to write, what they cost of the day's calls or credits, how many a day has, and how long they take.
    """

    title: str
    connection: str
    plan: Plan
    sent: Mapping[str, int]
    refused: Mapping[str, Message]
    refused_file: Path | None
    calls: int
    cost: int
    most: int
    seconds: float


def push_wave(
    folder: Path,
    *,
    to: str,
    what: What,
    send: bool = False,
    only: int | None = None,
    again: bool = False,
    line: Line | None = None,
) -> Iterator[Pushed]:
    """Write results of a wave to a system; first only say what would be written.

    Parameters
    ----------
    folder
        The wave's folder.
    to
        The connection.
    what
        What is written.
    send
        Whether it is done, not only planned.
    only
        The first so many rows alone.
    again
        Whether a person said that what was refused, or must not be sent twice, is sent again.
    line
        How the system is reached.

    Yields
    ------
    The plan, and after it what was done where `send` is set.

    Raises
    ------
    ConfigError
        If ``wave.yaml`` does not say what goes where, or a field is not there.
    OutsideError
        If the system stops; the same command goes on from there.
    LockedError
        If somebody else is pushing from this wave.
    """
    wave = Wave.open(folder)
    plan = _plan_of(wave, to, what)
    with _alone(wave), opened(wave.config, to, line) as system:
        made = plan_push(system, wave, what, plan, again=again).only(only)
        file = _write_refused(wave, system, what, made.refused)
        planned = _measured(system, made, {}, made.refused, file)
        yield planned
        if send:
            yield _send(system, wave, made, planned, again=again)


def _send(system: System, wave: Wave, plan: Plan, planned: Pushed, *, again: bool) -> Pushed:
    counts: Counter[str] = Counter()
    refused = dict(plan.refused)
    customers = {t.key: c for c, t in plan.tasks.items()}
    fields: set[str] = set()
    try:
        for step in _with_lists(system, wave, plan):
            fields |= {f for r in step.sending.rows for f in r.values}
            label = message("Writing {what} to {title}", what=plan.what, title=system.title)
            verdicts = run_push(system, step.sending, step.ledger, again=again)
            for verdict in tracked(verdicts, label, total=len(step.sending.rows)):
                counts[verdict.status] += 1
                _note_refusal(verdict, customers, refused)
    finally:  # what was sent is in the log however it ended
        rows = sum(counts.values())
        to = f"{system.title} ({system.connection.name})"
        if rows:
            columns = sorted(fields)
            log(wave, "pushed", plan.what, rows=rows, columns=columns, recipient=to, refused=counts["refused"])
    file = _write_refused(wave, system, plan.what, refused)
    return replace(planned, sent=counts, refused=refused, refused_file=file)


def _note_refusal(verdict: Verdict, customers: Mapping[str, str], refused: dict[str, Message]) -> None:
    if verdict.reason is not None and verdict.status in ("refused", "unclear"):
        refused[customers.get(verdict.key, verdict.key)] = verdict.reason


def _with_lists(system: System, wave: Wave, plan: Plan) -> Iterator[Step]:
    """Yield the steps, those of a new list after it was made."""
    made: dict[str, str] = {}
    for step in plan.steps:
        if step.new_list is None:
            yield step
            continue
        if step.new_list not in made:
            try:
                number = system.make_list(step.new_list)
            except UnclearError:
                number = system.find_list(step.new_list) or system.make_list(step.new_list)
            made[step.new_list] = str(number)
            remember_list(wave, system, step.new_list, str(number))
        order = replace(step.sending.order, target=made[step.new_list])
        yield replace(step, sending=replace(step.sending, order=order))


def _plan_of(wave: Wave, to: str, what: What) -> PushPlan:
    plans = [p for p in wave.config.push.get(what, []) if p.to == to]
    if not plans:
        known = [f"{w} to {p.to}" for w, ps in wave.config.push.items() for p in ps]
        raise ConfigError(
            "wave.yaml says what is written into which fields.",
            found=f"nothing for {what} to {to}; there is {', '.join(known) or 'nothing'}",
            fix=f"Add push: {what}: {{to: {to}, kind: …, key: …, fields: {{…}}}}.",
            where=str(wave.folder),
        )
    return plans[0]


def _measured(
    system: System, plan: Plan, sent: Mapping[str, int], refused: Mapping[str, Message], file: Path | None
) -> Pushed:
    parts = [(s.sending.order, len(s.sending.rows)) for s in plan.steps]
    calls = sum(system.calls_for(order, n) for order, n in parts)
    cost = sum(system.cost_for(order, n) for order, n in parts)
    _, told = system.quota()
    most = int(system.connection.options.get("calls_per_day") or told or system.daily)
    group = parts[0][0].action if parts and parts[0][0].action in system.limits else ""
    most_calls, seconds = system.limits.get(group, (1.0, 0.0))
    pace = max(SECONDS_A_CALL, seconds / most_calls / 0.8)
    return Pushed(
        system.title, system.connection.name, plan, sent, dict(refused), file, calls, cost, most, calls * pace
    )


def _write_refused(wave: Wave, system: System, what: What, refused: Mapping[str, Message]) -> Path | None:
    """Write who was refused and why, in every language, as lists of people are written in this study."""
    name, folder = f"{system.connection.name}-{what}-refused", wave.folder / FOLDER
    erased = WHY["erased"]
    shown = {c.removeprefix("\0"): r for c, r in refused.items() if c and r != erased}
    if not shown:
        remove_list(folder, name)
        return None
    table = pd.DataFrame({CUSTOMER_ID: list(shown)})
    for code in LANGUAGES:
        table[f"reason_{code}"] = [r.text(code) for r in shown.values()]
    # no gate: they are listed because they are held back
    return write_people(wave, name, {"refused": table}, use="service", held_back={}, lines=True, folder=folder).files[
        -1
    ]


@contextmanager
def _alone(wave: Wave) -> Iterator[None]:
    folder = private_folder(wave.folder / FOLDER)
    try:
        with FileLock(folder / ".push.lock", timeout=0):
            yield
    except Timeout as error:
        raise LockedError(
            "One push of a wave runs at a time.",
            found="another one is running",
            fix="Wait for it, or stop it.",
            where=str(wave.folder),
        ) from error


def said(pushed: Pushed) -> Iterator[Message]:
    """Yield what a push would do in words.

    Parameters
    ----------
    pushed
        The push.
    """
    counts, plan = pushed.plan.counts, pushed.plan
    yield message(
        "{what} to {title} ({connection}), {kind}: {new:int} new, {changed:int} changed, {same:int} the same, "
        "{refused:int} refused",
        what=plan.what,
        title=pushed.title,
        connection=pushed.connection,
        kind=plan.kind,
        new=counts.get("new", 0),
        changed=counts.get("changed", 0),
        same=counts.get("same", 0),
        refused=len(pushed.refused),
    )
    if counts.get("removed"):
        yield message("{n:int} go out of a list", n=counts["removed"])
    if counts.get("unclear"):
        yield message("{n:int} were sent before without an answer and are looked up first", n=counts["unclear"])
    yield from _refusals(pushed)
    yield message(
        "{calls:int} calls to write, {share:pct1} of a day's {most:int}; about {minutes:dec1} minutes",
        calls=pushed.calls,
        share=pushed.cost / pushed.most,
        most=pushed.most,
        minutes=pushed.seconds / 60,
    )


def done(pushed: Pushed) -> Iterator[Message]:
    """Yield what a push did in words.

    Parameters
    ----------
    pushed
        The push.
    """
    for status, words in _DONE.items():
        if pushed.sent.get(status):
            yield message("{n:int} {what}", n=pushed.sent[status], what=words)
    if not pushed.sent:
        yield message("nothing had to be sent")
    yield from _refusals(pushed)


def _refusals(pushed: Pushed) -> Iterator[Message]:
    for reason, n in Counter(r.text("en") for r in pushed.refused.values()).most_common(5):
        why = next(r for r in pushed.refused.values() if r.text("en") == reason)
        yield message("refused {n:int}: {why}", n=n, why=why)
    if pushed.refused_file is not None:
        yield message("who was refused, and why: {file}", file=str(pushed.refused_file))


_DONE = {
    "created": message("made"),
    "updated": message("written"),
    "added": message("put into a list"),
    "removed": message("taken out of a list"),
    "refused": message("refused by the system"),
    "unclear": message("not known"),
}
