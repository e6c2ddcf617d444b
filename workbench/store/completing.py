"""What ``wave.yaml`` leaves open and a codebook says: labels and scales of questions, names of columns and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from workbench.core.names import RECOMMEND
from workbench.store.codebook import Choice, Codebook, CodedColumn, MultipleSet, spoken
from workbench.store.codebook.coded import code_text
from workbench.store.config import WaveConfig
from workbench.store.config.parts import ValueName, Words
from workbench.store.config.questions import Rating
from workbench.store.config.sets import SetPlan
from workbench.store.formats.kinds import number_before, step_of, words

LONGEST_LABEL = 60
FEWEST_STEPS, MOST_STEPS = 2, 11
NUMBERED = re.compile(r"^[A-Za-z]+0*(\d{1,2})$")  # A1 … A5


def completed(config: WaveConfig, books: Mapping[str, Codebook]) -> WaveConfig:
    """Return a wave's configuration with what its codebooks say about columns that ``wave.yaml`` only names.

    Parameters
    ----------
    config
        The wave's ``wave.yaml``.
    books
        Table → its codebook, by the names of the wave.

    Returns
    -------
    WaveConfig
        A new one. What ``wave.yaml`` says itself stays as it is: labels of questions, `low`, `high`, `top_box`,
        `codes`, names of columns and of values. Questions of several answers become ``sets:``.

    Examples
    --------
    >>> from workbench.store.codebook import Choice, CodedColumn, Codebook
    >>> from workbench.store.wave_file import parse_wave
    >>> head = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}
    >>> wave = parse_wave({**head, "questions": ["Q2"]}, where="wave.yaml")
    >>> steps = tuple(Choice(i) for i in range(1, 8))
    >>> book = Codebook((CodedColumn("Q2", {"en": "How content are you?"}, "scale", steps),))
    >>> rating = completed(wave, {"responses": book}).questions["Q2"]
    >>> rating.label.text("en"), rating.high, rating.top_box
    ('How content are you?', 7, 6)
    """
    if not books:
        return config
    answers = books.get("responses")
    questions = dict(config.questions)
    if answers is not None:
        questions = {n: _rating(n, q, answers) for n, q in config.questions.items()}
    labels, values = dict(config.labels), dict(config.values)
    for book in books.values():
        for column in book.columns:
            if column.name in config.questions or column.kind not in ("single", "multiple", "number"):
                continue
            texts = _words(column.text)
            if texts is not None and column.name not in labels and len(texts.en) <= LONGEST_LABEL:
                labels[column.name] = texts
            if column.name not in config.values and (named := _value_names(column, config)):
                values[column.name] = named
    sets = dict(config.sets)
    if answers is not None:
        declared = {c for plan in sets.values() for c in plan.columns}
        for told in answers.sets:
            name = told.name.lstrip("$")
            if told.counted is None or name in sets or declared & set(told.columns):
                continue
            plan, named = _set_plan(told, answers, config.languages[0])
            sets[name] = plan
            if named and name not in config.values:
                values[name] = named
    return config.model_copy(update={"questions": questions, "labels": labels, "values": values, "sets": sets})


def _set_plan(told: MultipleSet, book: Codebook, language: str) -> tuple[SetPlan, dict[str, ValueName]]:
    """Return a codebook's set as ``wave.yaml`` would declare it, and the names of its choices in both languages."""
    choices: dict[str, str] = {}
    named: dict[str, ValueName] = {}
    for column in told.columns:
        texts = book.column(column).text
        choice = spoken(texts, language) or column
        choice = column if choice in choices else choice.replace("┋", " ")
        choices[choice] = column
        words_ = _words(texts)
        if words_ is not None and words_.en != words_.zh_cn:
            named[choice] = ValueName(en=words_.en, zh_cn=words_.zh_cn)
    counted = None if code_text(told.counted) == "1" else code_text(told.counted)  # type: ignore[arg-type]
    return SetPlan(label=_words(told.label), choices=choices, counted=counted), named


