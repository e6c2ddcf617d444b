"""What a study no longer needs: superseded artefacts, old editions, leavings of failures, old records of runs."""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from workbench.report.operations.record import FOLDER as RUNS
from workbench.report.run.execute import FAILED
from workbench.report.run.locks import wave_lock
from workbench.report.site.editions import fingerprint_of
from workbench.report.site.publish import EDITIONS
from workbench.report.upkeep.artefacts import remove, superseded, sweep
from workbench.report.upkeep.erasing import waves_in
from workbench.report.upkeep.expiring import replaced_editions
from workbench.store import Wave, read_wave_file
from workbench.store.config import WaveConfig
from workbench.store.taking import ARTEFACTS

KEEP_EDITIONS = 3
KEEP_DAYS = 30


@dataclass(frozen=True)
class Spare:
    """Something that may go.

    Attributes
    ----------
    wave
        The wave it belongs to; empty for the study.
    what
        ``superseded``, ``editions``, ``failed`` or ``runs``.
    path
        The file or folder.
    size
        Its bytes.
    """

    wave: str
    what: str
    path: Path
    size: int


def spare(
    study: Path, *, reports: Path, now: dt.datetime, keep: int = KEEP_EDITIONS, days: int = KEEP_DAYS
) -> list[Spare]:
    """Return what a study no longer needs; nothing is changed.

    Parameters
    ----------
    study
        The study's folder.
    reports
        The site's folder.
    now
        The moment that counts as now.
    keep
        How many editions of each wave stay besides those that are signed and those that pages lead to.
    days
        Nothing younger than so many days goes.

    Returns
    -------
    list of Spare
        Artefacts that no manifest names, editions beyond the newest, what failed chapters left, and records of runs.
        An edition whose numbers somebody has signed never goes.
    """
    before = now.timestamp() - days * 86400
    found: list[Spare] = []
    for place in waves_in(study):
        config = read_wave_file(place)
        old = [("superseded", p) for p in superseded(place / ARTEFACTS)]
        old += [("failed", p) for p in sorted((place / ARTEFACTS / FAILED).glob("*"))]
        old += [("editions", p) for p in _editions(config, reports, keep)]
        found += [Spare(place.name, what, p, _size(p)) for what, p in old if p.stat().st_mtime < before]
    records = [p for p in sorted((study / RUNS).glob("*.json")) if p.stat().st_mtime < before]
    return [*found, *(Spare("", "runs", p, _size(p)) for p in records)]


def prune(
    study: Path, *, reports: Path, now: dt.datetime, keep: int = KEEP_EDITIONS, days: int = KEEP_DAYS
) -> list[Spare]:
    """Remove what a study no longer needs.

    Parameters
    ----------
    study, reports, now, keep, days
        As `spare` has them.

    Returns
    -------
    list of Spare
        What was removed. Killed half way, it is run again.

    Raises
    ------
    LockedError
        If somebody runs a wave of the study.
    """
    with ExitStack() as locks:
        for place in waves_in(study):
            locks.enter_context(wave_lock(Wave(place, read_wave_file(place), {})))
            sweep(place / ARTEFACTS)
        found = spare(study, reports=reports, now=now, keep=keep, days=days)
        for one in found:
            if one.path.is_dir():
                shutil.rmtree(one.path, ignore_errors=True)
            else:
                remove(one.path)
    return found


def _editions(config: WaveConfig, reports: Path, keep: int) -> list[Path]:
    """Return the editions of a wave that nobody needs: beyond the newest, not signed, and none that a page leads to."""
    newest = sorted((reports / EDITIONS).glob(f"{config.study}.{config.wave}.[0-9]*"))[-keep:]
    signed = {s.numbers for s in config.signed}
    return [e for e in replaced_editions(config, reports) if e not in newest and fingerprint_of(e) not in signed]


def _size(path: Path) -> int:
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
    return sum(f.stat().st_size for f in files)
