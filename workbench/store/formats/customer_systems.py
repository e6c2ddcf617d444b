"""Exports of customer systems: HubSpot, Zoho CRM and Salesforce, by their ids and the names only they use."""

from __future__ import annotations

import re

from workbench.core.language import Message, message
from workbench.store.codebook.coded import Kind
from workbench.store.formats.head import Head
from workbench.store.formats.layout import Layout, plain_layout
from workbench.store.formats.questions import describe
from workbench.store.formats.reading import Format, Reading, Role, Values

HUBSPOT_WORDS = (
    "Associated ",
    "Lifecycle Stage",
    "Contact owner",
    "Deal Stage",
    "Pipeline",
    "Marketing contact status",
)
ZOHO_ID = re.compile(r"zcrm_\d{10,}")
# the first three characters tell the object: account, contact, opportunity, lead, case, campaign member
SALESFORCE_ID = re.compile(r"(001|003|006|00Q|00v|500|800|801)[A-Za-z0-9]{12}([A-Z0-5]{3})?")
TABLES = ("customers", "transactions", "interactions")


def _hubspot(head: Head) -> Message | None:
    names = head.row(0)
    if not names or not re.fullmatch(r"Record ID( - .+)?", names[0]):
        return None
    seen = [n for n in names if n.startswith(HUBSPOT_WORDS)]
    return message("its first column is {column}, and it has {words}", column=names[0], words=seen[0]) if seen else None


def _zoho(head: Head) -> Message | None:
    ids = [c for c in head.column(0, after=1) if c]
    if not ids or not all(ZOHO_ID.fullmatch(c) for c in ids):
        return None
    return message("its ids are like {value}", value=ids[0])


def _salesforce(head: Head) -> Message | None:
    names = head.row(0)
    for i, name in enumerate(names):
        if not re.fullmatch(r"(.+ )?I[dD]", name):
            continue
        ids = [c for c in head.column(i, after=1) if c]
        if ids and all(SALESFORCE_ID.fullmatch(c) for c in ids):
            return message("its ids are like {value}", value=ids[0])
    return None


def _layout(head: Head) -> Layout:
    return plain_layout(head, strict=False)


def _reads(tool: str) -> Format:
    recognise, title = _KNOWN[tool]

    def read(values: Values, layout: Layout) -> Reading:
        special: dict[str, Kind] = {c: "id" for c in values.columns if re.search(r"\bI[dD]s?\b", c)}
        roles: dict[Role, str] = {"respondent_id": f'"{next(iter(special), values.columns[0])}"'}
        return Reading(describe(values, layout, tool=tool, special=special).book, roles)

    return Format(tool, title, recognise, _layout, read, TABLES)


_KNOWN = {
    "hubspot": (_hubspot, message("HubSpot")),
    "zoho": (_zoho, message("Zoho CRM")),
    "salesforce": (_salesforce, message("Salesforce")),
}
FORMATS = tuple(map(_reads, _KNOWN))
