"""Who was erased at their own wish, remembered under a key: no list, import or pull brings them back."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from workbench.privacy.files import FILE_MODE
from workbench.privacy.keys import StudyKey, study_key

FILE, LOCK = "erased.txt", ".erased.lock"
UNFINISHED = ".erasing.json"  # is there while an erasure goes on, and after one that was killed


@dataclass(frozen=True)
class Tombstones:
    """The memory of a study of those who were erased.

    Attributes
    ----------
    names
        Keyed names; without the study's key they tell nothing.
    key
        The study's key; None where nobody was erased.
    """

    names: frozenset[str] = frozenset()
    key: StudyKey | None = None

    @classmethod
    def of(cls, study: Path) -> Tombstones:
        """Return those of a study; the key is looked for only where somebody was erased.

        Raises
        ------
        ConfigError
            If somebody was erased and the study's key is not on this machine.
        """
        path = study / FILE
        names = frozenset(path.read_text(encoding="ascii").split()) if path.is_file() else frozenset()
        return cls(names, study_key(study)) if names else cls()

    def among(self, ids: Iterable[object]) -> list[str]:
        """Return which of some customer ids were erased.

        Examples
        --------
        >>> key = StudyKey("a secret of the study", "here")
        >>> Tombstones(frozenset([key.name("tombstone", "C2")]), key).among(["C1", "C2"])
        ['C2']
        """
        if self.key is None or not self.names:
            return []
        known = self.key.names("tombstone", (str(i) for i in ids))
        return [i for i, name in known.items() if name in self.names]


def erased_count(study: Path) -> int:
    """Return how many customers of a study were erased; the key is not needed."""
    path = study / FILE
    return len(set(path.read_text(encoding="ascii").split())) if path.is_file() else 0


def set_tombstone(study: Path, customer: str) -> None:
    """Remember that a customer was erased; once is enough.

    Parameters
    ----------
    study
        The study's folder.
    customer
        The customer's id, which is not kept.
    """
    name = study_key(study).name("tombstone", customer)
    with FileLock(study / LOCK, mode=FILE_MODE):
        handle = os.open(study / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, FILE_MODE)
        with os.fdopen(handle, "r+b") as file:
            known = file.read()
            if name.encode() in known.split():
                return
            # a line that a killed run left unfinished names nobody
            file.write((b"" if not known or known.endswith(b"\n") else b"\n") + name.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
