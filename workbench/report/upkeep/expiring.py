"""Letting go of what is past its days: raw files, lists, exports, superseded artefacts, old editions with quotes."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from workbench.core.errors import ConfigError
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.privacy.access_log import note
from workbench.report.run.locks import wave_lock
from workbench.report.site.publish import EDITIONS
from workbench.report.upkeep.artefacts import parts_of, remove, superseded
from workbench.report.upkeep.erasing import raw_files, waves_in
from workbench.store import Wave
from workbench.store.config import WaveConfig
from workbench.store.manifest import Manifest, commit, read_manifest
from workbench.store.taking import ARTEFACTS, RAW_OF
from workbench.store.wave import LISTS
from workbench.store.wave_file import read_wave_file

EXPORTS = "exports"
STATEMENT = "sampling_statement."
QUOTES = "downloads/*quotes*"
PEOPLE = {CUSTOMER_ID, INVITATION_ID}


@dataclass(frozen=True)
class Past:
    """Something that is past its days.

    Attributes
    ----------
    wave
        The wave it belongs to.
    what
        Its kind: ``raw/<table>``, ``lists``, ``exports``, ``superseded``, ``editions``, or the name of a table.
    path
        The file or folder.
    """

    wave: str
    what: str
    path: Path


def past_their_days(study: Path, *, reports: Path, day: dt.date, tables: bool = False) -> list[Past]:
    """Return everything of a study that is past its days; nothing is changed.

    Parameters
    ----------
    study
        The study's folder.
    reports
        The site's folder.
    day
        The day that counts as today.
    tables
        Whether tables and artefacts that name customers are to go, too; aggregates stay in any case.

    Returns
    -------
    list of Past
        Of waves whose ``as_of`` and ``privacy: keep_days`` are over on `day`; of a wave without ``keep_days`` nothing.
    """
    found: list[Past] = []
    for place in waves_in(study):
        config = read_wave_file(place)
        last = ends(config)
        if last is not None and day > last:
            found += _of_wave(place, config, reports, tables)
    return found


def ends(config: WaveConfig) -> dt.date | None:
    """Return the last day that the people in a wave's data are kept, None without a period."""
    days = config.privacy.keep_days
    return None if days is None else config.as_of + dt.timedelta(days=days)


def let_go(study: Path, *, reports: Path, day: dt.date, tables: bool = False) -> list[Past]:
    """Remove everything of a study that is past its days; the manifest of each wave says so.

    Parameters
    ----------
    study, reports, day, tables
        As `past_their_days` has them; `day` is not after today.

    Returns
    -------
    list of Past
        What was removed. Run again after it was killed, the rest goes.

    Raises
    ------
    ConfigError
        If `day` is still to come.
    LockedError
        If somebody runs a wave of the study.
    """
    if day > dt.date.today():
        raise ConfigError(
            "What is past its days today is let go.",
            found=f"{day}, which is still to come",
            fix="Leave out --do to see what will be past its days then.",
            where=str(study),
        )
    with ExitStack() as locks:
        for place in waves_in(study):
            locks.enter_context(wave_lock(Wave(place, read_wave_file(place), {})))
        found = past_their_days(study, reports=reports, day=day, tables=tables)
        for wave in sorted({p.wave for p in found}):
            mine = [p for p in found if p.wave == wave]
            artefacts = study / wave / ARTEFACTS
            gone = dict.fromkeys((p.what for p in mine), day.isoformat())
            # said first: a table is not taken for missing if this is killed before its file is gone
            commit(artefacts, partial(_said, gone=gone))
            for past in mine:
                if past.path.is_dir():
                    shutil.rmtree(past.path)
                else:
                    remove(past.path)
            name = read_wave_file(study / wave)
            purpose = name.privacy.purpose or ""
            note(study, "expired", ", ".join(sorted(gone)), wave=name.wave, purpose=purpose, files=len(mine))
    return found


def _of_wave(place: Path, config: WaveConfig, reports: Path, tables: bool) -> Iterator[Past]:
    wave, artefacts = place.name, place / ARTEFACTS
    for file, table in sorted(raw_files(place).items()):
        yield Past(wave, RAW_OF.format(table=table), file)
    for folder, what in ((place / LISTS, "lists"), (place / EXPORTS, "exports")):
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(STATEMENT)):
            yield Past(wave, what, path)
    yield from (Past(wave, "superseded", path) for path in superseded(artefacts))
    # those with customers' words
    yield from (Past(wave, "editions", path) for path in replaced_editions(config, reports) if any(path.glob(QUOTES)))
    if tables:
        for part in parts_of(read_manifest(artefacts)):
            names_people = PEOPLE & set(part.entry.columns) or part.table
            if names_people and (artefacts / part.entry.file).is_file():
                yield Past(wave, part.table or part.name, artefacts / part.entry.file)


def replaced_editions(config: WaveConfig, reports: Path) -> list[Path]:
    """Return the editions of a wave, the oldest first, but the one that stands and those its pages lead to."""
    link = reports / config.study / config.wave
    standing = link.resolve()
    pages = "".join(p.read_text(encoding="utf-8") for p in standing.glob("*.html")) if link.exists() else ""
    editions = sorted((reports / EDITIONS).glob(f"{config.study}.{config.wave}.[0-9]*"))
    return [e for e in editions if e.resolve() != standing and e.name not in pages]


def _said(manifest: Manifest, *, gone: Mapping[str, str]) -> Manifest:
    """Return the manifest that says what is gone, and no longer names it."""
    manifest = manifest.with_expired(gone)
    for name in gone:
        manifest = manifest.without_table(name).without_artefact(name)
    return manifest
