"""One caller for all systems: it repeats, waits, keeps to limits, renews tokens, and never shows a secret."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from workbench.connect.judging import Judged, again
from workbench.connect.protocol import Answer, Connection
from workbench.connect.secrets import Secrets
from workbench.connect.system import System
from workbench.connect.tokens import Tokens
from workbench.core.errors import WorkbenchError, in_english
from workbench.core.language import Message, message

# a request in full, with what its address holds, is nobody's business
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

MOST_TRIES = 8
MOST_NEW_TOKENS = 3
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
TIMEOUT = httpx.Timeout(90.0, connect=20.0)
BURST = 0.1  # share of a limit that may be used at once; the rest follows evenly
USED = 0.8  # share of a limit that is used at all: others use the account, too
RARELY = {"burst": 0.5, "used": 0.4}  # tokens: a few at once, then hardly any
FRESH = 300.0  # seconds in which a token that is refused is tried once more before another is asked for
ALWAYS = {"accept": "application/json", "accept-encoding": "gzip, deflate", "user-agent": "survey-wave-workbench"}
LOCAL = ("127.0.0.1", "localhost", "::1")


class OutsideError(WorkbenchError):
    """A system outside cannot do what is asked of it; what was reached so far is kept."""

    exit_code = 7


class UnclearError(Exception):
    """A request that must not be sent twice was sent, and nobody knows what became of it."""


class Pace:
    """Spreads calls so that no window of time ever holds more than a system allows.

    Parameters
    ----------
    calls, seconds
        So many calls in so many seconds.
    clock, sleep
        The time, and waiting.
    burst, used
        Share of the calls that may come at once, and that follows evenly.

    Notes
    -----
    A bucket of tokens: at most ``0.1 × calls`` at once and ``0.8 × calls / seconds`` a second after that, so any window
    holds at most ``0.9 × calls``, and ``1.0 × calls`` where a run is killed and started again within it.

    Examples
    --------
    >>> waited = []
    >>> pace = Pace(10, 1, lambda: sum(waited), waited.append)
    >>> for _ in range(3): pace.wait()
    >>> [round(w, 3) for w in waited]
    [0.125, 0.125]
    """

    def __init__(
        self,
        calls: float,
        seconds: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        *,
        burst: float = BURST,
        used: float = USED,
    ) -> None:
        self._rate = used * calls / seconds
        self._most = max(1.0, burst * calls)
        self._clock, self._sleep = clock, sleep
        self._left, self._at = self._most, clock()

    def wait(self) -> None:
        """Wait until one more call is allowed, and count it."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            # until the bucket is full: to sleep and wake for every call costs more than the call
            self._sleep((self._most - self._left) / self._rate)
            self._at = self._clock()
            self._left = min(self._most, max(1.0, self._left + (self._at - now) * self._rate))
        self._left -= 1


