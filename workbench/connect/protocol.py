"""The plain values that go between systems and those who use them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from workbench.core.language import Message

Record = dict[str, str | None]
Kind = Literal["text", "number", "whole", "date", "time", "yes_no", "choice", "several", "link", "id"]
Action = Literal["upsert", "update", "create", "add", "remove", "trigger"]
Status = Literal["created", "updated", "added", "removed", "refused", "unclear"]


@dataclass(frozen=True)
class Connection:
    """Where a system is and what is particular about this account of it; no secret.

    Attributes
    ----------
    name
        Its name in ``wave.yaml``.
    system
        Which system it is.
    prefix
        Prefix of its secrets: ``ZOHO`` for ``WORKBENCH_ZOHO_…``.
    url
        Address that all requests go to, in the place of the maker's own.
    options
        What else ``wave.yaml`` says: data centre, employee, calls a day.
    """

    name: str
    system: str
    prefix: str
    url: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """A field of a kind of record, as the system describes it.

    Attributes
    ----------
    name
        Its name in the interface.
    kind
        What its values are.
    label
        Its name on the system's pages.
    options
        Values it can take, where these are few and known.
    writable, unique, required
        Whether it can be written, names one record, must be there when a record is made.
    milliseconds
        Whether times come as milliseconds since 1970.
    labels
        What people see of an option → the option.
    """

    name: str
    kind: Kind = "text"
    label: str = ""
    options: tuple[str, ...] = ()
    writable: bool = True
    unique: bool = False
    required: bool = False
    milliseconds: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Records that came in one answer; a page is safe to be read again.

    Attributes
    ----------
    rows
        Field → value, as the system sent it; other fields may come along.
    cursor
        Where to go on after it, as plain values; None after the last page.
    removed
        Ids of records that are no longer there.
    merged
        Id of a record that went into another → id of that.
    present
        Ids that are there, where a system tells of deletions only by what is missing.
    """

    rows: tuple[Mapping[str, Any], ...] = ()
    cursor: dict[str, Any] | None = None
    removed: tuple[str, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)
    present: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row to be written.

    Attributes
    ----------
    key
        What names it to us: the value of the key field, or the key of a task.
    values
        Field of the system → value.
    id
        The record's id in the system, where it is known.
    """

    key: str
    values: Mapping[str, str | None] = field(default_factory=dict)
    id: str | None = None


@dataclass(frozen=True)
class Order:
    """What is to be done with rows.

    Attributes
    ----------
    action
        ``upsert`` and ``update`` may be repeated, ``add`` and ``remove`` (members of a list) too; ``create`` and
        ``trigger`` may not.
    kind
        Kind of record.
    key
        Field that names a record to us.
    target
        The list or campaign, for members and triggers.
    """

    action: Action
    kind: str
    key: str
    target: str | None = None

    @property
    def repeatable(self) -> bool:
        """Whether sending it again changes nothing more."""
        return self.action not in ("create", "trigger")


@dataclass(frozen=True)
class Verdict:
    """What became of a row.

    Attributes
    ----------
    key
        The row's key.
    status
        What was done; ``unclear`` where nobody can tell.
    id
        The record's id in the system.
    reason
        Why it was refused.
    """

    key: str
    status: Status
    id: str | None = None
    reason: Message | None = None


@dataclass(frozen=True)
class Answer:
    """An answer over the network as plain values.

    Attributes
    ----------
    status
        Status of HTTP.
    headers
        Headers, names in lower case.
    content
        The body.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    @cached_property
    def data(self) -> Any:
        """The body as JSON, None where it is none: a page of HTML, a body that was cut.

        Numbers with a fraction stay text, so that no digit is lost.
        """
        try:
            return json.loads(self.content, parse_float=str)
        except ValueError:
            return None

    @property
    def asked_to_wait(self) -> float | None:
        """Seconds that ``Retry-After`` asks for, None where it says nothing that can be read."""
        try:
            return float(self.headers.get("retry-after", ""))
        except ValueError:
            return None


@dataclass(frozen=True)
class TokenRequest:
    """How a token is asked for.

    Attributes
    ----------
    method, url
        Where.
    form, params, json
        What is sent along; holds secrets and is never shown.
    token, seconds
        Keys of the answer that hold the token and its life.
    kept
        Other keys of the answer that are kept with it.
    own
        What we know ourselves and keep with it.
    """

    method: str
    url: str
    form: Mapping[str, str] | None = field(default=None, repr=False)
    params: Mapping[str, str] | None = field(default=None, repr=False)
    json: Mapping[str, str] | None = field(default=None, repr=False)
    token: str = "access_token"
    seconds: str = "expires_in"
    kept: tuple[str, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)


def as_text(value: Any) -> str | None:
    """Return a value of JSON as the text that is kept of it.

    Parameters
    ----------
    value
        Text, number, truth value, a list, or a record that a field points to (its id counts).

    Examples
    --------
    >>> as_text(True), as_text(554023000000123456), as_text(["1000"]), as_text({"name": "Li", "id": "7"}), as_text(None)
    ('true', '554023000000123456', '1000', '7', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return as_text(value["id"]) if "id" in value else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        if all(isinstance(v, str | int) for v in value):
            return ";".join(str(as_text(v)) for v in value)
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def milliseconds(time: str) -> int:
    """Return an ISO time with its zone as milliseconds since 1970; without a zone it is UTC.

    Examples
    --------
    >>> milliseconds("2026-01-05T08:00:00+08:00"), milliseconds("2026-01-05")
    (1767571200000, 1767571200000)
    """
    moment = dt.datetime.fromisoformat(time)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return round(moment.timestamp() * 1000)


def typed(value: str | None, known: Field | None) -> Any:
    """Return a text as the type its field has: some refuse a number that is written as text.

    Parameters
    ----------
    value
        The value; empty clears the field.
    known
        The field, None where it is not known.

    Examples
    --------
    >>> typed("12.50", Field("Sum", "number")), typed("true", Field("Out", "yes_no")), typed("", None)
    (12.5, True, None)
    >>> typed("007", None)
    '007'
    """
    if value is None or value == "":
        return None
    kind = known.kind if known is not None else "text"
    if kind in ("whole", "number"):
        try:
            return int(float(value)) if kind == "whole" else float(value)
        except ValueError:
            return value  # the system says why it does not take it
    if kind == "yes_no":
        return value.lower() in ("true", "1", "yes")
    if kind == "several":
        return value.split(";")
    return {"id": value} if kind == "link" else value
