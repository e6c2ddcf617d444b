"""Taking in the tables of a wave: what is new or changed is read again, everything else stays as it was."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq
from filelock import FileLock

from workbench.core.engine import DuckDBEngine, open_engine
from workbench.core.engine.keeping import give_space
from workbench.core.engine.standin import count_rows, stand_in
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID
from workbench.core.progress import tracked
from workbench.privacy.files import private, private_folder
from workbench.store.anonymous import INVITED, NotDrawnError, stands_alone
from workbench.store.codebook import Codebook
from workbench.store.column_types import used_as_numbers
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.engine_intake import fingerprint, take_in_table
from workbench.store.intake import take_in
from workbench.store.intake_report import IntakeReport
from workbench.store.invitations import invited_of
from workbench.store.manifest import Artefact, InputFile, Manifest, TakenIn, commit, read_manifest
from workbench.store.provenance import hash_file, hash_source, hash_values
from workbench.store.pulled import pulled_files
from workbench.store.scratch import run_token
from workbench.store.screening import QUARANTINE
from workbench.store.understanding import CODEBOOK_FILE, RESPONSES
from workbench.store.value_names import merged_values

ARTEFACTS = "artefacts"
INTAKE_LOCK = ".intake.lock"
NOT_DRAWN = message("its invitations are understood once 'workbench sample' has drawn the sample")
FOREIGN = message("its invitations are not those of the sample that 'workbench sample' has drawn")
NOT_PULLED = message("it has not been read yet; 'workbench pull' reads it")
CUSTOMERS, ORDERS = "customers", "transactions"
RAW_OF = "raw/{table}"  # how the manifest names raw files that are let go


def place_file(temporary: Path, folder: Path, name: str, made_by: str, *, rows: int | None = None) -> Artefact:
    """Put a Parquet file, or one that stands for a table, into its folder under a name that carries its hash."""
    digest = hash_file(temporary)
    schema = pq.read_schema(temporary)
    rows = count_rows(temporary) if rows is None else rows
    file = f"{name}-{digest[:12]}.parquet"
    private(temporary).replace(folder / file)
    columns = tuple(schema.names)
    return Artefact(file=file, sha256=digest, rows=rows, columns=columns, made_by=made_by)


def take_in_all(folder: Path, config: WaveConfig, source_folder: Path) -> dict[str, Message]:
    """Take in every table of a wave whose raw files are new or changed; return table → why it is not there."""
    artefacts = folder / ARTEFACTS
    absent: dict[str, Message] = {}
    derived = {CUSTOMERS} if derives_customers(config) else set()
    for table in sorted(read_manifest(artefacts).tables.keys() - config.tables.keys() - derived):
        commit(artefacts, lambda m, t=table: m.without_table(t))  # type: ignore[misc]
    for table, source in tracked(config.tables.items(), message("Reading {wave}", wave=config.wave)):
        if source.of_engine:
            try:
                _take_from_engine(table, source, config, artefacts)
            except NotDrawnError:
                absent[table] = _without_sample(table, config, artefacts)
            continue
        files = files_of(source, source_folder, table)
        gone = [f for f in files if not f.is_file()]
        if not gone:
            try:
                _take_in_one(table, source, files, config, artefacts, source_folder)
            except NotDrawnError:
                absent[table] = _without_sample(table, config, artefacts)
            continue
        manifest = read_manifest(artefacts)
        entry = manifest.tables.get(table)
        if RAW_OF.format(table=table) in manifest.expired:
            # its days are over, and what was made of it stands as long as nobody lets that go, too
            if entry is None:
                absent[table] = message(
                    "its days are over: let go on {day}", day=manifest.expired[RAW_OF.format(table=table)]
                )
            continue
        # the raw files may be archived once they were taken in; what was made of them stays valid
        known = _invitations(artefacts, config)
        told = _told(table, source, folder, source_folder)
        if entry is None or entry.key != _intake_key(table, source, config, entry.inputs, known, told):
            not_there = message("the file {file} is not there", file=gone[0].name)
            absent[table] = NOT_PULLED if source.pull else not_there
            commit(artefacts, lambda m, t=table: m.without_table(t))  # type: ignore[misc]
    if derived:
        _derive_customers(artefacts, config)
    return absent


def _without_sample(table: str, config: WaveConfig, artefacts: Path) -> Message:
    """Let a table go whose invitations lead to nobody, and return why."""
    # `workbench sample` opens the wave, too: what came back may lie there already
    drawn = invited_of(read_manifest(artefacts), artefacts, config.wave) is not None
    commit(artefacts, lambda m: m.without_table(table))
    return FOREIGN if drawn else NOT_DRAWN


def files_of(source: Source, folder: Path, table: str) -> list[Path]:
    """Return the files that an entry of ``wave.yaml`` names; those a pattern (``raw/answers_*.csv``) fits, in order.

    For a table that is pulled these are the newest full pull and what was pulled after it.

    Parameters
    ----------
    source
        The entry.
    folder
        Folder it starts from.
    table
        Name of the table.

    Returns
    -------
    list of Path
        Files, which may not be there; a pattern that fits none stands for itself.
    """
    if source.of_engine:
        return []
    if source.pull is not None:
        return pulled_files(folder, table, source.pull)
    assert source.file is not None
    named = [source.file] if isinstance(source.file, str) else source.file
    found: list[Path] = []
    for name in named:
        place = folder / name
        pattern = any(c in name for c in "*?[") and not place.is_file()
        found += (sorted(p for p in folder.glob(name) if p.is_file()) or [place]) if pattern else [place]
    return found


def codebooks_of(manifest: Manifest, artefacts: Path) -> dict[str, Codebook]:
    """Return table → its codebook, for the tables that have one.

    Parameters
    ----------
    manifest
        The wave's manifest.
    artefacts
        Its folder.
    """
    return {
        table: Codebook.from_yaml((artefacts / entry.codebook).read_text(encoding="utf-8"), where=entry.codebook)
        for table, entry in manifest.tables.items()
        if entry.codebook and (artefacts / entry.codebook).is_file()
    }


def derives_customers(config: WaveConfig) -> bool:
    """Tell whether the customers are those of the orders, for want of a customer list."""
    return CUSTOMERS not in config.tables and ORDERS in config.tables


def _take_from_engine(table: str, source: Source, config: WaveConfig, artefacts: Path) -> None:
    """Take a table of the engine in where it is new or changed."""
    entry = read_manifest(artefacts).tables.get(table)
    if entry is not None and run_token():  # a chapter reads what its run has taken in, and looks no second time
        return
    engine = open_engine(config.engine)
    rows, checksum = fingerprint(source, engine)
    seen = InputFile(path=source.origin, size=rows, mtime_ns=0, sha256=checksum)
    told = _told(table, source, artefacts.parent, artefacts.parent)
    key = _intake_key(table, source, config, [seen], _invitations(artefacts, config), told)
    if entry is not None and entry.key == key and engine.serves(artefacts / entry.clean.file):
        return
    invited = invited_of(read_manifest(artefacts), artefacts, config.wave)
    private_folder(artefacts)
    give_space(artefacts)
    with FileLock(artefacts / INTAKE_LOCK):
        _remove_half_read(artefacts)
        clean, refused = (artefacts / f".{table}.{part}.{uuid.uuid4().hex[:8]}.tmp" for part in ("clean", "bad"))
        book = clean.with_suffix(".yaml")
        try:
            report = take_in_table(
                table,
                source,
                config,
                clean=clean,
                quarantine=refused,
                engine=engine,
                rows=rows,
                invited=invited,
                wave=artefacts.parent,
                codebook=book,
            )
            entry = TakenIn(
                key=key,
                clean=place_file(clean, artefacts, table, "intake"),
                quarantine=place_file(refused, artefacts, f"quarantine_{table}", "intake"),
                inputs=(seen,),
                report=report.to_json(),
                codebook=_place_codebook(book, artefacts, table),
            )
        finally:
            for left in (clean, refused, book):
                left.unlink(missing_ok=True)
        commit(artefacts, lambda m: m.with_table(table, entry))


def _derive_customers(artefacts: Path, config: WaveConfig) -> None:
    """Make the customer list of everybody who ordered, where the wave has orders and no list."""
    manifest = read_manifest(artefacts)
    orders, known = manifest.tables.get(ORDERS), manifest.tables.get(CUSTOMERS)
    if orders is None:
        if known is not None:
            commit(artefacts, lambda m: m.without_table(CUSTOMERS))
        return
    key = hash_values("customers of the orders", orders.clean.sha256, hash_source("store"))
    if known is not None and known.key == key and (artefacts / known.clean.file).is_file():
        return
    bought = artefacts / orders.clean.file
    engine = DuckDBEngine() if stand_in(bought) is None else open_engine(config.engine)
    clean, empty = (artefacts / f".{CUSTOMERS}.{part}.{uuid.uuid4().hex[:8]}.tmp" for part in ("clean", "bad"))
    engine.materialize(f"SELECT DISTINCT {CUSTOMER_ID} FROM {engine.file(bought)} ORDER BY 1", clean)
    pq.write_table(QUARANTINE.empty_table(), empty)
    customers = place_file(clean, artefacts, CUSTOMERS, "intake")
    report = IntakeReport(CUSTOMERS, customers.rows, customers.rows, 0, 0, 0, {}, ())
    entry = TakenIn(
        key=key,
        clean=customers,
        quarantine=place_file(empty, artefacts, f"quarantine_{CUSTOMERS}", "intake"),
        inputs=orders.inputs,
        report=report.to_json(),
    )
    commit(artefacts, lambda m: m.with_table(CUSTOMERS, entry))


def _take_in_one(
    table: str, source: Source, files: list[Path], config: WaveConfig, artefacts: Path, base: Path
) -> None:
    told = _told(table, source, artefacts.parent, base)
    if _is_current(table, source, files, config, artefacts, told):
        return
    private_folder(artefacts)
    with FileLock(artefacts / INTAKE_LOCK):
        if _is_current(table, source, files, config, artefacts, told):
            return
        _remove_half_read(artefacts)
        inputs = tuple(_input_files(files, read_manifest(artefacts).tables.get(table)))
        clean, quarantine = (artefacts / f".{table}.{part}.{uuid.uuid4().hex[:8]}.tmp" for part in ("clean", "bad"))
        book = clean.with_suffix(".yaml")
        try:
            invited = invited_of(read_manifest(artefacts), artefacts, config.wave)
            known = invited.mark if invited else ""
            report = take_in(
                table,
                source,
                files,
                config,
                clean=clean,
                quarantine=quarantine,
                invited=invited,
                base=base,
                wave=artefacts.parent,
                codebook=book,
            )
            entry = TakenIn(
                key=_intake_key(table, source, config, inputs, known, told),
                clean=place_file(clean, artefacts, table, "intake"),
                quarantine=place_file(quarantine, artefacts, f"quarantine_{table}", "intake"),
                inputs=inputs,
                report=report.to_json(),
                codebook=_place_codebook(book, artefacts, table),
            )
        finally:
            book.unlink(missing_ok=True)
            clean.unlink(missing_ok=True)
            quarantine.unlink(missing_ok=True)
        commit(artefacts, lambda m: m.with_table(table, entry))


def _remove_half_read(artefacts: Path) -> None:
    """Remove the rows of people that an intake was reading when it was killed."""
    for left in artefacts.glob(".intake-*"):
        shutil.rmtree(left, ignore_errors=True)


def _place_codebook(temporary: Path, folder: Path, table: str) -> str:
    """Put a table's codebook beside it under a name that carries its hash; an empty name where it has none."""
    if not temporary.is_file():
        return ""
    name = f"codebook_{table}-{hash_file(temporary)[:12]}.yaml"
    private(temporary).replace(folder / name)
    return name


