"""What one column of a file means: its question, its kind, its choices and the codes that mean 'no answer'."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from workbench.core.errors import InputError

Code = int | float | str
Texts = Mapping[str, str]
Kind = Literal["single", "multiple", "scale", "number", "text", "date", "rank", "id", "weight"]
MissingKind = Literal["refused", "skipped", "not_shown", "other"]
Measure = Literal["nominal", "ordinal", "scale"]
KINDS: tuple[str, ...] = get_args(Kind)
MISSING_KINDS: tuple[str, ...] = get_args(MissingKind)
MEASURES: tuple[str, ...] = get_args(Measure)
UNKNOWN = "und"  # the tag of a text whose language its file does not say (BCP 47)


def spoken(texts: Texts, language: str) -> str:
    """Return a text in a language: in it, else in the same language of another country, else as the file has it.

    Parameters
    ----------
    texts
        Language → text; ``und`` where the file does not say which language it is.
    language
        Tag of the language asked for.

    Examples
    --------
    >>> spoken({"zh-Hans": "满意", "en": "Good"}, "zh-CN"), spoken({"und": "Gut"}, "en"), spoken({}, "en")
    ('满意', 'Gut', '')
    """
    if language in texts:
        return texts[language]
    family = language.split("-")[0]
    near = next((text for tag, text in texts.items() if tag.split("-")[0] == family), None)
    if near is not None:
        return near
    return texts.get(UNKNOWN) or texts.get("en") or next(iter(texts.values()), "")


@dataclass(frozen=True)
class Choice:
    """An answer that can be chosen.

    Attributes
    ----------
    code
        As the file has it: a number where the column holds numbers, else text.
    labels
        Language → what it means.
    """

    code: Code
    labels: Texts = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require_code(self.code)

    def label(self, language: str) -> str:
        """Return what it means in `language`; the code itself where nothing says it.

        Examples
        --------
        >>> Choice(1, {"en": "Yes"}).label("en"), Choice("N").label("en")
        ('Yes', 'N')
        """
        return spoken(self.labels, language) or code_text(self.code)


@dataclass(frozen=True)
class MissingCode:
    """A code, or a range of numbers, that means: no answer.

    Attributes
    ----------
    code
        The code; None where it is a range.
    kind
        Why there is no answer: ``refused``, ``skipped`` by the respondent, ``not_shown`` to him, or ``other``.
    low, high
        First and last number of a range; infinite where it is open.
    """

    code: Code | None = None
    kind: MissingKind = "other"
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        _require_one_of("missing", self.kind, MISSING_KINDS)
        is_range = self.low is not None and self.high is not None
        if self.code is not None:
            _require_code(self.code)
        if (self.code is None) == (not is_range) or (is_range and not self.low <= self.high):  # type: ignore[operator]
            raise InputError(
                "A missing code is one code, or a range from low to high.",
                found=f"code {self.code!r}, low {self.low!r}, high {self.high!r}",
                fix="Give either 'code', or 'low' and 'high'.",
                where="codebook",
            )

    def covers(self, value: Code) -> bool:
        """Tell whether a value of the column is this code or lies in this range.

        Examples
        --------
        >>> MissingCode(-3).covers(-3.0), MissingCode(low=97, high=99).covers(98), MissingCode("x").covers("y")
        (True, True, False)
        """
        if self.code is not None:
            return same_code(self.code, value)
        assert self.low is not None and self.high is not None
        return not isinstance(value, str) and self.low <= value <= self.high

    @property
    def shown(self) -> str:
        """The code or the range as text.

        Examples
        --------
        >>> MissingCode(-3).shown, MissingCode(low=97, high=99).shown, MissingCode(low=-math.inf, high=0).shown
        ('-3', '97 … 99', '≤ 0')
        """
        if self.code is not None:
            return code_text(self.code)
        assert self.low is not None and self.high is not None
        if math.isinf(self.low):
            return f"≤ {code_text(self.high)}"
        return (
            f"≥ {code_text(self.low)}" if math.isinf(self.high) else f"{code_text(self.low)} … {code_text(self.high)}"
        )


@dataclass(frozen=True)
class CodedColumn:
    """What a column of a table means.

    Attributes
    ----------
    name
        Its name in the table.
    text
        Language → the question.
    kind
        What its values are.
    choices
        Answers that can be chosen, in their order; a missing code may be among them, with its label.
    missing
        Codes that mean: no answer.
    set_name
        The set of columns that make one question of several answers, where it belongs to one.
    tool_id
        What the tool calls the question.
    measure
        ``nominal``, ``ordinal`` or ``scale``, where the file says it.

    Examples
    --------
    >>> q1 = CodedColumn("Q1", {"en": "Are you content?"}, "single", (Choice(1, {"en": "Yes"}), Choice(2)))
    >>> q1.question("en"), q1.labels("en"), q1.is_missing(9)
    ('Are you content?', {1: 'Yes', 2: '2'}, False)
    """

    name: str
    text: Texts = field(default_factory=dict)
    kind: Kind = "text"
    choices: tuple[Choice, ...] = ()
    missing: tuple[MissingCode, ...] = ()
    set_name: str | None = None
    tool_id: str | None = None
    measure: Measure | None = None

    def __post_init__(self) -> None:
        _require_one_of(f"{self.name}: kind", self.kind, KINDS)
        if self.measure is not None:
            _require_one_of(f"{self.name}: measure", self.measure, MEASURES)
        codes = [c.code for c in self.choices]
        twice = sorted({code_text(c) for i, c in enumerate(codes) if c in codes[:i]})
        if not self.name or twice:
            raise InputError(
                "A column has a name, and each of its choices a code of its own.",
                found=f"{self.name!r}: " + (f"{', '.join(twice)} twice" if twice else "no name"),
                fix="Correct the codebook.",
                where="codebook",
            )

    def question(self, language: str) -> str:
        """Return the question in `language`; the column's name where nothing says it."""
        return spoken(self.text, language) or self.name

    def labels(self, language: str) -> dict[Code, str]:
        """Return code → what it means in `language`, in the order of the choices."""
        return {c.code: c.label(language) for c in self.choices}

    def is_missing(self, value: Code) -> bool:
        """Tell whether a value means: no answer."""
        return any(m.covers(value) for m in self.missing)

    def code_of(self, value: object) -> Code | None:
        """Return the code that a value of the wave's table stands for: itself, or the code its meaning belongs to.

        Tables of a wave keep the answers to questions of one choice by their meaning.

        Examples
        --------
        >>> sex = CodedColumn("sex", kind="single", choices=(Choice(1, {"en": "Male", "zh-CN": "男"}),))
        >>> sex.code_of("男"), sex.code_of("1"), sex.code_of("x")
        (1, 1, None)
        """
        text = code_text(value) if isinstance(value, int | float | str) else str(value)
        by_code = next((c.code for c in self.choices if code_text(c.code) == text), None)
        if by_code is not None:
            return by_code
        return next((c.code for c in self.choices if text in c.labels.values()), None)

    @property
    def valid(self) -> tuple[Choice, ...]:
        """The choices that are answers: without the missing codes."""
        return tuple(c for c in self.choices if not self.is_missing(c.code))


