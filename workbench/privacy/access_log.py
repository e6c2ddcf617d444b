"""Who did what with the data of people: one line each, chained by hashes, never a value.

The log lies beside the waves of a study. It is only ever appended to; a line that was changed, taken out or cut off
shows when the chain is read again. Whoever may write the folder can also write a whole new log: note the head of the
chain elsewhere (``workbench log --verify`` prints it) to tell that, too.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
import os
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from filelock import FileLock

from workbench.privacy.files import FILE_MODE, write_private

LOG, HEAD, LOCK = "access.log", "access.head", ".access.lock"
START = "0" * 64
TAIL = 1 << 16  # more than any line has
ABOUT_A_TORN_LINE = "torn"  # the line before was cut short: its writer was killed
Verb = Literal[
    "made", "opened", "released", "exported", "encrypted", "decrypted", "erased", "expired", "pulled", "pushed"
]


@dataclass(frozen=True)
class LogState:
    """What reading the chain again shows.

    Attributes
    ----------
    lines
        Number of lines.
    head
        Hash of the last line; whoever noted it can tell later that nothing before it was changed.
    torn
        Numbers of lines whose writer was killed; they belong to the chain.
    broken
        Number of the first line that does not follow from the one before; None if all do.
    found
        What is wrong, empty if nothing is.
    """

    lines: int
    head: str
    torn: tuple[int, ...] = ()
    broken: int | None = None
    found: str = ""


def note(
    study: Path,
    verb: Verb,
    what: str,
    *,
    wave: str = "",
    rows: int | None = None,
    columns: Iterable[str] = (),
    purpose: str = "",
    recipient: str = "",
    sha256: str = "",
    **counts: int,
) -> None:
    """Append one line to the log of a study, and return when it is on the disk.

    Parameters
    ----------
    study
        The study's folder.
    verb
        What was done.
    what
        Name of the file, list or table; never a customer.
    wave
        The wave it belongs to.
    rows
        How many rows, which are people or concern them.
    columns
        Columns with personal data.
    purpose
        What for; ``privacy: purpose`` of ``wave.yaml``.
    recipient
        For whom: a program, a system, a public key, the call centre.
    sha256
        Hash of the file.
    **counts
        Further numbers, such as ``held_back``.

    Examples
    --------
    >>> import tempfile
    >>> study = Path(tempfile.mkdtemp())
    >>> note(study, "made", "call_list.xlsx", wave="2026q4", rows=300, columns=["phone"], held_back=2)
    >>> [(line["verb"], line["rows"], line["held_back"]) for line in read_log(study)]
    [('made', 300, 2)]
    >>> verify_log(study).broken is None
    True
    """
    line: dict[str, Any] = {
        "at": dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        "user": _user(),
        "host": socket.gethostname(),
        "verb": verb,
        "what": what,
        "wave": wave,
        "rows": rows,
        "columns": list(columns),
        "purpose": purpose,
        "for": recipient,
        "sha256": sha256,
        **counts,
    }
    line = {k: v for k, v in line.items() if v not in ("", None, [])}
    with FileLock(study / LOCK, mode=FILE_MODE):
        handle = os.open(study / LOG, os.O_RDWR | os.O_CREAT | os.O_APPEND, FILE_MODE)
        with os.fdopen(handle, "r+b") as file:
            known, before, whole = _end(file, _head(study))
            if not whole:
                line[ABOUT_A_TORN_LINE] = True
            text = json.dumps({**line, "before": before}, ensure_ascii=False)
            file.write((b"" if whole else b"\n") + text.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        head = {"lines": known + 1, "hash": _hash(text.encode())}
        write_private(study / HEAD, json.dumps(head).encode() + b"\n")


def read_log(study: Path) -> list[dict[str, Any]]:
    """Return the lines of a study's log, the oldest first; lines that were torn are left out."""
    path = study / LOG
    lines = _lines(path.read_bytes()) if path.is_file() else []
    return [line for raw in lines if isinstance(line := _parsed(raw), dict)]


def verify_log(study: Path) -> LogState:
    """Read the chain of a study's log again.

    Parameters
    ----------
    study
        The study's folder.

    Returns
    -------
    LogState
        A last line without its end, and a line that the next one calls torn, are those of a writer who was killed;
        everything else that does not follow was changed, taken out or cut off.
    """
    path, head = study / LOG, _head(study)
    content = path.read_bytes() if path.is_file() else b""
    lines = _lines(content)
    whole = not content or content.endswith(b"\n")
    before = START
    torn: list[int] = []
    hashes: list[str] = []
    for number, raw in enumerate(lines, 1):
        line = _parsed(raw)
        follows = isinstance(line, dict) and line.get("before") == before
        if isinstance(line, dict) and not follows:
            return LogState(len(lines), before, tuple(torn), number, "it does not follow from the line before")
        if not isinstance(line, dict):
            after = _parsed(lines[number]) if number < len(lines) else None
            told = isinstance(after, dict) and after.get(ABOUT_A_TORN_LINE) and after.get("before") == _hash(raw)
            if not told and (number < len(lines) or whole):
                return LogState(len(lines), before, tuple(torn), number, "it is not a line of the log")
            torn.append(number)
        before = _hash(raw)
        hashes.append(before)
    if head is not None:
        lines_then, hash_then = head
        if lines_then > len(hashes):
            return LogState(
                len(lines), before, tuple(torn), len(lines) + 1, f"{lines_then - len(hashes)} lines were cut off"
            )
        if hashes[lines_then - 1] != hash_then:
            return LogState(len(lines), before, tuple(torn), lines_then, "it is another line than was written")
    elif lines and not torn:
        return LogState(len(lines), before, tuple(torn), 1, f"{HEAD} is not there")
    return LogState(len(lines), before, tuple(torn))


def _head(study: Path) -> tuple[int, str] | None:
    path = study / HEAD
    found = _parsed(path.read_bytes()) if path.is_file() else None
    if not isinstance(found, dict):
        return None
    lines = found.get("lines")
    return (lines, str(found.get("hash"))) if isinstance(lines, int) and lines > 0 else None


def _end(file: BinaryIO, head: tuple[int, str] | None) -> tuple[int, str, bool]:
    """Return number of lines, hash of the last one, and whether it is whole; the whole file is read only if needed."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL))
    content = file.read()
    last = _hash(_lines(content)[-1]) if content else START
    if head is None or head[1] != last:
        file.seek(0)
        content = file.read()
        head = (len(_lines(content)), last)
    return head[0], last, not content or content.endswith(b"\n")


def _lines(content: bytes) -> Sequence[bytes]:
    return content.removesuffix(b"\n").split(b"\n") if content else []


def _parsed(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container with a number for a user
        return str(os.getuid())
