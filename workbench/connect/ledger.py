"""What a push has done: every row is on disk as planned and sent before its request, and as done after its verdict."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workbench.connect.protocol import Verdict
from workbench.privacy.files import private_folder, write_private

OWN = "\0"  # begins a key that is a name of the ledger already
State = Literal["planned", "sent", "done", "refused"]


@dataclass(frozen=True)
class Entry:
    """The last word about a row.

    Attributes
    ----------
    hash
        Of the values that were sent.
    state
        ``planned``, ``sent`` (nobody knows what became of it), ``done``, ``refused``.
    id
        The record's id in the system.
    at
        When, in seconds since 1970.
    reason
        Why it was refused.
    """

    hash: str
    state: State
    id: str | None = None
    at: float = 0.0
    reason: str = ""


def values_hash(*values: object) -> str:
    """Return a short hash of what is sent, by which a later push tells what has changed.

    Parameters
    ----------
    *values
        Plain values; of mappings the order does not count.

    Examples
    --------
    >>> values_hash({"a": "1", "b": "2"}) == values_hash({"b": "2", "a": "1"})
    True
    """
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


class Ledger:
    """The record of pushes to one target, in a file of lines that is only appended to.

    Parameters
    ----------
    path
        The file.
    name
        Turns the key of a row into what stands in the file: the study's keyed name, so that the file holds nobody.
    clock
        Seconds since 1970.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "tiers.jsonl"
    >>> ledger = Ledger(path, name=str.upper, clock=lambda: 7.0)
    >>> ledger.write("sent", {"c1": "hash"})
    >>> Ledger(path, name=str.upper, clock=lambda: 8.0).of("c1").state
    'sent'
    """

    def __init__(self, path: Path, *, name: Callable[[str], str], clock: Callable[[], float]) -> None:
        self.path, self._name, self._clock = path, name, clock
        self._entries: dict[str, Entry] = {}
        if path.is_file():
            self._read()

    def of(self, key: str) -> Entry | None:
        """Return the last word about a row, None where it was never planned."""
        return self._entries.get(self._named(key))

    def is_done(self, key: str, digest: str) -> bool:
        """Tell whether a row was sent with these values, and that was the last that happened to it."""
        entry = self.of(key)
        return entry is not None and entry.state == "done" and entry.hash == digest

    def is_unclear(self, key: str) -> bool:
        """Tell whether a row was sent and nobody knows what became of it."""
        entry = self.of(key)
        return entry is not None and entry.state == "sent"

    def write(self, state: State, hashes: Mapping[str, str]) -> None:
        """Write the state of rows; it is on the disk when this returns."""
        self._append([(self._named(k), Entry(h, state, at=self._clock())) for k, h in hashes.items()])

    def settle(self, verdicts: Iterable[Verdict], hashes: Mapping[str, str]) -> None:
        """Write what became of rows; those that are unclear stay sent."""
        entries = []
        for v in verdicts:
            if v.status != "unclear":
                state: State = "refused" if v.status == "refused" else "done"
                reason = v.reason.text("en") if v.reason is not None else ""
                entries.append((self._named(v.key), Entry(hashes[v.key], state, v.id, self._clock(), reason)))
        self._append(entries)

    def those_done(self, digest: str) -> dict[str, str]:
        """Return the rows that were sent with these values last: a key that this ledger knows → id in the system."""
        done = {n: e.id for n, e in self._entries.items() if e.state == "done" and e.hash == digest and e.id}
        return {f"{OWN}{name}": number for name, number in done.items() if number}

    def own_key(self, key: str) -> str:
        """Return the key by which `those_done` knows a row."""
        return f"{OWN}{self._named(key)}"

    def _named(self, key: str) -> str:
        return key.removeprefix(OWN) if key.startswith(OWN) else self._name(key)

    def _append(self, entries: list[tuple[str, Entry]]) -> None:
        if not entries:
            return
        if not self.path.is_file():
            private_folder(self.path.parent)
            write_private(self.path, b"")
        lines = []
        for name, entry in entries:
            self._entries[name] = entry
            line: dict[str, Any] = {"row": name, "hash": entry.hash, "state": entry.state, "at": round(entry.at, 3)}
            line |= {"id": entry.id} if entry.id else {}
            line |= {"reason": entry.reason} if entry.reason else {}
            lines.append(json.dumps(line, ensure_ascii=False) + "\n")
        with self.path.open("ab") as handle:
            handle.write("".join(lines).encode())
            handle.flush()
            os.fsync(handle.fileno())

    def _read(self) -> None:
        whole = 0
        with self.path.open("rb") as handle:
            for line in handle:
                if not line.endswith(b"\n"):
                    break  # killed while it was written
                whole += len(line)
                told = json.loads(line)
                last = (told.get("id"), float(told.get("at", 0)), told.get("reason", ""))
                self._entries[told["row"]] = Entry(told["hash"], told["state"], *last)
        if whole < self.path.stat().st_size:
            os.truncate(self.path, whole)
