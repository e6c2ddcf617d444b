"""Screening a table of an engine against its contract, in the engine: rules as columns, counts, some of what broke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.engine import Dialect, Engine
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.contracts import DUPLICATE, NEEDED, UNKNOWN_INVITATION, Contract, Field
from workbench.store.engine_reading import EngineColumn, point_sql, typed_sql
from workbench.store.joined_cells import beside_sql
from workbench.store.scale_check import Answers
from workbench.store.screening import BESIDE, QUARANTINE, ROW, VALUE
from workbench.store.value_names import merged_values

MOST_SHOWN = 1_000  # rows of the quarantine that leave the engine
RAW, TEXT_OF, VALUE_OF, BROKEN = "_raw", "_text", "_value", "_broken"  # what inner queries call their columns
_READ_NARROW = ("text", "yes_no", "whole", "ticked")


@dataclass(frozen=True)
class Rule:
    """A rule on a column: `sql` is true for the rows that break it, `words` say it; breaking it costs row or value."""

    column: str
    sql: str
    words: Message
    costs: str = ROW


def judged_rows(
    raw: str,
    columns: Mapping[str, EngineColumn],
    fields: Mapping[str, Field],
    contract: Contract,
    source: Source,
    config: WaveConfig,
    d: Dialect,
    *,
    meant: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[str, list[Rule]]:
    """Return the rows with what was read of each column and which rules each row breaks, and the rules.

    Parameters
    ----------
    raw
        The rows under the contract's names, a query in brackets.
    columns
        Its columns.
    fields
        Column → what its values are.
    contract, source, config
        The contract, the table's entry in ``wave.yaml``, and the whole.
    d
        The engine's spellings.
    meant
        Column → code → what it means: texts are kept by their meaning.

    Returns
    -------
    str
        FROM item: the n-th column as read is ``_value`` n, whether a row breaks the n-th rule ``_broken`` n.
    list of Rule
        The rules.
    """
    number = {n: i for i, n in enumerate(fields)}
    layers: list[list[str]] = [[], [], [], []]
    for n, field in fields.items():
        i = number[n]
        layers[0].append(f"{_answered(n, columns[n], source, d)} AS {RAW}{i}")
        held = EngineColumn(f"{RAW}{i}", columns[n].kind)
        if held.is_text and field.kind in _READ_NARROW:  # in a query of its own: it stands in many places of the next
            layers[1].append(f"{held.narrow(d)} AS {TEXT_OF}{i}")
            held = EngineColumn(f"{TEXT_OF}{i}", columns[n].kind)
        words = {**(meant or {}).get(n, {}), **merged_values(config, n)} if field.kind == "text" else {}
        layers[2].append(f"{typed_sql(field, held, d, timezone=config.timezone, words=words)} AS {VALUE_OF}{i}")
    rules = []
    for n, field in fields.items():
        there = EngineColumn(f"{RAW}{number[n]}", columns[n].kind).text(d)
        value = f"{VALUE_OF}{number[n]}"
        if field.kind not in ("id", "text"):
            broken = f"{there} IS NOT NULL AND {value} IS NULL"
            rules.append(Rule(n, broken, field.rule, ROW if field.costs_row else VALUE))
        if field.needed:
            rules.append(Rule(n, f"{there} IS NULL", NEEDED))
    if {CUSTOMER_ID, INVITATION_ID} <= fields.keys():
        strange = f"{VALUE_OF}{number[INVITATION_ID]} IS NOT NULL AND {VALUE_OF}{number[CUSTOMER_ID]} IS NULL"
        rules.append(Rule(INVITATION_ID, strange, UNKNOWN_INVITATION))
    for first, then in contract.in_order:
        if first in fields and then in fields:
            early = f"coalesce({VALUE_OF}{number[then]} < {VALUE_OF}{number[first]}, 1 = 0)"
            rules.append(Rule(then, early, message("not before {column}", column=first)))
    for none, choices in contract.exclusive:
        ticked = [f"{VALUE_OF}{number[c]} = 1" for c in choices if c in fields]
        if none in fields and ticked:
            sql = f"coalesce({VALUE_OF}{number[none]} = 1 AND ({' OR '.join(ticked)}), 1 = 0)"
            rules.append(Rule(none, sql, BESIDE, VALUE))
    for name, none, separator in contract.lists:
        if name in fields:
            cell = EngineColumn(f"{RAW}{number[name]}", columns[name].kind).text(d)
            rules.append(Rule(name, beside_sql(cell, none, separator, d), BESIDE, VALUE))
    if contract.unique is not None and contract.unique in fields:
        key = f"{VALUE_OF}{number[contract.unique]}"
        layers[3].append(f"row_number() OVER (PARTITION BY {key} ORDER BY {order_as_read(fields, d)}) AS {RAW}")
        rules.append(Rule(contract.unique, f"{key} IS NOT NULL AND {RAW} > 1", DUPLICATE))
    item = f"{raw} AS r"
    for i, layer in enumerate(layers):
        item = f"(SELECT *{''.join(f', {sql}' for sql in layer)} FROM {item}) AS layer{i}" if layer else item
    flags = "".join(f", ({r.sql}) AS {BROKEN}{i}" for i, r in enumerate(rules))
    return f"(SELECT *{flags} FROM {item}) AS judged", rules


def order_as_read(fields: Mapping[str, Field], d: Dialect) -> str:
    """Return the SQL that sorts judged rows by all columns as read, in the same order in every engine."""
    kinds = [pa.string() if f.kind in ("id", "text") else pa.float64() for f in fields.values()]
    return ", ".join(EngineColumn(f"{VALUE_OF}{i}", kind).order(d) for i, kind in enumerate(kinds))


def kept_values(fields: Mapping[str, Field], rules: Sequence[Rule], d: Dialect) -> str:
    """Return the SQL of the values that are kept of judged rows: 'none of these' beside an answer is not."""
    beside = {r.column: f"{BROKEN}{i}" for i, r in enumerate(rules) if r.words is BESIDE}
    held = {n: f"{VALUE_OF}{i}" for i, n in enumerate(fields)}
    held |= {n: f"CASE WHEN NOT {broken} THEN {held[n]} END" for n, broken in beside.items()}
    return ", ".join(f"{sql} AS {d.quote(n)}" for n, sql in held.items())


def answers_alone(
    raw: str, columns: Mapping[str, EngineColumn], fields: Mapping[str, Field], source: Source, d: Dialect
) -> dict[str, Answers]:
    """Return the answers to each rating, before any rule.

    Parameters
    ----------
    raw
        The rows under the contract's names, a query in brackets.
    columns, fields
        Rating → its column, and its scale.
    source
        The table's entry in ``wave.yaml``.
    d
        The engine's spellings.
    """
    found = {}
    for name, field in fields.items():
        column = columns[name]
        given = _answered(name, column, source, d)
        first = EngineColumn("given", column.kind)
        read = first.narrow(d) if first.is_text else first.sql
        inner = (
            f"(SELECT given, {read} AS narrow FROM (SELECT {given} AS given FROM {raw} AS r) AS answered) AS read_text"
        )
        point = point_sql(field, EngineColumn("narrow", column.kind), d)
        item = f"(SELECT {first.text(d)} AS given, {point} AS point FROM {inner}) AS answers"
        found[name] = Answers(item, "given", "point")
    return found


def _answered(name: str, column: EngineColumn, source: Source, d: Dialect) -> str:
    """Return the SQL of a column without its codes for no answer."""
    codes = ", ".join(map(d.literal, source.not_answered.get(name, [])))
    return f"CASE WHEN {column.text(d)} NOT IN ({codes}) THEN {column.sql} END" if codes else column.sql


def count_broken(
    judged: str,
    rules: Sequence[Rule],
    bad: str,
    source: Source,
    columns: Mapping[str, EngineColumn],
    engine: Engine,
) -> dict[str, int]:
    """Count rows, refused ones, lost values, and the rows that break each rule, in one query.

    Parameters
    ----------
    judged, rules
        As `judged_rows` gives them.
    bad
        SQL of what costs a row.
    source
        The table's entry in ``wave.yaml``; how often its codes for no answer stand is counted, too.
    columns
        The columns.
    engine
        The engine.
    """
    d = engine.dialect

    def count(condition: str, name: str) -> str:
        return f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END) AS {name}"

    lost = " + ".join(f"CASE WHEN {BROKEN}{i} THEN 1 ELSE 0 END" for i, r in enumerate(rules) if r.costs == VALUE)
    parts = ["count(*) AS everything", count(bad, "bad")]
    parts.append(f"sum(CASE WHEN {bad} THEN 0 ELSE {lost or '0'} END) AS cells")
    parts += [count(f"{BROKEN}{i}", f"{BROKEN}{i}") for i in range(len(rules))]
    for i, (n, codes) in enumerate(source.not_answered.items()):
        if n in columns:
            text = columns[n].text(d)
            parts.append(count(f"{text} IN ({', '.join(map(d.literal, codes))})", f"code{i}"))
    row = engine.rows(f"SELECT {', '.join(parts)} FROM {judged}").fillna(0).iloc[0]
    return {str(n): int(v) for n, v in row.items()}


def write_sample(
    judged: str,
    rules: Sequence[Rule],
    counts: Mapping[str, int],
    source: Source,
    path: Path,
    engine: Engine,
) -> None:
    """Write some of what breaks each rule, at most 1,000 values; the line of each is its place in the sample.

    Parameters
    ----------
    judged, rules, counts
        As `judged_rows` and `count_broken` give them.
    source
        The table's entry in ``wave.yaml``.
    path
        Parquet file to write.
    engine
        The engine.
    """
    d = engine.dialect
    broken = [(i, r) for i, r in enumerate(rules) if counts[f"{BROKEN}{i}"]]
    lines: list[dict[str, object]] = []
    for i, rule in broken:
        shown = f"CAST({d.quote(rule.column)} AS {d.text_type})"
        most = max(1, MOST_SHOWN // len(broken))
        query = f"SELECT {shown} AS v FROM {judged} WHERE {BROKEN}{i} ORDER BY 1 LIMIT {most}"
        found: pd.DataFrame = engine.rows(query)
        for value in found["v"]:
            told = {"value": value if isinstance(value, str) else None, "rule": rule.words.text("en")}
            lines.append(
                {"file": source.origin, "line": len(lines) + 1, "column": rule.column, **told, "costs": rule.costs}
            )
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(lines, QUARANTINE), path, compression="zstd")
