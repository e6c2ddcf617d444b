"""The shapes of Zoho's answers as plain values: fields, verdicts on records, values of the right type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.connect.protocol import Answer, Field, Kind, Order, Row, Status, Verdict
from workbench.core.language import message

KINDS: Mapping[str, Kind] = {
    "integer": "whole",
    "bigint": "whole",
    "double": "number",
    "currency": "number",
    "percent": "number",
    "date": "date",
    "datetime": "time",
    "boolean": "yes_no",
    "picklist": "choice",
    "multiselectpicklist": "several",
    "lookup": "link",
    "ownerlookup": "link",
}
DONE: Mapping[str, Status] = {"upsert": "updated", "update": "updated", "create": "created", "add": "added"}


def field(told: Mapping[str, Any]) -> Field:
    """Return a field of a module.

    Examples
    --------
    >>> field({"api_name": "Tier", "data_type": "picklist", "pick_list_values": [{"actual_value": "A"}]}).options
    ('A',)
    """
    options = tuple(str(o.get("actual_value", o.get("display_value"))) for o in told.get("pick_list_values") or ())
    fixed = bool(told.get("read_only") or told.get("field_read_only"))
    return Field(
        told["api_name"],
        KINDS.get(str(told.get("data_type")), "text"),
        str(told.get("field_label", "")),
        options,
        not fixed,
        bool(told.get("unique")),
        bool(told.get("system_mandatory")),
    )


def verdict(row: Row, told: Mapping[str, Any], order: Order) -> Verdict:
    """Return the verdict on a record; refusals name the field.

    Examples
    --------
    >>> told = {"code": "INVALID_DATA", "details": {"api_name": "Tier"}, "message": "invalid data", "status": "error"}
    >>> verdict(Row("7"), told, Order("upsert", "Contacts", "Key")).reason.text("en")
    'INVALID_DATA Tier: invalid data'
    """
    details = told.get("details") or {}
    number = str(details["id"]) if details.get("id") else row.id
    if told.get("status") == "success" or told.get("code") == "SUCCESS":
        status = "created" if told.get("action") == "insert" else DONE.get(order.action, "removed")
        return Verdict(row.key, status, number)
    said = f"{told.get('code', '')} {details.get('api_name', '')}".strip()
    return Verdict(row.key, "refused", row.id, message("{why}", why=f"{said}: {told.get('message', '')}"))


def why(answer: Answer) -> str:
    """Return what a refusal says of itself.

    Examples
    --------
    >>> why(Answer(400, {}, b'{"code": "INVALID_QUERY", "message": "bad", "details": {}}'))
    'INVALID_QUERY bad'
    """
    told = answer.data if isinstance(answer.data, dict) else {}
    return f"{told.get('code', '')} {told.get('message', '')}".strip() or str(answer.status)


def literal(text: str) -> str:
    r"""Return a text as a query has it.

    Examples
    --------
    >>> literal("O'Neil")
    "'O\\'Neil'"
    """
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'"
