"""What a wave's files hold: rows, columns, what broke a rule, ids without a partner, months, files nobody named."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar

import pandas as pd

from workbench.core.column_kinds import is_exact, is_fractional, is_number, is_text
from workbench.core.engine import DuckDBEngine, Engine
from workbench.core.engine.standin import stand_in
from workbench.core.findings import spoken_json
from workbench.core.language import Message, current_language, message
from workbench.core.names import AMOUNT, CUSTOMER_ID, Column
from workbench.core.tables import folded_when_long, html_table
from workbench.store.column_types import type_lines
from workbench.store.columns import CELLS, COLUMN, KEPT, KIND, LEFT_OUT, QUARANTINED, TABLE
from workbench.store.contracts import CONTRACTS
from workbench.store.intake_report import IntakeReport, variant_lines
from workbench.store.line_ids import named_sql
from workbench.store.taken_in import taken_in
from workbench.store.taking import CUSTOMERS, files_of
from workbench.store.wave import Wave

MOST_VALUES, MOST_OFFENCES = 8, 5
FEW_DISTINCT, EXACT_ROWS = 60, 1_000_000
RAW = "raw"
TIMES = ("ordered_at", "submitted_at", "attempted_at", "opened_at", "started_at", "signup_date")
ORPHANS = message("ids that no customer has")
SILENT = message("customers without a row here")


@dataclass(frozen=True, repr=False)
class Inspection:
    """What a wave's files hold; alone in a cell it shows its tables.

    Attributes
    ----------
    tables
        One row per table: table, read, kept, quarantined, values lost, left out, and what was found about the file.
    columns
        One row per column: table, column, kind, filled, distinct, the most frequent values.
    offences
        The most frequent values that broke a rule: table, column, rule, value, how often, first line.
    partners
        Ids that have no partner in the customer list, or the list in a table: table, what, ids, rows, example.
    months
        Rows and amounts by month, with months in which nothing lies: table, column, month, rows, amount.
    strays
        Files in ``raw/`` that ``wave.yaml`` does not name.
    absent
        Table → why it is not there.
    hints
        What each broken rule cost, values that only spelling tells apart, and how own columns are read.
    """

    tables: pd.DataFrame
    columns: pd.DataFrame
    offences: pd.DataFrame
    partners: pd.DataFrame
    months: pd.DataFrame
    strays: tuple[str, ...]
    absent: Mapping[str, Message]
    hints: tuple[str, ...]

    parts: ClassVar[Mapping[str, Message]] = {
        "tables": message("Tables that came in"),
        "columns": message("Columns and their values"),
        "offences": message("Values that broke a rule"),
        "partners": message("Ids without a partner"),
        "months": message("Rows and amounts by month"),
    }
    shown: ClassVar[Mapping[str, Column]] = {
        "table": TABLE,
        "column": COLUMN,
        "read": Column(message("Rows read"), "int"),
        "kept": KEPT,
        "quarantined": QUARANTINED,
        "cells": CELLS,
        "left_out": LEFT_OUT,
        "found": Column(message("What was found")),
        "kind": KIND,
        "filled": Column(message("Filled"), "int"),
        "distinct": Column(message("Different values"), "int"),
        "values": Column(message("Most frequent values")),
        "rule": Column(message("Rule")),
        "value": Column(message("Value found")),
        "n": Column(message("How often"), "int"),
        "first_line": Column(message("First line"), "int"),
        "what": Column(message("What")),
        "ids": Column(message("Ids"), "int"),
        "rows": Column(message("Rows"), "int"),
        "example": Column(message("Example")),
        "month": Column(message("Month")),
        "amount": Column(message("Amount"), "dec2"),
    }

    @property
    def is_whole(self) -> bool:
        """Whether everything that ``wave.yaml`` names is there."""
        return not self.absent

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values, for machines."""
        frames = {name: json.loads(self.frame(name, "en").to_json(orient="records")) for name in self.parts}
        absent = {table: spoken_json(why) for table, why in self.absent.items()}
        return {**frames, "strays": list(self.strays), "absent": absent, "hints": list(self.hints)}

    def frame(self, part: str, language: str) -> pd.DataFrame:
        """Return one of its tables with every word in `language`."""
        table: pd.DataFrame = getattr(self, part)
        return table.map(lambda v: v.text(language) if isinstance(v, Message) else v)

    def _repr_html_(self) -> str:
        language = current_language()
        html = []
        for name, caption in self.parts.items():
            if rows := len(getattr(self, name)):
                text = html_table(self.frame(name, language), caption=caption, columns=self.shown, language=language)
                html.append(folded_when_long(text, caption.text(language), rows))
        notes = [message("{table}: {why}", table=t, why=w).text(language) for t, w in self.absent.items()]
        notes += [
            message("{file} lies in raw/, and wave.yaml does not name it", file=f).text(language) for f in self.strays
        ]
        return "".join(html) + "".join(f"<p>{escape(n)}</p>" for n in [*notes, *self.hints])

    def __repr__(self) -> str:
        parts = [
            f"{caption.text('en')}\n{self.frame(name, 'en').to_string(index=False, max_colwidth=60, na_rep='')}"
            for name, caption in self.parts.items()
            if len(getattr(self, name))
        ]
        return "\n\n".join(parts)


