"""Where a pull stands: every page is on disk before the next one is asked for, so a killed pull goes on after it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench.connect.protocol import Page, as_text
from workbench.privacy.files import write_private

STALE = 20 * 3600.0  # tokens of pages live 24 hours: an older beginning is of no use


@dataclass(frozen=True)
class Request:
    """What a pull asks for; a pull that was interrupted goes on only where the same is asked.

    Attributes
    ----------
    table, connection, system, kind
        Which table, from where, and which kind of record.
    fields
        Fields, the id first.
    since
        ISO time from which on records are read; None for all.
    changed
        Whether it adds to an earlier pull.
    """

    table: str
    connection: str
    system: str
    kind: str
    fields: tuple[str, ...]
    since: str | None
    changed: bool


class PullLog:
    """The pages of a pull on disk, a line each, with the place to go on.

    Parameters
    ----------
    path
        The file.

    Attributes
    ----------
    started
        When the pull began, in seconds since 1970.
    cursor
        Where to go on; None at the beginning and after the end.
    ended
        Whether the last page is there.
    pages
        Pages that are there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.started = 0.0
        self.cursor: dict[str, Any] | None = None
        self.ended = False
        self.pages = 0
        self._fields: tuple[str, ...] = ()

    def begin(self, request: Request, now: float) -> bool:
        """Go on with an interrupted pull of the same request, else begin a new one; return whether it goes on.

        Parameters
        ----------
        request
            What is asked for.
        now
            Seconds since 1970.
        """
        asked = json.loads(json.dumps(asdict(request)))
        self._fields = request.fields
        if self.path.is_file():
            self._cut()
            lines = self._lines()
            head = next(lines, None)
            if head is not None and head.get("request") == asked and now - float(head["started"]) < STALE:
                self.started = float(head["started"])
                for line in lines:
                    self._stands_at(line)
                return True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_private(self.path, b"")
        self.started, self.cursor, self.ended, self.pages = now, None, False, 0
        self._write({"request": asked, "started": now})
        return False

    def append(self, page: Page) -> None:
        """Write a page; it is on the disk when this returns."""
        fields = self._fields
        rows = [[v if type(v := r.get(f)) is str else as_text(v) for f in fields] for r in page.rows]
        line: dict[str, Any] = {"rows": rows, "cursor": page.cursor}
        line |= {k: v for k, v in (("removed", page.removed), ("merged", page.merged), ("present", page.present)) if v}
        self._write(line)
        self._stands_at(line)

    def read(self) -> Iterator[Mapping[str, Any]]:
        """Yield the pages: ``rows`` (values in the order of the fields), ``removed``, ``merged``, ``present``."""
        lines = self._lines()
        next(lines, None)
        yield from lines

    def remove(self) -> None:
        """Throw the log away: what it holds has become a file of the wave."""
        self.path.unlink(missing_ok=True)

    def _stands_at(self, line: Mapping[str, Any]) -> None:
        self.cursor = line["cursor"]
        self.ended = self.cursor is None
        self.pages += 1

    def _lines(self) -> Iterator[dict[str, Any]]:
        with self.path.open("rb") as handle:
            for line in handle:
                yield json.loads(line)

    def _cut(self) -> None:
        """Cut off a last line that was not written to its end."""
        size, whole = self.path.stat().st_size, 0
        with self.path.open("rb") as handle:
            for line in handle:
                whole += len(line) if line.endswith(b"\n") else 0
        if whole < size:
            os.truncate(self.path, whole)

    def _write(self, line: Mapping[str, Any]) -> None:
        with self.path.open("ab") as handle:
            handle.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
            handle.write(b"\n")
            handle.flush()
            os.fsync(handle.fileno())
