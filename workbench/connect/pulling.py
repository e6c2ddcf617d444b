"""A pull from its first page to a write-once file: text columns in Parquet, and a receipt beside it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.connect.cursor import PullLog, Request
from workbench.connect.mapping import Chosen
from workbench.connect.protocol import Field, Page
from workbench.connect.system import System
from workbench.core.language import message
from workbench.core.names import PULLED_CHANGE, PULLED_INTO
from workbench.privacy.files import private, write_private

CHUNK = 5_000
MOST_SAME = 25  # pages in a row that lead to themselves
Progress = Callable[[Iterable[Page]], Iterable[Page]]


@dataclass(frozen=True)
class Erased:
    """Whom no pull brings back.

    Attributes
    ----------
    field
        Field that names customers to us.
    among
        Returns those of some names who were erased.
    """

    field: str
    among: Callable[[Iterable[str]], Iterable[str]]


@dataclass(frozen=True)
class Pulled:
    """A finished pull.

    Attributes
    ----------
    file
        The Parquet file.
    receipt
        What the receipt beside it says.
    resumed
        Whether it went on with a pull that was interrupted.
    """

    file: Path
    receipt: Mapping[str, Any]
    resumed: bool


def run_pull(
    system: System,
    request: Request,
    chosen: Chosen,
    described: Mapping[str, Field],
    folder: Path,
    *,
    known: Callable[[], set[str]] = set,
    erased: Erased | None = None,
    progress: Progress = lambda pages: pages,
) -> Pulled:
    """Read all pages of a request and write them as one file that never changes again.

    Parameters
    ----------
    system
        The system.
    request
        What is asked for.
    chosen
        The fields.
    described
        What the system says about its fields.
    folder
        Folder of the raw files.
    known
        Ids that earlier pulls have read, asked for only where the system tells of deletions by what is missing.
    erased
        Whom no pull brings back; their rows are read and thrown away.
    progress
        Shows how far it is.

    Returns
    -------
    Pulled
        The file has the fields as text, exactly as they were sent, and two columns more: ``_change`` (empty for a
        record; ``deleted``, ``merged`` or ``gone``) and ``_into`` (the record that another was merged into).

    Raises
    ------
    OutsideError
        If the system stops; the same command goes on from there.
    """
    log = PullLog(folder / f".pulling-{request.table}-{request.connection}.jsonl")
    resumed = log.begin(request, system.caller.clock())
    if not log.ended:
        pages = system.pull(request.kind, request.fields, request.since, log.cursor, changed=request.changed)
        stuck, before = 0, log.cursor
        for page in progress(pages):
            log.append(page)
            stuck = stuck + 1 if page.cursor is not None and page.cursor == before else 0
            if stuck >= MOST_SAME:
                raise system.caller.stopped(message("it gives the same page again and again"))
            before = page.cursor
        log.ended = True
    receipt = _finish(system, log, request, chosen, described, folder, known, erased)
    return Pulled(folder / receipt["file"], receipt, resumed)


def _finish(
    system: System,
    log: PullLog,
    request: Request,
    chosen: Chosen,
    described: Mapping[str, Field],
    folder: Path,
    known: Callable[[], set[str]],
    erased: Erased | None,
) -> dict[str, Any]:
    """Write the file and its receipt; doing so again after a kill writes the same."""
    last: dict[str, int] = {}
    gone: dict[str, tuple[str, str]] = {}
    present: set[str] = set()
    tells, read = False, 0
    for line in log.read():
        for row in line["rows"]:
            last[row[0]] = read  # of two readings the newer one counts
            read += 1
        gone |= {str(i): ("deleted", "") for i in line.get("removed", ())}
        gone |= {str(o): ("merged", str(into)) for o, into in line.get("merged", {}).items()}
        present.update(line.get("present", ()))
        tells = tells or "present" in line
    # a record that was made anew after it was deleted, or came while ids were read, is there
    gone = {i: why for i, why in gone.items() if i not in last}
    if tells:
        gone |= dict.fromkeys(known() - present - last.keys(), ("gone", ""))
    started = dt.datetime.fromtimestamp(log.started, dt.UTC)
    name = f"{request.table}-{request.connection}-{started:%Y%m%dT%H%M%SZ}"
    target = folder / f"{name}.parquet"
    while target.with_suffix(".json").is_file():
        written: dict[str, Any] = json.loads(target.with_suffix(".json").read_text(encoding="utf-8"))
        if written["began"] == log.started:  # killed after the last word was written
            log.remove()
            return written
        target = target.with_name(f"{target.stem}x.parquet")  # two pulls in one second
    stamps, lost = _write(log, request.fields, last, gone, target, system.modified(request.kind), erased)
    counts = {w: sum(why == w for why, _ in gone.values()) for w in ("deleted", "merged", "gone")}
    receipt: dict[str, Any] = {
        "file": target.name,
        "table": request.table,
        "connection": request.connection,
        "system": request.system,
        "kind": request.kind,
        "mode": "changes" if request.changed else "full",
        "began": log.started,
        "started": started.isoformat(timespec="seconds"),
        "finished": dt.datetime.fromtimestamp(system.caller.clock(), dt.UTC).isoformat(timespec="seconds"),
        "since": request.since,
        "rows": len(last) - lost,
        "read": read,
        "doubled": read - len(last),
        **counts,
        "erased": lost,
        "id_field": system.id_field,
        "modified_field": system.modified(request.kind),
        "first_modified": stamps[0],
        "last_modified": stamps[1],
        "zone_minutes": system.zone_minutes,
        "do_not_contact": list(chosen.flags),
        "fields": {f: _told(described.get(f, Field(f))) for f in request.fields},
        "pages": log.pages,
        "calls": system.caller.calls,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
    }
    text = json.dumps(receipt, ensure_ascii=False, indent=1) + "\n"
    write_private(target.with_suffix(".json"), text.encode())
    log.remove()
    return receipt


def _told(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": field.kind, "label": field.label}
    return told | ({"milliseconds": True} if field.milliseconds else {})


def _write(
    log: PullLog,
    fields: tuple[str, ...],
    last: Mapping[str, int],
    gone: Mapping[str, tuple[str, str]],
    target: Path,
    modified: str,
    erased: Erased | None,
) -> tuple[tuple[str | None, str | None], int]:
    """Write the newest reading of each record, then what is gone.

    Returns the first and last time of change, and how many rows were thrown away because their customer was erased.
    """
    schema = pa.schema([(f, pa.string()) for f in (*fields, PULLED_CHANGE, PULLED_INTO)])
    aside = target.with_suffix(".parquet.tmp")
    stamps: list[str] = []
    lost = 0
    place = fields.index(erased.field) if erased is not None and erased.field in fields else None
    at = fields.index(modified) if modified in fields else None
    with pq.ParquetWriter(aside, schema, compression="zstd") as writer:
        for every in _chunks(log, last):
            rows = every
            if erased is not None and place is not None:
                names = set(erased.among([str(r[place]) for r in every if r[place]]))
                rows = [r for r in every if r[place] not in names] if names else every
                lost += len(every) - len(rows)
            if not rows:
                continue
            columns = [_texts(list(c)) for c in zip(*rows, strict=True)]
            empty = pa.nulls(len(rows), pa.string())
            writer.write_table(pa.Table.from_arrays([*columns, empty, empty], schema=schema))
            if at is not None:
                seen = [str(r[at]) for r in rows if r[at]]
                stamps = [min([*stamps[:1], *seen]), max([*stamps[1:], *seen])] if seen else stamps
        if gone:
            none = pa.nulls(len(gone), pa.string())
            why, into = zip(*gone.values(), strict=True)
            arrays = [pa.array(list(gone), pa.string()), *[none] * (len(fields) - 1), pa.array(why), pa.array(into)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    private(aside).replace(target)
    return ((stamps[0], stamps[1]) if stamps else (None, None)), lost


def _texts(values: list[str | None]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:  # half of a sign that takes two, which no file can hold
        whole = [v and v.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for v in values]
        return pa.array(whole, pa.string())


def _chunks(log: PullLog, last: Mapping[str, int]) -> Iterator[list[list[str | None]]]:
    rows: list[list[str | None]] = []
    place = 0
    for line in log.read():
        for row in line["rows"]:
            if last[row[0]] == place:
                rows.append(row)
            place += 1
        if len(rows) >= CHUNK:
            yield rows
            rows = []
    if rows:
        yield rows