def inspect_wave(wave: Wave) -> Inspection:
    """Look at everything that came in for a wave.

    Parameters
    ----------
    wave
        A wave that was opened.

    Returns
    -------
    Inspection
        Its tables as rows of a table each.
    """
    embedded = DuckDBEngine()
    reports = {r.table: r for r in wave.intake_reports()}
    # files are looked at where they lie, a table of a server in the server, and all that goes with it
    engine: Engine = wave.engine if any(stand_in(wave.path(t)) for t in reports) else embedded
    columns: list[dict[str, Any]] = []
    offences: list[dict[str, Any]] = []
    partners: list[dict[str, Any]] = []
    months: list[dict[str, Any]] = []
    for table in reports:
        item = engine.file(wave.path(table))
        columns += _columns(table, item, engine)
        offences += _offences(table, wave, reports[table], embedded)
        months += _months(table, item, engine)
        if table != CUSTOMERS and wave.has(CUSTOMERS) and CUSTOMERS in wave.config.tables:
            partners += _partners(table, item, wave, engine)
    hints = [
        line for t, r in reports.items() for line in (*_fault_lines(r), *type_lines(t, r.types), *variant_lines(r))
    ]
    return Inspection(
        taken_in(reports.values()),
        pd.DataFrame(columns, columns=_names("columns")),
        pd.DataFrame(offences, columns=_names("offences")),
        pd.DataFrame(partners, columns=_names("partners")),
        pd.DataFrame(months, columns=_names("months")),
        _strays(wave),
        dict(wave.absent),
        tuple(hints),
    )


def _names(part: str) -> list[str]:
    return {
        "columns": ["table", "column", "kind", "filled", "distinct", "values"],
        "offences": ["table", "column", "rule", "value", "n", "first_line"],
        "partners": ["table", "what", "ids", "rows", "example"],
        "months": ["table", "column", "month", "rows", "amount"],
    }[part]


def _fault_lines(report: IntakeReport) -> list[str]:
    """Return a line for each rule that was broken: how many rows or values it cost."""
    costs = {"row": "rows quarantined", "value": "values made missing"}
    return [
        f"{report.table}.{f.column or 'line'}: {f.rows:,} {costs[f.costs]}: not {f.message.text('en')}"
        for f in report.faults
    ]


def _columns(table: str, item: str, engine: Engine) -> list[dict[str, Any]]:
    kinds = engine.columns(item)
    quoted = {c: engine.dialect.quote(c) for c in kinds}
    few = int(engine.rows(f"SELECT count(*) AS n FROM {item}")["n"][0]) <= EXACT_ROWS
    # counted exactly where that costs nothing, and where nothing else is known
    count = "count(DISTINCT {q})" if few or not isinstance(engine, DuckDBEngine) else "approx_count_distinct({q})"
    parts = [f"count({q}) AS f{i}, {count.format(q=q)} AS d{i}" for i, q in enumerate(quoted.values())]
    sizes = engine.rows(f"SELECT {', '.join(parts)} FROM {item}").iloc[0]
    rows = []
    for i, (column, kind) in enumerate(kinds.items()):
        filled, distinct = int(sizes[f"f{i}"]), int(sizes[f"d{i}"])
        values = ""
        if 0 < distinct <= FEW_DISTINCT and column != CUSTOMER_ID:
            top = engine.rows(
                f"SELECT CAST({quoted[column]} AS {engine.dialect.text_type}) AS v, count(*) AS n FROM {item} "
                f"WHERE {quoted[column]} IS NOT NULL GROUP BY 1 ORDER BY n DESC, v"
            )
            distinct = len(top)
            shown = [f"{_plain(v)} ({n:,})" for v, n in zip(top["v"][:MOST_VALUES], top["n"], strict=False)]
            values = ", ".join(shown) + (" …" if distinct > MOST_VALUES else "")
        elif filled and not is_text(kind):
            ends = engine.rows(f"SELECT min({quoted[column]}) AS a, max({quoted[column]}) AS b FROM {item}").iloc[0]
            values = f"{_plain(ends['a'])} … {_plain(ends['b'])}"
        rows.append(
            {
                "table": table,
                "column": column,
                "kind": _kind(table, column, kind),
                "filled": filled,
                "distinct": distinct,
                "values": values,
            }
        )
    return rows


def _plain(value: object) -> str:
    return str(value).removesuffix(" 00:00:00")


def _kind(table: str, column: str, kind: str) -> Message:
    if column in CONTRACTS[table].fields and CONTRACTS[table].fields[column].kind == "id":
        return message("id")
    if is_exact(kind):
        return message("amount of money")
    if is_fractional(kind):
        return message("number")
    if is_number(kind):
        return message("whole number")
    plain = kind.lower()
    if plain.startswith("timestamp"):
        return message("date and time")
    if plain.startswith("date"):
        return message("date")
    return message("yes or no") if plain.startswith("bool") else message("text")


