"""From a raw file to a clean table and a quarantine: rows kept + rows quarantined + rows left out = rows read."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import EngineError, InputError, few_names, nearest
from workbench.core.language import Message
from workbench.core.names import CUSTOMER_ID, INVITATION_ID
from workbench.store.anonymous import INVITED, LINKED, OWN_ID, NotDrawnError, counted_alone, with_own_ids
from workbench.store.column_types import own_types, with_own_types
from workbench.store.config import WaveConfig
from workbench.store.config.parts import Source
from workbench.store.contracts import Contract, contract_of
from workbench.store.erased import erased_rows
from workbench.store.formats.layout import further_names
from workbench.store.intake_report import IntakeReport, refuse_if_mostly_broken
from workbench.store.invitations import Invited, led_back
from workbench.store.line_ids import bare_id_sql
from workbench.store.lines import FILE, LINE
from workbench.store.pulled import without_none
from workbench.store.reshaping import require_one_id, reshaped
from workbench.store.screening import count_rows, screen
from workbench.store.staging import stage
from workbench.store.understanding import RESPONSES, understand, with_meaning, with_no_answer
from workbench.store.value_counts import value_counts
from workbench.store.value_names import spelled_alike
from workbench.store.value_rules import Rule, value_rules

EXPRESSION_MARK = "="
MOST_CATEGORIES = 200


def take_in(
    table: str,
    source: Source,
    files: list[Path],
    config: WaveConfig,
    *,
    clean: Path,
    quarantine: Path,
    invited: Invited | None = None,
    base: Path | None = None,
    wave: Path | None = None,
    codebook: Path | None = None,
) -> IntakeReport:
    """Read the files of one table, check its contract, and write the clean rows and the quarantine as Parquet.

    Parameters
    ----------
    table
        One of the tables that come in.
    source
        Its entry in ``wave.yaml``.
    files
        The files that entry names, resolved.
    clean, quarantine
        Parquet files to write. The quarantine has the columns file, line, column, value, rule.
    invited
        Whom the wave has invited, for rows that name an ``invitation_id`` only.
    base
        Folder that files named in ``wave.yaml`` lie in; that of the first file by default.
    wave
        The wave's folder, with ``codebook.yaml`` where somebody wrote one; `base` by default.
    codebook
        Where to write the codebook, for a table that has one.

    Raises
    ------
    InputError
        If the table breaks its contract as a whole: a needed column is missing, or two thirds of its rows.
    """
    engine = DuckDBEngine()
    clean.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=clean.parent, prefix=".intake-") as folder:
        base = files[0].parent if base is None else base
        source = without_none(source)
        staged = reshaped(stage(files, source, Path(folder), engine, base=base), source, engine)
        known = understand(table, staged, source, config, engine, base=base, folder=base if wave is None else wave)
        config = with_meaning(config, table, known, codebook)
        contract = contract_of(table, config)
        names = _column_expressions(table, source, contract, list(known.columns), invited, known.roles, engine)
        if names.get(CUSTOMER_ID) and table in LINKED | {RESPONSES}:
            require_one_id(known.item, names[CUSTOMER_ID], source, table, engine)
        source = with_no_answer(source, known.no_answer)
        lacking = (*known.left_out, *erased_rows(known.item, names.get(CUSTOMER_ID), wave, engine))
        counts = _left_out(known.item, lacking, engine)
        view = Path(folder) / "view.parquet"
        try:
            ids = [n for n, f in contract.fields.items() if f.kind == "id"]
            bare = _view_sql(_without(known.item, lacking), names, source, ids)
            rules = value_rules(
                table, f"({bare})", {n: engine.dialect.quote(n) for n in names}, contract, source.date_format, engine
            )
            sql = _ruled(bare, rules, engine)
            alone, unnamed = counted_alone(table, f"({sql})", names, config, engine)
            if alone:
                all_, lines = [*names, FILE, LINE], f"{FILE}, {LINE}"
                file = FILE if len(files) > 1 else None
                sql = with_own_ids(f"({sql})", all_, config.wave, engine.dialect, order=lines, line=LINE, file=file)
                sql = f"{sql} ORDER BY {lines}"
            item = f"({sql})"
            if alone or _read_often(contract, names):
                # texts are written by Arrow, for half of what the engine's own writer of Parquet costs
                engine.store(engine.batches(sql), engine.schema(item), view)
                item = engine.dialect.file(view)
            types = own_types(table, source, contract, config, item, list(names))
            contract = with_own_types(contract, types)
            screened = screen(
                item,
                list(names),
                contract,
                source,
                config,
                staged.rejects,
                words=known.words,
                clean=clean,
                quarantine=quarantine,
                engine=engine,
            )
        except EngineError as error:
            if not (source.keep_where or any(o.startswith(EXPRESSION_MARK) for o in source.columns.values())):
                raise
            raise InputError(
                "Expressions in wave.yaml are valid SQL over the file's columns.",
                found=error.found,
                fix="Correct 'columns' or 'keep_where'.",
                where=f"tables.{table}",
            ) from error
        read = count_rows(engine, known.item) + len(staged.rejects)
        own_ids = count_rows(engine, f"(SELECT 1 FROM {item} WHERE {OWN_ID})") if alone else 0
        variants = _variants(engine.dialect.file(clean), [n for n in names if _is_text(n, contract)], engine)
    left_out = read - screened.kept - screened.quarantined
    by_rule = sum(n for _, n in counts)
    if left_out < by_rule or (left_out > by_rule and not (source.keep_where or source.one_row_per)):
        raise AssertionError(f"{table}: {read} rows read, {screened.kept} kept and {screened.quarantined} quarantined")
    report = IntakeReport(
        table,
        read,
        screened.kept,
        screened.quarantined,
        left_out,
        staged.blank,
        screened.not_answered,
        screened.faults,
        cells=screened.cells,
        own_ids=own_ids,
        unnamed=unnamed,
        variants=variants,
        types=types,
        left_out_by=counts,
        said=(*known.said, *(r.said for r in rules.values())),
    )
    refuse_if_mostly_broken(report, files)
    return report


def _read_often(contract: Contract, columns: Collection[str]) -> bool:
    """Tell whether a table is gone through more than once, so that its texts are better read as they come and kept."""
    scales = any(f.is_scale for n, f in contract.fields.items() if n in columns)
    return scales or contract.unique in columns


def _left_out(
    item: str, lacking: Sequence[tuple[Message, str]], engine: DuckDBEngine
) -> tuple[tuple[Message, int], ...]:
    """Count the rows that are none, each under the first reason that holds."""
    if not lacking:
        return ()
    cases = " ".join(f"WHEN coalesce({sql}, false) THEN {i}" for i, (_, sql) in enumerate(lacking))
    table = engine.rows(f"SELECT CASE {cases} END AS why, count(*) AS n FROM {item} GROUP BY 1 ORDER BY 1")
    rows = {int(w): int(n) for w, n in zip(table["why"], table["n"], strict=True) if w == w}
    return tuple((lacking[w][0], n) for w, n in sorted(rows.items()))


def _without(item: str, lacking: Sequence[tuple[Message, str]]) -> str:
    conditions = " AND ".join(f"NOT coalesce({condition}, false)" for _, condition in lacking)
    return f"(SELECT * FROM {item} WHERE {conditions})" if lacking else item


def _ruled(sql: str, rules: Mapping[str, Rule], engine: DuckDBEngine) -> str:
    """Return the view in which the columns with a rule of their own are read by it."""
    if not rules:
        return sql
    replaced = ", ".join(f"{r.sql} AS {engine.dialect.quote(n)}" for n, r in rules.items())
    return f"SELECT * REPLACE ({replaced}) FROM ({sql})"


def _is_text(column: str, contract: Contract) -> bool:
    return column not in contract.fields or contract.fields[column].kind == "text"


def _variants(item: str, columns: Sequence[str], engine: DuckDBEngine) -> dict[str, list[dict[str, int]]]:
    """Return, for each column of few values, the values that only spelling tells apart."""
    quote = engine.dialect.quote
    present = engine.columns(item)
    few = [c for c in columns if c in present]
    if not few:
        return {}
    sizes = engine.rows(
        "SELECT " + ", ".join(f"approx_count_distinct({quote(c)}) AS n{i}" for i, c in enumerate(few)) + f" FROM {item}"
    ).iloc[0]
    chosen = {c: f"CAST({quote(c)} AS VARCHAR)" for i, c in enumerate(few) if 1 < sizes[f"n{i}"] <= MOST_CATEGORIES}
    alike = {c: spelled_alike(counts) for c, counts in value_counts(item, chosen, engine).items()}
    return {c: groups for c, groups in alike.items() if groups}


def _column_expressions(
    table: str,
    source: Source,
    contract: Contract,
    raw: list[str],
    invited: Invited | None,
    roles: Mapping[str, str],
    engine: DuckDBEngine,
) -> dict[str, str]:
    """Return contract column → SQL over the staged text columns."""
    quote = engine.dialect.quote
    expressions: dict[str, str] = {}
    used: set[str] = set()
    for name, origin in source.columns.items():
        if origin.startswith(EXPRESSION_MARK):
            expressions[name] = f"CAST(({origin.removeprefix(EXPRESSION_MARK)}) AS VARCHAR)"
        elif origin in raw:
            expressions[name] = quote(origin)
            used.add(origin)
        else:
            raise InputError(
                f"The column {origin!r} is needed ({name}).",
                found=f"columns {few_names(raw, like=[origin])}",
                fix=f"Correct tables.{table}.columns{nearest(origin, raw)}",
                where=source.origin,
            )
    rest = [c for c in raw if c not in used and c not in expressions]
    expressions |= {n: quote(c) for n, c in zip(further_names(rest, expressions), rest, strict=True)}
    expressions |= {c: f"CAST({sql} AS VARCHAR)" for c, sql in roles.items() if c not in expressions}
    if invited is not None and table in INVITED and INVITATION_ID in expressions:
        expressions = led_back(expressions, invited, engine)
    if table == "responses" and CUSTOMER_ID not in expressions:
        expressions = {CUSTOMER_ID: "CAST(NULL AS VARCHAR)", **expressions}
    lacking = [c for c, f in contract.fields.items() if f.needed and c not in expressions]
    require_drawn(table, lacking, expressions, invited, where=source.origin)
    if lacking:
        raise InputError(
            f"{table} needs the column {', '.join(lacking)}.",
            found=f"columns {few_names(expressions, like=lacking)}",
            fix=f"Name it in wave.yaml (tables: {table}: columns: {{{lacking[0]}: …}}){nearest(lacking[0], raw)}"
            + ("; invitation ids are understood once 'workbench sample' has drawn" if table in INVITED else ""),
            where=source.origin,
        )
    return expressions


def require_drawn(
    table: str, lacking: Sequence[str], there: Collection[str], invited: Invited | None, *, where: str
) -> None:
    """Refuse a table that names customers by invitations only, where no sample has been released yet.

    Parameters
    ----------
    table
        Its name.
    lacking
        Columns that it needs and does not have.
    there
        Columns that it has.
    invited
        Whom the wave has invited.
    where
        Where the table comes from.

    Raises
    ------
    NotDrawnError
        If nothing but the customer is lacking, and there are invitations.
    """
    if list(lacking) == [CUSTOMER_ID] and invited is None and table in INVITED and INVITATION_ID in there:
        raise NotDrawnError(
            "Invitations lead to customers once the sample has been drawn.",
            found=f"{table} with invitations, and no released sample",
            fix="Run 'workbench sample' first.",
            where=where,
        )


def _view_sql(raw: str, names: Mapping[str, str], source: Source, ids: Collection[str]) -> str:
    quote = DuckDBEngine().dialect.quote
    missing = ", ".join("'" + m.replace("'", "''") + "'" for m in ["", *source.missing])
    bare = {n: bare_id_sql(e) if n in ids else e for n, e in names.items()}
    parts = [f"CASE WHEN trim({e}) NOT IN ({missing}) THEN {e} END AS {quote(n)}" for n, e in bare.items()]
    where = f" WHERE ({source.keep_where})" if source.keep_where else ""
    sql = f"SELECT {', '.join(parts)}, {FILE}, {LINE} FROM {raw}{where}"
    if source.one_row_per:
        key = quote(source.one_row_per)
        # rows without the key stay, so that the contract can refuse them by line
        order = f"row_number() OVER (PARTITION BY {key} ORDER BY {FILE}, {LINE})"
        sql = f"SELECT * FROM ({sql}) QUALIFY {key} IS NULL OR {order} = 1 ORDER BY {FILE}, {LINE}"
    return sql
