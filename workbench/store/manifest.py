"""The manifest of a wave: what was taken in, what was made of it and by which run, as numbered write-once files.

Each commit writes the next number: a temporary file is synced and then linked to its name. Linking fails if somebody
else took the number, and the commit is tried again on what they wrote, so two analysts and a scheduled run never
overwrite each other and a reader always finds a whole manifest.
"""

from __future__ import annotations

import os
import re
import uuid
import warnings
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from workbench.core.errors import InputError

FOLDER = "manifest"
KEPT_VERSIONS = 20
SectionState = Literal["computed", "refused", "fault", "rests", "left out", "not needed"]


class Entry(BaseModel):
    """Base of everything the manifest holds: frozen; what another version wrote is read as far as it is known."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class InputFile(Entry):
    """A raw file as it was when it was read."""

    path: str
    size: int
    mtime_ns: int
    sha256: str


class Artefact(Entry):
    """A Parquet file of the wave; its name carries the start of its hash, `run` which execution kept it last."""

    file: str
    sha256: str
    rows: int
    columns: tuple[str, ...]
    made_by: str
    run: str = ""


class TakenIn(Entry):
    """One of the tables that come in, after intake; `codebook` is the file that says what its columns mean."""

    key: str
    clean: Artefact
    quarantine: Artefact
    inputs: tuple[InputFile, ...]
    report: dict[str, Any]
    codebook: str = ""


class SectionRun(Entry):
    """What became of a section of a chapter, or of a chapter as a whole.

    It was ``computed``; its data ``refused`` it; the program has a ``fault``; it ``rests`` on one that could not be
    computed; it was ``left out``, because there is nothing for it to show; or it is ``not needed``, as another shows
    the same. Title, rule, found and fix are words as
    `workbench.core.findings.spoken_json` keeps them: text, or a sentence that reads in every language.
    """

    state: SectionState = "computed"
    title: Any = ""
    rule: Any = ""
    found: Any = ""
    fix: Any = ""

    @property
    def is_off(self) -> bool:
        """Whether it was not computed, for whatever reason."""
        return self.state != "computed"

    @property
    def is_missing(self) -> bool:
        """Whether it should have been computed and was not."""
        return self.state in ("refused", "fault", "rests")


class ChapterRun(Entry):
    """The last run of a chapter to its end.

    `made` has the hash of every artefact it kept, `parts` what its key is made of, so that a change can be named.
    """

    key: str
    parts: Mapping[str, str] = {}
    parameters: dict[str, Any]
    made: Mapping[str, str] = {}
    notebook: str
    seconds: float
    finished: str
    versions: dict[str, str]
    sections: Mapping[str, SectionRun] = {}

    @property
    def is_sound(self) -> bool:
        """Whether nothing in it broke; what data refused was refused rightly, and running it again changes nothing."""
        return all(s.state != "fault" for s in self.sections.values())


class Replaced(Entry):
    """That a file was written anew for a reason of its own, such as the erasure of a customer, and by which one."""

    name: str
    replaces: str
    by: str
    reason: str
    rows: int
    at: str


class Manifest(Entry):
    """Everything a wave's folder holds.

    `failures` tells of chapters that failed in the last run, and why; `recalled` keeps what was taken back to be made
    anew, until it is. `replacements` lists files that were written anew because somebody was erased or a period ended;
    `expired` says what is gone since, and when.
    """

    version: int = 0
    tables: Mapping[str, TakenIn] = {}
    artefacts: Mapping[str, Artefact] = {}
    chapters: Mapping[str, ChapterRun] = {}
    failures: Mapping[str, SectionRun] = {}
    recalled: Mapping[str, Artefact] = {}
    replacements: tuple[Replaced, ...] = ()
    expired: Mapping[str, str] = {}

    def with_table(self, name: str, entry: TakenIn) -> Manifest:
        """Return a manifest in which a table was taken in."""
        return self.model_copy(update={"tables": {**self.tables, name: entry}})

    def without_table(self, name: str) -> Manifest:
        """Return a manifest without a table."""
        return self.model_copy(update={"tables": {k: v for k, v in self.tables.items() if k != name}})

    def with_artefact(self, name: str, entry: Artefact) -> Manifest:
        """Return a manifest in which an artefact was kept."""
        return self.model_copy(update={"artefacts": {**self.artefacts, name: entry}})

    def without_artefact(self, name: str) -> Manifest:
        """Return a manifest without an artefact."""
        return self.without_artefacts((name,))

    def without_artefacts(self, names: Collection[str]) -> Manifest:
        """Return a manifest without some artefacts."""
        return self.model_copy(update={"artefacts": {k: v for k, v in self.artefacts.items() if k not in names}})

    def without_recalled(self, names: Collection[str]) -> Manifest:
        """Return a manifest from which artefacts are taken back: they stand aside until others replace them."""
        taken = {n: self.artefacts[n] for n in names if n in self.artefacts}
        return self.without_artefacts(names).model_copy(update={"recalled": {**self.recalled, **taken}})

    def replaced(self, entries: Mapping[str, Artefact | None]) -> Manifest:
        """Return a manifest with new artefacts, without those that are None, and with nothing taken back any more."""
        kept = {k: a for k, a in self.artefacts.items() if k not in entries}
        new = {k: a for k, a in entries.items() if a is not None}
        return self.model_copy(update={"artefacts": {**kept, **new}, "recalled": {}})

    def rewritten(self, name: str, entry: Artefact, note: Replaced) -> Manifest:
        """Return a manifest in which a table, its quarantine or an artefact has another file, and why."""
        same = {k: entry if k == name and a.sha256 == note.replaces else a for k, a in self.artefacts.items()}
        back = {k: entry if k == name and a.sha256 == note.replaces else a for k, a in self.recalled.items()}
        tables = dict(self.tables)
        for table, taken in self.tables.items():
            for part in ("clean", "quarantine"):
                if getattr(taken, part).sha256 == note.replaces and name in (table, f"quarantine_{table}"):
                    tables[table] = tables[table].model_copy(update={part: entry})
        found = {"artefacts": same, "recalled": back, "tables": tables, "replacements": (*self.replacements, note)}
        return self.model_copy(update=found)

    def with_expired(self, what: Mapping[str, str]) -> Manifest:
        """Return a manifest that says what is gone because its period has ended: what → day."""
        return self.model_copy(update={"expired": {**self.expired, **what}})

    def put_back(self) -> Manifest:
        """Return a manifest in which what was taken back, and not made anew, stands again."""
        return self.model_copy(update={"artefacts": {**self.artefacts, **self.recalled}, "recalled": {}})

    def made_by(self, chapter: str) -> dict[str, str]:
        """Return the artefacts that a chapter kept, with their hashes."""
        return {k: a.sha256 for k, a in self.artefacts.items() if a.made_by == chapter}

    def kept_in(self, run: str, chapter: str) -> dict[str, str]:
        """Return the artefacts that one execution of a chapter kept, with their hashes."""
        return {k: h for k, h in self.made_by(chapter).items() if self.artefacts[k].run == run}

    def with_chapter(self, name: str, entry: ChapterRun) -> Manifest:
        """Return a manifest in which a chapter ran to its end; of what it ever made only this run's stands."""
        rest = self.without_artefacts(self.made_by(name).keys() - entry.made.keys())
        failures = {k: v for k, v in self.failures.items() if k != name}
        return rest.model_copy(update={"chapters": {**self.chapters, name: entry}, "failures": failures})

    def without_chapter(self, name: str) -> Manifest:
        """Return a manifest in which a chapter has not run, and nothing that it ever made stands."""
        chapters = {k: v for k, v in self.chapters.items() if k != name}
        failures = {k: v for k, v in self.failures.items() if k != name}
        return self.without_artefacts(self.made_by(name)).model_copy(
            update={"chapters": chapters, "failures": failures}
        )

    def with_failure(self, name: str, failure: SectionRun) -> Manifest:
        """Return a manifest in which a chapter failed, and nothing that it ever made stands."""
        return self.without_chapter(name).model_copy(update={"failures": {**self.failures, name: failure}})


