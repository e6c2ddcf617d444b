"""The answers of a wave as others take them: with weights, design, tier, segment and value, and a codebook of all."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from workbench.core.choices import as_chosen, choice_separator, choices_of
from workbench.core.errors import InputError
from workbench.core.language import LANGUAGES, Message, Spoken, message, plural
from workbench.core.names import COLUMNS, CUSTOMER_ID, RECOMMEND, SEGMENT, TIER, WEIGHT
from workbench.privacy.keys import study_key
from workbench.privacy.personal_columns import PERSONAL
from workbench.report.export.alike import Alike, nobody_apart
from workbench.report.masking import masker_of
from workbench.store import Wave
from workbench.store.codebook import Choice, Codebook, CodedColumn, MultipleSet
from workbench.store.codebook.coded import UNKNOWN, code_text
from workbench.store.config import WaveConfig
from workbench.store.people import gate_of
from workbench.store.taking import codebooks_of
from workbench.store.value_names import value_names

Ids = Literal["pseudonym", "customer"]
# what other chapters know of a customer: artefact → its columns that go with the answers
JOINED: Mapping[str, tuple[str, ...]] = {
    "tiers": (TIER,),
    "segments": (SEGMENT,),
    "attitude_segments": (SEGMENT,),  # never beside the others: a wave has segments of one kind
    "clv": ("probability_alive", "expected_purchases", "expected_spend", "clv"),
}
NO_CONTACT = "no_contact"
LABELS: Mapping[str, Message] = {
    CUSTOMER_ID: message("Customer"),
    WEIGHT: message("Weight"),
    "base_weight": message("Base weight"),
    "inclusion_probability": message("Inclusion probability"),
    "stratum_population": message("Population of the stratum"),
    "psu": message("First-stage unit"),
    "weighting_class": message("Weighting class"),
    "submitted_at": message("Answered"),
    "duration_seconds": message("Duration, seconds"),
    "comment": message("Comment"),
    "probability_alive": message("Still a customer (chance)"),
    "expected_purchases": message("Expected purchases"),
    "expected_spend": message("Expected amount of a purchase"),
    "clv": message("Customer value"),
    NO_CONTACT: message("May not be contacted, and why"),
}
# columns of one run's drawing, which say nothing to anybody else
INNER = ("u", "prn", "order", "responded", "reserve")
MOST_VALUES = 25  # texts of a column that are still choices, not somebody's words


@dataclass(frozen=True)
class Answers:
    """The answers of a wave with everything that is known of who gave them.

    Attributes
    ----------
    table
        One row per respondent.
    codebook
        What its columns mean.
    notes
        What was left out or masked, and why.
    """

    table: pd.DataFrame
    codebook: Codebook
    notes: tuple[Message, ...]


def answers_of(wave: Wave, *, ids: Ids = "pseudonym", alike: Alike | None = None) -> Answers:
    """Return the answers of a wave with weights, design variables, tier, segment and value of each respondent.

    Parameters
    ----------
    wave
        A wave whose report was run.
    ids
        ``pseudonym`` puts a keyed id in the place of the customer's, the same in every wave of a study, leaves out
        columns that name or reach a person, and masks words; ``customer`` leaves all as it is.
    alike
        Columns in which nobody may stand out, with pseudonyms; those of ``privacy: quasi`` by default.

    Raises
    ------
    InputError
        If there are no weighted answers.
    """
    table = joined_answers(wave)
    table = table.drop(columns=[c for c in INNER if c in table])
    return described(table, wave, ids=ids, alike=alike)


def require_answers(wave: Wave) -> None:
    """Refuse a wave that has no weighted answers yet.

    Raises
    ------
    InputError
        With what to do.
    """
    if not wave.has("respondents"):
        raise InputError(
            message("Answers come with their weights."),
            found=message("no weighted answers yet"),
            fix=message("Run the report first: workbench report {folder}", folder=str(wave.folder)),
            where=str(wave.folder),
        )


def joined_answers(wave: Wave) -> pd.DataFrame:
    """Return the respondents of a wave with the columns of the frame, tier, segment and value of each.

    Raises
    ------
    InputError
        If there are no weighted answers.
    """
    require_answers(wave)
    table = wave.read("respondents")
    for name, columns in {"frame": wave.columns("frame"), **JOINED}.items():
        wanted = [c for c in columns if c not in table.columns and c in wave.columns(name)]
        if CUSTOMER_ID in table and wanted and CUSTOMER_ID in wave.columns(name):
            known = wave.read(name, columns=[CUSTOMER_ID, *wanted], only=table[CUSTOMER_ID])
            table = table.merge(known, on=CUSTOMER_ID, how="left", validate="many_to_one")
    return table


def described(table: pd.DataFrame, wave: Wave, *, ids: Ids = "pseudonym", alike: Alike | None = None) -> Answers:
    """Return any table of a wave with its codebook; a column whose cells hold several choices becomes one per choice.

    Parameters
    ----------
    table
        A table of the wave.
    wave
        The wave: its ``wave.yaml`` says what columns and values are called.
    ids, alike
        As `answers_of`.
    """
    notes: list[Message] = []
    told = codebooks_of(wave.manifest, wave.artefacts).get("responses", Codebook())
    if ids == "pseudonym":
        table = _without_persons(table, told, wave, notes)
        table = nobody_apart(table, alike or Alike.of(wave), wave.config.languages[0], notes)
    elif CUSTOMER_ID in table:
        table = _with_refusals(table, wave, notes)
    asked = {*wave.columns("responses"), *wave.columns("customers")}
    table, sets = _choices_apart(table, asked)
    return Answers(table, _codebook(table, sets, told, wave), tuple(notes))


def pseudonyms(ids: pd.Series, key: str) -> pd.Series:
    """Return a keyed id for each customer id: the same for the same customer, and nothing to anybody without the key.

    HMAC-SHA-256 (RFC 2104) of the id under the study's key for exports, 16 hexadecimal digits.

    Examples
    --------
    >>> pseudonyms(pd.Series(["C1", None, "C1"]), "a secret of the study").tolist()
    ['99b154a30f666498', None, '99b154a30f666498']
    """
    secret = key.encode()
    made = {i: hmac.new(secret, f"export|{i}".encode(), hashlib.sha256).hexdigest()[:16] for i in ids.dropna().unique()}
    return pd.Series([made.get(i) for i in ids], index=ids.index, dtype=object)


def _with_refusals(table: pd.DataFrame, wave: Wave, notes: list[Message]) -> pd.DataFrame:
    """Return a table with customers' ids that says who may not be contacted: whoever has it could write to them."""
    why = gate_of(wave, "survey").reasons(table[CUSTOMER_ID])
    if not why.notna().any():
        return table
    n = int(table.loc[why.notna(), CUSTOMER_ID].nunique())
    notes.append(plural("{n:int} customer may not be contacted.", "{n:int} customers may not be contacted.", n=n))
    return table.assign(**{NO_CONTACT: why})


