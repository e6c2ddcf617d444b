"""Tables of another shape: several ids in one cell, orders side by side in one row, answers below each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import InputError, few_names, nearest
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID
from workbench.store.config.parts import Long, Source
from workbench.store.lines import FILE, LINE
from workbench.store.staging import Staged

PLACE = "{n}"
# ids joined by a sign that no id has
JOINED = r"^[^;；|]+([;；|]\s*[^;；|]+)+[;；|]?$"
LOOKED_AT = 20_000


def reshaped(staged: Staged, source: Source, engine: DuckDBEngine) -> Staged:
    """Return a staged table in the shape that contracts have: one row per order, answer or customer.

    Parameters
    ----------
    staged
        Its rows as texts.
    source
        What ``wave.yaml`` says: `long`, `repeats`, `several`.
    engine
        The engine.

    Raises
    ------
    InputError
        If a column that is named is not there.
    """
    if source.long is not None:
        staged = _wide(staged, source.long, engine)
    if source.repeats:
        staged = _one_row_each(staged, source.repeats, engine)
    for name, how in source.several.items():
        staged = _one_id_each(staged, source.columns.get(name, name), how, engine)
    return staged


def require_one_id(item: str, column: str, source: Source, table: str, engine: DuckDBEngine) -> None:
    """Ask what a cell with several ids means, where ``wave.yaml`` does not say it.

    Parameters
    ----------
    item
        FROM item of the texts.
    column
        SQL of the id.
    source
        What ``wave.yaml`` says.
    table
        The table's name, for errors.
    engine
        The engine.

    Raises
    ------
    InputError
        If one of the first cells names several customers.
    """
    if CUSTOMER_ID in source.several:
        return
    counts = engine.rows(
        f"SELECT count(*) AS n, any_value(id) AS example FROM (SELECT trim({column}) AS id FROM {item} "
        f"LIMIT {LOOKED_AT}) WHERE regexp_matches(id, '{JOINED}')"
    ).iloc[0]
    if counts["n"]:
        raise InputError(
            "A cell names one customer, or wave.yaml says what several mean.",
            found=f"{int(counts['n'])} of the first cells of {CUSTOMER_ID} are like {counts['example']!r}",
            fix=f"Write tables: {table}: several: {{{CUSTOMER_ID}: first}} (the first counts) or each (a row each).",
            where=table,
        )


def _one_id_each(staged: Staged, column: str, how: str, engine: DuckDBEngine) -> Staged:
    _require(column, staged.columns, "several")
    q = engine.dialect.quote(column)
    item = engine.dialect.file(staged.file)
    parts = f"list_filter(list_transform(string_split_regex({q}, '[;；|]'), lambda x: trim(x)), lambda x: x <> '')"
    if how == "first":
        sql = f"SELECT * REPLACE (coalesce({parts}[1], '') AS {q}) FROM {item}"
        said = message("{column}: of several ids in a cell the first counts", column=column)
        return _written(staged, sql, staged.columns, said, engine)
    listed = f"CASE WHEN len({parts}) > 0 THEN {parts} ELSE [''] END"
    sql = f"SELECT * EXCLUDE (_part) REPLACE (_part AS {q}) FROM (SELECT *, unnest({listed}) AS _part FROM {item})"
    said = message("{column}: each of several ids in a cell has a row of its own", column=column)
    return _written(staged, sql, staged.columns, said, engine)


def _one_row_each(staged: Staged, repeats: dict[str, str], engine: DuckDBEngine) -> Staged:
    """Return a row for each of the orders that stand side by side: those with a value in any of their columns."""
    quote, item = engine.dialect.quote, engine.dialect.file(staged.file)
    numbers: list[str] = []
    for pattern in repeats.values():
        found = [m[1] for c in staged.columns if (m := re.fullmatch(_regex(pattern), c))]
        if not found:
            raise InputError(
                "A pattern of 'repeats' names columns that are there.",
                found=f"no column like {pattern!r} among {few_names(staged.columns, like=[pattern])}",
                fix=f"Write {PLACE} where the number stands: order{PLACE}_date.",
                where="repeats",
            )
        numbers += [n for n in found if n not in numbers]
    used = {pattern.replace(PLACE, n) for pattern in repeats.values() for n in numbers}
    rest = [c for c in staged.columns if c not in used and c not in repeats]
    parts = []
    for n in sorted(numbers, key=int):
        own = {name: pattern.replace(PLACE, n) for name, pattern in repeats.items()}
        cells = {name: quote(c) if c in staged.columns else "NULL" for name, c in own.items()}
        filled = " OR ".join(f"trim(coalesce({c}, '')) <> ''" for c in cells.values())
        chosen = [*(quote(c) for c in rest), *(f"{c} AS {quote(name)}" for name, c in cells.items()), FILE, LINE]
        parts.append(f"SELECT {', '.join(chosen)} FROM {item} WHERE {filled}")
    said = message("columns side by side ({columns}) are a row each", columns=", ".join(repeats.values()))
    return _written(staged, " UNION ALL ".join(parts), (*rest, *repeats), said, engine)


def _wide(staged: Staged, long: Long, engine: DuckDBEngine) -> Staged:
    """Return a row for each respondent from answers that stand below each other."""
    for column in (long.row, long.question, long.answer):
        _require(column, staged.columns, "long")
    quote, item = engine.dialect.quote, engine.dialect.file(staged.file)
    row, question, answer = map(quote, (long.row, long.question, long.answer))
    asked = engine.rows(
        f"SELECT {question} AS q FROM {item} WHERE trim({question}) <> '' GROUP BY 1 ORDER BY min({LINE})"
    )
    names = [str(q).strip() for q in asked["q"]]
    others = [c for c in staged.columns if c not in (long.row, long.question, long.answer)]
    kept = ", ".join([f"any_value({quote(c)}) AS {quote(c)}" for c in others] or ["1 AS _none"])
    cells = ", ".join(
        f"any_value({answer}) FILTER (WHERE trim({question}) = {engine.dialect.literal(n)}) AS {quote(n)}"
        for n in names
    )
    sql = (
        f"SELECT * {'' if others else 'EXCLUDE (_none)'} FROM (SELECT {row}, {kept}, {cells}, "
        f"any_value({FILE}) AS {FILE}, min({LINE}) AS {LINE} FROM {item} GROUP BY {row} ORDER BY min({LINE}))"
    )
    twice = engine.rows(
        f"SELECT count(*) AS n FROM (SELECT 1 FROM {item} GROUP BY {row}, {question} "
        f"HAVING count(DISTINCT {answer}) > 1)"
    )
    if int(twice["n"][0]):
        raise InputError(
            "A respondent answers a question once.",
            found=f"{int(twice['n'][0])} questions with two different answers of one respondent",
            fix="Correct the file, or name another column as 'row'.",
            where="long",
        )
    said = message("{n:int} questions below each other are columns now, a row for each respondent", n=len(names))
    return _written(staged, sql, (long.row, *others, *names), said, engine)


def _written(staged: Staged, sql: str, columns: Sequence[str], said: Message, engine: DuckDBEngine) -> Staged:
    target = Path(staged.file).with_name(f"shaped{len(staged.said)}.parquet")
    engine.materialize(sql, target)
    layout = staged.layout if tuple(columns) == staged.columns else None
    return replace(staged, file=target, columns=tuple(columns), layout=layout, said=(*staged.said, said))


def _regex(pattern: str) -> str:
    before, _, after = pattern.partition(PLACE)
    return f"{re.escape(before)}(\\d+){re.escape(after)}"


def _require(column: str, known: Sequence[str], where: str) -> None:
    if column not in known:
        raise InputError(
            f"The column {column!r} is needed ({where}).",
            found=f"columns {few_names(known, like=[column])}",
            fix=f"Correct '{where}' in wave.yaml{nearest(column, known)}",
            where=where,
        )