class DamagedManifestWarning(UserWarning):
    """The newest manifest of a wave cannot be read; the one before it stands in for it."""


def read_manifest(artefacts: Path) -> Manifest:
    """Return the newest manifest of an artefact folder, an empty one if there is none.

    Raises
    ------
    InputError
        If there are manifests and none of them can be read.

    Warns
    -----
    DamagedManifestWarning
        If the newest one cannot be read (a full disk, a crash of the machine) and an older one stands in for it.
    """
    return _newest(artefacts)[0]


def _newest(artefacts: Path) -> tuple[Manifest, int]:
    """Return the newest manifest and the number of the last file, which may be one that cannot be read."""
    for _attempt in range(3):
        versions = _versions(artefacts)
        if not versions:
            return Manifest(), 0
        try:
            return _first_whole(versions[::-1]), int(versions[-1].stem)
        except FileNotFoundError:  # pruned between listing and reading; list again
            continue
    raise FileNotFoundError(f"the manifest of {artefacts} changes faster than it can be read")


def _first_whole(newest_first: list[Path]) -> Manifest:
    for path in newest_first:
        try:
            stamp = path.stat()
            manifest = _read_once(path, stamp.st_ino, stamp.st_mtime_ns, stamp.st_size)
        except ValidationError:
            continue
        if path is not newest_first[0]:
            damaged = (
                f"{newest_first[0]} cannot be read; {path.name} stands in for it, chapters that came later run again"
            )
            warnings.warn(damaged, DamagedManifestWarning, stacklevel=3)
        return manifest
    raise InputError(
        "A wave's manifest says what was made of it.",
        found=f"no manifest in {newest_first[0].parent} can be read",
        fix="Bring the folder back from a copy, or remove 'artefacts' to have everything made anew.",
        where=str(newest_first[0].parent),
    )


