"""Files that stand for tables of an engine: a Parquet file of no rows whose notes say where the rows are.

Paths are what artefacts are known by, whatever engine made them. Where an engine keeps rows in tables of its own, the
file at the path has their columns, their number and a checksum of them, so that a file's hash is the hash of what it
stands for: the same rows give the same file.
"""

from __future__ import annotations

import json
import stat
import uuid
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import EngineError

KEY = b"workbench.stands_for"
LARGEST = 4_000_000  # bytes; a file without rows is smaller than this, whatever its columns


@dataclass(frozen=True)
class StandIn:
    """What a file without rows stands for.

    Attributes
    ----------
    engine
        Name of the engine's dialect.
    table
        The table, as its engine finds it.
    rows
        How many rows it has; None for what lives only as long as a process.
    checksum
        Checksum of the rows in whatever order, computed in the engine; empty for what lives only as long as a process.
    """

    engine: str
    table: str
    rows: int | None = None
    checksum: str = ""


def write_stand_in(path: Path, schema: pa.Schema, stands_for: StandIn) -> Path:
    """Write a file that stands for a table, through a temporary name.

    Parameters
    ----------
    path
        The file.
    schema
        Columns of the table.
    stands_for
        Where the rows are.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    told = json.dumps(asdict(stands_for), sort_keys=True, ensure_ascii=False).encode()
    try:
        plain = pa.schema([pa.field(f.name, f.type) for f in schema], metadata={KEY: told})
        pq.write_table(plain.empty_table(), temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def stand_in(path: Path) -> StandIn | None:
    """Return what a Parquet file stands for; None for a file that has its rows itself, or is none.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = write_stand_in(
    ...         Path(folder) / "a.parquet", pa.schema([("id", pa.string())]), StandIn("spark", "a", 3)
    ...     )
    ...     stand_in(file).rows, count_rows(file)
    (3, 3)
    """
    try:
        told = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(told.st_mode) or told.st_size > LARGEST:
        return None
    return _note(path, told.st_ino, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=10_000)
def _note(path: Path, *state: int) -> StandIn | None:  # noqa: ARG001
    # whoever drops tables looks at all files of a folder for each of them; a file's state names what it says
    try:
        notes = pq.read_metadata(path).metadata or {}
    except (pa.ArrowInvalid, OSError):
        return None
    return StandIn(**json.loads(notes[KEY])) if KEY in notes else None


def count_rows(path: Path) -> int:
    """Return how many rows a Parquet file has, or what it stands for.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    EngineError
        If it stands for a table that lives only as long as a process.
    """
    found = stand_in(path)
    if found is None:
        return int(pq.read_metadata(path).num_rows)
    if found.rows is None:
        raise EngineError(
            "The rows of a table that lasts are counted when it is made.",
            found=f"{path.name}, which is gone with its process",
            fix="Keep it in a wave, or count it in its engine.",
            where=str(path),
        )
    return found.rows


def require_own_rows(path: Path, engine: str) -> None:
    """Refuse a file that stands for a table of another engine.

    Parameters
    ----------
    path
        The file that is to be read.
    engine
        Name of the engine's dialect that is to read it.

    Raises
    ------
    EngineError
        If its rows lie in another engine.
    """
    found = stand_in(path)
    if found is not None and found.engine != engine:
        raise EngineError(
            "A table is read by the engine that has its rows.",
            found=f"{path.name} stands for {found.table} of {found.engine}; it was asked of {engine}",
            fix="Name that engine in wave.yaml (engine:), or run 'workbench report' to have it made anew.",
            where=str(path),
        )
