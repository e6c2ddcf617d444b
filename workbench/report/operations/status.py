"""How every study stands: its waves, what failed, what waits for a person, what it takes of the disk."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from workbench.core.errors import WorkbenchError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.report.operations.record import RunRecord, read_records
from workbench.report.quotes import ARTEFACT as QUOTES
from workbench.report.quotes import waiting_quotes
from workbench.report.site.editions import fingerprint_of
from workbench.report.site.overview import WORDS as STATES
from workbench.report.site.overview import Waves, all_waves
from workbench.store import Wave, read_wave_file
from workbench.store.manifest import read_manifest
from workbench.store.taking import ARTEFACTS

MEGABYTE = 2**20
BASE = ("study", "wave", "as_of", "status", "made")
LAST = {
    "published": message("published"),
    "unchanged": message("nothing new"),
    "not run": message("not run"),
    "not read": message("could not be read"),
    "": message("never run"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Status(Result):
    """How studies stand.

    Attributes
    ----------
    table
        A wave each, the newest first: ``study``, ``wave``, ``as_of``, ``status``, ``made`` (of its report),
        ``input_days`` (age of its newest file), ``last_run``, ``failed`` (chapters that failed), ``waiting`` (quotes
        to release), ``unsigned`` (signatures that the numbers have left behind), ``disk_mb``.
    runs
        The last runs of each study, the newest first: ``study``, ``started``, ``seconds``, ``exit_code``, ``error``.
    """

    runs: pd.DataFrame

    caption: ClassVar[Message] = message("How studies stand")
    columns: ClassVar[Mapping[str, Column]] = {
        **{name: Waves.columns[name] for name in BASE},
        "input_days": Column(message("Newest file, days old"), "int"),
        "last_run": Column(message("Last run")),
        "failed": Column(message("Chapters failed"), "int"),
        "waiting": Column(message("Quotes to release"), "int"),
        "unsigned": Column(message("Signatures void"), "int"),
        "disk_mb": Column(message("Disk, MB"), "int"),
        "started": Column(message("Started")),
        "seconds": Column(message("Seconds"), "dec1"),
        "exit_code": Column(message("Exit code"), "int"),
        "error": Column(message("Error")),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its states in `language`."""
        said = {k: m.text(language) for k, m in LAST.items()}
        states = [STATES[s].text(language) for s in self.table["status"]]
        return self.table.assign(status=states, last_run=self.table["last_run"].map(said))

    def to_json(self) -> dict[str, Any]:
        """Return it for machines."""
        waves = json.loads(self.table.to_json(orient="records"))
        return {"waves": waves, "runs": json.loads(self.runs.to_json(orient="records"))}


def status_of_all(data: Path, *, reports: Path, now: dt.datetime, runs: int = 10) -> Status:
    """Return how the studies below a folder stand; nothing is taken in and nothing is run.

    Parameters
    ----------
    data
        Folder of the studies, or of one of them.
    reports
        Folder of the site.
    now
        The moment that counts as now.
    runs
        At most so many runs of each study.
    """
    waves = all_waves(data, reports=reports)
    rows: list[dict[str, Any]] = []
    records: dict[Path, list[RunRecord]] = {}
    for row in waves.table.to_dict("records"):
        place = waves.root.parent / str(row["folder"])
        study = place.parent
        if study not in records:
            records[study] = read_records(study, most=runs)
        rows.append({**_base(row), **_wave(place, waves.reports, records[study], now)})
    table = pd.DataFrame(rows, columns=list(Status.columns)[:11])
    told = [_run(study.name, r) for study, found in records.items() for r in found]
    listed = pd.DataFrame(told, columns=["study", "started", "seconds", "exit_code", "error"])
    order = listed.sort_values("started", ascending=False, kind="stable").reset_index(drop=True)
    return Status(table=table, notes=(*waves.notes, *_space(waves.root)), runs=order)


def _base(row: dict[Any, Any]) -> dict[str, Any]:
    return {k: row[k] for k in BASE}


def _wave(place: Path, reports: Path, records: Sequence[RunRecord], now: dt.datetime) -> dict[str, Any]:
    manifest = read_manifest(place / ARTEFACTS)
    files = [f for f in (place / "raw").rglob("*") if f.is_file()]
    newest = max((f.stat().st_mtime for f in files), default=None)
    last = next((r.waves[place.name]["state"] for r in records if place.name in r.waves), "")
    try:
        config = read_wave_file(place)
        wave = Wave(place, config, {})
        waiting = len(waiting_quotes(wave, wave.read(QUOTES))) if wave.has(QUOTES) else 0
        fingerprint = fingerprint_of(reports / config.study / config.wave)
        unsigned = sum(fingerprint is not None and s.numbers != fingerprint for s in config.signed)
    except (WorkbenchError, OSError):  # said of the wave already; the others stand
        waiting = unsigned = 0
    return {
        "input_days": None if newest is None else max(0, int((now.timestamp() - newest) // 86400)),
        "last_run": last,
        "failed": len(manifest.failures),
        "waiting": waiting,
        "unsigned": unsigned,
        "disk_mb": round(sum(f.stat().st_size for f in place.rglob("*") if f.is_file()) / MEGABYTE),
    }


def _run(study: str, record: RunRecord) -> dict[str, Any]:
    began, ended = (dt.datetime.fromisoformat(t) if t else None for t in (record.started, record.ended))
    seconds = (ended - began).total_seconds() if began and ended else None
    line = {"study": study, "started": record.started[:19].replace("T", " "), "seconds": seconds}
    return {**line, "exit_code": record.exit_code, "error": record.error}


def _space(root: Path) -> list[Note]:
    """Return a warning where the disk is nearly full."""
    import shutil

    if not root.exists():
        return []
    free = shutil.disk_usage(root).free
    if free >= 2**30:
        return []
    return [Note(message("{mb:int} MB of disk are free.", mb=free // MEGABYTE), "warning")]
