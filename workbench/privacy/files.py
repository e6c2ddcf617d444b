"""Files with people in them: readable by their owner only, and either whole or not there."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600
OTHERS = 0o077


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner may enter, or take the others' rights to one that is there.

    Parameters
    ----------
    path
        The folder; those above it are made as usual.

    Returns
    -------
    Path
        The same folder.

    Examples
    --------
    >>> import tempfile
    >>> place = private_folder(Path(tempfile.mkdtemp()) / "lists")
    >>> oct(place.stat().st_mode & 0o777)
    '0o700'
    """
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    if path.stat().st_mode & OTHERS:
        path.chmod(FOLDER_MODE)
    return path


def private(path: Path) -> Path:
    """Take the rights of all others to a file that is there, and return it."""
    if path.stat().st_mode & OTHERS:
        path.chmod(FILE_MODE)
    return path


def write_private(path: Path, content: bytes) -> Path:
    r"""Write a file that only its owner may read: aside first, then under its name in one step.

    Parameters
    ----------
    path
        The file; what was there before is replaced.
    content
        Its bytes.

    Returns
    -------
    Path
        The same file.

    Examples
    --------
    >>> import tempfile
    >>> file = write_private(Path(tempfile.mkdtemp()) / "call_list.csv", b"invitation_id\r\n")
    >>> oct(file.stat().st_mode & 0o777), file.read_bytes()
    ('0o600', b'invitation_id\r\n')
    """
    aside = path.with_name(f".{uuid.uuid4().hex[:8]}.tmp")
    # never readable by others, not even while it is written
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path
