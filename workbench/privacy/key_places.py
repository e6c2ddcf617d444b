"""Where a machine keeps the keys of studies: the keyring of the system, or files that only their owner may read."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from workbench.core.errors import ConfigError
from workbench.privacy.files import OTHERS, private_folder, write_private

VARIABLE, FOLDER_VARIABLE = "WORKBENCH_KEY", "WORKBENCH_KEYS"
SERVICE = "workbench"


def key_folder() -> Path:
    """Return the folder of keys that are kept as files.

    Raises
    ------
    ConfigError
        If the process has no home and nothing else says where keys are kept.
    """
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    config, home = os.environ.get("XDG_CONFIG_HOME"), os.environ.get("HOME")
    if not (config or home):
        raise ConfigError(
            "The key of a study is kept outside it.",
            found=f"neither {VARIABLE}, {FOLDER_VARIABLE}, XDG_CONFIG_HOME nor HOME",
            fix=f"Set {VARIABLE} to the key, or {FOLDER_VARIABLE} to a folder that only you can read.",
        )
    return (Path(config) if config else Path(str(home)) / ".config") / "workbench" / "keys"


def kept_key(study: Path, fingerprint: str) -> tuple[str, str]:
    """Return the key that the keyring or a file holds under its fingerprint, and where it was.

    Parameters
    ----------
    study
        The study's folder, for the error.
    fingerprint
        The key's fingerprint.

    Raises
    ------
    ConfigError
        If it is in neither, or others can read the file.
    """
    ring = _keyring()
    if ring is not None and (found := _from_ring(ring, fingerprint)):
        return found, "keyring"
    path = key_folder() / fingerprint
    if not path.is_file():
        raise ConfigError(
            "The key of a study leads from invitations and pseudonyms back to customers.",
            found=f"no key with fingerprint {fingerprint} in {path.parent}, nor {VARIABLE}",
            fix=f"Copy the file {fingerprint} from the machine that made it, or set {VARIABLE} to the key.",
            where=str(study),
        )
    if path.stat().st_mode & OTHERS:
        raise ConfigError(
            "The key of a study is readable by its owner only.",
            found=f"mode {path.stat().st_mode & 0o777:o}",
            fix=f"chmod 600 {path}, and ask who may have read it.",
            where=str(path),
        )
    return path.read_text(encoding="utf-8").strip(), str(path)


def keep_key(study: Path, fingerprint: str, secret: str) -> str:
    """Put a key where this machine keeps keys, and return where that is.

    Parameters
    ----------
    study
        The study's folder, in which it must not be.
    fingerprint, secret
        The key.

    Raises
    ------
    ConfigError
        If there is no place for it, or only one inside the study.
    """
    ring = _keyring()
    if ring is not None:
        with contextlib.suppress(Exception):  # a keyring that is locked or has no screen to ask on
            ring.set_password(SERVICE, fingerprint, secret)
            if ring.get_password(SERVICE, fingerprint) == secret:
                return "keyring"
    folder = key_folder()
    if folder.resolve().is_relative_to(study.resolve()):
        raise ConfigError(
            "The key of a study is kept outside it: whoever gets the folder must not get the key.",
            found=f"{folder} inside {study}",
            fix=f"Set {FOLDER_VARIABLE} to a folder elsewhere, or {VARIABLE} to the key.",
            where=str(study),
        )
    try:
        return str(write_private(private_folder(folder) / fingerprint, f"{secret}\n".encode()))
    except OSError as error:
        raise ConfigError(
            "The key of a study is kept outside it.",
            found=f"{folder} cannot be written: {error.strerror}",
            fix=f"Set {VARIABLE} to the key, or {FOLDER_VARIABLE} to a folder that only you can read.",
            where=str(study),
        ) from error


def remove_key(fingerprint: str) -> None:
    """Remove a key that no study uses."""
    ring = _keyring()
    if ring is not None:
        with contextlib.suppress(Exception):
            ring.delete_password(SERVICE, fingerprint)
    (key_folder() / fingerprint).unlink(missing_ok=True)


def _keyring() -> Any:
    try:
        import keyring
    except ImportError:
        return None
    return keyring


def _from_ring(ring: Any, fingerprint: str) -> str | None:
    with contextlib.suppress(Exception):  # a keyring that is locked or has no screen to ask on
        found: str | None = ring.get_password(SERVICE, fingerprint)
        return found
    return None
