"""Files with people in them that leave: workbooks with a password, or sealed with age to those who may open them.

Nothing here writes plain text: content comes as bytes and leaves as bytes.
"""

from __future__ import annotations

import io
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from workbench.core.errors import InputError

VARIABLE = "WORKBENCH_LIST_PASSWORD"
AGE = ".age"
# no two of these are confused when read aloud over the telephone
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LETTERS_EACH = 5, 5  # 25 letters of 31: 123 bits


def lock_workbook(plain: bytes, password: str) -> bytes:
    """Return a workbook under a password, as Excel, WPS and LibreOffice open it.

    Agile encryption of ECMA-376 (MS-OFFCRYPTO 2.3.4.10): AES-256, SHA-512, 100,000 rounds.

    Parameters
    ----------
    plain
        The workbook (XLSX).
    password
        Eight characters or more.

    Raises
    ------
    InputError
        If the password is short, or the bytes are no workbook.
    """
    from msoffcrypto.exceptions import EncryptionError, FileFormatError
    from msoffcrypto.format.ooxml import OOXMLFile

    if len(password) < 8:
        raise InputError(
            "A password has at least eight characters.",
            found=f"{len(password)}",
            fix=f"Set {VARIABLE} to a longer one, or unset it: a terminal is shown a new one, once.",
            where=VARIABLE,
        )
    locked = io.BytesIO()
    try:
        OOXMLFile(io.BytesIO(plain)).encrypt(password, locked)
    except (EncryptionError, FileFormatError) as error:
        raise InputError(
            "A password is put on a workbook (XLSX).",
            found=str(error),
            fix="Seal other files with age, to recipients.",
        ) from error
    return locked.getvalue()


def open_workbook(locked: bytes, password: str) -> bytes:
    """Return what is under a password, after both the password and every byte were verified.

    Parameters
    ----------
    locked
        The workbook; XLSX with agile or standard encryption, or XLS.
    password
        Its password.

    Raises
    ------
    InputError
        If the password is wrong, or a byte was changed.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
    from msoffcrypto.format.ooxml import OOXMLFile

    opened = io.BytesIO()
    try:
        book = msoffcrypto.OfficeFile(io.BytesIO(locked))
        if isinstance(book, OOXMLFile):
            # without these a wrong password and a changed byte are taken, and other values handed out
            book.load_key(password=password, verify_password=True)
            book.decrypt(opened, verify_integrity=True)
        else:
            book.load_key(password=password)
            book.decrypt(opened)
    except (InvalidKeyError, DecryptionError, FileFormatError) as error:
        changed = "integrity" in str(error)
        raise InputError(
            "The password opens the workbook, and no byte of it was changed.",
            found="a workbook that was changed after it was locked" if changed else f"{error}"[:200] or "a wrong one",
            fix="Ask for the file again." if changed else "Use the right password.",
        ) from error
    return opened.getvalue()


def seal(plain: bytes, recipients: Sequence[str]) -> bytes:
    """Return bytes that only the holders of the recipients' keys can open (age, X25519 and ChaCha20-Poly1305).

    Parameters
    ----------
    plain
        Any file.
    recipients
        Public keys (``age1…``), one or several.

    Raises
    ------
    InputError
        If there is no recipient, or one is no public key.
    """
    import pyrage

    if not recipients:
        raise InputError(
            "A file is sealed to somebody.", found="no recipient", fix="Name public keys (age1…).", where="recipients"
        )
    try:
        keys = [pyrage.x25519.Recipient.from_str(r) for r in recipients]
    except pyrage.RecipientError as error:
        raise InputError(
            "A recipient is a public key of age.",
            found=", ".join(r[:12] + "…" for r in recipients),
            fix="Copy it whole, from 'age1' on; 'age-keygen' prints it.",
            where="recipients",
        ) from error
    sealed: bytes = pyrage.encrypt(plain, keys)
    return sealed


def unseal(sealed: bytes, identity: Path) -> bytes:
    """Return what was sealed with age; a changed byte is refused.

    Parameters
    ----------
    sealed
        The sealed file.
    identity
        File with the secret key, as ``age-keygen`` writes it.

    Raises
    ------
    InputError
        If the file holds no key, or not that of a recipient.
    """
    import pyrage

    found = re.findall(r"^AGE-SECRET-KEY-1[0-9A-Z]+", identity.read_text(encoding="utf-8"), flags=re.MULTILINE)
    try:
        opened: bytes = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(i) for i in found])
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError) as error:
        raise InputError(
            "A sealed file is opened with the key of one of its recipients.",
            found="no secret key" if not found else "a key of somebody else, or a file that was changed",
            fix="Name the file that 'age-keygen' wrote for a recipient, or ask for the sealed file again.",
            where=identity.name,
        ) from error
    return opened


def new_password() -> str:
    """Return a password to be shown once: 25 letters and digits in groups, of 123 bits, none easily confused.

    Examples
    --------
    >>> [len(part) for part in new_password().split("-")]
    [5, 5, 5, 5, 5]
    """
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(LETTERS_EACH)) for _ in range(GROUPS))


def list_password() -> str:
    """Return the password of lists that are written now.

    Raises
    ------
    InputError
        If the environment has none.
    """
    password = os.environ.get(VARIABLE)
    if not password:
        raise InputError(
            "Lists of this study are workbooks with a password, which is kept nowhere.",
            found=f"no {VARIABLE}",
            fix=f"Set {VARIABLE}, or run 'workbench sample' or 'workbench report' in a terminal, which shows a new "
            "one once.",
            where="privacy.encrypt_lists",
        )
    return password
