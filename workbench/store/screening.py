"""Screening a staged table against its contract: clean rows to one file, every broken cell with its rule to another.

A broken cell costs the row only where the row cannot do without it (`workbench.store.contracts.Field.costs_row`); any
other becomes missing, and is listed all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from workbench.core.engine import DuckDBEngine, Engine
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, INVITATION_ID, RECOMMEND
from workbench.core.scales import beyond_scale, scale_meant, shown_counts
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.contracts import DUPLICATE, NEEDED, UNKNOWN_INVITATION, Contract, Field
from workbench.store.joined_cells import beside_sql
from workbench.store.lines import FILE, LINE
from workbench.store.value_names import merged_values

FEWEST_JUDGED = 10
BESIDE = message("'none of these' is not ticked beside an answer")

QUARANTINE = pa.schema(
    [
        ("file", pa.string()),
        ("line", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("rule", pa.string()),
        ("costs", pa.string()),
    ]
)


ROW, VALUE = "row", "value"


@dataclass(frozen=True)
class Fault:
    """How many rows of a column break a rule, and whether that costs the row or only the value."""

    column: str
    rule: str
    values: Mapping[str, object]
    rows: int
    costs: str = ROW

    @property
    def message(self) -> Message:
        """The rule, readable in every language."""
        return Message(self.rule, self.values)


@dataclass(frozen=True)
class FileReject:
    """A line of a file that is not a row."""

    file: str
    line: int
    text: str
    rule: Message


@dataclass(frozen=True)
class Screened:
    """What screening kept and refused; `cells` are values of kept rows that became missing."""

    kept: int
    quarantined: int
    cells: int
    not_answered: Mapping[str, int]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Check:
    """One rule on one column: `sql` is true for the rows that break it."""

    column: str
    sql: str
    rule: Message
    shown: str
    costs: str = ROW


def screen(
    item: str,
    columns: Sequence[str],
    contract: Contract,
    source: Source,
    config: WaveConfig,
    rejects: Sequence[FileReject],
    *,
    words: Mapping[str, Mapping[str, str]] | None = None,
    clean: Path,
    quarantine: Path,
    engine: DuckDBEngine,
) -> Screened:
    """Check every cell of a staged table and write the clean rows and the quarantine.

    Parameters
    ----------
    item
        FROM item of the staged table: text columns, ``_file`` and ``_line``.
    columns
        Its columns, without those two.
    rejects
        Lines that are not rows; they go to the quarantine too.
    words
        Column → code → what it means: texts are kept by their meaning.
    clean, quarantine
        Parquet files to write.

    Raises
    ------
    InputError
        If answers cannot be on the scale that ``wave.yaml`` says.
    """
    quote, literal = engine.dialect.quote, engine.dialect.literal
    fields = {n: contract.fields.get(n, Field("text")) for n in columns}
    codes = {n: ", ".join(map(literal, source.not_answered[n])) for n in columns if source.not_answered.get(n)}
    read = _read(item, fields, codes, words or {}, source, config, engine)
    # each alone: planning what all columns read costs more than reading one
    scales = {n: f for n, f in fields.items() if f.is_scale}
    alone = {n: _read(item, {n: f}, codes, {}, source, config, engine) for n, f in scales.items()}
    answers = {n: Answers(r.item, r.answer[n], r.value[n]) for n, r in alone.items()}
    require_scales(answers, scales, config, engine)
    checks = _checks(read, fields, contract, engine)
    flags = ", ".join(f"{c.sql} AS {_CHECK}{i}" for i, c in enumerate(checks))
    judged = f"(SELECT *, {flags} FROM {read.item})" if checks else read.item
    bad = " OR ".join(f"{_CHECK}{i}" for i, c in enumerate(checks) if c.costs == ROW) or "false"
    lost = " + ".join(f"CAST({_CHECK}{i} AS INTEGER)" for i, c in enumerate(checks) if c.costs == VALUE) or "0"
    beside = {c.column: c.sql for c in checks if c.rule is BESIDE}
    chosen = ", ".join(
        f"{f'CASE WHEN NOT ({beside[n]}) THEN {sql} END' if n in beside else sql} AS {quote(n)}"
        for n, sql in read.typed.items()
    )
    engine.materialize(f"SELECT {chosen} FROM {judged} WHERE NOT ({bad})", clean)
    tallies = [f"count(*) FILTER (WHERE {bad}) AS bad", "count(*) AS everything"]
    tallies += [f"coalesce(sum({lost}) FILTER (WHERE NOT ({bad})), 0) AS cells"]
    tallies += [f"count(*) FILTER (WHERE {_CHECK}{i}) AS check{i}" for i in range(len(checks))]
    tallies += [f"count(*) FILTER (WHERE {quote(n)} IN ({c})) AS code{i}" for i, (n, c) in enumerate(codes.items())]
    counts = engine.rows(f"SELECT {', '.join(tallies)} FROM {judged}").iloc[0]
    broken = [c for i, c in enumerate(checks) if counts[f"check{i}"]]
    _write_quarantine(read.item, broken, rejects, quarantine, engine)
    faults = [
        Fault(c.column, c.rule.template, dict(c.rule.values), int(counts[f"check{i}"]), c.costs)
        for i, c in enumerate(checks)
    ]
    lines = Counter((r.rule.template, tuple(r.rule.values.items())) for r in rejects)
    faults += [Fault("", template, dict(values), rows) for (template, values), rows in sorted(lines.items())]
    return Screened(
        kept=int(counts["everything"] - counts["bad"]),
        quarantined=int(counts["bad"]) + len(rejects),
        cells=int(counts["cells"]),
        not_answered={n: int(counts[f"code{i}"]) for i, n in enumerate(codes)},
        faults=tuple(f for f in faults if f.rows),
    )


# what the columns of the inner queries are called; no column of a file begins like this
_KINDS_OF_READING = ("_workbench_answer", "_workbench_text", "_workbench_value", "_workbench_typed")
_CHECK = "_workbench_check"


@dataclass(frozen=True)
class _Read:
    """A FROM item whose rows carry, beside the texts that came in, what was read of them.

    `answer`, `value` and `typed` lead from a column's name to the quoted name of what stands for it there.
    """

    raw: str
    item: str
    answer: Mapping[str, str]
    value: Mapping[str, str]
    typed: Mapping[str, str]


def _read(
    item: str,
    fields: Mapping[str, Field],
    codes: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]],
    source: Source,
    config: WaveConfig,
    engine: DuckDBEngine,
) -> _Read:
    """Read every column once, in queries inside each other, so that no expression is written out twice."""
    quote = engine.dialect.quote
    answer, text, value, typed = ({n: quote(f"{k}{i}") for i, n in enumerate(fields)} for k in _KINDS_OF_READING)
    layers: list[dict[str, str]] = [{}, {}, {}, {}]
    for n, f in fields.items():
        own = quote(n)
        layers[0][answer[n]] = f"CASE WHEN {own} NOT IN ({codes[n]}) THEN {own} END" if n in codes else own
        layers[1][text[n]] = f.text(answer[n])
        layers[2][value[n]] = f.value(answer[n], text[n])
        sql = f.typed(answer[n], text[n], value[n], date_format=source.date_format, timezone=config.timezone)
        meant = {**words.get(n, {}), **merged_values(config, n)}
        layers[3][typed[n]] = _merged(sql, meant, engine.dialect.literal) if f.kind == "text" else sql
    raw = item
    for layer in layers:
        item = f"(SELECT *, {', '.join(f'{sql} AS {name}' for name, sql in layer.items())} FROM {item})"
    return _Read(raw, item, answer, value, typed)


def _merged(sql: str, merged: Mapping[str, str], literal: Callable[[str], str]) -> str:
    if not merged:
        return sql
    cases = " ".join(f"WHEN {literal(spelling)} THEN {literal(value)}" for spelling, value in merged.items())
    return f"CASE {sql} {cases} ELSE {sql} END"


@dataclass(frozen=True)
class Answers:
    """The answers to one rating: a FROM item, and the SQL of each answer as it was given and as a number or nothing."""

    item: str
    given: str
    number: str


def require_scales(
    answers: Mapping[str, Answers], fields: Mapping[str, Field], config: WaveConfig, engine: Engine
) -> None:
    """Refuse answers that cannot be on the scale that ``wave.yaml`` says, before anything is computed from them.

    Parameters
    ----------
    answers
        Rating → its answers.
    fields
        Rating → its scale.
    config
        The wave's ``wave.yaml``.
    engine
        Engine that the answers lie in.

    Raises
    ------
    InputError
        If answers go on beyond a rating's scale, the recommendation was asked on another scale than 0 to 10, or two
        thirds of ten answers or more are no answers of the scale.
    """
    for name, field in fields.items():
        assert field.low is not None and field.high is not None
        read = answers[name]
        item, answer = read.item, read.given
        sql = f"SELECT {read.number} AS v, count(*) AS n FROM {item} WHERE {answer} IS NOT NULL GROUP BY 1"
        table = engine.rows(sql)
        counts = {float(v): int(n) for v, n in zip(table["v"], table["n"], strict=True) if v == v}
        total, good = int(table["n"].sum()), sum(n for v, n in counts.items() if field.low <= v <= field.high)
        if name == RECOMMEND:
            meant = None if config.recommend.scale or config.recommend.codes else scale_meant(counts)
            if meant is not None:
                raise InputError(
                    "Customers say on a scale from 0 to 10 whether they would recommend us.",
                    found=f"answers that look like a scale from {meant[0]} to {meant[1]}: {shown_counts(counts)}",
                    fix=f"Name the column asked from 0 to 10; or say how this scale counts (recommend: {{scale: "
                    f"[{meant[0]}, {meant[1]}], codes: {{…}}}}); or confirm it (recommend: {{scale: [0, 10]}}).",
                    where="responses.recommend",
                )
        elif not field.numbers and beyond_scale(counts, field.low, field.high):
            raise InputError(
                f"Answers to {name!r} lie from {field.low} to {field.high}.",
                found=shown_counts(counts),
                fix=f"Correct questions.{name} in wave.yaml (low, high, top_box).",
                where=f"responses.{name}",
            )
        if total >= FEWEST_JUDGED and good < total / 3:
            texts = engine.rows(
                f"SELECT {answer} AS v, count(*) AS n FROM {item} WHERE {answer} IS NOT NULL "
                "GROUP BY 1 ORDER BY n DESC, v LIMIT 5"
            )
            raise InputError(
                f"At least a third of the answers to {name!r} must keep its rule: {field.rule.text('en')}.",
                found=f"{total - good} of {total} do not: "
                + ", ".join(f"{str(v)!r} ({n})" for v, n in zip(texts["v"], texts["n"], strict=True)),
                fix="Name the right column, or say what the answers stand for: "
                + (f"{name}: {{codes: {{…}}}}" if name == RECOMMEND else f"questions: {name}: {{codes: {{…}}}}"),
                where=f"responses.{name}",
            )


def count_rows(engine: DuckDBEngine, item: str) -> int:
    """Return the number of rows of a FROM item."""
    return int(engine.rows(f"SELECT count(*) AS n FROM {item}")["n"][0])


def _checks(read: _Read, fields: Mapping[str, Field], contract: Contract, engine: DuckDBEngine) -> list[_Check]:
    quote, item, answer, typed = engine.dialect.quote, read.raw, read.answer, read.typed
    checks = [
        _Check(n, f"{answer[n]} IS NOT NULL AND {typed[n]} IS NULL", f.rule, quote(n), ROW if f.costs_row else VALUE)
        for n, f in fields.items()
        if f.kind not in ("id", "text")
    ]
    checks += [_Check(n, f"{quote(n)} IS NULL", NEEDED, "NULL") for n, f in fields.items() if f.needed]
    if {CUSTOMER_ID, INVITATION_ID} <= fields.keys():
        invited = quote(INVITATION_ID)
        strange = f"{invited} IS NOT NULL AND {quote(CUSTOMER_ID)} IS NULL"
        checks.append(_Check(INVITATION_ID, strange, UNKNOWN_INVITATION, invited))
    for first, then in contract.in_order:
        if then in fields:
            early = f"coalesce({typed[then]} < {typed[first]}, false)"
            checks.append(_Check(then, early, message("not before {column}", column=first), quote(then)))
    for none, choices in contract.exclusive:
        there = [typed[c] for c in choices if c in fields]
        if none in fields and there:
            any_ = " OR ".join(f"{c} = 1" for c in there)
            checks.append(_Check(none, f"coalesce({typed[none]} = 1 AND ({any_}), false)", BESIDE, quote(none), VALUE))
    for column, none, separator in contract.lists:
        if column in fields:
            sql = beside_sql(answer[column], none, separator, engine.dialect)
            checks.append(_Check(column, sql, BESIDE, quote(column), VALUE))
    unique = contract.unique
    if unique is not None and unique in fields:
        key = quote(unique)
        twice = f"SELECT {key} FROM {item} WHERE {key} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
        if count_rows(engine, f"({twice})"):  # the usual case needs no window over the table
            later = f"row_number() OVER (PARTITION BY {key} ORDER BY {FILE}, {LINE}) > 1"
            rows = f"SELECT ({FILE}, {LINE}) FROM {item} WHERE {key} IN ({twice}) QUALIFY {later}"
            checks.append(_Check(unique, f"({FILE}, {LINE}) IN ({rows})", DUPLICATE, key))
    return checks


def _write_quarantine(
    item: str, checks: Sequence[_Check], rejects: Sequence[FileReject], path: Path, engine: DuckDBEngine
) -> None:
    lines = [
        {"file": r.file, "line": r.line, "column": "", "value": r.text, "rule": r.rule.text("en"), "costs": ROW}
        for r in rejects
    ]
    literal = engine.dialect.literal
    parts = [f"SELECT * FROM {engine.register(pa.Table.from_pylist(lines, QUARANTINE))}"]
    parts += [
        f'SELECT {FILE} AS file, {LINE} AS line, {literal(c.column)} AS "column", {c.shown} AS value, '
        f"{literal(c.rule.text('en'))} AS rule, {literal(c.costs)} AS costs FROM {item} WHERE {c.sql}"
        for c in checks
    ]
    engine.materialize(f'SELECT * FROM ({" UNION ALL ".join(parts)}) ORDER BY file, line, "column", rule', path)
