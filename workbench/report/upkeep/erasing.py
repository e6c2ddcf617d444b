"""Erasing one customer of a study: found first, then taken out of every file, the customer list last.

Every step finds what is left by itself, so an erasure that was killed is simply run again. What leads to the customer
(telephone, e-mail, words) is read from the customer list and the answers, which is why these are rewritten last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.core.engine.memo import FOLDER
from workbench.core.errors import InputError, WorkbenchError
from workbench.privacy.access_log import HEAD, LOG, note
from workbench.privacy.files import write_private
from workbench.privacy.keys import BEFORE, RECORD, study_key
from workbench.privacy.removal import Sought, remove_from, unreadable
from workbench.privacy.removal.delimited import ENCODINGS
from workbench.privacy.removal.sought import spellings
from workbench.privacy.tombstones import FILE as TOMBSTONES
from workbench.privacy.tombstones import UNFINISHED as JOURNAL
from workbench.privacy.tombstones import set_tombstone
from workbench.report.run.locks import wave_lock
from workbench.report.site.publish import EDITIONS
from workbench.report.upkeep.artefacts import parts_of, remove, rewrite, superseded, sweep, tables_first, theirs_in
from workbench.report.upkeep.leads import leads_to
from workbench.store import Wave
from workbench.store.manifest import FOLDER as MANIFESTS
from workbench.store.manifest import read_manifest
from workbench.store.scratch import kept_for_good
from workbench.store.taking import ARTEFACTS, CUSTOMERS, files_of
from workbench.store.wave_file import FILE_NAME, read_wave_file

OWN = (RECORD, BEFORE, LOG, HEAD, TOMBSTONES, JOURNAL, FILE_NAME)
RAW = "raw"

Choice = Literal["refuse", "delete"]
Fate = Literal["rewritten", "deleted", "cannot be rewritten", "left"]


@dataclass(frozen=True)
class Place:
    """A file with the customer in it: where, what becomes of it, the customer's rows, and traces in rows of others."""

    file: Path
    fate: Fate
    rows: int = 0
    traces: int = 0