class Caller:
    """Sends requests of one connection and returns answers that its system judges as good.

    Parameters
    ----------
    system
        The class of the system.
    connection
        Where it is.
    secrets
        Its secrets.
    transport
        What requests go through; the network by default.
    clock, sleep
        The time, and waiting; tests have their own.

    Attributes
    ----------
    calls
        Requests sent so far.
    last
        Headers of the last answer, names in lower case.
    """

    def __init__(
        self,
        system: type[System],
        connection: Connection,
        secrets: Secrets,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.system, self.connection, self.secrets = system, connection, secrets
        self.clock, self.sleep = clock, sleep
        self.calls = 0
        self.last: Mapping[str, str] = {}
        self._transport = transport
        self._client: httpx.Client | None = None
        self._paces = {
            group: Pace(*limit, clock, sleep, **(RARELY if group == "token" else {}))
            for group, limit in system.limits.items()
        }
        self._request = system.ask_token(connection, secrets)
        known = next((secrets[n] for n in ("APP_ID", "CLIENT_ID") if n in secrets), "")
        self._tokens = Tokens(f"{system.name} {connection.url} {connection.options} {known}", self._new_token, clock)

    def __repr__(self) -> str:
        return f"Caller({self.connection.name}: {self.system.title}, {self.calls} calls)"

    @property
    def token(self) -> Mapping[str, Any]:
        """The token and what is kept with it; where the secret is the token, that."""
        return {"token": self.secrets["TOKEN"]} if self._request is None else self._tokens.current()

    def call(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        group: str = "",
        repeat: bool = True,
        judge: Callable[[Answer], Judged] | None = None,
    ) -> Answer:
        """Send a request until its answer is good.

        Parameters
        ----------
        method, url
            What is asked of whom.
        json, params, form, headers
            What is sent along.
        group
            Which limit it counts for.
        repeat
            Whether it may be sent again when nobody knows what became of it.
        judge
            Judge of answers that are no JSON; the system's own by default.

        Raises
        ------
        OutsideError
            If the system says that it is of no use to go on, or goes wrong too often.
        UnclearError
            If it may not be repeated and what became of it is not known.
        """
        tries = patient = renewed = 0
        while True:
            token = self.token
            carried = {**self.system.headers(token, self.connection), **(headers or {})}
            answer, judged = self._sent(method, url, json, params, form, carried, group, judge or self.system.judge)
            if judged.kind == "good":
                assert answer is not None
                return answer
            if judged.kind == "stop":
                raise self._stopped(judged)
            if judged.kind == "new_token":
                renewed += 1
                if renewed > MOST_NEW_TOKENS:
                    raise self._stopped(Judged("stop", reason=message("it refuses our token again and again")))
                age = float(token.get("seconds", 0)) - float(token.get("until", 0)) + self.clock()
                if self._request is not None and (renewed > 1 or age > FRESH):
                    self._tokens.renew(str(token["token"]))
                self.sleep(FIRST_WAIT * 2**renewed)
                continue
            if not repeat and not judged.untouched:
                raise UnclearError(in_english(judged.reason or ""))
            tries, patient = (tries, patient + 1) if judged.patient else (tries + 1, patient)
            if tries >= MOST_TRIES or patient >= judged.patience:
                raise self._stopped(judged)
            wait = FIRST_WAIT * 2 ** (min(patient, 6) if judged.patient else tries)
            self.sleep(min(LONGEST_WAIT, wait) if judged.after is None else judged.after + 0.05)

    def _sent(
        self,
        method: str,
        url: str,
        json: Any,
        params: Mapping[str, Any] | None,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
        group: str,
        judge: Callable[[Answer], Judged],
    ) -> tuple[Answer | None, Judged]:
        if group in self._paces:
            self._paces[group].wait()
        self.calls += 1
        params = {**(params or {}), **self.system.fresh()} or None
        try:
            # built by hand: nothing of the client's own is to be added, no redirect followed
            request = httpx.Request(
                method,
                url,
                params=params,
                json=json,
                data=form,
                headers={**ALWAYS, **headers},
                extensions={"timeout": TIMEOUT.as_dict()},
            )
            response = self._open().send(request, follow_redirects=False)
        except httpx.ConnectError:
            return None, again(message("nobody answers at its address"), untouched=True)
        except httpx.TimeoutException:
            return None, again(message("it did not answer in time"))
        except httpx.TransportError:
            return None, again(message("the line was cut"))
        self.last = {k.lower(): v for k, v in response.headers.items()}
        answer = Answer(response.status_code, self.last, response.content)
        return answer, judge(answer)

    def _open(self) -> httpx.Client:
        if self._client is None:
            host = urlsplit(self.connection.url or "").hostname
            self._client = httpx.Client(
                timeout=TIMEOUT,
                transport=self._transport,
                trust_env=host not in LOCAL,
                headers={"accept": "application/json"},
            )
        return self._client

    def stopped(self, reason: Message, back: Message | None = None) -> OutsideError:
        """Return the error that a run ends with, for a reason that only the system's module knows."""
        return self._stopped(Judged("stop", reason=reason, back=back))

    def close(self) -> None:
        """Close the line."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _new_token(self) -> dict[str, Any]:
        for tries in range(1, MOST_TRIES + 1):
            asked = self.system.ask_token(self.connection, self.secrets)
            assert asked is not None
            answer, judged = self._sent(
                asked.method, asked.url, asked.json, asked.params, asked.form, {}, "token", self.system.judge
            )
            if judged.kind == "good" and answer is not None and isinstance(answer.data, dict):
                given = answer.data
                if asked.token in given:
                    kept = {k: given.get(k) for k in asked.kept}
                    return {
                        "token": str(given[asked.token]),
                        "seconds": float(given.get(asked.seconds, 3600)),
                        **kept,
                        **asked.own,
                    }
                judged = Judged(
                    "stop", reason=message("it gives no token: {why}", why=str(given.get("error", "–"))[:80])
                )
            if judged.kind == "stop" or (judged.kind != "again" and tries > MOST_NEW_TOKENS):
                why = judged.reason or message("it gives no token: {why}", why=f"{answer.status if answer else '–'}")
                raise self._stopped(Judged("stop", reason=why, back=judged.back))
            self.sleep(min(LONGEST_WAIT, FIRST_WAIT * 2**tries) if judged.after is None else judged.after + 0.05)
        raise self._stopped(judged)

    def _stopped(self, judged: Judged) -> OutsideError:
        shown = in_english(judged.reason or "")
        clean = self.secrets.redact(shown, *self._tokens.values())
        found: str | Message = clean if clean != shown else judged.reason or clean
        return OutsideError(
            message("{title} does what it is asked.", title=self.system.title),
            found=found,
            fix=judged.back or message("Put it right there, and give the command again: it goes on where it stopped."),
            where=self.connection.name,
        )
