"""Passwords of workbooks: taken from the environment or asked for, never from ``wave.yaml``, and kept nowhere."""

from __future__ import annotations

import getpass
import io
import os
import sys
from pathlib import Path

from workbench.core.errors import InputError
from workbench.store.formats.container import container_of

VARIABLE = "WORKBENCH_WORKBOOK_PASSWORD"
HOW = f"Set {VARIABLE} to it, or run the command in a terminal, which asks for it."


def unlocked(path: Path) -> str | io.BytesIO:
    """Return a workbook as it can be opened: its path, or what a password gave, in memory only.

    Parameters
    ----------
    path
        The workbook.

    Returns
    -------
    str or io.BytesIO
        For the reader of workbooks.

    Raises
    ------
    InputError
        If it has a password that is not known or is wrong.
    """
    if container_of(path) != "locked workbook":
        return str(path)
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    password = os.environ.get(VARIABLE)
    if password is None and sys.stdin is not None and sys.stdin.isatty():
        password = getpass.getpass(f"Password of {path.name}: ")
    if not password:
        raise InputError(
            "A workbook with a password needs it to be read.",
            found="a locked workbook and no password",
            fix=HOW,
            where=path.name,
        )
    opened = io.BytesIO()
    try:
        with path.open("rb") as handle:
            book = msoffcrypto.OfficeFile(handle)
            book.load_key(password=password)
            book.decrypt(opened)
    except (InvalidKeyError, DecryptionError, FileFormatError) as error:
        raise InputError(
            "The password opens the workbook.", found=f"{error}"[:200] or "a wrong password", fix=HOW, where=path.name
        ) from error
    opened.seek(0)
    return opened