@dataclass(frozen=True)
class Erasure:
    """What an erasure found, and did.

    Attributes
    ----------
    places
        Every file with the customer in it.
    done
        Whether it was done, or only looked for.
    left
        Files in which something is left, and what to do by hand.
    elsewhere
        Files that came in and do not lie in the study.
    """

    places: tuple[Place, ...]
    done: bool = False
    left: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of the customer in all files."""
        return sum(p.rows for p in self.places)


def find_customer(study: Path, customer: str, *, reports: Path) -> Erasure:
    """Look for a customer in every file of a study and of its reports; nothing is changed.

    Parameters
    ----------
    study
        The study's folder.
    customer
        The customer's id, as the customer list has it.
    reports
        The site's folder.

    Returns
    -------
    Erasure
        The files, with the customer's rows in each.
    """
    waves = waves_in(study)
    sought = leads_to(study, waves, customer)
    return Erasure(tuple(_places(study, waves, sought, reports)), elsewhere=tuple(_elsewhere(waves)))


def erase_customer(study: Path, customer: str, *, reports: Path, unwritable: Choice = "refuse") -> Erasure:
    """Take a customer out of every file of a study and of its reports, for good.

    Parameters
    ----------
    study
        The study's folder.
    customer
        The customer's id, as the customer list has it; it is written nowhere.
    reports
        The site's folder.
    unwritable
        What becomes of files that cannot be written again without the customer (SPSS, SAS, Stata, locked workbooks,
        sealed files): the erasure is refused before anything is changed, or they are deleted.

    Returns
    -------
    Erasure
        What was done, and what is left.

    Raises
    ------
    InputError
        If there are such files and they are not to be deleted.
    LockedError
        If somebody runs a wave of the study.

    Notes
    -----
    Rows of the customer go; in a released sample the row stays as a random token with its design, so that weights are
    those of the draw. Published pages keep their numbers, which hold no person; the customer's own words go from them.
    Reports that are run again rest on one answer less. A keyed memory keeps the next import from bringing the
    customer back.
    """
    waves = waves_in(study)
    sought = leads_to(study, waves, customer)
    with ExitStack() as locks:
        for wave in waves:
            locks.enter_context(wave_lock(Wave(wave, read_wave_file(wave), {})))
            sweep(wave / ARTEFACTS)
        places = _places(study, waves, sought, reports)
        stuck = [p.file for p in places if p.fate == "cannot be rewritten"]
        if stuck and unwritable == "refuse":
            raise InputError(
                "Every file with the customer in it can be written again without them.",
                found=f"{len(stuck)} that cannot, or that cannot be looked into: {_named(stuck, study)}",
                fix="Export them as CSV, XLSX or Parquet in their place; or have them deleted: --unwritable delete.",
                where=str(study),
            )
        name = study_key(study).name("tombstone", customer)
        write_private(study / JOURNAL, json.dumps({"erasing": name}).encode() + b"\n")
        set_tombstone(study, customer)
        for file in stuck:
            file.unlink(missing_ok=True)
        _rewrite_files(study, waves, sought, reports)
        _rewrite_tables(waves, sought)
        again = _taken_in_again(waves)
    left = [*_remaining(study, sought, reports), *again]
    made = tuple(Place(p.file, "deleted" if p.file in stuck else p.fate, p.rows, p.traces) for p in places)
    note(study, "erased", "customer", rows=sum(p.rows for p in made), files=len(made), left=len(left))
    if not left:
        (study / JOURNAL).unlink()
    return Erasure(made, done=True, left=tuple(left), elsewhere=tuple(_elsewhere(waves)))


def waves_in(study: Path) -> list[Path]:
    """Return the folders of a study's waves."""
    return [p.parent for p in sorted(study.glob(f"*/{FILE_NAME}"))]


def is_unfinished(study: Path) -> bool:
    """Tell whether an erasure of a study was begun and not ended."""
    return (study / JOURNAL).is_file()


def _rewrite_files(study: Path, waves: list[Path], sought: Sought, reports: Path) -> None:
    """Take the customer out of everything but the tables that came in."""
    for wave in waves:
        artefacts = wave / ARTEFACTS
        for old in (*superseded(artefacts), *_begun_pulls(wave)):
            if old.suffix == ".tmp" or old.parent.name == FOLDER or theirs_in(old, sought):
                remove(old)
        for part in parts_of(read_manifest(artefacts)):
            if not part.table:
                rewrite(artefacts, part, sought)
    later = {w / ARTEFACTS / p.entry.file for w in waves for p in parts_of(read_manifest(w / ARTEFACTS))}
    later |= {f for w in waves for f in raw_files(w)}
    for file in _files(study, reports):
        if file not in later:
            remove_from(file, sought, write=True)


def _rewrite_tables(waves: list[Path], sought: Sought) -> None:
    """Take the customer out of the raw files and of what was made of them; the customer lists of all waves last."""
    for last in (False, True):
        for wave in waves:
            for file, table in raw_files(wave).items():
                if (table == CUSTOMERS) == last and not unreadable(file):
                    remove_from(file, sought, write=True)
            for part in tables_first([p for p in parts_of(read_manifest(wave / ARTEFACTS)) if p.table]):
                if (part.table == CUSTOMERS) == last:
                    rewrite(wave / ARTEFACTS, part, sought)


def _begun_pulls(wave: Path) -> list[Path]:
    """Return what pulls that did not end have read; a page cannot be taken out of it, so that they begin anew."""
    return sorted(wave.rglob(".pulling-*.jsonl"))


