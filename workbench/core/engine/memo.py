"""What a report's queries gave, kept beside its artefacts: the same query of the same files is answered once.

Artefacts are named by their content and never change, so the text of a query over them says all that its answer
depends on, besides the engine. While ``workbench report`` runs a chapter, what the chapter keeps on its way
(customer-days, histories, groups) and answers that took long are written under the hash of their query; another
chapter, and the same one when something else in ``wave.yaml`` has changed, reads them instead of computing them again.
A query over what is named otherwise (a frame, a file of a process's own) or whose answer time or chance decides is
always run. By hand nothing is kept.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

FOLDER: Final = ".memo"
VARIABLE: Final = "WORKBENCH_MEMO"  # the folder, and the name of who uses it
USED: Final = ".used"
DIGITS: Final = 24
SLOW_SECONDS: Final = 0.02  # an answer that comes sooner is not worth a file

_FILE = re.compile(r"'((?:[^']|'')*\.parquet)'")
# by content: an artefact, or an answer of this folder
_LASTING = re.compile(rf"(^|/)(artefacts|{re.escape(FOLDER)})/[^/]*-[0-9a-f]{{12,{DIGITS}}}\.parquet$")
_FRAME = re.compile(r"\bframe_(?!in_)[0-9a-f]+")
# what time, chance or another file decides
_PASSING = re.compile(
    r"\b(random|uuid|gen_random_uuid|setseed|now|today|current_\w+|get_current_\w+|localtime\w*|transaction_timestamp"
    r"|nextval|getenv|glob|read_csv\w*|read_json\w*|read_text|read_blob|sniff_csv)\b",
    re.IGNORECASE,
)


def memo_path(engine: str, sql: str, stem: str = "answer") -> Path | None:
    """Return where the answer of a query lies or is to lie; None where it is always run.

    Parameters
    ----------
    engine
        Name and version of the engine.
    sql
        The query.
    stem
        Start of the file's name.

    Examples
    --------
    >>> memo_path("duckdb 1", "SELECT 42") is None
    True
    """
    told = os.environ.get(VARIABLE)
    if not told:
        return None
    files = [name.replace("''", "'") for name in _FILE.findall(sql)]
    if not files or not all(map(_LASTING.search, files)) or _FRAME.search(sql) or _PASSING.search(sql):
        return None
    text = "\n".join((engine, *time.tzname, os.environ.get("TZ", ""), sql))
    digest = hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
    return Path(told.rpartition(os.pathsep)[0]) / f"{stem}-{digest}.parquet"


def is_kept(path: Path) -> bool:
    """Tell whether a whole answer lies at a path, and note that it was used.

    Parameters
    ----------
    path
        As `memo_path` gives it.
    """
    try:
        with path.open("rb") as handle:
            handle.seek(-4, os.SEEK_END)
            whole = handle.read(4) == b"PAR1"  # a power cut may leave a name without its content
    except OSError:
        return False
    if whole:
        _note(path)
    return whole


@contextmanager
def making(path: Path) -> Iterator[bool]:
    """Let one process at a time make an answer; gives whether it is still to be made.

    Parameters
    ----------
    path
        As `memo_path` gives it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(path.with_suffix(".lock")):
        missing = not is_kept(path)
        yield missing
        if missing:
            _note(path)


def read_answer(path: Path) -> pa.Table:
    """Return a small answer that is kept.

    Parameters
    ----------
    path
        As `memo_path` gives it.
    """
    return pq.read_table(path, partitioning=None)


def write_answer(path: Path, answer: pa.Table) -> None:
    """Keep a small answer, through a temporary name.

    Parameters
    ----------
    path
        As `memo_path` gives it.
    answer
        The rows.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        pq.write_table(answer, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _note(path)


def frame_name(table: pa.Table) -> str:
    """Return what a frame is called in queries: while a report is made by its content, else by nothing.

    Parameters
    ----------
    table
        Its rows.

    Examples
    --------
    >>> frame_name(pa.table({"a": [1]})).startswith("frame_")
    True
    """
    if not os.environ.get(VARIABLE):
        return f"frame_{uuid.uuid4().hex[:12]}"
    digest = hashlib.sha256()
    with pa.ipc.new_stream(_Sink(digest.update), table.schema.remove_metadata()) as writer:
        writer.write_table(table.combine_chunks().replace_schema_metadata())
    return f"frame_in_{digest.hexdigest()[:DIGITS]}"


class _Sink:
    """A file that is only hashed."""

    closed = False

    def __init__(self, update: object) -> None:
        self.write = update

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def forget_unused(folder: Path, users: Collection[str]) -> None:
    """Remove the answers that none of some chapters used when it last ran.

    Parameters
    ----------
    folder
        The folder of answers; nobody else works in it.
    users
        Chapters that stand.
    """
    used: set[str] = set()
    for told in folder.glob(f"*{USED}"):
        if told.name.removesuffix(USED) in users:
            used.update(told.read_text(encoding="utf-8").split())
        else:
            told.unlink()
    for file in folder.glob("*"):
        if file.suffix != USED and file.name not in used:
            with suppress(OSError):
                file.unlink()


def _note(path: Path) -> None:
    told = os.environ.get(VARIABLE, "").rpartition(os.pathsep)[2]
    if told:
        _noted(path, told, os.getpid())


@cache
def _noted(path: Path, user: str, process: int) -> None:
    with _list_of(path.parent, user, process).open("a", encoding="utf-8") as handle:
        handle.write(f"{path.name}\n")


@cache
def _list_of(folder: Path, user: str, process: int) -> Path:  # noqa: ARG001
    # a chapter's list begins anew with every process
    told = folder / f"{user}{USED}"
    told.write_text("", encoding="utf-8")
    return told
