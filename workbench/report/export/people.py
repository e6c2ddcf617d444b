"""Lists of people, the one way they are written: through the gate, encrypted where the study says so, and logged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.membership import among
from workbench.core.names import CUSTOMER_ID
from workbench.privacy.encrypt import AGE, list_password, lock_workbook, seal
from workbench.privacy.files import private_folder, write_private
from workbench.privacy.gate import Use, held_back_notes
from workbench.report.export.lists import workbook_bytes
from workbench.sampling import without_formulas
from workbench.store import Wave
from workbench.store.people import gate_of, log
from workbench.store.wave import LISTS

WORKBOOK, LINES = ".xlsx", ".csv"
LOCKED = b"\xd0\xcf\x11\xe0"
ENDINGS = (WORKBOOK, LINES, WORKBOOK + AGE, LINES + AGE)
NOTE_SHEET = message("Note")


@dataclass(frozen=True)
class PeopleList:
    """A list of people that was written.

    Attributes
    ----------
    files
        Its files.
    rows
        Rows in all its sheets.
    held_back
        Reason → customers whom the gate held back.
    """

    files: tuple[Path, ...]
    rows: int
    held_back: Mapping[str, int] = field(default_factory=dict)


def write_people(
    wave: Wave,
    name: str,
    tables: Mapping[str, pd.DataFrame],
    *,
    use: Use,
    held_back: Mapping[str, int] | None = None,
    lines: bool = False,
    folder: Path | None = None,
) -> PeopleList:
    """Write a list of people into the wave's folder, never into a report.

    Parameters
    ----------
    wave
        The wave.
    name
        Name of the files, without an ending.
    tables
        Sheet → rows, with ``customer_id``.
    use
        What the list is for, as `workbench.privacy.gate.Gate` has it.
    held_back
        Who was held back already, of rows that passed the gate before they lost their ids; these are not asked again.
    lines
        Whether it is written as CSV, too; with encryption only sealed to the study's recipients.
    folder
        Where to put it; the wave's lists by default.

    Returns
    -------
    PeopleList
        Files, rows, and who was held back. A workbook says so on a sheet of its own; the access log has the counts.

    Raises
    ------
    InputError
        If lists are workbooks with a password and none is known.

    Notes
    -----
    With ``encrypt_lists: xlsx`` or ``age`` the workbook is made in memory and encrypted there; plain files of the same
    name from before are removed.
    """
    passed, counts = dict(tables), dict(held_back or {})
    if held_back is None:
        passed, counts = _through(wave, tables, use)
    language = wave.config.languages[0]
    said = [n.text(language) for n in held_back_notes(counts)]
    sheets = passed | ({NOTE_SHEET.text(language): pd.DataFrame({NOTE_SHEET.text(language): said})} if said else {})
    place = private_folder(folder or wave.lists)
    files = _encrypted(wave, name, sheets, list(passed.values()), lines)
    for ending in ENDINGS:
        if f"{name}{ending}" not in files:
            (place / f"{name}{ending}").unlink(missing_ok=True)
    rows = sum(len(t) for t in passed.values())
    columns = list(dict.fromkeys(str(c) for t in passed.values() for c in t.columns))
    for file, (content, recipient) in files.items():
        write_private(place / file, content)
        digest = hashlib.sha256(content).hexdigest()
        log(
            wave,
            "encrypted" if recipient else "made",
            file,
            rows=rows,
            columns=columns,
            recipient=recipient,
            sha256=digest,
            **({"held_back": sum(counts.values())} if counts else {}),
        )
    return PeopleList(tuple(place / f for f in files), rows, counts)


def remove_list(folder: Path, name: str) -> None:
    """Remove a list that is no longer made, in every form it may have."""
    for ending in ENDINGS:
        (folder / f"{name}{ending}").unlink(missing_ok=True)


def plain_lists(folder: Path) -> list[Path]:
    """Return the lists of people in a wave's folder that anybody with the file can read.

    Parameters
    ----------
    folder
        The wave's folder.
    """
    found = []
    for file in sorted((folder / LISTS).rglob("*")):
        if file.is_file() and file.suffix in (WORKBOOK, LINES):
            with file.open("rb") as handle:
                locked = handle.read(len(LOCKED)) == LOCKED
            found += [] if locked else [file]
    return found


def list_file(wave: Wave, name: str) -> str:
    """Return the name of a list's workbook as it lies in the folder of lists."""
    return name + WORKBOOK + (AGE if wave.config.privacy.encrypt_lists == "age" else "")


def _through(
    wave: Wave, tables: Mapping[str, pd.DataFrame], use: Use
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    gate = gate_of(wave, use)
    ids = pd.concat([t[[CUSTOMER_ID]] for t in tables.values()]) if tables else pd.DataFrame({CUSTOMER_ID: []})
    whole = gate.let_through(ids.drop_duplicates())
    allowed = whole.table[CUSTOMER_ID]
    inside = {n: t[among(t[CUSTOMER_ID], allowed)].reset_index(drop=True) for n, t in tables.items()}
    return inside, dict(whole.held_back)


def _encrypted(
    wave: Wave, name: str, sheets: Mapping[str, pd.DataFrame], tables: list[pd.DataFrame], lines: bool
) -> dict[str, tuple[bytes, str]]:
    """Return file → its content, and whom it is encrypted to; nobody where it is plain."""
    plan = wave.config.privacy
    book = workbook_bytes(sheets)
    text = b""
    if lines:
        text = without_formulas(pd.concat(tables)).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
    if plan.encrypt_lists == "none":
        return {name + WORKBOOK: (book, "")} | ({name + LINES: (text, "")} if lines else {})
    recipients = ", ".join(plan.recipients)
    sealed = {name + LINES + AGE: (seal(text, plan.recipients), recipients)} if lines and plan.recipients else {}
    if plan.encrypt_lists == "age":
        return {name + WORKBOOK + AGE: (seal(book, plan.recipients), recipients)} | sealed
    return {name + WORKBOOK: (lock_workbook(book, list_password()), "password")} | sealed


def refuse_plain_people(wave: Wave) -> None:
    """Refuse files with customers' ids that could only be written plainly, where the study encrypts its lists.

    Raises
    ------
    InputError
        If it does.
    """
    if wave.config.privacy.encrypt_lists != "none":
        raise InputError(
            "Where lists are encrypted, no file with customers' ids is written plainly.",
            found=f"encrypt_lists: {wave.config.privacy.encrypt_lists}, and an export with customers' ids",
            fix="Export with pseudonyms.",
            where=str(wave.folder),
        )