def raw_files(wave: Path) -> dict[Path, str]:
    """Return the files that came in, inside the wave's folder: file → its table, empty where none names it."""
    found = dict.fromkeys((p for p in (wave / RAW).rglob("*") if p.is_file()), "")
    for table, source in read_wave_file(wave).tables.items():
        inside = [
            f for f in files_of(source, wave, table) if f.is_file() and f.resolve().is_relative_to(wave.resolve())
        ]
        found |= dict.fromkeys(inside, table)
    return found


def _taken_in_again(waves: list[Path]) -> list[str]:
    """Read what has changed again; what comes of it holds the customer no more, and the memory of them watches."""
    said = []
    for wave in waves:
        try:
            with kept_for_good("erasing"):
                Wave.open(wave)
        except WorkbenchError as error:
            said.append(f"{wave.name}: {error}")
    return said


def _places(study: Path, waves: list[Path], sought: Sought, reports: Path) -> list[Place]:
    found: list[Place] = []
    closed: list[Path] = []
    gone = {f for w in waves for f in (*superseded(w / ARTEFACTS), *_begun_pulls(w))}
    for file in _files(study, reports):
        if unreadable(file):
            closed.append(file)
        elif removed := theirs_in(file, sought):
            found.append(Place(file, "deleted" if file in gone else "rewritten", removed.rows, removed.traces))
    for wave in waves:
        inside = {p.file for p in found if p.file.is_relative_to(wave)}
        raw, manifest = raw_files(wave), read_manifest(wave / ARTEFACTS)
        for file in (f for f in closed if f.is_relative_to(wave)):
            # what cannot be looked into holds whoever is in the table made of it, or else whoever the wave knows
            taken = manifest.tables.get(raw.get(file, ""))
            if inside if taken is None else wave / ARTEFACTS / taken.clean.file in inside:
                found.append(Place(file, "cannot be rewritten"))
    return sorted(found, key=lambda p: str(p.file))


def _remaining(study: Path, sought: Sought, reports: Path) -> Iterator[str]:
    """Yield the files in which something of the customer is left."""
    for file in _files(study, reports, everything=True):
        removed = theirs_in(file, sought)
        if removed or (unreadable(file) and _holds(file.read_bytes(), sought)):
            yield f"{file.relative_to(study) if file.is_relative_to(study) else file}: take it out by hand"


def _elsewhere(waves: list[Path]) -> Iterator[str]:
    """Yield the files that came in and do not lie in their wave: nobody else takes the customer out of them."""
    for wave in waves:
        here = {f.name for f in raw_files(wave)}
        for table, entry in read_manifest(wave / ARTEFACTS).tables.items():
            lacking = [i.path for i in entry.inputs if i.path not in here]
            if lacking:
                yield f"{wave.name}/{table}: {', '.join(lacking)} lies elsewhere; take the customer out of it there"


def _files(study: Path, reports: Path, *, everything: bool = False) -> Iterator[Path]:
    """Yield the files of a study and of its reports that may hold a customer."""
    for file in sorted(study.rglob("*")):
        if file.is_symlink() or not file.is_file() or file.name.endswith(".lock"):
            continue
        if not everything and (file.name in OWN or file.parent.name == MANIFESTS):
            continue
        yield file
    names = {read_wave_file(w).study for w in waves_in(study)}
    folders: Iterable[Path] = [p for n in names for p in (reports / n, *(reports / EDITIONS).glob(f"{n}.*"))]
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink():
                yield file


def _holds(content: bytes, sought: Sought) -> bool:
    coded = {f.encode(e, "ignore") for v in sought.anywhere for f in spellings(v) for e in (*ENCODINGS, "utf-16-le")}
    return re.search(b"|".join(map(re.escape, sorted(c for c in coded if len(c) > 4))) or rb"(?!)", content) is not None


def _named(files: list[Path], study: Path) -> str:
    shown = [str(f.relative_to(study)) if f.is_relative_to(study) else str(f) for f in files]
    return ", ".join(shown[:8]) + (" …" if len(shown) > 8 else "")
