"""Intake of a table that lies in the engine: checked there, kept there; only counts and a few refused rows leave it.

The rules are those of files (`workbench.store.contracts`): a broken value costs that value, or the row where the row
cannot do without it, and every row is accounted for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from workbench.core.engine import Dialect, Engine
from workbench.core.engine.expressions import spelled
from workbench.core.engine.standin import count_rows
from workbench.core.errors import EngineError, InputError, few_names, nearest
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.store.anonymous import INVITED, OWN_ID, counted_alone, with_own_ids
from workbench.store.column_types import (
    CODE,
    FEWEST_NUMBERS,
    OwnType,
    check_types,
    is_id,
    used_as_numbers,
    with_own_types,
)
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.contracts import Contract, Field, contract_of
from workbench.store.engine_meaning import understand_table
from workbench.store.engine_reading import EngineColumn, number_sql, typed_sql
from workbench.store.engine_rules import engine_rules, read_by
from workbench.store.engine_screening import (
    BROKEN,
    RAW,
    answers_alone,
    count_broken,
    judged_rows,
    kept_values,
    order_as_read,
    write_sample,
)
from workbench.store.erased import erased_rows
from workbench.store.formats.layout import further_names
from workbench.store.intake import EXPRESSION_MARK, require_drawn
from workbench.store.intake_report import IntakeReport, refuse_if_mostly_broken
from workbench.store.invitations import Invited
from workbench.store.scale_check import require_scales
from workbench.store.screening import ROW, Fault
from workbench.store.understanding import RESPONSES, with_meaning, with_no_answer

_NOBODY = "CAST(NULL AS {text})"


def source_item(source: Source, engine: Engine) -> str:
    """Return the FROM item of a table that ``wave.yaml`` names in the engine.

    Parameters
    ----------
    source
        Its entry: a table or view, a folder of Parquet files, or a query.
    engine
        The wave's engine.
    """
    if source.query is not None:
        return f"({source.query})"
    assert source.table is not None
    d = engine.dialect
    if "/" in source.table:
        return f"parquet.{d.quote(source.table)}"
    return ".".join(d.quote(part) for part in source.table.split("."))


def fingerprint(source: Source, engine: Engine) -> tuple[int, str]:
    """Return how many rows a table of the engine has, and a checksum of them.

    Parameters
    ----------
    source
        Its entry in ``wave.yaml``.
    engine
        The wave's engine.

    Raises
    ------
    InputError
        If it is not there.
    """
    try:
        return engine.fingerprint(source_item(source, engine))
    except EngineError as error:
        raise InputError(
            "Tables that wave.yaml names in the engine are there, and may be read.",
            found=error.found,
            fix="Correct 'table' or 'query', or ask who runs the engine for the right to read it.",
            where=source.origin,
        ) from error


def take_in_table(
    table: str,
    source: Source,
    config: WaveConfig,
    *,
    clean: Path,
    quarantine: Path,
    engine: Engine,
    rows: int,
    invited: Invited | None = None,
    wave: Path | None = None,
    codebook: Path | None = None,
) -> IntakeReport:
    """Check a table of the engine against its contract, and keep its clean rows in the engine.

    Parameters
    ----------
    table
        One of the tables that come in.
    source
        Its entry in ``wave.yaml``.
    config
        The wave's ``wave.yaml``.
    clean
        Path that stands for the clean rows afterwards.
    quarantine
        Parquet file to write: at most 1,000 of the rows that were refused and values that became missing.
    engine
        The wave's engine.
    rows
        How many rows the table has.
    invited
        Whom the wave has invited, for rows that name an ``invitation_id`` only.
    wave
        The wave's folder.
    codebook
        Where to write the codebook, for a table that has one.

    Raises
    ------
    InputError
        If the table breaks its contract as a whole: a needed column is missing, or two thirds of its rows.
    """
    d, item = engine.dialect, source_item(source, engine)
    meant: Mapping[str, Mapping[str, str]] = {}
    known = (
        None
        if wave is None
        else understand_table(table, item, source, config, engine, folder=wave, scratch=clean.parent)
    )
    if known is not None:
        config = with_meaning(config, table, known, codebook)
        source, meant, item = with_no_answer(source, known.no_answer), known.words, known.item
    contract = contract_of(table, config)
    origins = _origins(table, source, contract, engine.schema(item).names, invited, d)
    try:
        raw, left_out = _raw(item, origins, source, wave, engine)
        shapes = engine.schema(raw)
        columns = {n: EngineColumn(d.quote(n), shapes.field(n).type) for n in origins}
        raw = _led_back(raw, columns, invited, engine) if invited is not None else raw
        written = engine_rules(table, raw, columns, contract, engine)
        raw, columns = read_by(written, raw, columns)
        raw, own_ids, unnamed = _counted(table, raw, columns, config, engine)
        types = _own_types(table, source, contract, config, raw, columns, engine)
        contract = with_own_types(contract, types)
        fields = {n: contract.fields.get(n, Field("text")) for n in columns}
        scales = {n: f for n, f in fields.items() if f.is_scale}
        require_scales(answers_alone(raw, columns, scales, source, d), scales, config, engine)
        judged, rules = judged_rows(raw, columns, fields, contract, source, config, d, meant=meant)
        bad = " OR ".join(f"{BROKEN}{i}" for i, r in enumerate(rules) if r.costs == ROW) or "1 = 0"
        # a server's rows have no order, and what is drawn from answers needs one
        order = f" ORDER BY {order_as_read(fields, d)}" if table == RESPONSES else ""
        engine.materialize(f"SELECT {kept_values(fields, rules, d)} FROM {judged} WHERE NOT ({bad}){order}", clean)
        counts = count_broken(judged, rules, bad, source, columns, engine)
    except EngineError as error:
        raise InputError(
            "Expressions in wave.yaml are valid SQL of the engine, over the table's columns.",
            found=error.found,
            fix="Correct 'columns', 'keep_where' or 'query'.",
            where=f"tables.{table}",
        ) from error
    faults = [
        Fault(r.column, r.words.template, dict(r.words.values), counts[f"{BROKEN}{i}"], r.costs)
        for i, r in enumerate(rules)
        if counts[f"{BROKEN}{i}"]
    ]
    write_sample(judged, rules, counts, source, quarantine, engine)
    # what was written is counted by itself, so that a row lost between two statements shows
    kept = count_rows(clean)
    if kept + counts["bad"] != counts["everything"] or counts["everything"] > rows:
        raise AssertionError(f"{table}: {rows} rows read, {kept} kept and {counts['bad']} quarantined")
    report = IntakeReport(
        table,
        rows,
        kept,
        counts["bad"],
        rows - counts["everything"],
        0,
        {n: counts[f"code{i}"] for i, n in enumerate(source.not_answered) if n in fields},
        tuple(faults),
        cells=counts["cells"],
        own_ids=own_ids,
        unnamed=unnamed,
        types=types,
        left_out_by=left_out,
        said=(
            message("It is read in {engine}, where it stays: {table}", engine=d.name, table=source.origin),
            *(r.said for r in written.values()),
        ),
    )
    refuse_if_mostly_broken(report, [Path(source.origin)])
    return report


def _origins(
    table: str, source: Source, contract: Contract, there: list[str], invited: Invited | None, d: Dialect
) -> dict[str, str]:
    """Return contract column → column of the table, or an expression."""
    origins: dict[str, str] = {}
    for name, origin in source.columns.items():
        if not origin.startswith(EXPRESSION_MARK) and origin not in there:
            raise InputError(
                f"The column {origin!r} is needed ({name}).",
                found=f"columns {few_names(there, like=[origin])}",
                fix=f"Correct tables.{table}.columns{nearest(origin, there)}",
                where=source.origin,
            )
        origins[name] = origin
    used = set(origins.values())
    rest = [c for c in there if c not in used and c not in origins]
    origins |= dict(zip(further_names(rest, origins), rest, strict=True))
    if invited is not None and INVITATION_ID in origins and CUSTOMER_ID not in origins:
        return origins
    if table == RESPONSES and CUSTOMER_ID not in origins:
        origins = {CUSTOMER_ID: f"{EXPRESSION_MARK} {_NOBODY.format(text=d.text_type)}", **origins}
    lacking = [c for c, f in contract.fields.items() if f.needed and c not in origins]
    require_drawn(table, lacking, origins, invited, where=source.origin)
    if lacking:
        raise InputError(
            f"{table} needs the column {', '.join(lacking)}.",
            found=f"columns {few_names(there, like=lacking)}",
            fix=f"Name it in wave.yaml (tables: {table}: columns: {{{lacking[0]}: …}}){nearest(lacking[0], there)}",
            where=source.origin,
        )
    return origins


def _raw(
    item: str, origins: Mapping[str, str], source: Source, wave: Path | None, engine: Engine
) -> tuple[str, tuple[tuple[Message, int], ...]]:
    """Return the rows that count under the contract's names, and why others do not."""
    d, there = engine.dialect, engine.schema(item).names
    missing = ", ".join(map(d.literal, source.missing))
    parts = []
    for name, origin in origins.items():
        own = origin.removeprefix(EXPRESSION_MARK)
        parts.append(f"{d.quote(origin) if own == origin else spelled(own, there, d)} AS {d.quote(name)}")
    where = f" WHERE ({spelled(source.keep_where, there, d)})" if source.keep_where else ""
    raw = f"(SELECT {', '.join(parts)} FROM {item} AS given{where})"
    given = {f.name: EngineColumn(d.quote(f.name), f.type) for f in engine.schema(raw)}
    if missing:
        held = (f"CASE WHEN {c.text(d)} NOT IN ({missing}) THEN {c.sql} END AS {c.sql}" for c in given.values())
        raw = f"(SELECT {', '.join(held)} FROM {raw} AS named)"
    if source.one_row_per:
        key = d.quote(source.one_row_per)
        order = ", ".join(c.order(d) for c in given.values())
        once = f"(SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS {RAW} FROM {raw} AS named)"
        raw = f"(SELECT {', '.join(map(d.quote, origins))} FROM {once} AS numbered WHERE {RAW} = 1 OR {key} IS NULL)"
    named = typed_sql(Field("id"), given[CUSTOMER_ID], d, timezone=None) if CUSTOMER_ID in origins else None
    left_out = []
    for reason, sql in erased_rows(f"{raw} AS named", named, wave, engine):
        n = int(engine.rows(f"SELECT count(*) AS n FROM {raw} AS named WHERE {sql}")["n"][0])
        left_out.append((reason, n))
        raw = f"(SELECT * FROM {raw} AS named WHERE NOT coalesce({sql}, 1 = 0))"
    return raw, tuple(left_out)


