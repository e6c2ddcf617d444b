"""A wave's folder as an object: open it, read what is there, keep what was made."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.engine import Engine, Table, as_table, open_engine, require_serving
from workbench.core.engine.keeping import give_space
from workbench.core.engine.standin import stand_in
from workbench.core.errors import ConfigError, InputError, nearest
from workbench.core.language import Message, message
from workbench.core.names import TABLES
from workbench.privacy.files import private_folder
from workbench.store.codebook import Codebook
from workbench.store.completing import completed
from workbench.store.config import WaveConfig
from workbench.store.desk import Desk
from workbench.store.fetching import Among, fetch
from workbench.store.intake_report import IntakeReport
from workbench.store.manifest import Artefact, Manifest, commit, read_manifest
from workbench.store.opening import note_opening
from workbench.store.overview import wave_html, wave_text
from workbench.store.scratch import own_chapter, require_own, run_token, scratch_of
from workbench.store.taking import ARTEFACTS, codebooks_of, place_file, take_in_all
from workbench.store.wave_file import read_wave_file

LISTS = "fieldwork"
EMBEDDED = "duckdb://"


@dataclass(frozen=True)
class Wave(Desk):
    """A wave that was opened.

    Attributes
    ----------
    folder
        The wave's folder.
    config
        Its ``wave.yaml``.
    absent
        Table of ``wave.yaml`` → why it is not there.

    Notes
    -----
    Alone in a cell it shows what there is, what was quarantined, and what is still missing.
    """

    folder: Path
    config: WaveConfig
    absent: dict[str, Message]

    @classmethod
    def open(cls, folder: str | Path, *, source: str | Path | None = None) -> Wave:
        """Open a wave; raw files that are new or changed are taken in first.

        Parameters
        ----------
        folder
            The wave's folder, from where you stand or from any folder above.
        source
            Folder of the raw files, where it is not the wave's own.

        Raises
        ------
        ConfigError
            If there is no valid ``wave.yaml``, or it names a previous wave that is not there.
        InputError
            If a table breaks its contract as a whole.
        """
        place = find_folder(Path(folder))
        config = read_wave_file(place)
        if config.previous and not (place.parent / config.previous / "wave.yaml").is_file():
            known = sorted(p.parent.name for p in place.parent.glob("*/wave.yaml"))
            raise ConfigError(
                "The previous wave lies beside this one.",
                found=f"no wave {config.previous!r} in {place.parent}",
                fix=f"Correct 'previous'{nearest(config.previous, known)}",
                where=str(place),
            )
        private_folder(place / ARTEFACTS)
        if not config.engine.startswith(EMBEDDED):
            give_space(place / ARTEFACTS)
            if run_token() is None:  # said before anything is read, and not once for each chapter
                require_serving(config.engine)
        note_opening(place, config)
        absent = take_in_all(place, config, Path(source) if source else place)
        return cls(place, _completed(place, config), absent)

    @property
    def artefacts(self) -> Path:
        """Folder of everything made."""
        return self.folder / ARTEFACTS

    @property
    def manifest(self) -> Manifest:
        """The newest manifest; outside a run with what this process keeps by hand."""
        newest = read_manifest(self.artefacts)
        return newest if run_token() else scratch_of(self.artefacts).over(newest)

    @property
    def by_hand(self) -> tuple[str, ...]:
        """Artefacts that this process keeps by hand; nobody else sees them, and no report."""
        return () if run_token() else tuple(scratch_of(self.artefacts).artefacts)

    @property
    def lists(self) -> Path:
        """Folder of lists with customers; by hand they are written aside, like artefacts."""
        return self.folder / LISTS if run_token() else scratch_of(self.artefacts).folder / LISTS

    @property
    def engine(self) -> Engine:
        """The engine that ``wave.yaml`` names: a new one, or this process's connection to a server or a cluster."""
        return open_engine(self.config.engine)

    @property
    def previous(self) -> Wave | None:
        """The wave before this one, as it was last taken in."""
        if self.config.previous is None:
            return None
        folder = self.folder.parent / self.config.previous
        return Wave(folder, _completed(folder, read_wave_file(folder)), {})

    def has(self, *names: str) -> bool:
        """Tell whether all of the named tables or artefacts are there."""
        manifest = self.manifest
        return all(n in manifest.tables or n in manifest.artefacts for n in names)

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the columns of a table or artefact; empty if it is not there."""
        entry = _entry(self.manifest, name)
        return entry.columns if entry else ()

    def path(self, name: str) -> Path:
        """Return the Parquet file of a table or artefact.

        Raises
        ------
        InputError
            If it is not there; says why and what to do.
        """
        manifest = self.manifest
        entry = _entry(manifest, name)
        if entry is not None:
            return self.artefacts / entry.file
        known = [*manifest.tables, *manifest.artefacts]
        if name in self.absent:
            found, fix = self.absent[name], message("Put the file there and open the wave again.")
        elif name in TABLES:
            found = message("wave.yaml does not name it")
            fix = message("Add 'tables: {name}: file: …' to wave.yaml.", name=name)
        else:
            found = message("there are {tables}", tables=", ".join(known)) if known else message("no tables yet")
            fix = message(
                "Run the chapter that makes it: workbench report {folder}{hint}",
                folder=str(self.folder),
                hint=nearest(name, known),
            )
        rule = message("The table '{name}' is needed.", name=name)
        raise InputError(rule, found=found, fix=fix, where=str(self.folder))

    def table(self, name: str) -> Table:
        """Return a table or artefact as a table of the engine, for data that must stay there."""
        return as_table(self.path(name), self.engine)

    def read(
        self, name: str, *, columns: Sequence[str] | None = None, only: pd.Series | None = None, among: Among = None
    ) -> pd.DataFrame:
        """Return a table or artefact as a DataFrame.

        Parameters
        ----------
        name
            A table or artefact.
        columns
            Columns to read; all by default.
        only
            Customer ids to read, where the table has many more.
        among
            Column → values of the rows to read.

        Raises
        ------
        InputError
            If there are more than 100,000 rows in a server, or of customers while a report is made, without `only`.
        """
        table = fetch(name, self.path(name), self.engine, columns=columns, only=only, among=among)
        for i, column in enumerate(table.schema):
            if pa.types.is_decimal(column.type):
                table = table.set_column(i, column.name, table.column(i).cast(pa.float64()))
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def codebook(self, table: str = "responses") -> Codebook:
        """Return what the columns of a table mean, as its file and ``codebook.yaml`` say it.

        Parameters
        ----------
        table
            A table that came in.

        Raises
        ------
        InputError
            If the table has no codebook.
        """
        books = codebooks_of(self.manifest, self.artefacts)
        if table not in books:
            raise InputError(
                message("The table '{name}' has a codebook.", name=table),
                found=message("codebooks of {tables}", tables=", ".join(books) or "–"),
                fix=message("Write codebook.yaml beside wave.yaml, or read a file that brings one."),
                where=str(self.folder),
            )
        return books[table]

    def quarantine(self, table: str) -> pd.DataFrame:
        """Return what was refused of a table: file, line, column, value, rule."""
        entry = self.manifest.tables.get(table)
        if entry is None:
            raise InputError(
                "Only a table that was taken in has a quarantine.",
                found=table,
                fix=f"Name one of {', '.join(self.manifest.tables)}.",
                where=str(self.folder),
            )
        frame: pd.DataFrame = pq.read_table(self.artefacts / entry.quarantine.file).to_pandas()
        return frame

    def intake_reports(self) -> list[IntakeReport]:
        """Return what became of the rows of each table."""
        return [IntakeReport.from_json(dict(e.report)) for e in self.manifest.tables.values()]

    def keep(
        self, name: str, table: pd.DataFrame | Table | Path, *, made_by: str = "analyst", order_by: str | None = None
    ) -> Path:
        """Keep a table as an artefact: written once, under a name that carries its hash.

        In a notebook that somebody runs by hand it is kept for this notebook alone: all that reads the wave in its
        process finds it, and no report does. Chapters keep theirs for good when ``workbench report`` runs them.

        Parameters
        ----------
        name
            Lower case letters, digits and underscores; not one of the tables that come in.
        table
            A DataFrame, a table of an engine (it stays there), or a Parquet file to move in.
        made_by
            The chapter that made it.
        order_by
            Column that orders the rows of a table of an engine, so that the file is the same every time.

        Returns
        -------
        Path
            The Parquet file. Keeping the same content again changes nothing.
        """
        run, own = run_token(), own_chapter()
        if own is not None:
            made_by = require_own(self.manifest, name, own)
        place = self.artefacts if run else scratch_of(self.artefacts).folder
        entry = self._placed(name, table, place, made_by, order_by)
        if run:
            commit(self.artefacts, lambda m: m.with_artefact(name, entry.model_copy(update={"run": run})))
        else:
            full = str(place / entry.file)
            scratch_of(self.artefacts).keep(name, entry.model_copy(update={"file": full}))
        return place / entry.file

    def replace(self, tables: Mapping[str, pd.DataFrame | None], *, made_by: str) -> None:
        """Keep several tables in one step, so that all of them stand or none; those that are None are forgotten.

        What was recalled (`recall`) is replaced by them. Only a run may do so.
        """
        made = {n: None if t is None else self._placed(n, t, self.artefacts, made_by) for n, t in tables.items()}
        entries = {n: e and e.model_copy(update={"run": run_token()}) for n, e in made.items()}
        commit(self.artefacts, lambda m: m.replaced(entries))

    def recall(self, names: Collection[str]) -> None:
        """Take artefacts back in one step, until `replace` puts others there or the next run puts them back."""
        commit(self.artefacts, lambda m: m.without_recalled(names))

    def _placed(
        self, name: str, table: pd.DataFrame | Table | Path, place: Path, made_by: str, order_by: str | None = None
    ) -> Artefact:
        """Write a table into a folder under a name that carries its hash."""
        if name in TABLES or not name.replace("_", "").isalnum() or name != name.lower():
            raise InputError(
                "An artefact has a name of its own in lower case.",
                found=repr(name),
                fix="Use letters, digits and underscores, and none of the tables that come in.",
                where=str(self.folder),
            )
        place.mkdir(parents=True, exist_ok=True)
        rows = None
        temporary = place / f".{name}.{uuid.uuid4().hex[:8]}.tmp"
        if isinstance(table, Path) and (passing := stand_in(table)) is not None and passing.rows is None:
            table = as_table(table, self.engine)
        if isinstance(table, Path):
            shutil.move(table, temporary)
        elif isinstance(table, Table):
            d = table.engine.dialect
            order = d.text_order.format(column=d.quote(order_by)) if order_by else table.order
            table.engine.materialize(replace(table, order=order).query(), temporary)
            if (made := stand_in(temporary)) is not None and made.rows is None:  # kept by hand
                rows = int(table.rows("SELECT count(*) AS n FROM {table}")["n"][0])
        else:
            pq.write_table(pa.Table.from_pandas(table, preserve_index=False), temporary, compression="zstd")
        return place_file(temporary, place, name, made_by, rows=rows)

    def forget(self, name: str) -> None:
        """Take an artefact out of the manifest, by hand for this process alone; its file stays for who reads it now."""
        if run_token():
            commit(self.artefacts, lambda m: m.without_artefact(name))
        else:
            scratch_of(self.artefacts).forget(name)

    def _repr_html_(self) -> str:
        return wave_html(self.folder, self.config, self.manifest, self.absent, self.by_hand)

    def __repr__(self) -> str:
        return wave_text(self.folder, self.config, self.manifest, self.absent, self.by_hand)


def find_folder(folder: Path) -> Path:
    """Return a wave's folder named from here or from any folder above, so that notebooks work wherever they run."""
    if folder.is_absolute():
        return folder
    for base in (Path.cwd(), *Path.cwd().parents):
        if (base / folder).is_dir():
            return (base / folder).resolve()
    return folder.absolute()


def _completed(folder: Path, config: WaveConfig) -> WaveConfig:
    artefacts = folder / ARTEFACTS
    return completed(config, codebooks_of(read_manifest(artefacts), artefacts))


def _entry(manifest: Manifest, name: str) -> Artefact | None:
    taken = manifest.tables.get(name)
    return taken.clean if taken else manifest.artefacts.get(name)
