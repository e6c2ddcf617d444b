"""Engines that keep rows in tables of their own: a server, a cluster. What they share stands here.

An engine of this kind says how it makes, loads, counts, renames and drops a table; when a table is made, what it is
called, and what stands for it at a path is decided once. Tables of a folder that has been given a space
(`give_space`) are called by the space and by their content and last; those at paths of this process's own
(`workbench.core.engine.scratch`) are gone with the process.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.engine.arrow import BATCH, plain_schema, write_parquet
from workbench.core.engine.dialect import Dialect
from workbench.core.engine.scratch import is_scratch, scratch_file
from workbench.core.engine.standin import StandIn, require_own_rows, stand_in, write_stand_in
from workbench.core.errors import EngineError

SPACE = ".tables"  # the file of a folder that says what its tables are called
DIGITS = 16


@dataclass(frozen=True)
class Place:
    """Where an engine has a table: what it is called, the folder of the file that stands for it, whether it lasts."""

    name: str
    folder: Path
    lasting: bool


def give_space(folder: Path) -> str:
    """Return the start of the names of a folder's tables, choosing one when first asked.

    The name is kept in the folder, so that it moves with it and no other folder's tables are called the same.

    Parameters
    ----------
    folder
        The folder of the files that stand for tables.
    """
    told = folder / SPACE
    if (known := space_of(folder)) is not None:
        return known
    folder.mkdir(parents=True, exist_ok=True)
    named = [_slug(p.name)[:11] for p in (folder.resolve().parent.parent, folder.resolve().parent) if p.name]
    temporary = folder / f"{SPACE}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        temporary.write_text("_".join([*named, uuid.uuid4().hex[:6]]) + "\n", encoding="utf-8")
        told.hardlink_to(temporary)
    except FileExistsError:  # another process was first
        pass
    finally:
        temporary.unlink(missing_ok=True)
    return told.read_text(encoding="utf-8").strip()


def space_of(folder: Path) -> str | None:
    """Return the start of the names of a folder's tables; None where none has been chosen."""
    told = folder / SPACE
    return told.read_text(encoding="utf-8").strip() if told.is_file() else None