def _led_back(raw: str, columns: dict[str, EngineColumn], invited: Invited, engine: Engine) -> str:
    """Return the rows with the customer of each row's invitation, where the row names no customer."""
    if INVITATION_ID not in columns:
        return raw
    d = engine.dialect
    known = engine.register(invited.pairs())
    own = columns[CUSTOMER_ID].text(d) if CUSTOMER_ID in columns else _NOBODY.format(text=d.text_type)
    rest = "".join(f", r.{d.quote(n)}" for n in columns if n != CUSTOMER_ID)
    pairs = f"(SELECT {CUSTOMER_ID} AS key_customer, {INVITATION_ID} AS key_invitation FROM {known}) AS k"
    own = own.replace(d.quote(CUSTOMER_ID), f"r.{d.quote(CUSTOMER_ID)}")
    told = f"lower(trim(CAST(r.{d.quote(INVITATION_ID)} AS {d.text_type})))"
    columns[CUSTOMER_ID] = EngineColumn(d.quote(CUSTOMER_ID), pa.string())
    return (
        f"(SELECT coalesce({own}, k.key_customer) AS {d.quote(CUSTOMER_ID)}{rest} FROM {raw} AS r "
        f"LEFT JOIN {pairs} ON k.key_invitation = {told})"
    )


