"""Tables and artefacts of a wave without one customer: written anew under a new hash, and the manifest says why."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock

from workbench.core.engine import Engine, as_table, open_engine
from workbench.core.engine.keeping import space_of
from workbench.core.engine.memo import FOLDER
from workbench.core.engine.standin import stand_in
from workbench.privacy.removal import Removed, Sought, remove_from
from workbench.privacy.removal.parquet import Keep, count_theirs, left_of, without_rows
from workbench.store.manifest import Artefact, Manifest, Replaced, commit, read_manifest
from workbench.store.taking import INTAKE_LOCK, place_file
from workbench.store.wave_file import read_wave_file

REASON = "erased at a customer's wish"
# a sample that went into the field keeps its design: whoever was drawn stays drawn, as nobody anybody knows
FROZEN = ("released_sample", "released_panel", "released_spot_check")
DESIGN = frozenset(
    {"stratum", "psu", "inclusion_probability", "base_weight", "stratum_population", "order", "reserve", "status"}
    | {"joined_wave", "left_wave", "rotation_group"}
)


@dataclass(frozen=True)
class Part:
    """A Parquet file that the manifest names: the table, quarantine or artefact it holds."""

    name: str
    entry: Artefact
    table: str = ""


def parts_of(manifest: Manifest) -> Iterator[Part]:
    """Yield every Parquet file that a manifest names."""
    for table, taken in manifest.tables.items():
        yield Part(table, taken.clean, table)
        yield Part(f"quarantine_{table}", taken.quarantine, table)
    for name, entry in {**manifest.recalled, **manifest.artefacts}.items():
        yield Part(name, entry)


def rewrite(artefacts: Path, part: Part, sought: Sought) -> Removed:
    """Write a file of the manifest without a customer, commit it, and remove the old one.

    Parameters
    ----------
    artefacts
        The wave's artefact folder; whoever calls this holds the wave's lock.
    part
        The file.
    sought
        The customer.
    """
    old = artefacts / part.entry.file
    if not old.is_file():
        return Removed()
    aside = artefacts / f".{part.name}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        found = _without(old, sought, aside, _as_nobody(sought) if part.name in FROZEN else None)
        if not found:
            return found
        new = place_file(aside, artefacts, part.name, part.entry.made_by).model_copy(update={"run": part.entry.run})
    finally:
        aside.unlink(missing_ok=True)
    note = Replaced(
        name=part.name,
        replaces=part.entry.sha256,
        by=new.sha256,
        reason=REASON,
        rows=found.rows,
        at=dt.datetime.now().astimezone().isoformat(timespec="seconds"),
    )
    commit(artefacts, lambda m: m.rewritten(part.name, new, note))
    if new.file != old.name:
        remove(old)
    return found


def engine_of(artefacts: Path) -> Engine:
    """Return the engine of the wave that an artefact folder belongs to.

    Parameters
    ----------
    artefacts
        The folder.
    """
    return open_engine(read_wave_file(artefacts.parent).engine)


def theirs_in(path: Path, sought: Sought) -> Removed:
    """Return what would be taken out of a file, or of the table that it stands for.

    Parameters
    ----------
    path
        Any file of a study.
    sought
        The customer.
    """
    if stand_in(path) is None:
        return remove_from(path, sought, write=False)
    return Removed(*count_theirs(as_table(path, engine_of(path.parent)).batches(), sought))


def remove(path: Path) -> None:
    """Remove a file, and what the engine of its wave holds for it.

    Parameters
    ----------
    path
        The file.
    """
    if space_of(path.parent) is not None:
        engine_of(path.parent).forget(path)
    path.unlink(missing_ok=True)


def _without(path: Path, sought: Sought, target: Path, keep: Keep | None) -> Removed:
    """Write a file without a customer, or a table and what stands for it, if there is something to take out."""
    if stand_in(path) is None:
        return Removed(*without_rows(path, sought, target, keep=keep))
    engine = engine_of(path.parent)
    table = as_table(path, engine)
    if found := theirs_in(path, sought):
        engine.store(left_of(table.batches(), sought, keep), engine.schema(table.source), target)
    return found


def superseded(artefacts: Path) -> list[Path]:
    """Return the Parquet files and codebooks of an artefact folder that its manifest does not name.

    What chapters kept on their way (`workbench.core.engine.memo`) is among them: it is made again where it is needed.
    """
    manifest = read_manifest(artefacts)
    named = {p.entry.file for p in parts_of(manifest)} | {t.codebook for t in manifest.tables.values()}
    files = [*artefacts.glob("*.parquet"), *artefacts.glob("codebook_*.yaml"), *artefacts.glob(".*.tmp")]
    return sorted([*(f for f in files if f.name not in named), *(artefacts / FOLDER).glob("*.parquet")])


def sweep(artefacts: Path) -> None:
    """Remove what runs that were killed left half written; whoever calls this holds the wave's lock.

    Parameters
    ----------
    artefacts
        The wave's artefact folder.
    """
    if not artefacts.is_dir():
        return
    with FileLock(artefacts / INTAKE_LOCK):
        for folder in artefacts.glob(".intake-*"):
            shutil.rmtree(folder, ignore_errors=True)
        for file in artefacts.parent.rglob(".*.tmp"):
            remove(file)


def tables_first(parts: Collection[Part]) -> list[Part]:
    """Return parts in the order of an erasure: what leads to the customer, the customer list, comes last."""
    return sorted(parts, key=lambda p: (bool(p.table), p.table == "customers", p.name))


def _as_nobody(sought: Sought) -> Keep:
    token = f"erased-{secrets.token_hex(8)}"

    def keep(batch: pa.RecordBatch, marks: pa.Array) -> pa.RecordBatch:
        columns = []
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if sought.is_id_column(name) and not pa.types.is_integer(column.type):
                columns.append(pc.if_else(marks, pa.scalar(token, column.type), column))
            elif name in DESIGN:
                columns.append(column)
            else:
                columns.append(pc.if_else(marks, pa.scalar(None, column.type), column))
        return pa.RecordBatch.from_arrays(columns, schema=batch.schema)

    return keep
