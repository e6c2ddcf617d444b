"""Screening a staged table against its contract: clean rows to one file, every broken cell with its rule to another.

A broken cell costs the row only where the row cannot do without it (`workbench.store.contracts.Field.costs_row`); any
other becomes missing, and is listed all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from workbench.core.engine import DuckDBEngine
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.contracts import DUPLICATE, NEEDED, UNKNOWN_INVITATION, Contract, Field
from workbench.store.joined_cells import beside_sql
from workbench.store.lines import FILE, LINE
from workbench.store.scale_check import Answers, require_scales
from workbench.store.value_names import merged_values

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


@dataclass(eq=False)
class _Tally:
    """How many rows carry each mark: first what the checks cost (`costs`), then codes for no answer."""

    costs: tuple[str, ...]
    marked: npt.NDArray[np.int64]
    everything: int = 0
    bad: int = 0
    cells: int = 0

    def good(self, batches: Iterable[pa.RecordBatch], columns: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows that no check costs, `columns` wide, and count the marks behind those."""
        costs_row = np.array([c == ROW for c in self.costs], dtype=bool)
        for batch in batches:
            flags = [c.fill_null(False).to_numpy(zero_copy_only=False) for c in batch.columns[columns:]]
            marks = np.array(flags, dtype=bool).reshape(len(flags), batch.num_rows)
            found = marks[: len(self.costs)]
            bad = found[costs_row].any(axis=0)
            self.everything += batch.num_rows
            self.bad += int(bad.sum())
            self.cells += int(found[~costs_row][:, ~bad].sum())
            self.marked += marks.sum(axis=1)
            rows = batch.select(range(columns))
            yield rows.filter(pa.array(~bad)) if bad.any() else rows


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
    beside = {c.column: c.sql for c in checks if c.rule is BESIDE}
    typed = [
        f"{f'CASE WHEN NOT ({beside[n]}) THEN {sql} END' if n in beside else sql} AS {quote(n)}"
        for n, sql in read.typed.items()
    ]
    marks = [c.sql for c in checks] + [f"{quote(n)} IN ({c})" for n, c in codes.items()]
    marked = ", ".join(typed + [f"{sql} AS {_CHECK}{i}" for i, sql in enumerate(marks)])
    tally = _Tally(tuple(c.costs for c in checks), np.zeros(len(marks), dtype=np.int64))
    # rows and what is wrong with them in one go: reading texts is what costs
    rows = tally.good(engine.batches(f"SELECT {marked} FROM {read.item}"), len(typed))
    first = next(rows, None)
    schema = engine.schema(f"(SELECT {', '.join(typed)} FROM {read.item})") if first is None else first.schema
    engine.store(chain([] if first is None else [first], rows), schema, clean)
    broken = [c for i, c in enumerate(checks) if tally.marked[i]]
    _write_quarantine(read.item, broken, rejects, quarantine, engine)
    faults = [
        Fault(c.column, c.rule.template, dict(c.rule.values), int(tally.marked[i]), c.costs)
        for i, c in enumerate(checks)
    ]
    lines = Counter((r.rule.template, tuple(r.rule.values.items())) for r in rejects)
    faults += [Fault("", template, dict(values), rows) for (template, values), rows in sorted(lines.items())]
    return Screened(
        kept=tally.everything - tally.bad,
        quarantined=tally.bad + len(rejects),
        cells=tally.cells,
        not_answered={n: int(tally.marked[len(checks) + i]) for i, n in enumerate(codes)},
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