def _counted(
    table: str, raw: str, columns: dict[str, EngineColumn], config: WaveConfig, engine: Engine
) -> tuple[str, int, int]:
    """Return the rows, those that are counted without knowing whose they are with ids of their own, and how many.

    A table has no lines: the place of an answer is the one that it has when rows are sorted by all columns.
    """
    if table not in INVITED:
        return raw, 0, 0
    d = engine.dialect
    there = columns[CUSTOMER_ID].text(d)
    shown = ", ".join(f"{there} AS {CUSTOMER_ID}" if n == CUSTOMER_ID else c.sql for n, c in columns.items())
    named = f"(SELECT {shown} FROM {raw} AS r)"
    columns[CUSTOMER_ID] = EngineColumn(d.quote(CUSTOMER_ID), pa.string())
    alone, unnamed = counted_alone(table, named, columns, config, engine)
    if not alone:
        return named, 0, unnamed
    order = ", ".join(c.order(d) for c in columns.values())
    place = f"row_number() OVER (ORDER BY {order})"
    made = f"({with_own_ids(named, list(columns), config.wave, d, order=order, line=place)})"
    own = engine.rows(f"SELECT sum(CASE WHEN {OWN_ID} THEN 1 ELSE 0 END) AS n FROM {made} AS r").fillna(0)
    return made, int(own["n"][0]), unnamed


def _own_types(
    table: str,
    source: Source,
    contract: Contract,
    config: WaveConfig,
    raw: str,
    columns: Mapping[str, EngineColumn],
    engine: Engine,
) -> dict[str, OwnType]:
    """Find how a company's own columns are read, by the rule of files: as numbers where they are used as such."""
    check_types(table, source, contract, list(columns))
    found: dict[str, OwnType] = {c: OwnType(kind, "types") for c, kind in source.types.items()}
    used = used_as_numbers(config) if table == "customers" else {}
    asked = [c for c in columns if c in used and c not in found and c not in contract.fields and not is_id(c)]
    d = engine.dialect
    for c in asked:
        column = columns[c]
        if column.is_number:
            found[c] = OwnType("number", used[c])
            continue
        text = column.text(d)
        code = d.matches.format(text=text, pattern=d.literal(CODE))
        sums = f"count({text}) AS v, count({number_sql(column, d)}) AS n, sum(CASE WHEN {code} THEN 1 ELSE 0 END) AS c"
        row = engine.rows(f"SELECT {sums} FROM {raw} AS r").fillna(0).iloc[0]
        values, numbers, codes = int(row["v"]), int(row["n"]), int(row["c"])
        numeric = numbers > 0 and numbers >= FEWEST_NUMBERS * values and not codes
        read = "number" if numeric or used[c] == "sample.size" else "text"
        found[c] = OwnType(read, used[c], values, numbers, codes)  # type: ignore[arg-type]
    return found
