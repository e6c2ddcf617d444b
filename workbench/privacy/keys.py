"""The key of a study, kept outside it, and the keys of each purpose that are derived from it.

Whoever has the key can lead invitations and pseudonyms back to customers; whoever has only the study's folder cannot.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import uuid
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from workbench.core.errors import ConfigError
from workbench.privacy.key_places import VARIABLE, keep_key, kept_key, remove_key

Purpose = Literal["invitation", "export", "crm", "tombstone"]

RECORD = "key.json"  # beside the waves: the key's fingerprint, never the key
BEFORE = "invitation.key"  # where the key lay before it was kept outside the study
# a key that was used before there were purposes: what it made for these must not change
AS_BEFORE, UNCHANGED = "v0:", ("invitation", "export")
PAIRS = "*/fieldwork/key.csv"
SHORTEST = 16
NAME_LENGTH = 32


class KeyMovedWarning(UserWarning):
    """The key of a study lay in its folder and was moved out of it."""


@dataclass(frozen=True)
class StudyKey:
    """The key of a study.

    Attributes
    ----------
    secret
        At least 16 characters; never shown.
    held
        Where it was found.

    Examples
    --------
    >>> key = StudyKey("a secret of the study", "here")
    >>> key
    StudyKey(held='here')
    >>> key.fingerprint
    'b3e8a9dbc49a35d4'
    >>> key.of("export") == key.of("crm")
    False
    """

    secret: str = field(repr=False)
    held: str

    @property
    def fingerprint(self) -> str:
        """Tells this key from others and nothing about it: 16 hexadecimal digits."""
        return _digest(self.secret, "workbench|fingerprint")[:16]

    def of(self, purpose: Purpose) -> str:
        """Return the key of one purpose, so that what is made for one cannot be joined with what is made for another.

        HMAC-SHA-256 (RFC 2104) of the purpose under the study's key, 64 hexadecimal digits.
        """
        if self.secret.startswith(AS_BEFORE) and purpose in UNCHANGED:
            return self.secret.removeprefix(AS_BEFORE)
        return _digest(self.secret, f"workbench|purpose|{purpose}")

    def name(self, purpose: Purpose, value: object) -> str:
        """Return the keyed name of one value, such as a row for a CRM or a customer that was erased.

        HMAC-SHA-256 of the value under the key of the purpose, the first 32 hexadecimal digits (128 bits).
        """
        return _digest(self.of(purpose), str(value))[:NAME_LENGTH]

    def names(self, purpose: Purpose, values: Iterable[str]) -> dict[str, str]:
        """Return value → its keyed name, for many values; 1.3 seconds for a million."""
        key = hmac.new(self.of(purpose).encode(), digestmod=hashlib.sha256)
        found = {}
        for value in values:
            made = key.copy()
            made.update(value.encode())
            found[value] = made.hexdigest()[:NAME_LENGTH]
        return found


def study_key(study: Path, *, make: bool = True) -> StudyKey:
    """Return the key of a study; the first time it is needed it is made.

    Parameters
    ----------
    study
        The study's folder, in which its waves lie.
    make
        Whether a study without a key gets one.

    Returns
    -------
    StudyKey
        From the environment (``WORKBENCH_KEY``), the keyring of the system where the package ``keyring`` is installed,
        or a file of mode 0600 in ``WORKBENCH_KEYS`` or ``~/.config/workbench/keys``. ``key.json`` beside the waves
        holds its fingerprint only; a generated study may say in it that its key is open to everybody.

    Raises
    ------
    ConfigError
        If the key is not there, is another one, is too short, or lies where others can read it.

    Warns
    -----
    KeyMovedWarning
        If the key still lay in the study's folder and was moved out.
    """
    record = _record(study)
    if record is not None and "open" in record:
        return StudyKey(str(record["open"]), f"{study / RECORD}, open to everybody")
    known = None if record is None else str(record.get("fingerprint", ""))
    given = os.environ.get(VARIABLE)
    with contextlib.suppress(FileNotFoundError):  # it is not there, or another run is moving it
        return _moved(study, study / BEFORE, known, given)
    if given:
        return _recorded(study, StudyKey(_long_enough(given, VARIABLE), VARIABLE), known)
    if known is not None:
        return _kept(study, known)
    if not make:
        raise ConfigError(
            "A study whose invitations are understood has a key.",
            found=f"no {RECORD} in {study}, and no {VARIABLE}",
            fix=f"Draw the sample with 'workbench sample', or set {VARIABLE} to the key that made the invitations.",
            where=str(study),
        )
    made = StudyKey(secrets.token_hex(32), "")
    place = keep_key(study, made.fingerprint, made.secret)
    try:
        return _recorded(study, StudyKey(made.secret, place), None)
    except ConfigError:
        if _record(study) is None:
            raise
        remove_key(made.fingerprint)  # of two runs the first one's key stands
        return study_key(study)


def open_key(study: Path, text: str) -> None:
    """Give a generated study a key that everybody may know, so that its lists come out the same everywhere.

    Parameters
    ----------
    study
        The study's folder.
    text
        The key, 16 characters or more.
    """
    (study / RECORD).write_text(json.dumps({"open": _long_enough(text, RECORD)}, indent=1) + "\n", encoding="utf-8")
    _leave_no_pairs(study)
    (study / BEFORE).unlink(missing_ok=True)


def fingerprint_of(study: Path) -> str:
    """Return the fingerprint of a study's key without looking for the key; empty where it has none yet."""
    record = _record(study) or {}
    return StudyKey(str(record["open"]), "").fingerprint if "open" in record else str(record.get("fingerprint", ""))


