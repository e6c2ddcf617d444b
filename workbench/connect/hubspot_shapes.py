"""The shapes of HubSpot's answers as plain values: records, properties, and verdicts on a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.connect.protocol import Answer, Field, Kind, Order, Record, Row, Verdict, as_text
from workbench.core.language import message

KINDS: Mapping[str, Kind] = {
    "string": "text",
    "number": "number",
    "date": "date",
    "datetime": "time",
    "bool": "yes_no",
    "enumeration": "choice",
}
TRACE = "objectWriteTraceId"


def verdicts(rows: Sequence[Row], data: Mapping[str, Any], order: Order) -> list[Verdict]:
    """Return a verdict on each row, from results and errors that come in any order; a row without one is unclear.

    Parameters
    ----------
    rows
        The rows as they were sent; their places are the trace ids.
    data
        The answer.
    order
        What was asked.

    Examples
    --------
    >>> sent = [Row("k1"), Row("k2"), Row("k3")]
    >>> told = {"results": [{"id": "9", "new": True, "objectWriteTraceId": "1"}],
    ...         "errors": [{"message": "no", "context": {"objectWriteTraceId": ["0"]}}]}
    >>> [v.status for v in verdicts(sent, told, Order("upsert", "contacts", "key"))]
    ['refused', 'created', 'unclear']
    """
    found: dict[int, Verdict] = {}
    for r in data.get("results", []):
        for i in _places(r.get(TRACE), rows, {str(r["id"]), *map(str, (r.get("properties") or {}).values())}):
            made = order.action == "create" or bool(r.get("new"))
            found[i] = Verdict(rows[i].key, "created" if made else "updated", str(r["id"]))
    for e in data.get("errors", []):
        context = e.get("context") or {}
        values = {str(x) for v in context.values() for x in (v if isinstance(v, list) else [v])}
        reason = message("{why}", why=f"{e.get('category', '')} {e.get('message', '')}".strip())
        for i in _places(context.get(TRACE, e.get(TRACE)), rows, values):
            found[i] = Verdict(rows[i].key, "refused", reason=reason)
    return [found.get(i, Verdict(r.key, "unclear")) for i, r in enumerate(rows)]


def _places(trace: Any, rows: Sequence[Row], values: set[str]) -> list[int]:
    """Return the places of the rows that an entry is about: by our number, else by what names them."""
    told = trace if isinstance(trace, list) else [] if trace is None else [trace]
    numbered = [int(t) for t in told if str(t).isdigit() and int(t) < len(rows)]
    return numbered or [i for i, r in enumerate(rows) if r.key in values or (r.id or "") in values]


def why(answer: Answer) -> str:
    """Return what a refusal says of itself, with the number that HubSpot finds it again by.

    Examples
    --------
    >>> why(Answer(400, {}, b'{"category": "VALIDATION_ERROR", "message": "bad", "correlationId": "c-1"}'))
    'VALIDATION_ERROR bad c-1'
    """
    told = answer.data if isinstance(answer.data, dict) else {}
    parts = (str(told.get(k) or "") for k in ("category", "message", "correlationId"))
    return " ".join(p for p in parts if p) or str(answer.status)


def found_in(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object as field → value, as it was sent.

    Examples
    --------
    >>> found_in({"id": "7", "properties": {"city": "苏州"}})
    {'city': '苏州', 'id': '7', 'archived': True}
    """
    # among those that are archived each is, unless it says otherwise
    return {**(told.get("properties") or {}), "id": str(told["id"]), "archived": told.get("archived", True)}


def record(found: Mapping[str, Any]) -> Record:
    """Return an object as field → text.

    Examples
    --------
    >>> record({"id": "7", "properties": {"city": "苏州"}})
    {'city': '苏州', 'id': '7'}
    """
    return {**{k: as_text(v) for k, v in (found.get("properties") or {}).items()}, "id": str(found["id"])}


def field(told: Mapping[str, Any]) -> Field:
    """Return a property as a field.

    Examples
    --------
    >>> field({"name": "tier", "type": "enumeration", "options": [{"value": "A"}], "label": "Tier"}).options
    ('A',)
    """
    limits = told.get("modificationMetadata") or {}
    options = tuple(str(o["value"]) for o in told.get("options") or ())
    writable = not limits.get("readOnlyValue") and not told.get("calculated")
    kind = KINDS.get(str(told.get("type")), "text")
    return Field(told["name"], kind, str(told.get("label", "")), options, writable, bool(told.get("hasUniqueValue")))
