"""Screening a staged table against its contract: clean rows to one file, every broken cell with its rule to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from workbench.core.engine import DuckDBEngine
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.store.config import WaveConfig
from workbench.store.config_parts import Source
from workbench.store.contracts import DUPLICATE, NEEDED, UNKNOWN_INVITATION, Contract, Field
from workbench.store.lines import FILE, LINE

QUARANTINE = pa.schema(
    [
        ("file", pa.string()),
        ("line", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("rule", pa.string()),
    ]
)


@dataclass(frozen=True)
class Fault:
    """How many rows of a column break a rule."""

    column: str
    rule: str
    values: Mapping[str, object]
    rows: int

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
    """What screening kept and refused."""

    kept: int
    quarantined: int
    not_answered: Mapping[str, int]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Check:
    """One rule on one column: `sql` is true for the rows that break it."""

    column: str
    sql: str
    rule: Message
    shown: str


def screen(
    item: str,
    columns: Sequence[str],
    contract: Contract,
    source: Source,
    config: WaveConfig,
    rejects: Sequence[FileReject],
    *,
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
    clean, quarantine
        Parquet files to write.
    """
    quote, literal = engine.dialect.quote, engine.dialect.literal
    fields = {n: contract.fields.get(n, Field("text")) for n in columns}
    codes = {n: ", ".join(map(literal, source.not_answered[n])) for n in columns if n in source.not_answered}
    answer = {n: quote(n) for n in columns}
    answer |= {n: f"(CASE WHEN {quote(n)} NOT IN ({c}) THEN {quote(n)} END)" for n, c in codes.items()}
    typed = {n: f.typed(answer[n], date_format=source.date_format, timezone=config.timezone) for n, f in fields.items()}
    checks = _checks(item, fields, answer, typed, contract, engine)
    bad = " OR ".join(f"({c.sql})" for c in checks) or "false"
    chosen = ", ".join(f"{sql} AS {quote(n)}" for n, sql in typed.items())
    engine.materialize(f"SELECT {chosen} FROM {item} WHERE NOT ({bad})", clean)
    tallies = [f"count(*) FILTER (WHERE {bad}) AS bad", "count(*) AS everything"]
    tallies += [f"count(*) FILTER (WHERE {c.sql}) AS check{i}" for i, c in enumerate(checks)]
    tallies += [f"count(*) FILTER (WHERE {quote(n)} IN ({c})) AS code{i}" for i, (n, c) in enumerate(codes.items())]
    counts = engine.rows(f"SELECT {', '.join(tallies)} FROM {item}").iloc[0]
    _write_quarantine(item, checks, rejects, quarantine, engine)
    faults = [
        Fault(c.column, c.rule.template, dict(c.rule.values), int(counts[f"check{i}"])) for i, c in enumerate(checks)
    ]
    lines = Counter((r.rule.template, tuple(r.rule.values.items())) for r in rejects)
    faults += [Fault("", template, dict(values), rows) for (template, values), rows in sorted(lines.items())]
    return Screened(
        kept=int(counts["everything"] - counts["bad"]),
        quarantined=int(counts["bad"]) + len(rejects),
        not_answered={n: int(counts[f"code{i}"]) for i, n in enumerate(codes)},
        faults=tuple(f for f in faults if f.rows),
    )


def count_rows(engine: DuckDBEngine, item: str) -> int:
    """Return the number of rows of a FROM item."""
    return int(engine.rows(f"SELECT count(*) AS n FROM {item}")["n"][0])


def _checks(
    item: str,
    fields: Mapping[str, Field],
    answer: Mapping[str, str],
    typed: Mapping[str, str],
    contract: Contract,
    engine: DuckDBEngine,
) -> list[_Check]:
    quote = engine.dialect.quote
    checks = [
        _Check(n, f"{answer[n]} IS NOT NULL AND {typed[n]} IS NULL", f.rule, quote(n))
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
        {"file": r.file, "line": r.line, "column": "", "value": r.text, "rule": r.rule.text("en")} for r in rejects
    ]
    literal = engine.dialect.literal
    parts = [f"SELECT * FROM {engine.register(pa.Table.from_pylist(lines, QUARANTINE))}"]
    parts += [
        f'SELECT {FILE} AS file, {LINE} AS line, {literal(c.column)} AS "column", {c.shown} AS value, '
        f"{literal(c.rule.text('en'))} AS rule FROM {item} WHERE {c.sql}"
        for c in checks
    ]
    engine.materialize(f'SELECT * FROM ({" UNION ALL ".join(parts)}) ORDER BY file, line, "column", rule', path)
