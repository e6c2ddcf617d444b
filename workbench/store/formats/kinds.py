"""What the values of a column say about it: numbers, dates, choices, a scale, free text, and codes for no answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from workbench.core.scales import USUAL_CODES
from workbench.store.answer_words import STEPS
from workbench.store.codebook import Choice, CodedColumn, MissingCode
from workbench.store.codebook.coded import UNKNOWN, Code, Kind, MissingKind, Texts
from workbench.store.contracts import BEGINS_WITH_NUMBER
from workbench.store.formats.reading import Values

# texts that mean: no answer, whatever the tool
NO_ANSWER: Mapping[str, MissingKind] = {
    "(跳过)": "skipped",
    "（跳过）": "skipped",
    "(空)": "skipped",
    "（空）": "skipped",
    "-": "other",
    "--": "other",
    "—": "other",
    "n/a": "other",
    "N/A": "other",
    "NA": "other",
    "#N/A": "other",
    "Prefer not to answer": "refused",
    "拒绝回答": "refused",
    "不愿回答": "refused",
}
MOST_STEPS = 11
LONG_TEXT = 40
MOSTLY = 0.95
DATE = re.compile(
    r"^\s*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})([ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?"
    r"\s*([AaPp][Mm])?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")
HAN = re.compile(r"[\u4e00-\u9fff]")
ID_NAMES = re.compile(
    r"(^|[\s_.-])(id|uuid|guid|no\.?|number|key|code)$|^id[\s_-]|编号$|编码$|序号$|工号$|卡号$|手机号?$|^客户号", re.I
)


def language_of(texts: Iterable[str]) -> str:
    """Return the tag under which texts without a stated language are kept: Chinese where they have Chinese signs.

    Examples
    --------
    >>> language_of(["您满意吗？"]), language_of(["Are you content?"])
    ('zh-CN', 'und')
    """
    return "zh-CN" if any(HAN.search(t) for t in texts) else UNKNOWN


def words(text: str) -> Texts:
    """Return a text under the tag of its language, nothing for an empty one.

    Examples
    --------
    >>> words("满意"), words("")
    ({'zh-CN': '满意'}, {})
    """
    return {language_of([text]): text} if text else {}


def code_of(text: str) -> Code:
    """Return a value as a code: a number where it is written as a whole one, without a zero before it.

    Examples
    --------
    >>> code_of("12"), code_of("007"), code_of("-3"), code_of("x")
    (12, '007', -3, 'x')
    """
    return int(text) if re.fullmatch(r"-?(0|[1-9]\d{0,14})", text) else text


def step_of(text: str) -> int | None:
    """Return the step of a scale that an answer in words stands on: 1 the worst, 5 the best; None where none.

    Examples
    --------
    >>> step_of("非常满意"), step_of("Somewhat likely"), step_of("blue")
    (5, 4, None)
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return next((i for i, step in enumerate(STEPS, start=1) if plain in step), None)


