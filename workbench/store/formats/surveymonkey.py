"""Files of SurveyMonkey: two header rows, of which the second has the choices, or one in condensed exports."""

from __future__ import annotations

import re

from workbench.core.language import Message, message
from workbench.store.codebook.coded import Kind
from workbench.store.formats.head import Head
from workbench.store.formats.layout import Layout, own_names
from workbench.store.formats.questions import Part, bare_text, describe
from workbench.store.formats.reading import Format, Reading, Role, Values

ID = ("RespondentID", "Respondent ID")
ONE = ("Response", "Open-Ended Response")
OWN: dict[str, Kind] = {
    "RespondentID": "id",
    "Respondent ID": "id",
    "CollectorID": "id",
    "Collector ID": "id",
    "StartDate": "date",
    "Start Date": "date",
    "Date Created": "date",
    "EndDate": "date",
    "End Date": "date",
    "Date Modified": "date",
    "IP Address": "text",
    "Email Address": "text",
    "First Name": "text",
    "LastName": "text",
    "Last Name": "text",
    "Custom Data": "text",
    "Custom Data 1": "text",
}
BETWEEN = " - "


def _recognise(head: Head) -> Message | None:
    first = head.row(0)[:1]
    if not first or first[0] not in ID:
        return None
    if _two_rows(head):
        return message("its first column is {column}, and its second row has 'Response' or choices", column=first[0])
    ids = [c for c in head.column(0, after=1) if c]
    if ids and all(re.fullmatch(r"\d{8,12}", c) for c in ids):
        return message("its first column is {column}, with numbers of 8 to 12 digits", column=first[0])
    return None


def _two_rows(head: Head) -> bool:
    second = head.row(1)
    return bool(second) and not second[0] and any(c in ONE or c for c in second[1:])


def _layout(head: Head) -> Layout:
    first = head.row(0)
    if not _two_rows(head):
        return Layout(own_names(first), 1, 1, head.lines[1], labels=tuple(bare_text(c) for c in first))
    second = (*head.row(1), *("",) * (len(first) - len(head.row(1))))
    names, labels, question = [], [], ""
    for i, (cell, choice) in enumerate(zip(first, second, strict=False)):
        question = cell or question
        follows = i + 1 < len(first) and not first[i + 1]
        alone = not choice or choice in ONE or (cell and not follows)
        names.append(question if alone else f"{question}{BETWEEN}{choice}")
        labels.append(bare_text(question) if alone else f"{bare_text(question)}{BETWEEN}{bare_text(choice)}")
    said = message("{n:int} rows of names and questions stand above the answers", n=2)
    return Layout(own_names(names), 1, 2, head.lines[2], labels=tuple(labels), said=(said,))


def _read(values: Values, layout: Layout) -> Reading:
    special = {n: OWN[n] for n in values.columns if n in OWN}
    found = describe(
        values, layout, tool="surveymonkey", special=special, part_of=_part, not_chosen=(), chosen=(), separator=None
    )
    roles: dict[Role, str] = {}
    for role, names in _ROLES.items():
        at = next((n for n in names if n in values.columns), None)
        if at is not None:
            roles[role] = f'"{at}"'
    return Reading(found.book, roles, found.derived)


def _part(_: str, label: str) -> Part | None:
    question, _, choice = label.partition(BETWEEN)
    return (question, question, choice) if choice else None


_ROLES: dict[Role, tuple[str, ...]] = {
    "respondent_id": ID,
    "started_at": ("StartDate", "Start Date", "Date Created"),
    "submitted_at": ("EndDate", "End Date", "Date Modified"),
    "invitation": ("Custom Data", "Custom Data 1"),
}

FORMAT = Format("surveymonkey", message("SurveyMonkey"), _recognise, _layout, _read)