@dataclass(frozen=True)
class MultipleSet:
    """Columns that together are one question of which several answers can be chosen.

    Attributes
    ----------
    name
        Its name.
    label
        Language → the question.
    columns
        Its columns, in their order.
    counted
        The value that means *chosen*; None where each column holds one of the chosen categories.
    """

    name: str
    label: Texts
    columns: tuple[str, ...]
    counted: Code | None = None

    def __post_init__(self) -> None:
        if not self.name or not self.columns:
            raise InputError(
                "A set of answers has a name and at least one column.",
                found=f"set {self.name!r} with {len(self.columns)} columns",
                fix="Correct the codebook.",
                where="codebook",
            )
        if self.counted is not None:
            _require_code(self.counted)


def same_code(one: Code, other: Code) -> bool:
    """Tell whether two codes are the same: numbers by value, texts without the blanks around them.

    Examples
    --------
    >>> same_code(1, 1.0), same_code("1", 1), same_code("x ", "x")
    (True, False, True)
    """
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and one.strip() == other.strip()
    return one == other


def code_text(code: Code) -> str:
    """Return a code as a table of texts has it: whole numbers without a point.

    Examples
    --------
    >>> code_text(1.0), code_text(-99), code_text("1.0"), code_text(2.5)
    ('1', '-99', '1.0', '2.5')
    """
    if isinstance(code, float) and code.is_integer() and abs(code) < 1e15:
        return str(int(code))
    return str(code)


def _require_code(code: object) -> None:
    if isinstance(code, bool) or not isinstance(code, int | float | str) or code != code:
        raise InputError(
            "A code is a number or a text.",
            found=repr(code),
            fix="Write it as a number, or in quotes.",
            where="codebook",
        )


def _require_one_of(what: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise InputError(
            f"{what} is one of {', '.join(known)}.", found=repr(value), fix="Correct the codebook.", where="codebook"
        )
