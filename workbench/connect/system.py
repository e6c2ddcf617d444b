"""What a system offers: describe, pull, find, push; all that differs between systems stands behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol

from workbench.connect.judging import Judged
from workbench.connect.protocol import (
    Action,
    Answer,
    Connection,
    Field,
    Order,
    Page,
    Record,
    Row,
    TokenRequest,
    Verdict,
)
from workbench.core.errors import WorkbenchError
from workbench.core.language import Message


class Calls(Protocol):
    """What systems need of the caller."""

    @property
    def calls(self) -> int:
        """Requests sent so far."""

    @property
    def last(self) -> Mapping[str, str]:
        """Headers of the last answer, names in lower case."""

    @property
    def token(self) -> Mapping[str, Any]:
        """The token and what is kept with it."""

    def clock(self) -> float:
        """Return the time."""

    def sleep(self, seconds: float, /) -> None:
        """Wait."""

    @property
    def call(self) -> Callable[..., Answer]:
        """Sends a request until its answer is good: method, address, and what is sent along."""

    def stopped(self, reason: Message, back: Message | None = None) -> WorkbenchError:
        """Return the error that a run ends with."""


class System(ABC):
    """A system that customers are read from and results written to.

    Attributes
    ----------
    name
        Its name in ``wave.yaml``.
    title
        Its name to people.
    secrets
        Names of the secrets it needs, without the prefix.
    optional_secrets
        Those that may be there.
    secrets_instead
        Those that do as well.
    id_field
        Field that holds a record's id.
    flags
        Kind of record → fields that say that a person is not to be contacted; empty where none is standard.
    overlap
        Seconds that an incremental pull reaches back beyond the start of the one before.
    batch
        Action → most rows of one request.
    daily
        Calls a day, as far as known; `Connection.options` may say another number.
    limits
        Group of calls → (calls, seconds): never more in that time.
    lists
        Whether lists are ``made`` by us, are just ``named`` (tags), must be ``given`` by their ids, or there are none.
    longest_list
        Most characters of a list's name.
    subject
        Field of a task that carries our key; None where ``wave.yaml`` must say which one does.
    zone_minutes
        Minutes east of Greenwich of the days that milliseconds stand for.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    secrets: ClassVar[tuple[str, ...]] = ()
    optional_secrets: ClassVar[tuple[str, ...]] = ()
    secrets_instead: ClassVar[tuple[str, ...]] = ()
    id_field: ClassVar[str] = "id"
    flags: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    overlap: ClassVar[float] = 300.0
    batch: ClassVar[Mapping[Action, int]] = {}
    daily: ClassVar[int] = 100_000
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {}
    lists: ClassVar[Literal["made", "named", "given", "none"]] = "none"
    longest_list: ClassVar[int] = 100
    subject: ClassVar[str | None] = None
    zone_minutes: ClassVar[int] = 0

    def __init__(self, connection: Connection, caller: Calls) -> None:
        self.connection = connection
        self.caller = caller
        self._known: dict[str, dict[str, Field]] = {}

    def fields_of(self, kind: str) -> dict[str, Field]:
        """Return the fields of a kind of record, asked for once."""
        if kind not in self._known:
            self._known[kind] = self.describe(kind)
        return self._known[kind]

    @staticmethod
    @abstractmethod
    def judge(answer: Answer) -> Judged:
        """Say what an answer means: the only place that knows the system's customs."""

    @staticmethod
    def ask_token(connection: Connection, secrets: Mapping[str, str]) -> TokenRequest | None:
        """Return how a token is asked for, None where the secret itself is the token."""
        del connection, secrets
        return None

    @staticmethod
    def fresh() -> dict[str, str]:
        """Return parameters that are new in every request, a repeated one too."""
        return {}

    @staticmethod
    def headers(token: Mapping[str, Any], connection: Connection) -> dict[str, str]:
        """Return the headers that carry the token."""
        del connection
        return {"authorization": f"Bearer {token['token']}"}

    @abstractmethod
    def describe(self, kind: str) -> dict[str, Field]:
        """Return the fields of a kind of record."""

    @abstractmethod
    def pull(
        self, kind: str, fields: Sequence[str], since: str | None, cursor: dict[str, Any] | None, *, changed: bool
    ) -> Iterator[Page]:
        """Yield pages of records, from a cursor on.

        Parameters
        ----------
        kind
            Kind of record.
        fields
            Fields to read.
        since
            ISO time from which on records count as changed; None for all of them.
        cursor
            Where an earlier pull stopped.
        changed
            Whether this adds to an earlier pull, so that deletions and merges are asked for, too.
        """

    @abstractmethod
    def find(self, kind: str, key: str, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Record]:
        """Return key → record as it is now, with the fields and the id, for those that are there."""

    @abstractmethod
    def push(self, order: Order, rows: Sequence[Row]) -> list[Verdict]:
        """Send one batch of rows and return a verdict on each."""

    def flags_of(self, kind: str) -> tuple[str, ...]:
        """Return the fields of a kind of record that say that a person is not to be contacted."""
        return self.flags.get(kind, ())

    def flags_among(self, kind: str, known: Mapping[str, Field]) -> list[str]:
        """Return those of them that are there; all of them where the system does not say what is there."""
        return [f for f in self.flags_of(kind) if not known or f in known]

    def modified(self, kind: str) -> str:
        """Return the field that holds when a record was changed last."""
        del kind
        return "modified"

    def calls_for(self, order: Order, rows: int) -> int:
        """Return how many requests rows need."""
        return -(-rows // self.batch.get(order.action, 1))

    def cost_for(self, order: Order, rows: int) -> int:
        """Return what rows cost of the day's calls or credits."""
        return self.calls_for(order, rows)

    def kind_of(self, what: str) -> str:
        """Return the kind of record that holds customers or tasks by default."""
        return {"customers": "contacts", "tasks": "tasks"}[what]

    def members(self, target: str) -> set[str] | None:
        """Return the ids of those in a list, None where the system cannot be asked."""
        del target
        return None

    def one_row(self, kind: str, fields: Sequence[str]) -> bool:
        """Tell whether records of a kind can be read and there is one."""
        return bool(next(iter(self.pull(kind, fields, None, None, changed=False)), Page()).rows)

    def find_list(self, name: str) -> str | None:
        """Return the id of the list of a name, None where there is none or lists have no names."""
        del name
        return None

    def make_list(self, name: str) -> str | None:
        """Return the id of a new list; None where lists must be made by hand."""
        del name
        return None

    def task_values(self, task: Mapping[str, str]) -> dict[str, str | None]:
        """Return the fields of a task: from ``subject, body, due, owner, record, priority, key``."""
        del task
        return {}

    def quota(self) -> tuple[int | None, int | None]:
        """Return calls left today and calls of a day, as far as the system's last answer said."""
        return None, None
