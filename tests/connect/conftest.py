"""A fake and a system that speak to each other inside the process, with a clock that only waiting moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from tests.connect.fakes import Fake, fake_class
from workbench.connect import Connection, System, system_class
from workbench.connect.caller import Caller
from workbench.connect.cursor import Request
from workbench.connect.mapping import chosen_fields
from workbench.connect.pulling import Pulled, run_pull
from workbench.connect.secrets import Secrets

URL = "http://crm.example"


class Clock:
    """A clock that stands still unless somebody waits; every request takes a little."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Wire(httpx.BaseTransport):
    """Carries requests to a fake in the process."""

    def __init__(self, fake: Fake, clock: Clock, took: float = 0.02) -> None:
        self.fake, self.clock, self.took = fake, clock, took
        self.before: Callable[[httpx.Request], None] = lambda request: None
        self.hosts: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.before(request)
        self.hosts.add(request.url.host)
        self.clock.now += self.took
        made = self.fake.answer(request.method, request.url.raw_path.decode(), dict(request.headers), request.read())
        if made.reset:
            raise httpx.ReadError("connection reset", request=request)
        return httpx.Response(made.status, headers=made.headers, content=made.body)


@dataclass
class Met:
    """A system and the fake it speaks to."""

    fake: Any
    system: System
    clock: Clock
    wire: Wire
    folder: Path

    def again(self) -> Met:
        """Return the same after the process was killed and started again."""
        return meet(self.fake, self.system.name, self.folder, self.clock, dict(self.system.connection.options))

    def pull(
        self,
        kind: str,
        columns: dict[str, str],
        *,
        table: str = "customers",
        since: str | None = None,
        changed: bool = False,
        known: Callable[[], set[str]] = set,
    ) -> Pulled:
        described = self.system.describe(kind)
        chosen = chosen_fields(self.system, kind, described, columns, table, where="tables.customers")
        request = Request(table, "crm", self.system.name, kind, chosen.fields, since, changed)
        return run_pull(self.system, request, chosen, described, self.folder, known=known)

    def rows(self, pulled: Pulled) -> list[dict[str, Any]]:
        return pq.read_table(pulled.file).to_pylist()


def meet(fake: Fake, name: str, folder: Path, clock: Clock, options: dict[str, str] | None = None) -> Met:
    fake.clock = clock
    wire = Wire(fake, clock)
    kind = system_class(name)
    connection = Connection("crm", name, name.upper(), URL, options or {})
    caller = Caller(kind, connection, Secrets(fake_class(name).SECRETS), transport=wire, clock=clock, sleep=clock.sleep)
    return Met(fake, kind(connection, caller), clock, wire, folder)


@pytest.fixture
def met(tmp_path, monkeypatch):
    """Return a function that makes a fake of a system and lets the system's module speak to it."""
    monkeypatch.setenv("WORKBENCH_TOKENS", str(tmp_path / "tokens"))

    def make(name: str, *, options: dict[str, str] | None = None, **fake: Any) -> Met:
        clock = Clock()
        return meet(fake_class(name)(clock=clock, **fake), name, tmp_path, clock, options)

    return make
