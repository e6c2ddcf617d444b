"""A push in batches: nothing is made twice, and it is over only when every row has a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.connect.caller import UnclearError
from workbench.connect.judging import BatchRefusedError
from workbench.connect.ledger import Ledger
from workbench.connect.protocol import Order, Row, Verdict
from workbench.connect.system import System
from workbench.core.language import message

MOST_ROUNDS = 3
NEVER_AGAIN = message(
    "it was sent once and nobody knows what became of it; it is sent again only when a person says so (--again)"
)
UNKNOWN = message("nobody knows what became of it; give the command again")


@dataclass(frozen=True)
class Sending:
    """Rows that are to be sent in one way.

    Attributes
    ----------
    order
        What is to be done with them.
    rows
        The rows, each key once.
    hashes
        Key → hash of what is sent.
    names
        Key → text by which a record that was made is found again: the subject of a task.
    subject
        Field that holds that text.
    """

    order: Order
    rows: Sequence[Row]
    hashes: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    subject: str | None = None


def run_push(
    system: System,
    sending: Sending,
    ledger: Ledger,
    *,
    again: bool = False,
) -> Iterator[Verdict]:
    """Send rows batch by batch and yield a verdict on each.

    Parameters
    ----------
    system
        The system.
    sending
        What is sent.
    ledger
        What was sent before; rows that were sent without a verdict are looked up first where they must not be sent
        twice.
    again
        Whether a person said that what is unclear and cannot be looked up is to be sent again.

    Yields
    ------
    Verdicts in the order of the batches.

    Raises
    ------
    OutsideError
        If the system stops; the same command goes on from there.
    """
    order, size = sending.order, system.batch.get(sending.order.action, 1)
    waiting = [r for r in sending.rows if ledger.is_unclear(r.key)] if not order.repeatable else []
    fresh = [r for r in sending.rows if r not in waiting] if waiting else list(sending.rows)
    if waiting:
        found, lost = _looked_up(system, sending, waiting)
        ledger.settle(found, sending.hashes)
        yield from found
        if order.action == "trigger" and not again:
            yield from (Verdict(r.key, "unclear", r.id, NEVER_AGAIN) for r in lost)
        else:
            fresh = [*lost, *fresh]
    ledger.write("planned", {r.key: sending.hashes[r.key] for r in fresh})
    for start in range(0, len(fresh), size):
        batch = fresh[start : start + size]
        yield from _sent(system, sending, batch, ledger)


def _sent(system: System, sending: Sending, rows: Sequence[Row], ledger: Ledger) -> list[Verdict]:
    """Send a batch until each of its rows has a verdict, as far as that is possible."""
    order, left = sending.order, list(rows)
    done: list[Verdict] = []
    for _ in range(MOST_ROUNDS):
        ledger.write("sent", {r.key: sending.hashes[r.key] for r in left})
        try:
            verdicts = system.push(order, left)
        except BatchRefusedError as refused:
            if len(left) == 1:
                verdicts = [Verdict(left[0].key, "refused", left[0].id, refused.reason)]
            else:  # one bad row costs its batch: the halves are tried
                half = len(left) // 2
                verdicts = [v for part in (left[:half], left[half:]) for v in _sent(system, sending, part, ledger)]
        except UnclearError:
            verdicts = [Verdict(r.key, "unclear", r.id) for r in left]
        clear = [v for v in verdicts if v.status != "unclear"]
        ledger.settle(clear, sending.hashes)
        done += clear
        settled = {v.key for v in clear}
        left = [r for r in left if r.key not in settled]
        if left and not order.repeatable:
            found, left = _looked_up(system, sending, left)
            ledger.settle(found, sending.hashes)
            done += found
        if not left or order.action == "trigger":
            break
    why = NEVER_AGAIN if order.action == "trigger" else UNKNOWN
    return [*done, *(Verdict(r.key, "unclear", r.id, why) for r in left)]


def _looked_up(system: System, sending: Sending, rows: Sequence[Row]) -> tuple[list[Verdict], list[Row]]:
    """Tell which rows are there already, by the text that carries our key."""
    if sending.subject is None or sending.order.action == "trigger":
        return [], list(rows)
    names = {sending.names[r.key]: r for r in rows}
    there = system.find(sending.order.kind, sending.subject, list(names), [])
    found = [Verdict(names[text].key, "created", str(record["id"])) for text, record in there.items() if text in names]
    known = {v.key for v in found}
    return found, [r for r in rows if r.key not in known]
