"""What Marketo's answers mean, and their shapes as plain values: codes, fields, verdicts on leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.connect.judging import GOOD, NEW_TOKEN, Judged, again, broken, stop
from workbench.connect.protocol import Answer, Field, Kind, Order, Row, Status, Verdict
from workbench.core.language import message

CENTRAL = message("It is back at midnight, US Central time; then give the command again.")
OLD_TOKEN = {"601", "602"}
RATE = {"606", "615"}
BUSY = {"502", "604", "608", "611", "614", "713"}
OURS = {"609", "610", "612", "613", "701", "704", "709"}
KINDS: Mapping[str, Kind] = {
    "integer": "whole",
    "float": "number",
    "currency": "number",
    "percent": "number",
    "score": "whole",
    "boolean": "yes_no",
    "date": "date",
    "datetime": "time",
}
DONE: Mapping[str, Status] = {"created": "created", "updated": "updated", "added": "added", "removed": "removed"}


def codes_of(answer: Answer) -> set[str]:
    """Return the codes of the errors of a whole call; they are texts.

    Examples
    --------
    >>> codes_of(Answer(200, {}, b'{"success": false, "errors": [{"code": "606", "message": "rate"}]}'))
    {'606'}
    """
    told = answer.data if isinstance(answer.data, dict) else {}
    return {str(e.get("code")) for e in told.get("errors") or ()}


def judged(answer: Answer) -> Judged:
    """Say what an answer means: HTTP says 200 when it fails, too.

    Parameters
    ----------
    answer
        The answer.

    Examples
    --------
    >>> body = b'{"success": false, "errors": [{"code": "%d", "message": "x"}]}'
    >>> [judged(Answer(200, {}, body % c)).kind for c in (602, 606, 604, 607, 603, 1006)]
    ['new_token', 'again', 'again', 'stop', 'stop', 'good']
    """
    codes = codes_of(answer)
    if answer.status == 401 or codes & OLD_TOKEN:
        wrong = answer.status == 401 and "error" in (answer.data or {})
        return stop(message("it gives no token: {why}", why=str(answer.data["error"]))) if wrong else NEW_TOKEN
    if codes & RATE or answer.status == 429:
        return again(message("too many calls at once"), untouched=True, patient=True)
    if codes & BUSY:
        return again(message("it is busy ({code})", code=", ".join(sorted(codes))))
    if "607" in codes:
        return stop(message("the calls of the day are used up"), CENTRAL)
    if "603" in codes:
        return stop(message("it does not allow this: {why}", why=why(answer)))
    if codes & OURS:
        return stop(message("our question was wrong; please report this"))
    if answer.status in (413, 414):
        return GOOD
    if (trouble := broken(answer)) is not None:
        return trouble
    if answer.status >= 400:
        return stop(message("it refuses ({status}): {why}", status=answer.status, why=why(answer)))
    return GOOD


def judged_describe(answer: Answer) -> Judged:
    """Say what an answer to the question for fields means: that there is no such question is one, too.

    Examples
    --------
    >>> judged_describe(Answer(200, {}, b'{"success": false, "errors": [{"code": "610", "message": "x"}]}')).kind
    'good'
    """
    return GOOD if answer.status == 404 or codes_of(answer) == {"610"} else judged(answer)


def why(answer: Answer) -> str:
    """Return what a refusal says of itself.

    Examples
    --------
    >>> why(Answer(200, {}, b'{"success": false, "errors": [{"code": "1006", "message": "no field"}]}'))
    '1006 no field'
    """
    told = answer.data if isinstance(answer.data, dict) else {}
    said = [f"{e.get('code', '')} {e.get('message', '')}".strip() for e in told.get("errors") or ()]
    return "; ".join(said) or str(answer.status)


def field(told: Mapping[str, Any]) -> Field:
    """Return a field of leads.

    Examples
    --------
    >>> field({"displayName": "Tier", "dataType": "string", "rest": {"name": "tier", "readOnly": False}}).name
    'tier'
    """
    rest = told.get("rest") or {}
    kind = KINDS.get(str(told.get("dataType")), "text")
    return Field(
        str(rest.get("name", told.get("name"))), kind, str(told.get("displayName", "")), (), not rest.get("readOnly")
    )


def verdict(row: Row, told: Mapping[str, Any], order: Order) -> Verdict:
    """Return the verdict on a lead; one that is in a list already was added, one that is not there was taken out.

    Examples
    --------
    >>> told = {"status": "skipped", "reasons": [{"code": "1007", "message": "Multiple lead match"}]}
    >>> verdict(Row("k"), told, Order("upsert", "leads", "key")).reason.text("en")
    '1007 Multiple lead match'
    """
    number = str(told["id"]) if told.get("id") is not None else row.id
    status = DONE.get(str(told.get("status")))
    reasons = told.get("reasons") or ()
    if status is None and not reasons and order.action in ("add", "remove"):
        status = "added" if order.action == "add" else "removed"
    if status is not None:
        return Verdict(row.key, status, number)
    said = "; ".join(f"{r.get('code', '')} {r.get('message', '')}".strip() for r in reasons)
    return Verdict(row.key, "refused", row.id, message("{why}", why=said or str(told.get("status", ""))))
