"""What all fakes share: a journal, seeded faults, a server on loopback."""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

HTML = b"<!DOCTYPE html><html><body>Service is being upgraded</body></html>"
COMMON = ("html502", "html200", "redirect", "cut", "reset_before", "reset_after", "unavailable")


@dataclass
class Reply:
    """An answer; `reset` cuts the line in its place."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    reset: bool = False
    slow: float = 0.0


@dataclass
class Seen:
    """A request in the journal."""

    at: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    status: int = 0
    fault: str = ""
    at_once: int = 1

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


def reply(data: Any, status: int = 200, **headers: str) -> Reply:
    try:
        body = json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a sign
        body = json.dumps(data).encode()
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return Reply(status, body, {"content-type": "application/json;charset=UTF-8", **named})


class Fake:
    """A system on loopback or in the process.

    Parameters
    ----------
    seed
        Of its faults.
    faults
        Share of requests that go wrong.
    clock
        Seconds since 1970.
    """

    SECRETS: ClassVar[dict[str, str]] = {}
    FAULTS: tuple[str, ...] = COMMON
    LATE_SECONDS = 30.0

    def __init__(self, *, seed: int = 1, faults: float = 0.0, clock: Callable[[], float] = time.time) -> None:
        self.chance = random.Random(seed)
        self.faults = faults
        self.clock = clock
        self.journal: list[Seen] = []
        self.lock = threading.RLock()
        self.at_once = 0
        self.slow_seconds = 0.0
        self.quota: int | None = None
        self.used = 0
        self.script: list[str] = []  # faults of the next requests, in their order; "" for none
        self._windows: dict[str, deque[float]] = {}

    # what a fake of a system answers
    def handle(self, seen: Seen) -> Reply:
        raise AssertionError

    def fault(self, kind: str, seen: Seen) -> Reply | None:
        """Return the answer of a fault of the system's own; None leaves it to the common ones."""
        return None

    def work(self) -> None:
        """Do what people in the company do meanwhile; nothing by default."""

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """Take a request in and return what comes of it."""
        parts = urlsplit(target)
        named = {k.lower(): v for k, v in headers.items()}
        seen = Seen(self.clock(), method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), named, body)
        with self.lock:
            self.journal.append(seen)
            self.at_once += 1
            seen.at_once = self.at_once
        try:
            with self.lock:
                made = self._answered(seen)
            seen.status = 0 if made.reset else made.status
            if made.slow:
                time.sleep(made.slow)
            return made
        finally:
            with self.lock:
                self.at_once -= 1

    def _answered(self, seen: Seen) -> Reply:
        kind = self.script.pop(0) if self.script else ""
        if not kind and self.chance.random() < self.faults:
            kind = self.chance.choice(self.FAULTS)
        seen.fault = kind
        if not kind:
            return self.handle(seen)
        own = self.fault(kind, seen)
        if own is not None:
            return own
        if kind == "slow":
            made = self.handle(seen)
            made.slow = self.slow_seconds
            return made
        if kind == "html502":
            return Reply(502, HTML, {"content-type": "text/html"})
        if kind == "html200":
            return Reply(200, HTML, {"content-type": "text/html"})
        if kind == "redirect":
            return Reply(302, HTML, {"content-type": "text/html", "location": "/login.html"})
        if kind == "unavailable":
            return Reply(503, b"", {})
        if kind == "reset_before":
            return Reply(reset=True)
        made = self.handle(seen)  # it is done, and the answer is lost or cut
        if kind == "reset_after":
            return Reply(reset=True)
        if kind == "cut":
            return Reply(made.status, made.body[: len(made.body) // 2], made.headers) if made.body else made
        raise AssertionError(kind)

    def too_many(self, group: str, calls: int, seconds: float) -> bool:
        """Count a call of a group and tell whether there are more than allowed in the last seconds."""
        now = self.clock()
        window = self._windows.setdefault(group, deque())
        while window and window[0] <= now - seconds:
            window.popleft()
        if len(window) >= calls:
            return True
        window.append(now)
        return False

    def most_in(self, seconds: float, choose: Callable[[Seen], bool] = lambda s: True) -> int:
        """Return the greatest number of requests that any window of the journal holds."""
        times = sorted(s.at for s in self.journal if choose(s))
        most = start = 0
        for end, at in enumerate(times):
            while times[start] <= at - seconds:
                start += 1
            most = max(most, end - start + 1)
        return most


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body go out together
    disable_nagle_algorithm = True
    fake: Fake

    def _do(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(size) if size else b""
        made = self.fake.answer(self.command, self.path, dict(self.headers.items()), body)
        if made.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(made.status)
        for name, value in made.headers.items():
            self.send_header(name, value)
        if made.status in (204, 304):
            self.end_headers()
            return
        self.send_header("content-length", str(len(made.body)))
        self.end_headers()
        self.wfile.write(made.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _do  # noqa: N815

    def log_message(self, *_: Any) -> None:
        return

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (OSError, ValueError):
            self.close_connection = True


@dataclass
class Served:
    """A fake behind a port of loopback."""

    fake: Fake
    server: ThreadingHTTPServer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def serve(fake: Fake, port: int = 0) -> Served:
    """Serve a fake until the ``with`` block ends."""
    handler = type("Handler", (_Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return Served(fake, server)
