"""What the columns of a table mean, as its tool, its file, a questionnaire and ``codebook.yaml`` say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import RECOMMEND
from workbench.store.codebook import Choice, Codebook, CodedColumn, MissingCode, spoken
from workbench.store.codebook.coded import Code, code_text
from workbench.store.codebook.overlay import overlaid
from workbench.store.completing import as_numbers, completed
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.formats import qualtrics
from workbench.store.formats.container import container_of
from workbench.store.formats.kinds import code_of
from workbench.store.formats.layout import Layout
from workbench.store.formats.questionnaire import read_questionnaire
from workbench.store.formats.questions import describe
from workbench.store.formats.reading import Reading, Values, values_of
from workbench.store.joined_cells import Chosen
from workbench.store.staging import Staged

RESPONSES = "responses"
CODEBOOK_FILE = "codebook.yaml"
# what a tool knows about an answer → the column of the contract it becomes where the file has none of this name
FILLED_BY_ROLE = {
    "submitted_at": "submitted_at",
    "duration_seconds": "duration_seconds",
    "respondent_id": "respondent_id",
}
MOST_CODES = 200


@dataclass(frozen=True)
class Understood:
    """What is known about the columns of a table besides their contract.

    Attributes
    ----------
    book
        The codebook, by the names the columns have in the wave; None where nothing is known.
    item
        FROM item of the texts, with the columns that were made of others.
    columns
        Its columns.
    roles
        Column of the contract → SQL over the item, where the tool says which it is.
    left_out
        Rows that are none: the reason and its SQL condition over the item.
    no_answer
        Column of the file → texts that mean: no answer.
    words
        Column of the wave → code → what it means, for columns of one choice.
    derived
        Column that was made → which choice of a cell it tells.
    said
        What was found, in words.
    """

    book: Codebook | None
    item: str
    columns: tuple[str, ...]
    roles: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[tuple[Message, str], ...] = ()
    no_answer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    derived: Mapping[str, Chosen] = field(default_factory=dict)
    said: tuple[Message, ...] = ()


def understand(
    table: str, staged: Staged, source: Source, config: WaveConfig, engine: DuckDBEngine, *, base: Path, folder: Path
) -> Understood:
    """Find what the columns of a staged table mean.

    Parameters
    ----------
    table
        Its name.
    staged
        Its rows as texts.
    source
        What ``wave.yaml`` says about it.
    config
        The wave's ``wave.yaml``.
    engine
        The engine.
    base
        Folder that the files of `source` lie in.
    folder
        The wave's folder, with ``codebook.yaml`` where somebody wrote one.

    Raises
    ------
    InputError
        If a codebook is named that is not there, or it is of another kind.
    """
    d = engine.dialect
    item = d.file(staged.file)
    own = _own_codebook(table, source, base, folder)
    wanted = table == RESPONSES or staged.recognised is not None or staged.book is not None or own is not None
    if not wanted:
        return Understood(None, item, staged.columns, left_out=staged.left_out, said=staged.said)
    values, reading = read_meaning(table, staged, engine)
    said = list(staged.said)
    if staged.recognised is not None:
        title, why = staged.recognised.format.title, staged.recognised.why
        said.insert(0, message("a file of {tool}: {why}", tool=title, why=why))
    book = reading.book if isinstance(own, str) or own is None else _with_questions(reading.book, own)
    derived = {n: c for n, c in reading.derived.items() if n not in staged.columns}
    if derived:
        item = f"(SELECT *, {', '.join(f'{c.sql(d)} AS {d.quote(n)}' for n, c in derived.items())} FROM {item})"
    columns = (*staged.columns, *derived)
    is_survey = table == RESPONSES and (staged.recognised is None or RESPONSES in staged.recognised.format.tables)
    known = {FILLED_BY_ROLE[r]: s for r, s in reading.roles.items() if r in FILLED_BY_ROLE} if is_survey else {}
    roles = {c: s for c, s in known.items() if c not in columns and c not in source.columns}
    names = {origin: name for name, origin in source.columns.items() if origin in columns}
    if isinstance(own, str):
        book = overlaid(book, own, renamed=names, where=CODEBOOK_FILE)
    # a weight below zero is a weight, whatever codes for no answer look like
    weights = config.response.weights_among(names.get(c, c) for c in columns) if table == RESPONSES else set()
    asked = [c for c in book.columns if c.name in columns and names.get(c.name, c.name) not in weights]
    no_answer = {c.name: found for c in asked if (found := _codes(c, item, values, engine))}
    final = _as_the_wave_says(_renamed(book, names, roles), values, names, source, config)
    return Understood(
        final,
        item,
        columns,
        roles,
        (*staged.left_out, *((x.rule, f"({x.sql})") for x in reading.left_out)),
        no_answer,
        _words(final, config),
        derived,
        tuple(said),
    )


def with_meaning(config: WaveConfig, table: str, known: Understood, codebook: Path | None) -> WaveConfig:
    """Return ``wave.yaml`` with the questions that a table brings, and write its codebook where it has one.

    Parameters
    ----------
    config
        The wave's ``wave.yaml``.
    table
        Name of the table.
    known
        What its columns mean.
    codebook
        Where to write the codebook.
    """
    if known.book is None:
        return config
    # sets that the file brings keep the values that its codebook counts; those of wave.yaml are checked
    config = completed(config, {table: known.book}).model_copy(update={"sets": config.sets})
    if codebook is not None:
        codebook.write_text(as_numbers(known.book, config).to_yaml(), encoding="utf-8")
    return config


def with_no_answer(source: Source, found: Mapping[str, tuple[str, ...]]) -> Source:
    """Return the entry of ``wave.yaml`` with the codes for no answer that a codebook knows beside its own.

    Parameters
    ----------
    source
        The entry.
    found
        Column → codes.
    """
    renamed = {origin: name for name, origin in source.columns.items()}
    known = {renamed.get(c, c): list(codes) for c, codes in found.items()}
    for name, codes in source.not_answered.items():
        known[name] = list(dict.fromkeys([*codes, *known.get(name, [])]))
    return source.model_copy(update={"not_answered": known})


def read_meaning(table: str, staged: Staged, engine: DuckDBEngine) -> tuple[Values, Reading]:
    """Return the values of a staged table, and what its tool or its file says about it.

    Parameters
    ----------
    table
        What the table is.
    staged
        Its rows as texts.
    engine
        The engine.
    """
    item = engine.dialect.file(staged.file)
    if staged.left_out:
        none = " OR ".join(sql for _, sql in staged.left_out)
        item = f"(SELECT * FROM {item} WHERE NOT coalesce({none}, false))"
    values = values_of(item, staged.columns, engine)
    return values, _reading(table, staged, values)


def _reading(table: str, staged: Staged, values: Values) -> Reading:
    layout = staged.layout or Layout(staged.columns, 1, 1, 2)
    if staged.recognised is not None:
        return staged.recognised.format.read(values, layout)
    if staged.book is not None:
        book = staged.book.only(staged.columns)
        return qualtrics.of_statistics(book) or Reading(book)
    found = describe(values, layout, tool="", special={}, separator="┋" if table == RESPONSES else None)
    return Reading(found.book, derived=found.derived)


def _own_codebook(table: str, source: Source, base: Path, folder: Path) -> Codebook | str | None:
    """Return what a file says that stands beside the table: text of a codebook.yaml, or a questionnaire."""
    if source.codebook is None:
        place = folder / CODEBOOK_FILE
        return place.read_text(encoding="utf-8-sig") if table == RESPONSES and place.is_file() else None
    path = next((p for p in (base / source.codebook, folder / source.codebook) if p.is_file()), None)
    if path is None:
        raise InputError(
            "A codebook that wave.yaml names is there.",
            found=f"no file {source.codebook}",
            fix=f"Put it there, or correct tables.{table}.codebook.",
            where=table,
        )
    kind = container_of(path)
    if kind == "questionnaire":
        return read_questionnaire(path)
    if kind == "sas catalogue":
        return None  # its labels are read with the rows
    return path.read_text(encoding="utf-8-sig")


def _with_questions(book: Codebook, asked: Codebook) -> Codebook:
    """Return a codebook with the texts, kinds and choices of a questionnaire for the columns it knows."""
    columns = []
    for c in book.columns:
        if c.name not in asked:
            columns.append(c)
            continue
        q = asked.column(c.name)
        columns.append(replace(q, missing=c.missing, set_name=q.set_name or c.set_name))
    names = {c.name for c in columns}
    sets = [s for s in asked.sets if set(s.columns) <= names]
    sets += [s for s in book.sets if s.name not in {x.name for x in sets}]
    return replace(book, columns=tuple(columns), sets=tuple(sets), title=asked.title or book.title)


def _codes(column: CodedColumn, item: str, values: Values, engine: DuckDBEngine) -> tuple[str, ...]:
    """Return the texts of a column that its missing codes cover."""
    if column.kind == "id" or not column.missing:
        return ()
    found = [code_text(m.code) for m in column.missing if m.code is not None]
    for m in column.missing:
        if m.code is None:
            number = f"TRY_CAST(trim({engine.dialect.quote(column.name)}) AS DOUBLE)"
            low, high = (f"CAST('{x!r}' AS DOUBLE)" for x in (m.low, m.high))
            within = engine.rows(
                f"SELECT DISTINCT trim({engine.dialect.quote(column.name)}) AS v FROM {item} "
                f"WHERE {number} BETWEEN {low} AND {high} ORDER BY v LIMIT {MOST_CODES}"
            )
            found += [str(v) for v in within["v"]]
    # a number may be written as 99.0 or 099 in the file
    known = values.of(column.name)
    found += [v for v in known if re.fullmatch(r"-?\d+\.0+", v) and v.partition(".")[0] in found]
    return tuple(dict.fromkeys(found))


def _renamed(book: Codebook, names: Mapping[str, str], roles: Mapping[str, str]) -> Codebook:
    """Return the codebook under the names that columns have in the wave, with the columns that roles make."""
    columns = [
        replace(c, name=names[c.name], tool_id=c.tool_id or c.name) if c.name in names else c for c in book.columns
    ]
    made = {c.name for c in columns}
    kinds = {"submitted_at": "date", "duration_seconds": "number", "respondent_id": "id"}
    columns += [CodedColumn(r, kind=kinds[r]) for r in roles if r not in made]  # type: ignore[arg-type]
    sets = tuple(replace(s, columns=tuple(names.get(c, c) for c in s.columns)) for s in book.sets)
    weight = names.get(book.weight, book.weight) if book.weight else None
    return replace(book, columns=tuple(columns), sets=sets, weight=weight)


def _as_the_wave_says(
    book: Codebook, values: Values, names: Mapping[str, str], source: Source, config: WaveConfig
) -> Codebook:
    """Return the codebook with what ``wave.yaml`` says of ratings: scales, labels, codes for no answer."""
    origin = {name: column for column, name in names.items()}
    asked = {*config.questions, RECOMMEND}
    columns = []
    for c in book.columns:
        codes = [code_of(text) for text in source.not_answered.get(c.name, ())]
        missing = (*c.missing, *(MissingCode(code) for code in codes if not c.is_missing(code)))
        told = replace(c, missing=missing)
        if c.name in asked:
            given = values.of(origin.get(c.name, c.name))
            choices = c.choices or tuple(Choice(code) for code in sorted(map(code_of, given), key=_by_number))
            rating = config.questions.get(c.name)
            label = {"en": rating.label.en, "zh-CN": rating.label.zh_cn} if rating is not None else {}
            own = label if set(label.values()) - {c.name} else {}
            told = replace(told, kind="scale", choices=choices, text=c.text or own, measure="ordinal")
        columns.append(told)
    return replace(book, columns=tuple(columns))


def _by_number(code: Code) -> tuple[bool, float, str]:
    return (isinstance(code, str), 0.0 if isinstance(code, str) else float(code), str(code))


def _words(book: Codebook, config: WaveConfig) -> dict[str, dict[str, str]]:
    """Return column → code → its label, for columns of one choice that nothing else reads by their codes."""
    language = config.languages[0]
    found: dict[str, dict[str, str]] = {}
    taken = {*config.questions, "recommend", *config.values, config.response.weight}
    for column in book.columns:
        if column.kind not in ("single", "scale") or column.name in taken:
            continue
        labels = {code_text(c.code): spoken(c.labels, language) for c in column.choices}
        changed = {code: label for code, label in labels.items() if label and label != code}
        if changed and len(set(labels.values())) == len(labels):
            found[column.name] = changed
    return found
