"""What 纷享销客's answers mean, and their shapes as plain values: codes, fields, values of the right type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from workbench.connect.judging import GOOD, NEW_TOKEN, Judged, again, broken, stop
from workbench.connect.protocol import Answer, Field, Kind
from workbench.core.language import Message, message

KINDS: Mapping[str, Kind] = {
    "number": "number",
    "currency": "number",
    "percentile": "number",
    "count": "number",
    "date": "date",
    "date_time": "time",
    "true_or_false": "yes_no",
    "select_one": "choice",
    "select_many": "several",
    "employee": "several",
    "department": "several",
    "object_reference": "link",
}
DERIVED = ("__r", "__l", "__o", "__relation_ids")
FIXED = ("_id", "owner", "create_time", "last_modified_time", "created_by", "last_modified_by", "life_status")
BEIJING = dt.timezone(dt.timedelta(hours=8))

OLD_TOKEN = ("20016", "20005")
BUSY = ("-1", "-2", "50009", "14001")
RATE = "30004"
ADMINISTRATOR = ("20014", "20017", "20020", "20021", "20022", "20023", "15003")
STOPS: Mapping[str, Message] = {
    "30002": message("the calls of the day are used up"),
    "30003": message("the tenant has no package of calls; its administrator buys one"),
    **dict.fromkeys(
        ADMINISTRATOR,
        message(
            "it does not let us in: the administrator checks the app's rights, its employee and its list of addresses"
        ),
    ),
    "10006": message("it does not know the app's secret or permanent code"),
    "10013": message("our question was wrong; please report this"),
}
MIDNIGHT = message("They are back at midnight, Beijing time; then give the command again.")


def judged(answer: Answer) -> Judged:
    """Say what an answer means, by its code.

    Parameters
    ----------
    answer
        The answer.

    Examples
    --------
    >>> [judged(Answer(200, {}, b'{"errorCode": %d}' % c)).kind for c in (0, 20016, 30004, 30002, 99)]
    ['good', 'new_token', 'again', 'stop', 'stop']
    """
    found = judged_write(answer)
    if found.kind == "good" and _code(answer) != "0":
        return stop(message("it refuses: {why}", why=why(answer)))
    return found


def judged_write(answer: Answer) -> Judged:
    """Say what an answer to a write means: a code that is nobody's trouble is a refusal of the record.

    Parameters
    ----------
    answer
        The answer.

    Examples
    --------
    >>> judged_write(Answer(200, {}, b'{"errorCode": 99}')).kind
    'good'
    """
    if (trouble := broken(answer)) is not None:
        return trouble
    code = _code(answer)
    if code in OLD_TOKEN:
        return NEW_TOKEN
    if code == RATE:
        return again(message("too many calls at once"), untouched=True, patient=True)
    if code in BUSY:
        return again(message("it is busy ({code})", code=code))
    if code in STOPS:
        return stop(STOPS[code], MIDNIGHT if code == "30002" else None)
    return GOOD if answer.status < 400 and code else stop(message("it refuses: {why}", why=why(answer)))


def _code(answer: Answer) -> str:
    return str(answer.data.get("errorCode", "")) if isinstance(answer.data, dict) else ""


def field(name: str, told: Mapping[str, Any]) -> Field:
    """Return a field of an object.

    Examples
    --------
    >>> tier = field("tier__c", {"type": "select_one", "options": [{"label": "金", "value": "o1"}]})
    >>> tier.options, dict(tier.labels)
    (('o1',), {'金': 'o1'})
    """
    choices = [o for o in told.get("options") or () if isinstance(o, Mapping) and "value" in o]
    kind = KINDS.get(str(told.get("type")), "text")
    return Field(
        name,
        kind,
        str(told.get("label", "")),
        tuple(str(o["value"]) for o in choices),
        not (name in FIXED or name.endswith(DERIVED)),
        bool(told.get("is_unique")),
        bool(told.get("is_required")),
        kind in ("date", "time"),
        {str(o.get("label", "")): str(o["value"]) for o in choices},
    )


def typed(value: str | None, known: Field | None) -> Any:
    """Return a text as the type its field has: choices by their value, times in milliseconds, people as lists.

    Parameters
    ----------
    value
        The value; empty clears the field.
    known
        The field, None where it is not known.

    Examples
    --------
    >>> typed("2026-01-05", Field("d", "date")), typed("true", Field("b", "yes_no"))
    (1767542400000, True)
    >>> typed("1000", Field("p", "several"))
    ['1000']
    """
    if value is None or value == "":
        return None
    kind = known.kind if known is not None else "text"
    if kind in ("date", "time"):
        moment = dt.datetime.fromisoformat(value)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).timestamp() * 1000)
    if kind == "yes_no":
        return value.lower() in ("true", "1", "yes")
    labels = known.labels if known is not None else {}
    if kind == "several":
        return [labels.get(v, v) for v in value.split(";")]
    return labels.get(value, value)


def why(answer: Answer | Mapping[str, Any]) -> str:
    """Return what a refusal says of itself, with the number that 纷享销客 finds it again by.

    Examples
    --------
    >>> why({"errorCode": 20011, "errorMessage": "无权限", "traceId": "E-1"})
    '20011 无权限 E-1'
    """
    told = answer.data if isinstance(answer, Answer) else answer
    if not isinstance(told, Mapping):
        return str(answer.status) if isinstance(answer, Answer) else ""
    return " ".join(str(told[k]) for k in ("errorCode", "errorMessage", "traceId") if told.get(k) is not None)
