"""Native readers at arm's length: a file that crashes its reader, or asks for all memory, is refused in words."""

from __future__ import annotations

import atexit
import os
import pickle
import re
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any, Final, Literal

from workbench.core.errors import InputError

GIB: Final = 2**30
LEAST_BYTES: Final = GIB  # of memory a reader may take however little is free
SHARE_OF_FREE: Final = 0.8
MOST_UNPACKED_BYTES: Final = 16 * GIB
CELL: Final = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,7})(\d{1,12})"')

_lock = threading.Lock()
_child: subprocess.Popen[bytes] | None = None
_owner = 0


def contained(reader: Literal["workbook", "statistics", "catalogue"], *arguments: Any, path: Path) -> Any:
    """Let a native reader read a file in a process of its own, with a limit to its memory.

    The process is started once and asked again for the next file; another takes its place where it has died.

    Parameters
    ----------
    reader
        What reads (`workbench.store.reading_child`).
    *arguments
        What it is told.
    path
        The file, to be named where it cannot be read.

    Returns
    -------
    object
        What the reader found.

    Raises
    ------
    InputError
        If the file is damaged, or its reader dies of it.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "a.sav"
    >>> _ = file.write_bytes(b"$FL2 and no more")
    >>> try:
    ...     contained("statistics", str(file), "spss", path=file)
    ... except InputError as error:
    ...     print(error.found)
    Unable to read from file
    """
    with _lock:
        answer = _ask(reader, arguments)
    state, found = answer
    if state == "read":
        return found
    if state == "refused":
        raise InputError(
            "A file is whole and as its kind should be.",
            found=found,
            fix="Save or export it again, or as CSV UTF-8.",
            where=path.name,
        )
    raise InputError(
        "A file can be read with the memory there is.",
        found=f"reading it {found or 'takes more than that'}{_far_away(path)}",
        fix="Delete what stands far from the table (Ctrl+End leads there), or save it again or as CSV UTF-8.",
        where=path.name,
    )


def refuse_bombs(path: Path) -> None:
    """Refuse a packed file that would unpack to more than 16 GiB.

    Raises
    ------
    InputError
        If it would.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(i.file_size for i in packed.infolist())
    except zipfile.BadZipFile:  # its reader says what is wrong
        return
    if unpacked > MOST_UNPACKED_BYTES:
        raise too_large(path, unpacked)


def too_large(path: Path, unpacked: int) -> InputError:
    """Return the refusal of a packed file that unpacks to so many bytes or more."""
    return InputError(
        f"A packed file unpacks to {MOST_UNPACKED_BYTES // GIB} GiB at most.",
        found=f"{unpacked / GIB:,.0f} GiB in {path.stat().st_size:,} bytes",
        fix="Unpack it yourself, if it is what it should be, and name the file.",
        where=path.name,
    )


def _ask(reader: str, arguments: tuple[Any, ...]) -> tuple[str, Any]:
    child = _started()
    assert child.stdin is not None and child.stdout is not None
    try:
        pickle.dump((reader, arguments, _more_bytes()), child.stdin, protocol=5)
        child.stdin.flush()
        answer: tuple[str, Any] = pickle.load(child.stdout)
    except (EOFError, BrokenPipeError, pickle.UnpicklingError):
        code = child.wait()
        return ("died", "ended its reader" if code in (-11, -7, -4) else "")
    return answer


def _started() -> subprocess.Popen[bytes]:
    global _child, _owner
    if _child is None or _owner != os.getpid() or _child.poll() is not None:
        command = [sys.executable, "-P", str(Path(__file__).with_name("reading_child.py"))]
        # what dies in it is told by the error, not by its last words
        _child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        _owner = os.getpid()
    return _child


@atexit.register
def _stop() -> None:
    if _child is not None and _owner == os.getpid() and _child.stdin is not None:
        _child.stdin.close()
        _child.wait()


def _more_bytes() -> int:
    """Return how much memory a reader may take."""
    try:
        told = Path("/proc/meminfo").read_text(encoding="ascii")
        free = int(told[told.index("MemAvailable:") :].split()[1]) * 1024
    except (OSError, ValueError):
        return 4 * GIB
    return max(LEAST_BYTES, int(SHARE_OF_FREE * free))


def _far_away(path: Path) -> str:
    """Say which cell of a workbook lies furthest from its beginning, where that can be told."""
    if not zipfile.is_zipfile(path):
        return ""
    column, row = b"", 0
    try:
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
                    continue
                with packed.open(name) as part:
                    rest = b""
                    while piece := part.read(2**20):
                        for letters, digits in CELL.findall(rest + piece):
                            column = max(column, letters, key=lambda c: (len(c), c))
                            row = max(row, int(digits))
                        rest = piece[-64:]
    except (zipfile.BadZipFile, OSError, ValueError):
        return ""
    return f"; its cells reach to {column.decode()}{row}" if row else ""
