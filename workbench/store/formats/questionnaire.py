"""The structure of a LimeSurvey questionnaire (``.lss``) as a codebook, in every language it was written in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from workbench.core.errors import InputError
from workbench.store.codebook import Choice, Codebook, CodedColumn, MultipleSet
from workbench.store.codebook.coded import Kind
from workbench.store.formats.kinds import code_of
from workbench.store.formats.questions import bare_text

Row = Mapping[str, str]
# the tool's letters for kinds of questions
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys("L!OYGI", "single"),
    **dict.fromkeys("5ABEFHC1", "scale"),
    **dict.fromkeys("MP", "multiple"),
    **dict.fromkeys("NK:", "number"),
    "D": "date",
    "R": "rank",
}
STEPS = {"5": range(1, 6), "A": range(1, 6), "B": range(1, 11)}
FIXED: Mapping[str, tuple[Choice, ...]] = {
    "Y": (Choice("Y", {"en": "Yes", "zh-CN": "是"}), Choice("N", {"en": "No", "zh-CN": "否"})),
    "G": (Choice("F", {"en": "Female", "zh-CN": "女"}), Choice("M", {"en": "Male", "zh-CN": "男"})),
    "C": (
        Choice("Y", {"en": "Yes", "zh-CN": "是"}),
        Choice("U", {"en": "Uncertain", "zh-CN": "不确定"}),
        Choice("N", {"en": "No", "zh-CN": "否"}),
    ),
    "E": (
        Choice("I", {"en": "Increase", "zh-CN": "增加"}),
        Choice("S", {"en": "Same", "zh-CN": "不变"}),
        Choice("D", {"en": "Decrease", "zh-CN": "减少"}),
    ),
}
SHOWN_ONLY = "X"
OTHER = Choice("-oth-", {"en": "Other", "zh-CN": "其他"})


def read_questionnaire(path: Path) -> Codebook:
    """Return the questions of a LimeSurvey questionnaire, named as its answers name them.

    Parameters
    ----------
    path
        An ``.lss`` file.

    Returns
    -------
    Codebook
        A column for each question or part of one (``Q2[SQ001]``); questions of several choices as sets.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    try:
        document = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise InputError(
            "A LimeSurvey questionnaire can be read.", found=str(error), fix="Export it again.", where=path.name
        ) from error
    questions, parts = _rows(document, "questions"), _rows(document, "subquestions")
    texts = _texts([*questions, *parts, *_rows(document, "question_l10ns")], "qid", "question")
    answers = _answers(document)
    under: dict[str, list[Row]] = {}
    for part in sorted(_once(parts), key=_place):
        under.setdefault(part["parent_qid"], []).append(part)
    columns: list[CodedColumn] = []
    sets: list[MultipleSet] = []
    for question in sorted(_once(questions), key=_place):
        if question["type"] == SHOWN_ONLY:
            continue
        made = _columns(question, under.get(question["qid"], []), texts, answers)
        columns += made
        if KINDS.get(question["type"]) == "multiple":
            members = tuple(c.name for c in made if c.kind == "multiple")
            if members:
                sets.append(MultipleSet(question["title"], texts.get(question["qid"], {}), members, "Y"))
    named = _rows(document, "surveys_languagesettings")
    titles = {r["surveyls_language"]: bare_text(r.get("surveyls_title", "")) for r in named}
    return Codebook(tuple(columns), tuple(sets), tool="limesurvey", title={_tag(k): v for k, v in titles.items() if v})


def _columns(
    question: Row, parts: list[Row], texts: Mapping[str, dict[str, str]], answers: Mapping[str, list[Choice]]
) -> list[CodedColumn]:
    title, letter, text = question["title"], question["type"], texts.get(question["qid"], {})
    kind = KINDS.get(letter, "text")
    choices = tuple(answers.get(question["qid"], ()))
    if letter in STEPS:
        choices = tuple(Choice(n) for n in STEPS[letter])
    choices = choices or FIXED.get(letter, ())
    with_other = question.get("other") == "Y"
    if kind == "multiple":
        chosen = (Choice("Y"),)
        made = [
            CodedColumn(f"{title}[{p['title']}]", texts.get(p["qid"], {}), "multiple", chosen, (), title, title)
            for p in parts
        ]
        return [*made, CodedColumn(f"{title}[other]", OTHER.labels, "text", tool_id=title)] if with_other else made
    if kind == "rank":
        return [CodedColumn(f"{title}[{i}]", text, "rank", choices, tool_id=title) for i in range(1, len(choices) + 1)]
    if parts:
        return [
            CodedColumn(f"{title}[{p['title']}]", _joined(text, texts.get(p["qid"], {})), kind, choices, tool_id=title)
            for p in parts
        ]
    if with_other:
        own = CodedColumn(f"{title}[other]", OTHER.labels, "text", tool_id=title)
        return [CodedColumn(title, text, kind, (*choices, OTHER), tool_id=title), own]
    return [CodedColumn(title, text, kind, choices, tool_id=title)]


def _joined(question: Mapping[str, str], part: Mapping[str, str]) -> dict[str, str]:
    return {tag: f"{question[tag]} - {text}" if question.get(tag) else text for tag, text in part.items()}


def _answers(document: ElementTree.Element) -> dict[str, list[Choice]]:
    """Return question → its choices in order; labels lie with the answers, or in a table of their own."""
    rows = _rows(document, "answers")
    labels = _texts([*rows, *_rows(document, "answer_l10ns")], "aid", "answer")
    by_code: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        own = {_tag(row["language"]): bare_text(row["answer"])} if row.get("language") and row.get("answer") else {}
        by_code.setdefault((row["qid"], row["code"]), {}).update({**labels.get(row.get("aid", ""), {}), **own})
    found: dict[str, list[Choice]] = {}
    for row in sorted(rows, key=lambda r: int(r.get("sortorder") or 0)):
        key = (row["qid"], row["code"])
        if key in by_code:
            found.setdefault(row["qid"], []).append(Choice(code_of(row["code"]), by_code.pop(key)))
    return found


def _rows(document: ElementTree.Element, table: str) -> list[Row]:
    found = document.find(f"{table}/rows")
    if found is None:
        return []
    return [{cell.tag: (cell.text or "").strip() for cell in row} for row in found]


def _texts(rows: Iterable[Row], key: str, field: str) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for row in rows:
        text = bare_text(row.get(field, ""))
        if key in row and row.get("language") and text:
            texts.setdefault(row[key], {})[_tag(row["language"])] = text
    return texts


def _once(rows: Iterable[Row]) -> list[Row]:
    # in files of older versions a question stands once for each language
    return list({row["qid"]: row for row in rows}.values())


def _place(row: Row) -> tuple[int, int]:
    return int(row.get("gid") or 0), int(row.get("question_order") or 0)


def _tag(language: str) -> str:
    return {"zh-Hans": "zh-CN", "zh": "zh-CN"}.get(language, language)
