"""Answers exported by LimeSurvey: codes such as ``Q2[SQ001]``, or the questions as headers; unfinished are left out."""

from __future__ import annotations

import re

from workbench.core.language import Message, message
from workbench.store.codebook.coded import Kind, MissingKind
from workbench.store.formats.head import Head
from workbench.store.formats.layout import Layout, own_names
from workbench.store.formats.questions import Part, describe
from workbench.store.formats.reading import Format, LeftOut, Reading, Role, Values

# in exports with codes, with questions, and with both
OWN: dict[str, tuple[str, Kind]] = {
    "id": ("Response ID", "id"),
    "submitdate": ("Date submitted", "date"),
    "lastpage": ("Last page", "number"),
    "startlanguage": ("Start language", "single"),
    "seed": ("Seed", "number"),
    "token": ("Token", "id"),
    "startdate": ("Date started", "date"),
    "datestamp": ("Date last action", "date"),
    "ipaddr": ("IP address", "text"),
    "refurl": ("Referrer URL", "text"),
    "interviewtime": ("Total time", "number"),
}
SIGNS = ("submitdate", "lastpage", "startlanguage")
NOT_SHOWN: dict[str, MissingKind] = {"N/A": "not_shown"}
_BOTH = re.compile(r"^(?P<code>[A-Za-z][\w\[\]-]*)\.\s+(?P<text>.+)$")
_PART = re.compile(r"^(?P<set>[^\[\]]+)\[(?P<part>[^\[\]]+)\]$")


def _recognise(head: Head) -> Message | None:
    own = {_own(c) for c in head.row(0)} - {None}
    if not own >= set(SIGNS):
        return None
    return message("it has the columns {columns}", columns=", ".join(SIGNS))


def _layout(head: Head) -> Layout:
    names, labels = [], []
    for cell in head.row(0):
        own, both = _own(cell), _BOTH.match(cell)
        names.append(own or (both["code"] if both else cell))
        labels.append("" if own else both["text"] if both else "")
    return Layout(own_names(names), 1, 1, head.lines[1], tuple(labels), tuple(names))


def _read(values: Values, layout: Layout) -> Reading:
    special = {n: OWN[n][1] for n in values.columns if n in OWN}
    found = describe(
        values,
        layout,
        tool="limesurvey",
        special=special,
        part_of=_part,
        chosen=("Y", "Yes", "Ja", "是"),
        not_chosen=("N", "No", "Nein", "否"),
        extra=NOT_SHOWN,
    )
    date = (
        'CASE WHEN "submitdate" NOT LIKE \'1980-01-01%\' THEN "submitdate" END'  # the tool's date where dates are off
    )
    roles: dict[Role, str] = {"submitted_at": date}
    for role, name in _ROLES.items():
        if name in values.columns:
            roles[role] = f'"{name}"'
    unfinished = LeftOut(message("an answer that was not finished: it has no date of submission"), _UNFINISHED)
    return Reading(found.book, roles, found.derived, (unfinished,))


_UNFINISHED = "trim(coalesce(\"submitdate\", '')) = ''"
_ROLES: dict[Role, str] = {
    "respondent_id": "id",
    "started_at": "startdate",
    "duration_seconds": "interviewtime",
    "invitation": "token",
}


def _own(cell: str) -> str | None:
    both = _BOTH.match(cell)
    for code, (title, _) in OWN.items():
        if cell in (code, title) or (both and both["code"] == code):
            return code
    return None


def _part(name: str, label: str) -> Part | None:
    found = _PART.match(name)
    if found is None or found["part"].lower() in ("other", "comment") or found["part"].lower().endswith("comment"):
        return None
    asked = re.fullmatch(r"(?P<text>.*?)\s*\[(?P<choice>.+)\]", label)
    return (found["set"], asked["text"] if asked else "", asked["choice"] if asked else found["part"])


FORMAT = Format("limesurvey", message("LimeSurvey"), _recognise, _layout, _read)