def number_before(text: str) -> int | None:
    """Return the number an answer begins with, as in ``10 - extremely likely`` or ``8分``; the number itself, too.

    Examples
    --------
    >>> number_before("10 - Extremely likely"), number_before("8分"), number_before("7"), number_before("30 - 44")
    (10, 8, 7, None)
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"-?\d{1,3}(\.0+)?", plain):
        return int(float(plain))
    found = re.match(BEGINS_WITH_NUMBER, plain)
    return int(found[1]) if found else None


def missing_codes(values: Mapping[str, int], extra: Mapping[str, MissingKind] | None = None) -> tuple[MissingCode, ...]:
    """Return which of the values mean: no answer.

    Parameters
    ----------
    values
        Value → how often.
    extra
        Further codes of the tool.

    Notes
    -----
    The usual texts (``(跳过)``, ``-``, ``N/A``); the codes of the tool; and the usual negative numbers (−99, −3 …)
    where all other values are numbers from 0 on.

    Examples
    --------
    >>> [m.code for m in missing_codes({"9": 5, "-99": 1, "-": 1})], missing_codes({"-3": 1, "-5": 4, "2": 1, "-40": 1})
    ([-99, '-'], ())
    """
    known = {**NO_ANSWER, **(extra or {})}
    codes = [MissingCode(code_of(v), known[v]) for v in values if v in known]
    rest = [v for v in values if v not in known]
    numbers = {v: float(v) for v in rest if NUMBER.match(v) and "," not in v}
    low = [v for v, x in numbers.items() if x < 0]
    usual = all(numbers[v] in USUAL_CODES or -numbers[v] in USUAL_CODES for v in low)
    if low and usual and len(low) < len(numbers) == len(rest):
        codes = [*(MissingCode(code_of(v), "other") for v in low), *codes]
    return tuple(codes)


def coded_column(
    name: str,
    values: Values,
    *,
    question: str = "",
    tool_id: str | None = None,
    extra: Mapping[str, MissingKind] | None = None,
    kind: Kind | None = None,
    set_name: str | None = None,
) -> CodedColumn:
    """Return what a column means as far as its name, its question and its values tell.

    Parameters
    ----------
    name
        The column.
    values
        The values of its table.
    question
        Its question, where the file has one.
    tool_id
        What the tool calls it.
    extra
        The tool's own codes for no answer.
    kind
        Its kind, where the tool says it.
    set_name
        The set it belongs to.
    """
    found = values.of(name)
    missing = missing_codes(found, extra)
    gone = {str(m.code) for m in missing}
    answers = {v: n for v, n in found.items() if v not in gone}
    chosen = kind or _kind(name, answers, values)
    choices: tuple[Choice, ...] = ()
    if chosen in ("single", "scale", "multiple", "rank"):
        choices = tuple(_choice(v, chosen) for v in _in_order(answers))
    return CodedColumn(
        name,
        words(question if question and question != name else ""),
        chosen,
        choices,
        missing,
        set_name,
        tool_id,
        "ordinal" if chosen == "scale" else None,
    )


def _kind(name: str, answers: Mapping[str, int], values: Values) -> Kind:
    filled = values.filled.get(name, 0)
    if not filled:
        return "text"
    many = values.counts.get(name) is None
    if ID_NAMES.search(name.strip()) and values.distinct[name] > 0.7 * filled:
        return "id"
    if many:
        if values.dates[name] >= MOSTLY * filled:
            return "date"
        return "number" if values.numbers[name] >= MOSTLY * filled else "text"
    if answers and all(DATE.match(v) for v in answers):
        return "date"
    steps = [number_before(v) for v in answers]
    if answers and all(s is not None for s in steps):
        numbers = {s for s in steps if s is not None}
        return "scale" if len(numbers) <= MOST_STEPS and min(numbers) >= 0 and max(numbers) <= 10 else "number"
    if answers and all(NUMBER.match(v) for v in answers):
        return "number"
    if len(answers) >= 2 and all(step_of(v) is not None for v in answers):
        return "scale"
    total = sum(answers.values())
    longest = max(map(len, answers), default=0)
    repeated = total >= 2 * len(answers) and len(answers) <= 40
    return "single" if repeated and longest <= 2 * LONG_TEXT else "text"


def _in_order(answers: Mapping[str, int]) -> list[str]:
    """Return answers in the order of a scale where they are on one: by their number or their step; else as counted."""
    numbers = {v: number_before(v) for v in answers}
    if all(n is not None for n in numbers.values()):
        return sorted(answers, key=lambda v: (numbers[v], v))
    steps = {v: step_of(v) for v in answers}
    if all(s is not None for s in steps.values()):
        return sorted(answers, key=lambda v: (steps[v], v))
    return list(answers)


def _choice(value: str, kind: Kind) -> Choice:
    number = number_before(value)
    if kind == "scale" and number is not None and value != str(number):
        return Choice(value, words(value))
    return Choice(code_of(value), {} if code_of(value) != value else words(value))