def _offences(table: str, wave: Wave, report: IntakeReport, engine: Engine) -> list[dict[str, Any]]:
    """Return the values that broke a rule most often, by column, with the first line they stand on."""
    entry = wave.manifest.tables[table]
    item = engine.dialect.file(wave.artefacts / entry.quarantine.file)
    order = 'row_number() OVER (PARTITION BY "column", rule ORDER BY n DESC, first_line)'
    found = engine.rows(
        f'SELECT * FROM (SELECT "column", rule, value, count(*) AS n, min(line) AS first_line FROM {item} '
        f"GROUP BY ALL) QUALIFY {order} <= {MOST_OFFENCES} ORDER BY n DESC, first_line"
    )
    words = {f.message.text("en"): f.message for f in report.faults}
    rows = []
    for row in found.to_dict("records"):
        text = str(row["rule"])
        value = row["value"] if isinstance(row["value"], str) else None
        rows.append(
            {
                "table": table,
                "column": row["column"],
                "rule": words.get(text, text),
                "value": value if value is None or len(value) <= 80 else f"{value[:80]}…",
                "n": int(row["n"]),
                "first_line": int(row["first_line"]),
            }
        )
    return rows


def _partners(table: str, item: str, wave: Wave, engine: Engine) -> list[dict[str, Any]]:
    """Return ids of a table that no customer has, and how many customers have no row in it."""
    if CUSTOMER_ID not in wave.columns(table):
        return []
    customers = engine.file(wave.path(CUSTOMERS))
    named = named_sql(wave.config.wave, engine.dialect.literal)
    lost = engine.rows(
        f"SELECT count(DISTINCT {CUSTOMER_ID}) AS ids, count(*) AS n, min({CUSTOMER_ID}) AS example FROM {item} "
        f"WHERE {named} AND {CUSTOMER_ID} NOT IN (SELECT {CUSTOMER_ID} FROM {customers})"
    ).iloc[0]
    rows = []
    if lost["n"]:
        rows.append(
            {
                "table": table,
                "what": ORPHANS,
                "ids": int(lost["ids"]),
                "rows": int(lost["n"]),
                "example": lost["example"],
            }
        )
    silent = engine.rows(
        f"SELECT count(*) AS n FROM {customers} WHERE {CUSTOMER_ID} NOT IN "
        f"(SELECT {CUSTOMER_ID} FROM {item} WHERE {CUSTOMER_ID} IS NOT NULL)"
    )["n"][0]
    if int(silent):
        rows.append({"table": table, "what": SILENT, "ids": int(silent), "rows": 0, "example": ""})
    return rows


def _months(table: str, item: str, engine: Engine) -> list[dict[str, Any]]:
    """Return rows and amounts by month of the table's time, months in between without a row included."""
    present = engine.columns(item)
    column = next((c for c in TIMES if present.get(c, "").lower().startswith(("date", "timestamp"))), None)
    if column is None:
        return []
    d, paid = engine.dialect, is_number(present.get(AMOUNT, ""))
    amount = f"CAST(sum({AMOUNT}) AS {d.double_type})" if paid else f"CAST(NULL AS {d.double_type})"
    month_of = f"substr(CAST({column} AS {d.text_type}), 1, 7)"
    found = engine.rows(
        f"SELECT {month_of} AS month, count(*) AS n, {amount} AS amount FROM {item} "
        f"WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    if found.empty:
        return []
    known = {m: (int(n), a) for m, n, a in zip(found["month"], found["n"], found["amount"], strict=True)}
    rows: list[dict[str, Any]] = []
    month = dt.date.fromisoformat(f"{found['month'].iloc[0]}-01")
    last = dt.date.fromisoformat(f"{found['month'].iloc[-1]}-01")
    while month <= last and len(rows) < 600:
        n, total = known.get(f"{month:%Y-%m}", (0, None))
        rows.append({"table": table, "column": column, "month": f"{month:%Y-%m}", "rows": n, "amount": total})
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return rows


def _strays(wave: Wave) -> tuple[str, ...]:
    """Return the files in ``raw/`` that no table of ``wave.yaml`` names."""
    named = {p.resolve() for table, source in wave.config.tables.items() for p in files_of(source, wave.folder, table)}
    told = {(wave.folder / s.codebook).resolve() for s in wave.config.tables.values() if s.codebook}
    raw = wave.folder / RAW
    pulled = tuple(f"{table}-{source.pull}-" for table, source in wave.config.tables.items() if source.pull)
    hidden = (".", *pulled)  # receipts of pulls, and pulls that newer ones have replaced
    lying = sorted(p for p in raw.rglob("*") if p.is_file() and not p.name.startswith(hidden)) if raw.is_dir() else []
    return tuple(str(p.relative_to(wave.folder)) for p in lying if p.resolve() not in named | told)
