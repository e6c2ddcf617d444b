"""A table and its codebook as a statistics program takes them: numbers with labels, allowed names, texts that fit."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.report.export.files.naming import NameRule, cut_text, variable_names
from workbench.store.codebook import Choice, Codebook, CodedColumn, MissingCode, MultipleSet, spoken
from workbench.store.codebook.coded import code_text

Kind = Literal["number", "text", "date", "time"]
MOST_NUMBERED, MOST_CHOICES = 12, 1000
CHOSEN = ("single", "multiple", "scale")


@dataclass(frozen=True)
class Limits:
    """What a format holds: names, and bytes of labels, of labels of values, and of texts."""

    names: NameRule
    label: int
    value_label: int
    text: int


@dataclass(frozen=True)
class Variable:
    """One variable of a file.

    Attributes
    ----------
    name
        Its name in the file.
    column
        The column of the table that it comes from.
    label
        The question, in the file's language.
    kind
        What its values are in the file.
    values
        Value in the file → what it means.
    missing
        Codes that mean: no answer.
    measure
        ``nominal``, ``ordinal`` or ``scale``.
    numbers
        Text in the table → number in the file, where answers that are texts were numbered.
    """

    name: str
    column: str
    label: str
    kind: Kind
    values: Mapping[float, str] = field(default_factory=dict)
    missing: tuple[MissingCode, ...] = ()
    measure: str = "nominal"
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A table whose columns are the variables of a file, and what could not be held."""

    table: pd.DataFrame
    variables: tuple[Variable, ...]
    sets: tuple[MultipleSet, ...]
    weight: str | None
    title: str
    lost: tuple[Message, ...]

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Column, variable and label of each variable."""
        return [(v.column, v.name, v.label) for v in self.variables]


def prepare(table: pd.DataFrame, codebook: Codebook, limits: Limits, language: Language) -> Prepared:
    """Return a table as a program takes it.

    Parameters
    ----------
    table
        Any table; columns that the codebook does not know are written as what they are.
    codebook
        What its columns mean.
    limits
        What the format holds.
    language
        Language of labels.

    Returns
    -------
    Prepared
        Answers that are texts become numbers in the order of the codebook, with the text as label; what had to be cut
        or left out is said, once per column and reason.

    Raises
    ------
    InputError
        If the table has two columns of one name.
    """
    names = [str(c) for c in table.columns]
    twice = sorted({n for i, n in enumerate(names) if n in names[:i]})
    if twice:
        raise InputError(
            "Every column of a table that is written has a name of its own.",
            found=f"{', '.join(twice)} twice",
            fix="Rename one of them.",
            where="table",
        )
    known = {c.name: c for c in codebook.columns}
    called = variable_names(names, limits.names, ids={n: c.tool_id for n, c in known.items()})
    lost: list[Message] = []
    variables, values = [], {}
    for place, (column, name) in enumerate(zip(names, called, strict=True)):
        coded = known.get(column, CodedColumn(column))
        variable, series = _variable(table.iloc[:, place], coded, column in known, name, limits, language, lost)
        variables.append(variable)
        values[name] = series.reset_index(drop=True)
        if name != column:
            lost.append(message("{column} is called {name}.", column=column, name=name))
    of = dict(zip(names, called, strict=True))
    return Prepared(
        pd.DataFrame(values, columns=called),
        tuple(variables),
        _sets(codebook, of, {v.column: v for v in variables}, limits, language, lost),
        of.get(codebook.weight) if codebook.weight else None,
        spoken(codebook.title, language),
        tuple(lost),
    )


def text_width(texts: pd.Series) -> int:
    """Return the bytes that the longest of some texts takes in UTF-8, at least one.

    Examples
    --------
    >>> text_width(pd.Series(["满意", None], dtype=object))
    6
    """
    return max([1, *(len(t.encode()) for t in texts if t is not None)])


def _variable(
    series: pd.Series,
    coded: CodedColumn,
    is_known: bool,
    name: str,
    limits: Limits,
    language: Language,
    lost: list[Message],
) -> tuple[Variable, pd.Series]:
    kind, plain = _plain(series, coded.name, lost)
    if kind == "text" and coded.kind in ("number", "weight"):
        read = [None if t is None else _number(t) for t in plain]
        if all(n is not None for n, t in zip(read, plain, strict=True) if t is not None):
            kind, plain = "number", pd.Series(read, index=plain.index, dtype="float64")
    labels: dict[Any, str] = {c.code: c.label(language) for c in coded.choices}
    numbers: dict[str, float] = {}
    if kind == "text" and (coded.choices or (coded.kind in CHOSEN and plain.nunique() <= MOST_CHOICES)):
        kind = "number"
        plain, labels, numbers = _numbered(plain, coded, language, lost)
    elif kind == "number" and not coded.choices and series.dropna().map(lambda v: isinstance(v, bool | np.bool_)).all():
        labels = {0: message("no").text(language), 1: message("yes").text(language)} if len(series.dropna()) else {}
    if kind == "text":
        plain = _fitting(plain, coded.name, limits.text, lost)
    shown = {c: t for c, t in labels.items() if not isinstance(c, str)} if kind == "number" else {}
    if len(shown) < len(labels):
        lost.append(message("{column}: labels of its texts are left out.", column=coded.name))
    cut = {float(c): cut_text(t, limits.value_label) for c, t in shown.items()}
    if any(cut[float(c)] != t for c, t in shown.items()):
        lost.append(
            message("{column}: labels of its values are cut at {n:int} bytes.", column=coded.name, n=limits.value_label)
        )
    question = coded.question(language)
    label = cut_text(question, limits.label)
    if label != question:
        lost.append(message("{column}: its label is cut at {n:int} bytes.", column=coded.name, n=limits.label))
    measure = coded.measure or (_measure(coded) if is_known or labels else _measure_of(kind))
    missing = tuple(m for m in coded.missing if kind == "number" and not isinstance(m.code, str))
    return Variable(name, coded.name, label, kind, cut, missing, measure, numbers), plain


def _plain(series: pd.Series, column: str, lost: list[Message]) -> tuple[Kind, pd.Series]:
    """Return what kind of values a column has, and the values as plain numbers, texts or times."""
    kind = series.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return _plain(series.astype(kind.categories.dtype), column, lost)
    if isinstance(kind, pd.DatetimeTZDtype):
        lost.append(message("{column}: its times are those of {zone}.", column=column, zone=str(kind.tz)))
        return "time", series.dt.tz_localize(None)
    if pd.api.types.is_datetime64_any_dtype(kind):
        return "time", series
    if pd.api.types.is_timedelta64_dtype(kind):
        return "number", series.dt.total_seconds()
    if pd.api.types.is_bool_dtype(kind) or pd.api.types.is_numeric_dtype(kind):
        return "number", series.astype("Float64").astype("float64").where(series.notna(), np.nan)
    given = series.dropna()
    if len(given) and given.map(lambda v: isinstance(v, int | float | Decimal | np.number | np.bool_)).all():
        return "number", series.map(lambda v: math.nan if pd.isna(v) else float(v)).astype("float64")
    if len(given) and given.map(lambda v: isinstance(v, dt.date)).all():
        is_date = not given.map(lambda v: isinstance(v, dt.datetime)).any()
        if is_date:  # as dates: a column of days in another unit than nanoseconds would be written as 1970
            return "date", pd.Series([v if isinstance(v, dt.date) else None for v in series], series.index, object)
        return "time", pd.to_datetime(series, errors="coerce")
    texts = [None if v is None or v is pd.NA or v != v else str(v) for v in series]
    return "text", pd.Series(texts, index=series.index, dtype=object)


def _numbered(
    texts: pd.Series, coded: CodedColumn, language: Language, lost: list[Message]
) -> tuple[pd.Series, dict[Any, str], dict[str, float]]:
    """Return answers that stand as texts as numbers: the codes themselves, or their places in the codebook."""
    codes = [c.code for c in coded.choices]
    words = [c for c in codes if isinstance(c, str)]
    numbers: dict[str, float] = {code_text(c): float(c) for c in codes if not isinstance(c, str)}
    labels = {float(c.code): c.label(language) for c in coded.choices if not isinstance(c.code, str)}
    others = sorted({t for t in texts.dropna().unique() if t.strip() not in numbers and t.strip() not in words})
    free = max([0.0, *(math.floor(n) for n in numbers.values())])
    for text in [*words, *(t.strip() for t in others)]:
        value = _number(text) if text not in words else None
        if value is not None:
            numbers[text] = value
        elif text not in numbers:
            free += 1
            numbers[text] = free
            chosen = next((c for c in coded.choices if c.code == text), Choice(text))
            labels[free] = chosen.label(language)
    made = {t: n for t, n in numbers.items() if _number(t) != n}
    if made:
        listed = " · ".join(f"{code_text(n)} = {t}" for t, n in list(made.items())[:MOST_NUMBERED])
        more = " …" if len(made) > MOST_NUMBERED else ""
        lost.append(message("{column}: its texts are numbers: {listed}", column=coded.name, listed=listed + more))
    empty = {m.code.strip() for m in coded.missing if isinstance(m.code, str)}
    if empty:
        lost.append(message("{column}: texts that mean no answer are empty.", column=coded.name))
    values = texts.map(lambda t: math.nan if t is None or t.strip() in empty else numbers[t.strip()]).astype(float)
    return values, labels, numbers


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _fitting(texts: pd.Series, column: str, most: int, lost: list[Message]) -> pd.Series:
    long = texts.map(lambda t: t is not None and len(t.encode()) > most)
    if long.any():
        lost.append(
            message(
                "{column}: texts are cut at {n:int} bytes ({rows:int} of them).",
                column=column,
                rows=int(long.sum()),
                n=most,
            )
        )
    fitting = [None if t is None else cut_text(t, most) for t in texts]
    return pd.Series(fitting, index=texts.index, dtype=object)


def _measure(coded: CodedColumn) -> str:
    if coded.kind in ("scale", "rank"):
        return "ordinal"
    return "scale" if coded.kind in ("number", "weight", "date") else "nominal"


def _measure_of(kind: Kind) -> str:
    return "nominal" if kind == "text" else "scale"


def _sets(
    codebook: Codebook,
    of: Mapping[str, str],
    variables: Mapping[str, Variable],
    limits: Limits,
    language: Language,
    lost: list[Message],
) -> tuple[MultipleSet, ...]:
    """Return the sets of several answers that the file can hold: all columns there, and numbers."""
    found = []
    names = variable_names([s.name for s in codebook.sets], limits.names)
    for answers, name in zip(codebook.sets, names, strict=True):
        there = [c for c in answers.columns if c in of and variables[c].kind == "number"]
        counted: Any = answers.counted
        if isinstance(counted, str):
            counted = variables[there[0]].numbers.get(counted.strip()) if there else None
        if len(there) < len(answers.columns) or (answers.counted is not None and counted is None):
            lost.append(message("{column}: this set of several answers is left out.", column=answers.name))
            continue
        label = cut_text(spoken(answers.label, language) or answers.name, limits.label)
        found.append(MultipleSet(name, {language: label}, tuple(of[c] for c in there), counted))
    return tuple(found)
