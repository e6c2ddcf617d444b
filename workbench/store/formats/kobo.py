"""Files of KoBoToolbox and ODK: choices as ``question/choice`` with 1 and 0; what repeats lies in sheets beside."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.core.language import Message, message
from workbench.store.codebook.coded import Kind, MissingKind
from workbench.store.formats.head import Head
from workbench.store.formats.layout import Layout, plain_layout
from workbench.store.formats.questions import Part, describe
from workbench.store.formats.reading import Format, Reading, Role, Values

KOBO = ("_id", "_uuid", "_submission_time")
ODK = ("SubmissionDate", "KEY")
REPEAT = ("_parent_index", "_index")
OWN: dict[str, Kind] = {
    "_id": "id",
    "_uuid": "id",
    "_submission_time": "date",
    "_validation_status": "text",
    "_notes": "text",
    "_status": "text",
    "_submitted_by": "text",
    "__version__": "text",
    "_tags": "text",
    "_index": "number",
    "_parent_index": "number",
    "_parent_table_name": "text",
    "_submission__id": "id",
    "start": "date",
    "end": "date",
    "today": "date",
    "SubmissionDate": "date",
    "KEY": "id",
    "PARENT_KEY": "id",
    "meta-instanceID": "id",
    "SubmitterID": "id",
    "SubmitterName": "text",
    "DeviceID": "text",
    "FormVersion": "text",
}
NOT_SHOWN: dict[str, MissingKind] = {"n/a": "not_shown"}


def _recognise(head: Head) -> Message | None:
    names = set(head.row(0))
    for signs in (KOBO, ODK, REPEAT):
        if names >= set(signs):
            return message("it has the columns {columns}", columns=", ".join(signs))
    return None


def _layout(head: Head) -> Layout:
    return plain_layout(head, strict=False)


def _read(values: Values, layout: Layout) -> Reading:
    special = {n: OWN[n] for n in values.columns if n in OWN}
    sets = {c for c in values.columns if any(o.startswith(f"{c}/") for o in values.columns)}
    found = describe(
        values,
        layout,
        tool="kobo",
        special=special,
        part_of=lambda name, _: _part(name, sets),
        chosen=("1", "True", "TRUE"),
        not_chosen=("0", "False", "FALSE"),
        extra=NOT_SHOWN,
        kinds=dict.fromkeys(sets, "text"),
    )
    roles: dict[Role, str] = {}
    for role, names in _ROLES.items():
        at = next((n for n in names if n in values.columns), None)
        if at is not None:
            roles[role] = f'"{at}"'
    if {"start", "end"} <= set(values.columns):
        seconds = 'epoch(TRY_CAST("end" AS TIMESTAMPTZ)) - epoch(TRY_CAST("start" AS TIMESTAMPTZ))'
        roles["duration_seconds"] = f"CAST(round({seconds}) AS VARCHAR)"
    return Reading(found.book, roles, found.derived)


_ROLES: dict[Role, tuple[str, ...]] = {
    "respondent_id": ("_id", "_submission__id", "KEY", "PARENT_KEY"),
    "started_at": ("start",),
    "submitted_at": ("_submission_time", "SubmissionDate", "end"),
}


def _part(name: str, sets: Iterable[str]) -> Part | None:
    question, _, choice = name.rpartition("/")
    return (question, question, choice) if question and question in sets else None


FORMAT = Format("kobo", message("KoBoToolbox or ODK"), _recognise, _layout, _read)
