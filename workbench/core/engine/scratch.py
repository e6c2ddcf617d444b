"""Files that live as long as their process: what a computation keeps on its way and nobody reads afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "workbench-"
ALIVE = ".alive"  # locked as long as the process lives
JUST_MADE_SECONDS = 60  # between a folder's making and its lock


# by process: a forked kernel must not share its parent's
_folders: dict[int, tuple[tempfile.TemporaryDirectory[str], FileLock]] = {}


def scratch_folder() -> Path:
    """Return the folder of this process's own files; it is gone when the process ends."""
    process = os.getpid()
    if process not in _folders:
        folder = tempfile.TemporaryDirectory(prefix=f"{PREFIX}{process}-")
        lock = FileLock(Path(folder.name) / ALIVE)
        lock.acquire()
        _folders[process] = folder, lock
    return Path(_folders[process][0].name)


def leave_scratch() -> None:
    """Remove this process's own files now, for processes that end without Python's farewell (forked kernels)."""
    if kept := _folders.pop(os.getpid(), None):
        folder, lock = kept
        lock.release()
        folder.cleanup()


def scratch_file(stem: str) -> Path:
    """Return the path of a Parquet file that lives as long as this process.

    Parameters
    ----------
    stem
        Start of its name.

    Examples
    --------
    >>> scratch_file("purchases").suffix
    '.parquet'
    """
    return scratch_folder() / f"{stem}-{uuid.uuid4().hex[:12]}.parquet"


def is_scratch(path: Path) -> bool:
    """Tell whether a file is one of this process's own.

    Parameters
    ----------
    path
        The file, there or not.

    Examples
    --------
    >>> is_scratch(scratch_file("purchases")), is_scratch(Path("purchases.parquet"))
    (True, False)
    """
    return path.absolute().is_relative_to(scratch_folder())


def sweep_scratch() -> None:
    """Remove folders of processes that were killed; what they kept on their way holds customers, too."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = folder / ALIVE
        # somebody else's folder cannot be looked into, and one without a lock is none of ours
        with suppress(OSError, Timeout):
            if lock.stat().st_mtime > time.time() - JUST_MADE_SECONDS:
                continue
            with FileLock(lock, timeout=0):
                shutil.rmtree(folder)