def _told(table: str, source: Source, folder: Path, base: Path) -> str:
    """Return a fingerprint of the files that say what the columns of a table mean."""
    named = [base / source.codebook, folder / source.codebook] if source.codebook else []
    beside = [folder / CODEBOOK_FILE] if table == RESPONSES and not source.codebook else []
    return hash_values([hash_file(p) for p in (*named, *beside) if p.is_file()])


def _is_current(table: str, source: Source, files: list[Path], config: WaveConfig, artefacts: Path, told: str) -> bool:
    entry = read_manifest(artefacts).tables.get(table)
    if entry is None or not (artefacts / entry.clean.file).is_file():
        return False
    known = _invitations(artefacts, config)
    return entry.key == _intake_key(table, source, config, _input_files(files, entry), known, told)


def _input_files(files: list[Path], entry: TakenIn | None) -> list[InputFile]:
    """Fingerprint raw files; an unchanged size and time of change spares reading them again."""
    known = {(i.path, i.size, i.mtime_ns): i for i in entry.inputs} if entry else {}
    found = []
    for path in files:
        stat = path.stat()
        seen = known.get((path.name, stat.st_size, stat.st_mtime_ns))
        found.append(
            seen or InputFile(path=path.name, size=stat.st_size, mtime_ns=stat.st_mtime_ns, sha256=hash_file(path))
        )
    return found


