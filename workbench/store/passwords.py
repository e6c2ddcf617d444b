"""Passwords of workbooks: taken from the environment or asked for, never from ``wave.yaml``, and kept nowhere."""

from __future__ import annotations

import getpass
import io
import os
import sys
from pathlib import Path

from workbench.core.errors import InputError
from workbench.privacy.encrypt import open_workbook
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
        If it has a password that is not known or is wrong, or was changed after it was locked.
    """
    if container_of(path) != "locked workbook":
        return str(path)
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
    try:
        return io.BytesIO(open_workbook(path.read_bytes(), password))
    except InputError as error:
        raise InputError(error.rule, found=error.found, fix=HOW, where=path.name) from error