@lru_cache(maxsize=8)
def _read_once(path: Path, *_stamp: int) -> Manifest:
    # a numbered manifest is written once and read some hundred times by a run; another in its place has its own stamp
    return Manifest.model_validate_json(path.read_bytes())


def commit(artefacts: Path, change: Callable[[Manifest], Manifest]) -> Manifest:
    """Apply `change` to the newest manifest and write the result as the next one.

    Parameters
    ----------
    artefacts
        The wave's artefact folder.
    change
        Makes the new manifest from the newest; called again if somebody else committed in between.

    Returns
    -------
    Manifest
        What was written, or the newest if `change` changed nothing.
    """
    folder = artefacts / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{uuid.uuid4().hex}.tmp"
    try:
        while True:
            newest, last = _newest(artefacts)
            changed = change(newest)
            if changed == newest:
                return newest
            changed = changed.model_copy(update={"version": last + 1})
            with temporary.open("w", encoding="utf-8") as handle:
                handle.write(changed.model_dump_json(indent=1))
                handle.flush()
                os.fsync(handle.fileno())
            try:
                os.link(temporary, folder / f"{changed.version:06d}.json")
            except FileExistsError:
                temporary.unlink()
                continue
            for old in _versions(artefacts)[:-KEPT_VERSIONS]:
                old.unlink(missing_ok=True)
            return changed
    finally:
        temporary.unlink(missing_ok=True)


def _versions(artefacts: Path) -> list[Path]:
    numbered = [p for p in (artefacts / FOLDER).glob("*.json") if re.fullmatch(r"[0-9]{6,}", p.stem)]
    return sorted(numbered, key=lambda p: int(p.stem))