def _invitations(artefacts: Path, config: WaveConfig) -> str:
    """Return what changes when invitations come to lead elsewhere; empty before a sample is released."""
    invited = invited_of(read_manifest(artefacts), artefacts, config.wave)
    return invited.mark if invited else ""


def _intake_key(
    table: str, source: Source, config: WaveConfig, inputs: Iterable[InputFile], invitations: str, told: str
) -> str:
    asked = {n: q.model_dump(mode="json", exclude={"label", "since", "changed"}) for n, q in config.questions.items()}
    values = {c: sorted(merged_values(config, c).items()) for c in config.values}
    own = used_as_numbers(config) if table == "customers" else ""
    relevant: tuple[object, ...] = (config.timezone, values, own, config.languages[0], told)
    if table == "responses":
        recommend = config.recommend.model_dump(mode="json")
        alone = stands_alone(table, config)
        weights = config.response.model_dump(mode="json", include={"weight", "replicates"})
        sets = {n: s.model_dump(mode="json", exclude={"label"}) for n, s in config.sets.items()}
        relevant = (*relevant, asked, weights, recommend, alone, config.wave, sets)
    contents = [(i.path, i.sha256) for i in inputs]
    code = hash_source("store", "core/engine")
    known = invitations if table in INVITED else ""
    return hash_values(table, source.model_dump(mode="json"), relevant, contents, code, known)
