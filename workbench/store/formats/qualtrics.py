"""Files of Qualtrics: three header rows, two in exports of the older kind, or one; previews and tests are left out."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from workbench.core.language import Message, message
from workbench.store.codebook import Codebook
from workbench.store.codebook.coded import Kind, MissingKind
from workbench.store.formats.head import Head
from workbench.store.formats.layout import Layout, own_names
from workbench.store.formats.questions import Part, describe
from workbench.store.formats.reading import Format, LeftOut, Reading, Role, Values

RESPONSE = re.compile(r"^R_[A-Za-z0-9]{8,}$")
IMPORT = re.compile(r'^\{"ImportId":')
# what the tool calls a column → its kind; names of both kinds of export
OWN: dict[str, Kind] = {
    "StartDate": "date",
    "EndDate": "date",
    "RecordedDate": "date",
    "ResponseId": "id",
    "ResponseID": "id",
    "ResponseSet": "text",
    "Name": "text",
    "Status": "single",
    "IPAddress": "text",
    "Progress": "number",
    "Duration (in seconds)": "number",
    "Finished": "single",
    "RecipientLastName": "text",
    "RecipientFirstName": "text",
    "RecipientEmail": "text",
    "EmailAddress": "text",
    "ExternalReference": "id",
    "ExternalDataReference": "id",
    "LocationLatitude": "number",
    "LocationLongitude": "number",
    "LocationAccuracy": "number",
    "DistributionChannel": "single",
    "UserLanguage": "single",
}
TESTS = ("1", "2", "8", "9", "12", "17", "survey preview", "survey test", "spam", "offline survey preview")
SKIPPED: dict[str, MissingKind] = {"-99": "skipped"}


def _recognise(head: Head) -> Message | None:
    for place in (1, 2):
        cells = [c for c in head.row(place) if c]
        if cells and sum(bool(IMPORT.match(c)) for c in cells) >= 0.8 * len(cells):
            return message("its row {place:int} names the columns' ImportId", place=place + 1)
    if _legacy(head):
        return message("its first row is V1, V2 … and its second ResponseID")
    if _response_column(head.row(0)) is not None and "StartDate" in head.row(0):
        return message("its columns are {columns}", columns="StartDate … ResponseId")
    return None


def _layout(head: Head) -> Layout:
    names, second = head.row(0), head.row(1)
    imports = next((p for p in (1, 2) if any(IMPORT.match(c) for c in head.row(p))), None)
    if imports is not None:
        ids = tuple(_import_id(c) for c in head.row(imports))
        return _with(head, names, imports + 1, second if imports == 2 else (), ids)
    if _legacy(head):
        # the second row has the names where the tool asks, and the questions
        own = tuple(b if b in OWN else a for a, b in zip(names, second, strict=False))
        return _with(head, own, 2, second, names)
    at = _response_column(names)
    titled = at is not None and at < len(second) and not RESPONSE.match(second[at])
    return _with(head, names, 2 if titled else 1, second if titled else (), ())


def _with(head: Head, names: tuple[str, ...], rows: int, labels: tuple[str, ...], tool_ids: tuple[str, ...]) -> Layout:
    said = message("{n:int} rows of names and questions stand above the answers", n=rows)
    own = own_names(names)
    empty = tuple(n for n, given in zip(own, names, strict=True) if not given)
    first = head.lines[min(rows, len(head.rows))]
    return Layout(own, 1, rows, first, tuple(labels), tool_ids, empty, said=(said,) if rows > 1 else ())


def _read(values: Values, layout: Layout) -> Reading:
    special = {n: OWN[n] for n in values.columns if n in OWN}
    kinds: dict[str, Kind] = {}
    for name in values.columns:
        tool_id = (layout.tool_id(name) or "") if name in layout.names else ""
        if tool_id.endswith("_TEXT") or "_TEXT_" in tool_id or name.endswith("_TEXT"):
            kinds[name] = "text"
    found = describe(
        values, layout, tool="qualtrics", special=special, part_of=_part, extra=SKIPPED, kinds=kinds, separator=","
    )
    roles, left_out = _of_answers(values.columns)
    return Reading(found.book, roles, found.derived, left_out)


def of_statistics(book: Codebook) -> Reading | None:
    """Return what a file of SPSS says that Qualtrics wrote, None where it did not.

    Parameters
    ----------
    book
        The codebook of the file.
    """
    names = tuple(c.name for c in book.columns)
    if not {"ResponseId", "StartDate"} <= set(names):
        return None
    kinds: dict[str, Kind] = {**OWN, "Duration__in_seconds_": "number"}
    columns = tuple(replace(c, kind=kinds[c.name]) if c.name in kinds and not c.choices else c for c in book.columns)
    roles, left_out = _of_answers(names)
    return Reading(replace(book, columns=columns), roles, left_out=left_out)


def _of_answers(names: tuple[str, ...]) -> tuple[dict[Role, str], tuple[LeftOut, ...]]:
    """Return which columns are the respondent, the times and the invitation, and which answers are tests."""
    roles: dict[Role, str] = {}
    for role, known in _ROLES.items():
        at = next((n for n in known if n in names), None)
        if at is not None:
            roles[role] = f'"{at}"'
    texts = ", ".join(f"'{t}'" for t in TESTS)
    tests = [f'lower(trim("Status")) IN ({texts})'] if "Status" in names else []
    if "DistributionChannel" in names:
        tests.append("lower(trim(\"DistributionChannel\")) = 'preview'")
    if not tests:
        return roles, ()
    return roles, (LeftOut(message("a preview, a test or spam, as the tool marks it"), " OR ".join(tests)),)


_ROLES: dict[Role, tuple[str, ...]] = {
    "respondent_id": ("ResponseId", "ResponseID"),
    "started_at": ("StartDate",),
    "submitted_at": ("EndDate", "RecordedDate"),
    "duration_seconds": ("Duration (in seconds)", "Duration__in_seconds_"),
    "invitation": ("ExternalReference", "ExternalDataReference"),
}


def _part(name: str, label: str) -> Part | None:
    found = re.fullmatch(r"(.+)_(\d+)", name)
    question, _, choice = label.rpartition(" - ")
    return (found[1], question, choice) if found and question else None


def _legacy(head: Head) -> bool:
    return head.row(0)[:2] == ("V1", "V2") and bool({"ResponseID", "ResponseId"} & set(head.row(1)))


def _response_column(names: tuple[str, ...]) -> int | None:
    return next((i for i, n in enumerate(names) if n in ("ResponseId", "ResponseID")), None)


def _import_id(cell: str) -> str:
    try:
        return str(json.loads(cell).get("ImportId", ""))
    except (ValueError, AttributeError):
        return ""


FORMAT = Format("qualtrics", message("Qualtrics"), _recognise, _layout, _read)
