"""Any file without one customer: each kind is rewritten in its own format, and what cannot be is said."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.privacy.removal import delimited, parquet, workbooks
from workbench.privacy.removal.sought import Sought

LINES = (".csv", ".tsv", ".txt", ".dat")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# files of statistics programs, old or locked workbooks, sealed files: looked into, perhaps, but not written again
NOT_WRITTEN = (b"$FL2", b"$FL3", b"<stata_dta>", b"HEADER RECORD", b"SPSS PORT", OLE, b"age-encryption")
SAS = b"SAS FILE"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"OTTO", b"wOFF", b"wOF2", b"RIFF", b"\x00\x01\x00\x00")


@dataclass(frozen=True)
class Removed:
    """What was, or would be, taken out of a file: rows of the customer, and traces in what belongs to others."""

    rows: int = 0
    traces: int = 0

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.rows or self.traces)


def unreadable(path: Path) -> bool:
    """Tell whether a file is damaged, or of a kind that cannot be written again without changing more."""
    with path.open("rb") as handle:
        start = handle.read(128)
    if start.startswith(b"PAR1"):
        return not _is_whole_parquet(path)
    return start.startswith(NOT_WRITTEN) or SAS in start[80:100] or _is_old_stata(path, start)


def remove_from(path: Path, sought: Sought, *, write: bool) -> Removed:
    """Take a customer out of a file, in place and in one step; a file without them is not touched.

    Parameters
    ----------
    path
        A text, delimited or not; a workbook; Parquet; any of these inside ``.gz`` or ``.zip``. Others count as empty:
        ask `unreadable` for them.
    sought
        The customer.
    write
        Whether it is done; else it is only counted.

    Returns
    -------
    Removed
        Rows and traces.
    """
    with path.open("rb") as handle:
        start = handle.read(8)
    if start.startswith(PICTURES) or unreadable(path):
        return Removed()
    if start.startswith(b"PAR1"):
        return _parquet(path, sought, write=write)
    if path.suffix.lower() in LINES and not start.startswith((*UTF16, b"PK", b"\x1f\x8b")):
        return _lines(path, sought, write=write)
    content, found = _without(path.name, path.read_bytes(), sought)
    if write and found:
        with _in_place_of(path) as aside:
            aside.write_bytes(content)
    return found


@contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """Yield a file that takes the place of another, with its rights, if all goes well."""
    aside = path.with_name(f".{path.name}.erasing.tmp")
    try:
        aside.touch(mode=0o600)
        yield aside
        aside.chmod(path.stat().st_mode & 0o777)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _parquet(path: Path, sought: Sought, *, write: bool) -> Removed:
    found = Removed(*parquet.without_rows(path, sought, None))
    if write and found:
        with _in_place_of(path) as aside:
            parquet.without_rows(path, sought, aside)
    return found


def _lines(path: Path, sought: Sought, *, write: bool) -> Removed:
    with path.open("rb") as source:
        found = Removed(*delimited.without_records(source, sought, None))
    if write and found:
        with _in_place_of(path) as aside, path.open("rb") as source, aside.open("wb") as target:
            delimited.without_records(source, sought, target)
    return found


def _without(name: str, content: bytes, sought: Sought) -> tuple[bytes, Removed]:
    """Return a file's content without the customer; the same where they do not stand in it."""
    suffix = Path(name.lower()).suffix
    if content.startswith(b"\x1f\x8b"):
        inner, found = _without(name.removesuffix(".gz"), gzip.decompress(content), sought)
        return (gzip.compress(inner, mtime=0) if found else content), found
    if content.startswith(b"PK"):
        return _packed(content, sought)
    if content.startswith(b"PAR1") or content.startswith((*NOT_WRITTEN, *PICTURES)):
        return content, Removed()
    if content.startswith(UTF16):
        text, found = _without(name, content.decode("utf-16").encode(), sought)
        coded = "utf-16-le" if content.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return (content[:2] + text.decode().encode(coded) if found else content), found
    if suffix in LINES:
        target = io.BytesIO()
        counted = Removed(*delimited.without_records(io.BytesIO(content), sought, target))
        return (target.getvalue() if counted else content), counted
    try:
        text_only = content.decode("utf-8")
    except UnicodeDecodeError:
        return content, Removed()
    if suffix == ".jsonl":
        # a line is a record by itself: what else it says of the customer goes, too
        parts = text_only.splitlines(keepends=True)
        rest = [p for p in parts if not sought.pattern.search(p)]
        return "".join(rest).encode() if len(rest) < len(parts) else content, Removed(len(parts) - len(rest))
    kept, n = sought.without(text_only)
    return (kept.encode() if n else content), Removed(0, n)


def _packed(content: bytes, sought: Sought) -> tuple[bytes, Removed]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        if any(n.startswith("xl/") for n in names):
            made, rows, traces = workbooks.without_rows(content, sought)
            return made, Removed(rows, traces)
        members = [(i, packed.read(i)) for i in packed.infolist()]
    done = [(i, data, *_without(i.filename, data, sought)) for i, data in members]
    found = Removed(sum(f.rows for *_, f in done), sum(f.traces for *_, f in done))
    if not found:
        return content, found
    made_zip = io.BytesIO()
    with zipfile.ZipFile(made_zip, "w", zipfile.ZIP_DEFLATED) as packed:
        for info, _, new, _ in done:
            packed.writestr(info, new)
    return made_zip.getvalue(), found


def _is_whole_parquet(path: Path) -> bool:
    try:
        pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError):
        return False
    return True


def _is_old_stata(path: Path, start: bytes) -> bool:
    return path.suffix.lower() == ".dta" and start[:1] in (b"q", b"r", b"s", b"o", b"p", b"t")