def _without_persons(table: pd.DataFrame, told: Codebook, wave: Wave, notes: list[Message]) -> pd.DataFrame:
    persons = [c for c in table.columns if PERSONAL.search(c) and c not in wave.config.questions]
    if persons:
        notes.append(message("Left out, as they name or reach a person: {columns}.", columns=", ".join(persons)))
    table = table.drop(columns=persons)
    known = set(table[CUSTOMER_ID].dropna()) if CUSTOMER_ID in table else set()
    # a tool's own ids lead back to persons, too
    ids = {CUSTOMER_ID, *(c.name for c in told.columns if c.kind == "id")}
    secret = study_key(wave.folder.parent).of("export")
    for column in table.columns:
        texts = table[column].dropna()
        # where single customers are drawn, each is a first-stage unit of its own
        if column in ids or texts.isin(known).any():
            table = table.assign(**{column: pseudonyms(table[column], secret)})
        elif len(texts) and isinstance(texts.iloc[0], str) and not value_names(wave.config, column):
            masked = masker_of(wave, texts).all(table[column])
            changed = int((masked.fillna("") != table[column].fillna("")).sum())
            if changed:
                table = table.assign(**{column: masked})
                notes.append(
                    message("{column}: personal details are masked ({rows:int} texts).", column=column, rows=changed)
                )
    return table


def _choices_apart(
    table: pd.DataFrame, asked: Collection[str]
) -> tuple[pd.DataFrame, list[tuple[str, dict[str, str]]]]:
    """Return the table with a 0/1 column for each choice of a cell with several, and column → its choices' columns."""
    sets = []
    for column in [c for c in table.columns if c in asked]:
        values = table[column]
        separator = choice_separator(values) if values.dropna().map(lambda v: isinstance(v, str)).all() else None
        if column == CUSTOMER_ID or separator is None or values.nunique() > len(values) // 2:
            continue
        choices = choices_of(values, separator)
        names = {f"{column}_{i}": choice for i, choice in enumerate(choices, 1)}
        apart = {}
        for name, choice in names.items():
            ticked = as_chosen(table, column, choice, separator)[column] == choice
            apart[name] = ticked.astype("float64").where(values.notna())
        place = list(table.columns).index(column)
        table = pd.concat([table.iloc[:, :place], pd.DataFrame(apart), table.iloc[:, place + 1 :]], axis=1)
        sets.append((column, names))
    return table, sets