def as_numbers(book: Codebook, config: WaveConfig) -> Codebook:
    """Return a codebook in which ratings have the numbers that a wave keeps, with the answers in words as their labels.

    Parameters
    ----------
    book
        The codebook of the answers.
    config
        The wave's configuration, completed.

    Examples
    --------
    >>> from workbench.store.codebook import Choice, CodedColumn, Codebook
    >>> from workbench.store.wave_file import parse_wave
    >>> head = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}
    >>> wave = parse_wave({**head, "questions": ["Q2"]}, where="wave.yaml")
    >>> book = Codebook((CodedColumn("Q2", kind="scale", choices=(Choice("满意"), Choice("非常满意"))),))
    >>> as_numbers(book, wave).column("Q2").labels("zh-CN")
    {4: '满意', 5: '非常满意'}
    """
    asked = {name: (rating.codes, rating.low - 1) for name, rating in config.questions.items()}
    asked.setdefault(RECOMMEND, (config.recommend.numbers, 0))
    columns = []
    for column in book.columns:
        codes, shift = asked.get(column.name, ({}, 0))
        made = [_numbered_choice(c, codes, shift) for c in column.choices] if column.name in asked else []
        numbers = [c.code for c in made if c is not None]
        whole = bool(made) and len(numbers) == len(made) == len(set(numbers))
        columns.append(replace(column, choices=tuple(c for c in made if c)) if whole else column)
    return replace(book, columns=tuple(columns))


def _numbered_choice(choice: Choice, codes: Mapping[str, int], shift: int) -> Choice | None:
    if not isinstance(choice.code, str):
        return choice
    number = codes.get(choice.code, number_before(choice.code))
    step = step_of(choice.code)
    if number is None and step is not None:
        number = step + shift
    return None if number is None else Choice(number, choice.labels or words(choice.code))


def _rating(name: str, rating: Rating, book: Codebook) -> Rating:
    if name not in book:
        return rating
    column = book.column(name)
    told = rating.model_fields_set
    found: dict[str, object] = {}
    label = _words(column.text)
    if label is not None and rating.label.en == name == rating.label.zh_cn:
        found["label"] = label
    steps = _steps(column)
    if steps and not {"low", "high"} & told:
        low, high = min(steps.values()), max(steps.values())
        found |= {"low": low, "high": high}
        if "top_box" not in told:
            found["top_box"] = high - 1 if high - low >= 3 else high
        if "codes" not in told:
            found["codes"] = {
                code: n for code, n in steps.items() if number_before(code) is None and step_of(code) is None
            }
    return rating.model_copy(update=found)


def _steps(column: CodedColumn) -> dict[str, int]:
    """Return answer → the number it counts as, where the choices of a column are the steps of a scale."""
    codes = [code_text(c.code) for c in column.valid]
    if not FEWEST_STEPS <= len(codes) <= MOST_STEPS:
        return {}
    for read in (number_before, _numbered, step_of):
        numbers = [read(c) for c in codes]
        if all(n is not None for n in numbers) and len(set(numbers)) == len(codes):
            steps = {c: int(n) for c, n in zip(codes, numbers, strict=True) if n is not None}
            if read is step_of:  # a scale of five of which not every step was used
                return steps if max(steps.values()) > 1 else {}
            # a scale begins at 0 or 1 and has no holes, or nobody gave the answers in between
            return steps if min(steps.values()) in (0, 1) else {}
    return {}


def _numbered(code: str) -> int | None:
    found = NUMBERED.match(code)
    return int(found[1]) if found else None


def _words(texts: Mapping[str, str]) -> Words | None:
    en, zh = spoken(texts, "en"), spoken(texts, "zh-CN")
    return Words(en=en, zh_cn=zh) if en or zh else None


def _value_names(column: CodedColumn, config: WaveConfig) -> dict[str, ValueName]:
    """Return value → its name in both languages, where a column's choices have labels in two."""
    language = config.languages[0]
    named = {}
    for choice in column.valid:
        names = _words(choice.labels)
        if names is not None and names.en != names.zh_cn:
            named[spoken(choice.labels, language)] = ValueName(en=names.en, zh_cn=names.zh_cn)
    return named
