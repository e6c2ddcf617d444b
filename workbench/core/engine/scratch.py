"""Files that live as long as their process: what a computation keeps on its way and nobody reads afterwards."""

from __future__ import annotations

import os
import tempfile
import uuid
from functools import cache
from pathlib import Path


@cache
def _folder_of(process: int) -> tempfile.TemporaryDirectory[str]:
    # one per process: a forked kernel must not share its parent's
    return tempfile.TemporaryDirectory(prefix=f"workbench-{process}-")


def scratch_folder() -> Path:
    """Return the folder of this process's own files; it is gone when the process ends."""
    return Path(_folder_of(os.getpid()).name)


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
