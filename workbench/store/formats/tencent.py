"""Files of 腾讯问卷: numbered questions, choices joined in one cell or a column each."""

from __future__ import annotations

import re

from workbench.core.language import Message, message
from workbench.store.codebook.coded import Kind
from workbench.store.formats.head import Head
from workbench.store.formats.layout import Layout, plain_layout
from workbench.store.formats.questions import Part, describe
from workbench.store.formats.reading import Format, Reading, Role, Values

FIRST = {"编号", "开始答题时间", "结束答题时间"}
OWN: dict[str, Kind] = {
    "编号": "id",
    "开始答题时间": "date",
    "结束答题时间": "date",
    "答题时长": "number",
    "自定义字段": "text",
    "用户类型": "text",
    "IP": "text",
    "UA": "text",
    "地理位置": "text",
}
_QUESTION = re.compile(r"^(?P<n>\d+)[.．、](?P<text>.+)$")
_CHOICE = re.compile(r"^(?P<n>\d+)[.．、](?P<text>[^:：]+)[:：](?P<choice>.+)$")
SEPARATORS = ("┋", "|", ";", "；")


def _recognise(head: Head) -> Message | None:
    if head.row(0)[:1] != ("编号",) or not set(head.row(0)) >= FIRST:
        return None
    return message("its first columns are {columns}", columns="、".join(head.row(0)[:4]))


def _layout(head: Head) -> Layout:
    plain = plain_layout(head, strict=False)
    labels = tuple(m["text"].strip() if (m := _QUESTION.match(n)) else "" for n in plain.names)
    ids = tuple(f"Q{m['n']}" if (m := _QUESTION.match(n)) else "" for n in plain.names)
    return Layout(plain.names, plain.header_row, plain.rows_from, plain.first_line, labels, ids, plain.skipped)


def _read(values: Values, layout: Layout) -> Reading:
    special = {n: OWN[n] for n in values.columns if n in OWN}
    joined = [c for c in values.columns if c not in OWN]
    mark = next((s for s in SEPARATORS if any(s in v for c in joined for v in values.of(c))), None)
    found = describe(values, layout, tool="tencent", special=special, part_of=_part, separator=mark)
    roles: dict[Role, str] = {
        "respondent_id": '"编号"',
        "started_at": '"开始答题时间"',
        "submitted_at": '"结束答题时间"',
    }
    if "答题时长" in values.columns:
        roles["duration_seconds"] = "regexp_extract(\"答题时长\", '\\d+')"
    return Reading(found.book, roles, found.derived)


def _part(name: str, _: str) -> Part | None:
    found = _CHOICE.match(name)
    return (f"Q{found['n']}", found["text"].strip(), found["choice"].strip()) if found else None


FORMAT = Format("tencent", message("Tencent Questionnaire (wj.qq.com)"), _recognise, _layout, _read)