class KeepingEngine(ABC):
    """Base of engines that keep rows in tables of their own."""

    def __init__(self) -> None:
        self._brought: dict[tuple[str, int, int], str] = {}

    # what an engine of this kind has to say

    @property
    @abstractmethod
    def dialect(self) -> Dialect:
        """The engine's spellings."""

    @abstractmethod
    def rows(self, sql: str) -> pd.DataFrame:
        """Run a query whose answer is small and return it."""

    @abstractmethod
    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Run a query whose answer is large and yield it in Arrow batches, in the query's order."""

    @abstractmethod
    def columns(self, source: str) -> dict[str, str]:
        """Return column name → type of a FROM item."""

    @abstractmethod
    def schema(self, source: str) -> pa.Schema:
        """Return the Arrow columns of a FROM item."""

    @abstractmethod
    def register(self, frame: pd.DataFrame | pa.Table) -> str:
        """Make an in-memory table known to the engine and return its FROM item."""

    @property
    @abstractmethod
    def row_order(self) -> str:
        """SQL that sorts a table of its own by the order in which its rows were written."""

    @abstractmethod
    def _item(self, table: str, folder: Path) -> str:
        """Return the FROM item of a table that a file in `folder` stands for."""

    @abstractmethod
    def _table(self, place: Place) -> str:
        """Return what a stand-in says of a place: enough for `_item` to find it."""

    @abstractmethod
    def _has(self, place: Place) -> bool:
        """Tell whether there is a whole table at a place."""

    @abstractmethod
    def _make(self, place: Place, sql: str) -> None:
        """Make a table of a query's rows, in its order."""

    @abstractmethod
    def _load(self, place: Place, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
        """Make a table of Arrow batches, in bounded memory, in their order."""

    @abstractmethod
    def _rename(self, draft: Place, place: Place) -> None:
        """Give a table its name, at once; where another process has given it meanwhile, drop the draft."""

    @abstractmethod
    def _drop(self, table: str, folder: Path) -> None:
        """Drop a table where it is there."""

    @abstractmethod
    def require_serving(self) -> None:
        """Refuse, naming what is missing, where tables cannot be made and read."""

    @abstractmethod
    def fingerprint(self, source: str) -> tuple[int, str]:
        """Return the number of rows of a FROM item and a checksum of them that no order of theirs changes."""

    # what follows from it

    def materialize(self, sql: str, path: Path) -> Path:
        """Keep a query's rows in a table of the engine, in the query's order, and write what stands for it to `path`.

        Parameters
        ----------
        sql
            The query.
        path
            The file to write. A file of this process's own stands for a table that is gone with the process.
        """
        return self._kept(lambda draft: self._make(draft, sql), path)

    def keep(self, sql: str, stem: str) -> Path:
        """Keep a query's rows in a table that is gone with this process, and return the file that stands for it.

        Parameters
        ----------
        sql
            The query.
        stem
            Start of the file's name.
        """
        return self.materialize(sql, scratch_file(stem))

    def keep_added(self, sql: str, keys: Sequence[str], amount: str, stem: str) -> Path:
        """Keep a query's rows, added up by their keys, in a table that is gone with this process."""
        named, money = ", ".join(keys), f"CAST(sum({amount}) AS DECIMAL(18, 4)) AS {amount}"
        return self.keep(f"SELECT {named}, {money} FROM ({sql}) AS rows_to_add GROUP BY {named}", stem)

    def hand_over(self, sql: str, stem: str) -> Path:
        """Write a query's rows to a Parquet file of this process's own that any engine reads.

        Parameters
        ----------
        sql
            The query.
        stem
            Start of the file's name.
        """
        return self.export(sql, scratch_file(stem))

    def export(self, sql: str, path: Path) -> Path:
        """Write a query's rows to a Parquet file of their own, in bounded memory.

        Parameters
        ----------
        sql
            The query.
        path
            The file to write.
        """
        return write_parquet(self.batches(sql), self.schema(f"({sql}) AS shape"), path)

    def store(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path) -> Path:
        """Keep computed rows in a table of the engine, in bounded memory, and write what stands for it to `path`.

        Parameters
        ----------
        batches
            Arrow batches.
        schema
            Their columns.
        path
            The file to write.
        """
        return self._kept(lambda draft: self._load(draft, batches, schema), path)

    def map_batches(
        self, sql: str, function: Callable[[pa.RecordBatch], pa.RecordBatch], schema: pa.Schema, path: Path
    ) -> Path:
        """Keep what a function makes of a query's rows, batch by batch; memory does not grow with them.

        Parameters
        ----------
        sql
            The query.
        function
            Makes of a batch another one; rows are independent of each other.
        schema
            Columns that it makes.
        path
            The file to write.
        """
        return self.store((function(b) for b in self.batches(sql)), schema, path)

    def file(self, path: str | Path) -> str:
        """Return the FROM item of a Parquet file: the table it stands for, or a copy that is made once.

        Parameters
        ----------
        path
            The file.

        Raises
        ------
        EngineError
            If the file stands for a table of another engine.
        """
        path = Path(path).absolute()
        found = stand_in(path)
        if found is not None:
            require_own_rows(path, self.dialect.name)
            return self._item(found.table, path.parent)
        return self._copy(path)

    def serves(self, path: Path) -> bool:
        """Tell whether this engine can read a file: it has rows of its own, or a table of the engine is there."""
        found = stand_in(path)
        if found is None:
            return path.is_file()
        if found.engine != self.dialect.name:
            return False
        try:
            self.columns(self._item(found.table, path.absolute().parent))
        except EngineError:
            return False
        return True

    def order_of(self, path: Path) -> str:  # noqa: ARG002
        """Return the SQL of the order that a file's rows were written in."""
        return self.row_order

    def forget(self, path: Path) -> None:
        """Drop what the engine holds for a file that is about to be removed: its table, or the copy of it."""
        path = path.absolute()
        found = stand_in(path)
        if found is not None:
            beside = [f for pattern in ("*.parquet", ".*.tmp") for f in path.parent.glob(pattern) if f != path]
            shared = any(s is not None and s.table == found.table for s in map(stand_in, beside))
            if found.engine == self.dialect.name and not shared:
                self._drop(found.table, path.parent)
        elif path.is_file() and (space := space_of(path.parent)) is not None:
            self._drop(self._table(self._copy_place(path, space)), path.parent)

    def _kept(self, make: Callable[[Place], None], path: Path) -> Path:
        path = path.absolute()
        lasting = not is_scratch(path)
        draft = Place(f"t_{uuid.uuid4().hex[:DIGITS]}", path.parent, lasting)
        if not lasting:
            make(draft)
            table = self._table(draft)
            return write_stand_in(path, self.schema(self._item(table, path.parent)), StandIn(self.dialect.name, table))
        space = give_space(path.parent)
        # if this process is killed, what sweeps the folder finds the draft's name and drops it
        note = path.with_name(f".{path.name.lstrip('.')}.{uuid.uuid4().hex[:8]}.tmp")
        draft = Place(f"{space}_{draft.name}", path.parent, lasting)
        write_stand_in(note, pa.schema([]), StandIn(self.dialect.name, self._table(draft)))
        try:
            make(draft)
            item = self._item(self._table(draft), path.parent)
            rows, checksum = self.fingerprint(item)
            schema = self.schema(item)
            content = hashlib.sha256(f"{rows} {checksum} {schema}".encode()).hexdigest()[:DIGITS]
            kept = Place(f"{space}_{_stem(path)}_{content}", path.parent, lasting)
            self._rename(draft, kept)
            write_stand_in(note, schema, StandIn(self.dialect.name, self._table(kept), rows, checksum))
            note.replace(path)
        except BaseException:
            self._drop(self._table(draft), path.parent)
            raise
        finally:
            note.unlink(missing_ok=True)
        return path

    def _copy(self, path: Path) -> str:
        """Return the FROM item of the engine's copy of a Parquet file, made when it is first asked for."""
        stat = path.stat()
        mark = (str(path), stat.st_size, stat.st_mtime_ns)
        if mark in self._brought:
            return self._brought[mark]
        space = None if is_scratch(path) else space_of(path.parent)
        if space is None:
            place = Place(f"t_{uuid.uuid4().hex[:DIGITS]}", path.parent, lasting=False)
        else:
            place = self._copy_place(path, space)
        if space is None or not self._has(place):
            draft = place if space is None else Place(f"{space}_t_{uuid.uuid4().hex[:DIGITS]}", path.parent, True)
            with pq.ParquetFile(path) as file:
                self._load(draft, file.iter_batches(BATCH), plain_schema(file.schema_arrow))
            if draft is not place:
                self._rename(draft, place)
        self._brought[mark] = self._item(self._table(place), path.parent)
        return self._brought[mark]

    def _copy_place(self, path: Path, space: str) -> Place:
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()[:DIGITS]
        return Place(f"{space}_in_{digest}", path.parent, lasting=True)


def _stem(path: Path) -> str:
    """Return what a file is about, from its name: ``.frame.1f2e3d4c.tmp`` and ``frame-0a1b2c3d4e5f.parquet``: frame."""
    return _slug(re.split(r"[.-]", path.name.lstrip("."))[0])[:16] or "table"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "x"
