"""Files of form builders whose headers are the questions: Google Forms and Typeform."""

from __future__ import annotations

from workbench.core.language import Message, message
from workbench.store.codebook.coded import Kind
from workbench.store.formats.head import Head
from workbench.store.formats.kinds import DATE
from workbench.store.formats.layout import Layout, plain_layout
from workbench.store.formats.questions import describe
from workbench.store.formats.reading import Format, Reading, Role, Values

TIMESTAMP = ("Timestamp", "时间戳记", "时间戳", "時間戳記", "Zeitstempel", "Horodateur")
GOOGLE_OWN: dict[str, Kind] = {
    **dict.fromkeys(TIMESTAMP, "date"),
    "Email Address": "text",
    "电子邮件地址": "text",
    "Score": "text",
}
TYPEFORM_LAST = ("Start Date (UTC)", "Submit Date (UTC)")
TYPEFORM_OWN: dict[str, Kind] = {
    "#": "id",
    "Response Type": "text",
    "Stage Date (UTC)": "date",
    "Start Date (UTC)": "date",
    "Submit Date (UTC)": "date",
    "Network ID": "id",
    "Tags": "text",
    "Ending": "text",
}


def _google(head: Head) -> Message | None:
    names = head.row(0)
    times = [c for c in head.column(0, after=1) if c]
    if names[:1] and names[0] in TIMESTAMP and len(names) > 1 and times and all(DATE.match(_plain(t)) for t in times):
        return message("its first column is {column}, with the time of each answer", column=names[0])
    return None


def _typeform(head: Head) -> Message | None:
    names = head.row(0)
    if names[:1] == ("#",) and set(TYPEFORM_LAST) <= set(names):
        return message("its first column is #, its last ones are {columns}", columns=", ".join(TYPEFORM_LAST))
    return None


def _layout(head: Head) -> Layout:
    plain = plain_layout(head, strict=False)
    return Layout(plain.names, plain.header_row, plain.rows_from, plain.first_line, plain.names)


def _read_google(values: Values, layout: Layout) -> Reading:
    special = {n: GOOGLE_OWN[n] for n in values.columns if n in GOOGLE_OWN}
    found = describe(values, layout, tool="google_forms", special=special, separator=", ")
    roles: dict[Role, str] = {"submitted_at": f'"{values.columns[0]}"'}
    return Reading(found.book, roles, found.derived)


def _read_typeform(values: Values, layout: Layout) -> Reading:
    special = {n: TYPEFORM_OWN[n] for n in values.columns if n in TYPEFORM_OWN}
    found = describe(values, layout, tool="typeform", special=special, separator=", ")
    start, end = (f'"{c}"' for c in TYPEFORM_LAST)
    seconds = f"epoch(TRY_CAST({end} AS TIMESTAMP)) - epoch(TRY_CAST({start} AS TIMESTAMP))"
    roles: dict[Role, str] = {
        "respondent_id": '"#"',
        "started_at": start,
        "submitted_at": end,
        "duration_seconds": f"CAST(round({seconds}) AS VARCHAR)",
    }
    return Reading(found.book, roles, found.derived)


def _plain(time: str) -> str:
    # 2026/01/05 8:01:02 上午 GMT+8
    return time.replace("上午", "").replace("下午", "").split(" GMT")[0].replace("  ", " ").strip()


GOOGLE = Format("google_forms", message("Google Forms"), _google, _layout, _read_google)
TYPEFORM = Format("typeform", message("Typeform"), _typeform, _layout, _read_typeform)