def _record(study: Path) -> dict[str, Any] | None:
    path = study / RECORD
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.keys() & {"open", "fingerprint"}:
            return content
    except ValueError:
        pass
    raise ConfigError(
        f"{RECORD} holds the fingerprint of the study's key.",
        found="something else",
        fix="Bring it back from a copy; or remove it, set the right key, and run the command again.",
        where=str(path),
    )


def _recorded(study: Path, key: StudyKey, known: str | None) -> StudyKey:
    """Return the key after its fingerprint was compared with the study's, or written there for the first time."""
    if known is None:
        # linked into place whole: of two runs the first one's stands
        aside = study / f".{RECORD}.{uuid.uuid4().hex[:8]}"
        aside.write_text(json.dumps({"fingerprint": key.fingerprint}, indent=1) + "\n", encoding="utf-8")
        try:
            with contextlib.suppress(FileExistsError):
                os.link(aside, study / RECORD)
        finally:
            aside.unlink()
        known = fingerprint_of(study)
    if key.fingerprint != known:
        raise ConfigError(
            "A study keeps the key it began with: with another one nobody finds the customers of its invitations.",
            found=f"a key with fingerprint {key.fingerprint} in {key.held}; the study's has {known}",
            fix=f"Set {VARIABLE} to the study's key, or unset it where the key is kept on this machine.",
            where=str(study),
        )
    return key


def _kept(study: Path, fingerprint: str) -> StudyKey:
    """Return the key that this machine keeps under its fingerprint."""
    secret, held = kept_key(study, fingerprint)
    return _recorded(study, StudyKey(_long_enough(secret, held), held), fingerprint)


def _moved(study: Path, old: Path, known: str | None, given: str | None) -> StudyKey:
    """Move a key that lies in the study's folder to where keys are kept; what it made stays understood."""
    text = _long_enough(old.read_text(encoding="utf-8").strip(), str(old))
    key = StudyKey(AS_BEFORE + text, VARIABLE)
    if given and given != key.secret:
        raise ConfigError(
            "A study has one key.",
            found=f"{BEFORE} in its folder, and another one in {VARIABLE}",
            fix=f"Unset {VARIABLE} once, so that the key is moved out of the folder; or set it to {AS_BEFORE} "
            f"followed by the content of {BEFORE}, if invitations were made with that.",
            where=str(old),
        )
    place = VARIABLE if given else keep_key(study, key.fingerprint, key.secret)
    kept = _recorded(study, StudyKey(key.secret, place), known)
    _leave_no_pairs(study)
    old.unlink(missing_ok=True)
    warnings.warn(
        f"The key of {study.name} lay in its folder and is now in {place}; whoever runs this study elsewhere needs it.",
        KeyMovedWarning,
        stacklevel=3,
    )
    return kept


def _leave_no_pairs(study: Path) -> None:
    """Remove the files that led from invitations to customers in plain text; computing leads back now."""
    for pairs in study.glob(PAIRS):
        pairs.unlink(missing_ok=True)


def _long_enough(secret: str, where: str) -> str:
    if len(secret.removeprefix(AS_BEFORE)) < SHORTEST:
        raise ConfigError(
            f"The key of a study has at least {SHORTEST} characters.",
            found=f"{len(secret.removeprefix(AS_BEFORE))} in {where}",
            fix="Use a random one, such as that of 'openssl rand -hex 32'; what was made with another loses its "
            "meaning.",
            where=where,
        )
    return secret


def _digest(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