def _codebook(table: pd.DataFrame, sets: list[tuple[str, dict[str, str]]], told: Codebook, wave: Wave) -> Codebook:
    config = wave.config
    of_set = {name: (column, choice) for column, names in sets for name, choice in names.items()}
    columns = []
    for name in map(str, table.columns):
        if name in of_set:
            column, choice = of_set[name]
            text = _texts(_named(config, column, choice))
            yes_no = (Choice(0, _texts(message("no"))), Choice(1, _texts(message("yes"))))
            columns.append(CodedColumn(name, text, "multiple", yes_no, set_name=column))
        else:
            columns.append(_with_the_files_words(_column(name, table[name], wave), table[name], told, config))
    groups = [MultipleSet(column, _texts(_label(column, config)), tuple(names), 1) for column, names in sets]
    groups += [s for s in told.sets if set(s.columns) <= set(table.columns)]
    weight = WEIGHT if WEIGHT in table else None
    return Codebook(tuple(columns), tuple(groups), tool="workbench", weight=weight, title=_texts(config.title))


def _with_the_files_words(column: CodedColumn, values: pd.Series, told: Codebook, config: WaveConfig) -> CodedColumn:
    """Return what a column means with what the file says of it, where ``wave.yaml`` says nothing else."""
    if column.name not in told or column.kind in ("weight", "id"):
        return column
    given = told.column(column.name)
    if column.name in config.questions:
        # a scale asked in words was read as numbers, from the lowest answer to the highest
        named = given.valid if len(given.valid) == len(column.choices) else ()
        steps = [c.labels for c in named] if all(isinstance(c.code, str) or c.labels for c in named) else []
        words = [labels or {UNKNOWN: str(c.code)} for labels, c in zip(steps, named, strict=False)]
        choices = tuple(Choice(c.code, w) for c, w in zip(column.choices, words, strict=True)) if words else ()
        return replace(column, choices=choices or column.choices, tool_id=given.tool_id)
    if column.choices or column.name == RECOMMEND:
        return replace(column, tool_id=given.tool_id)
    here = {code_text(v) for v in values.dropna().map(_plain) if isinstance(v, int | float | str)}
    fits = here <= {code_text(c.code) for c in given.choices}
    text = column.text if column.name in config.labels else (given.text or column.text)
    kind = column.kind if given.kind in ("single", "scale") and not fits else given.kind
    return replace(given, text=text, kind=kind, choices=given.choices if fits else column.choices)


def _plain(value: Any) -> Any:
    number = value.item() if isinstance(value, np.generic) else value
    return number.strip() if isinstance(number, str) else number


def _column(name: str, values: pd.Series, wave: Wave) -> CodedColumn:
    config = wave.config
    text = _texts(_label(name, config))
    if name == WEIGHT:
        return CodedColumn(name, text, "weight")
    if name == CUSTOMER_ID:
        return CodedColumn(name, text, "id")
    if name == RECOMMEND or name in config.questions:
        low, high = (0, 10) if name == RECOMMEND else (config.questions[name].low, config.questions[name].high)
        return CodedColumn(name, text, "scale", tuple(Choice(c) for c in range(low, high + 1)))
    named = _named_values(name, wave)
    if named:
        found = [v for v in values.dropna().unique() if v not in named]
        choices = (*(Choice(v, _texts(w)) for v, w in named.items()), *(Choice(v) for v in sorted(found)))
        return CodedColumn(name, text, "single", choices)
    if pd.api.types.is_bool_dtype(values):
        return CodedColumn(name, text, "single")
    if pd.api.types.is_datetime64_any_dtype(values):
        return CodedColumn(name, text, "date")
    if pd.api.types.is_numeric_dtype(values):
        return CodedColumn(name, text, "number")
    few = values.nunique() <= min(MOST_VALUES, max(1, values.notna().sum() // 2))
    return CodedColumn(name, text, "single" if few else "text")


def _named_values(name: str, wave: Wave) -> Mapping[Any, Spoken]:
    if name == TIER:
        return {t.name: t.label for t in wave.config.tiers}
    kept = next((n for n in ("segment_names", "attitude_names") if wave.has(n)), None)
    if name == SEGMENT and kept is not None:
        names = wave.read(kept)
        return {s: _Pair(en, zh) for s, en, zh in names.itertuples(index=False)}
    return value_names(wave.config, name)


@dataclass(frozen=True)
class _Pair:
    en: str
    zh: str

    def text(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


def _named(config: WaveConfig, column: str, value: str) -> Spoken | str:
    return value_names(config, column).get(value, value)


def _label(name: str, config: WaveConfig) -> Spoken | str:
    if name in config.labels:
        return config.labels[name]
    if name in config.questions:
        return config.questions[name].label
    if name in LABELS:
        return LABELS[name]
    return COLUMNS[name].label if name in COLUMNS else name


def _texts(words: Spoken | str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, words) if isinstance(words, str) else {n: words.text(n) for n in LANGUAGES}
