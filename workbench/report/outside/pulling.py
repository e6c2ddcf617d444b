"""``workbench pull``: the tables of a wave that come from systems outside, read into its raw files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from workbench.connect.cursor import Request
from workbench.connect.mapping import chosen_fields
from workbench.connect.protocol import Page
from workbench.connect.pulling import Erased, Pulled, run_pull
from workbench.connect.system import System
from workbench.core.errors import ConfigError, LockedError
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID
from workbench.core.progress import tracked
from workbench.privacy.access_log import note
from workbench.privacy.tombstones import Tombstones
from workbench.report.outside.opening import Line, opened
from workbench.store import WaveConfig, read_wave_file
from workbench.store.pulled import RAW, chain_of, known_ids, pulled_files, receipts_of

TASKS = {"interactions": "tasks"}


@dataclass(frozen=True)
class PulledTable:
    """A table that was read.

    Attributes
    ----------
    table
        Its name.
    title
        The system it came from.
    pulled
        The file and its receipt.
    said
        What there is to know about it.
    """

    table: str
    title: str
    pulled: Pulled
    said: tuple[Message, ...]


def pull_wave(
    folder: Path,
    *,
    connection: str | None = None,
    since: dt.date | None = None,
    full: bool = False,
    line: Line | None = None,
) -> Iterator[PulledTable]:
    """Read the tables of a wave that its ``wave.yaml`` says are pulled, one after the other.

    Parameters
    ----------
    folder
        The wave's folder.
    connection
        Only tables of this connection.
    since
        Only records changed since this day, in the place of what is remembered.
    full
        Everything again, in the place of what changed since the last time.
    line
        How systems are reached.

    Yields
    ------
    Each table as it is done.

    Raises
    ------
    ConfigError
        If nothing is to be pulled, or a name in ``wave.yaml`` does not exist in the system.
    OutsideError
        If the system stops; the same command goes on from there.
    LockedError
        If somebody else is pulling this wave.
    """
    config = read_wave_file(folder)
    tables = {t: s for t, s in config.tables.items() if s.pull and connection in (None, s.pull)}
    if not tables:
        raise ConfigError(
            "A table that is pulled names its connection.",
            found="no table of it" if connection is None else f"no table of the connection {connection!r}",
            fix="Write it into wave.yaml: tables: customers: {pull: NAME, kind: Contacts, columns: {…}}.",
            where=str(folder),
        )
    raw = folder / RAW
    raw.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(raw / ".pull.lock", timeout=0):
            for table, source in tables.items():
                with opened(config, str(source.pull), line) as system:
                    yield _pull_table(system, config, table, folder, since, full)
    except Timeout as error:
        raise LockedError(
            "One pull of a wave runs at a time.",
            found="another one is running",
            fix="Wait for it, or stop it.",
            where=str(folder),
        ) from error


def _pull_table(
    system: System, config: WaveConfig, table: str, folder: Path, since: dt.date | None, full: bool
) -> PulledTable:
    source = config.tables[table]  # type: ignore[index]
    kind = source.kind or system.kind_of(TASKS.get(table, "customers"))
    name = system.connection.name
    described = system.fields_of(kind)
    chosen = chosen_fields(system, kind, described, source.columns, table, where=f"tables.{table}")
    chain = [] if full else chain_of(receipts_of(folder, table, name))
    start: str | None = None
    if since is not None or not chain:
        start = _day(since or source.since)
    else:
        last = dt.datetime.fromisoformat(str(chain[-1]["started"]))
        start = (last - dt.timedelta(seconds=system.overlap)).isoformat()
    new_fields = bool(chain) and not set(chosen.fields) <= set(chain[-1]["fields"])
    if new_fields and since is None:
        chain, start = [], _day(source.since)
    request = Request(table, name, system.name, kind, chosen.fields, start, bool(chain))
    files = pulled_files(folder, table, name)
    label = message("Reading {table} from {title}", table=table, title=system.title)

    def shown(pages: Any) -> Iterator[Page]:
        return tracked(pages, label)

    named = source.columns.get(CUSTOMER_ID, CUSTOMER_ID)
    pulled = run_pull(
        system,
        request,
        chosen,
        described,
        folder / RAW,
        known=lambda: known_ids(files),
        erased=Erased(named, Tombstones.of(folder.parent).among),
        progress=shown,
    )
    receipt = pulled.receipt
    note(
        folder.parent,
        "pulled",
        str(receipt["file"]),
        wave=config.wave,
        rows=int(receipt["rows"]),
        columns=chosen.fields,
        purpose=config.privacy.purpose or "",
        recipient=f"{system.title} ({name})",
        sha256=str(receipt["sha256"]),
    )
    said = list(chosen.said)
    if new_fields:
        said.append(message("fields were added since the last pull, so that everything was read again"))
    return PulledTable(table, system.title, pulled, (*said, *_counts(pulled)))


def _day(day: dt.date | None) -> str | None:
    return None if day is None else dt.datetime.combine(day, dt.time(), dt.UTC).isoformat()


def _counts(pulled: Pulled) -> Iterator[Message]:
    """Yield what a receipt says, as far as there is something to say."""
    receipt = pulled.receipt
    if pulled.resumed:
        yield message("went on where an earlier pull stopped")
    if receipt["mode"] == "changes":
        yield message("only what changed since {time}", time=str(receipt["since"]))
    for code, words in _COUNTED:
        if receipt[code]:
            yield message("{n:int} {what}", n=receipt[code], what=words)
    if receipt["do_not_contact"]:
        yield message("do_not_contact from {fields}", fields=", ".join(receipt["do_not_contact"]))


_COUNTED = (
    ("doubled", message("rows came twice; the newer reading counts")),
    ("deleted", message("records are deleted there")),
    ("merged", message("records were merged into others there")),
    ("gone", message("records are no longer there")),
    ("erased", message("customers were erased at their own wish and are not taken in")),
)
