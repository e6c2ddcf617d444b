"""Files of 问卷星, by text and by code: their numbered questions, choices of one cell or of a column each."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workbench.core.language import Message, message
from workbench.store.codebook import Choice, Codebook, CodedColumn, MultipleSet
from workbench.store.codebook.coded import Kind, MissingKind
from workbench.store.formats.head import Head
from workbench.store.formats.kinds import coded_column, words
from workbench.store.formats.layout import Layout, plain_layout
from workbench.store.formats.multiple import choice_label, split_answers
from workbench.store.formats.reading import Format, Reading, Role, Values
from workbench.store.joined_cells import Chosen

FIRST = ("序号", "提交答卷时间", "所用时间")
OWN = ("来源", "来源详情", "来自IP", "总分")
SKIPPED: Mapping[str, MissingKind] = {"-3": "skipped", "-2": "not_shown", "(跳过)": "skipped", "(空)": "skipped"}
SEPARATOR = "┋"
# 第6题(运动) · 3、您用过哪些渠道？(门店)
_ONE_CHOICE = re.compile(r"^(?:第(?P<a>\d+)题|(?P<b>\d+)、(?P<text>.*?))\s*[(（](?P<choice>.+)[)）]\s*$")
_QUESTION = re.compile(r"^(?P<n>\d+)、(?P<text>.+)$")


def _recognise(head: Head) -> Message | None:
    found = head.row(0)
    if found[:3] != FIRST and not (found[:1] == FIRST[:1] and "提交答卷时间" in found and "来自IP" in found):
        return None
    return message("its first columns are {columns}", columns=", ".join(found[:3]))


def _layout(head: Head) -> Layout:
    return plain_layout(head, strict=False)


def _read(values: Values, _: Layout) -> Reading:
    groups = _groups(values)
    columns: list[CodedColumn] = []
    sets: list[MultipleSet] = []
    derived: dict[str, Chosen] = {}
    grouped = {c: n for n, members in groups.items() for c in members}
    for name in values.columns:
        asked = _QUESTION.match(name)
        if name in grouped:
            columns.append(_chosen(name, grouped[name], values))
            continue
        number = f"Q{asked['n']}" if asked else None
        text = asked["text"].strip() if asked else ""
        joined = None
        if asked and number:
            prefix = f"第{asked['n']}题"
            joined = split_answers(name, values, SEPARATOR, set_name=number, prefix=prefix, extra=SKIPPED)
        if joined is not None:
            columns += [CodedColumn(name, words(text), "text", missing=joined.missing), *joined.columns]
            sets.append(MultipleSet(number or name, words(text), tuple(c.name for c in joined.columns), 1))
            derived |= joined.derived
        elif name == "序号":
            columns.append(CodedColumn(name, kind="id"))
        elif name in FIRST:
            columns.append(CodedColumn(name, kind="date" if name == "提交答卷时间" else "number"))
        else:
            kind: Kind | None = "text" if name in OWN[:3] else None
            columns.append(coded_column(name, values, question=text, tool_id=number, extra=SKIPPED, kind=kind))
    for number, members in groups.items():
        found = _ONE_CHOICE.match(members[0])
        label = (found["text"] or "") if found else ""
        sets.append(MultipleSet(f"Q{number}", words(label), tuple(members), 1))
    roles: dict[Role, str] = {"respondent_id": '"序号"'}
    if "提交答卷时间" in values.columns:
        roles["submitted_at"] = '"提交答卷时间"'
    if "所用时间" in values.columns:
        roles["duration_seconds"] = "regexp_extract(\"所用时间\", '\\d+')"
    return Reading(Codebook(tuple(columns), tuple(sets), tool="wenjuanxing"), roles, derived)


def _groups(values: Values) -> dict[str, list[str]]:
    """Return number of a question → its columns, where every one of them holds only whether it was chosen."""
    groups: dict[str, list[str]] = {}
    for name in values.columns:
        found = _ONE_CHOICE.match(name)
        if found and values.counts.get(name) is not None and set(values.of(name)) <= {"0", "1", *SKIPPED}:
            groups.setdefault(found["a"] or found["b"], []).append(name)
    return groups


def _chosen(name: str, number: str, values: Values) -> CodedColumn:
    found = _ONE_CHOICE.match(name)
    assert found is not None
    label = choice_label(found["choice"])
    missing = coded_column(name, values, extra=SKIPPED, kind="multiple").missing
    return CodedColumn(name, words(label), "multiple", (Choice(0), Choice(1)), missing, f"Q{number}", f"第{number}题")


FORMAT = Format("wenjuanxing", message("Wenjuanxing (wjx.cn)"), _recognise, _layout, _read)
