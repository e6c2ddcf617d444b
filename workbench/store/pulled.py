"""Tables that were pulled from a system outside: what came later laid over the full reading, by the id of the record.

``workbench pull`` puts files of text columns into ``raw/``, each with a receipt that says what they are. Nothing is
changed in them; here they become one table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.engine import DuckDBEngine
from workbench.core.language import Message, message
from workbench.core.names import PULLED_CHANGE, PULLED_INTO
from workbench.store.config.parts import Source
from workbench.store.lines import FILE, LINE

RAW = "raw"
FLAG, NONE = "do_not_contact", "none"
OVERLAID, ORDER = "_overlaid", "_pulled_order"
REASONS: Mapping[str, Message] = {
    "newer": message("a later pull has a newer version of it"),
    "deleted": message("deleted in the system it came from"),
    "merged": message("merged into another record in the system it came from"),
    "gone": message("no longer in the system it came from"),
}


@dataclass(frozen=True)
class LaidOver:
    """Pulled files as one table of texts.

    Attributes
    ----------
    columns
        The columns that count.
    left_out
        Rows that are none any more: the reason and its SQL condition.
    said
        What was done, in words.
    """

    columns: tuple[str, ...]
    left_out: tuple[tuple[Message, str], ...]
    said: tuple[Message, ...]


def receipts_of(folder: Path, table: str, connection: str) -> list[dict[str, Any]]:
    """Return the receipts of a table's pulls, in the order of their time.

    Parameters
    ----------
    folder
        The wave's folder, or that of ``--source``.
    table, connection
        What was pulled, and from where.
    """
    found = []
    for path in (folder / RAW).glob(f"{table}-{connection}-*.json"):
        receipt = json.loads(path.read_text(encoding="utf-8"))
        if receipt.get("table") == table and receipt.get("connection") == connection:
            found.append(receipt)
    return sorted(found, key=lambda r: (r["started"], r["file"]))


def chain_of(receipts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the newest full pull and what was added to it since.

    Parameters
    ----------
    receipts
        In the order of their time.

    Examples
    --------
    >>> pulls = [{"mode": "full", "n": 1}, {"mode": "full", "n": 2}, {"mode": "changes", "n": 3}]
    >>> [r["n"] for r in chain_of(pulls)]
    [2, 3]
    """
    full = [i for i, r in enumerate(receipts) if r["mode"] == "full"]
    return list(receipts[full[-1] :]) if full else []


def pulled_files(folder: Path, table: str, connection: str) -> list[Path]:
    """Return the files that make up a pulled table now; where nothing was pulled yet, the one that would be there.

    Parameters
    ----------
    folder
        The wave's folder, or that of ``--source``.
    table, connection
        What is pulled, and from where.
    """
    chain = [folder / RAW / r["file"] for r in chain_of(receipts_of(folder, table, connection))]
    return chain or [folder / RAW / f"{table}-{connection}.parquet"]


def known_ids(files: Sequence[Path]) -> set[str]:
    """Return the ids of records that a chain of pulled files holds now.

    Parameters
    ----------
    files
        The full pull and what was added to it.
    """
    there: set[str] = set()
    engine = DuckDBEngine()
    for file in files:
        id_field = _receipt(file)["id_field"]
        item = f"read_parquet({engine.dialect.literal(str(file))})"
        rows = engine.rows(
            f"SELECT {engine.dialect.quote(id_field)} AS i, {PULLED_CHANGE} IS NULL AS there FROM {item}"
        )
        there |= set(rows.loc[rows["there"], "i"])
        there -= set(rows.loc[~rows["there"], "i"])
    return there


def lay_over(files: Sequence[Path], source: Source, target: Path, engine: DuckDBEngine) -> LaidOver:
    """Write pulled files as one table of texts, with the file and line each row comes from.

    Rows that a later file has anew, deleted or merged stay in it and are left out by a stated reason, so that rows read
    are rows kept, refused and left out here as everywhere.

    Parameters
    ----------
    files
        The full pull and what was added to it, in the order of their time.
    source
        What ``wave.yaml`` says about the table.
    target
        Parquet file to write.
    engine
        The engine.

    Raises
    ------
    InputError
        If a file has been changed since it was pulled.
    """
    quote, literal = engine.dialect.quote, engine.dialect.literal
    receipts = [_receipt(f) for f in files]
    newest = receipts[-1]
    columns = list(dict.fromkeys(f for r in receipts for f in r["fields"]))
    parts = []
    for i, (file, receipt) in enumerate(zip(files, receipts, strict=True)):
        shown = [_as_read(f, told, int(receipt.get("zone_minutes", 0)), quote) for f, told in receipt["fields"].items()]
        item = f"read_parquet({literal(str(file))}, file_row_number = true)"
        parts.append(
            f"SELECT {', '.join(shown)}, {quote(receipt['id_field'])} AS _pulled_id, {PULLED_CHANGE}, {PULLED_INTO}, "
            f"file_row_number + 1 AS {LINE}, {literal(file.name)} AS {FILE}, {i} AS {ORDER} FROM {item}"
        )
    everything = " UNION ALL BY NAME ".join(parts)
    window = f"OVER (PARTITION BY _pulled_id ORDER BY {ORDER} DESC"
    # of a record's readings the newest counts; a note that it is gone takes the newest reading with it
    rank = f"sum(CASE WHEN {PULLED_CHANGE} IS NULL THEN 1 ELSE 0 END) {window} ROWS UNBOUNDED PRECEDING)"
    note = f"first_value({PULLED_CHANGE}) {window})"
    state = f"CASE WHEN {rank} > 1 THEN 'newer' ELSE {note} END"
    flag = _flag_sql(newest["do_not_contact"], quote) if FLAG not in source.columns and FLAG not in columns else ""
    engine.materialize(
        f"SELECT * EXCLUDE (_pulled_id, {PULLED_CHANGE}, {PULLED_INTO}, {ORDER}){flag} FROM "
        f"(SELECT *, {state} AS {OVERLAID} FROM ({everything})) WHERE {PULLED_CHANGE} IS NULL ORDER BY {ORDER}, {LINE}",
        target,
    )
    kept = tuple(c for c in [*columns, *([FLAG] if flag else [])] if c not in source.skip_columns)
    left_out = tuple((words, f"({OVERLAID} = {literal(code)})") for code, words in REASONS.items())
    said = [message("read from {where} on {day}", where=source.origin, day=newest["started"][:10])]
    if len(files) > 1:
        said.append(message("later pulls laid over the full one: {n:int}", n=len(files) - 1))
    if flag:
        named = ", ".join(newest["do_not_contact"])
        said.append(message("do_not_contact is true where one of {fields} is", fields=named))
    return LaidOver(kept, left_out, tuple(said))


def without_none(source: Source) -> Source:
    """Return the entry of ``wave.yaml`` without the column that it says there is none of.

    Examples
    --------
    >>> without_none(Source(pull="crm", columns={"do_not_contact": "none", "region": "city"})).columns
    {'region': 'city'}
    """
    if source.pull is None or source.columns.get(FLAG) != NONE:
        return source
    return source.model_copy(update={"columns": {n: c for n, c in source.columns.items() if n != FLAG}})


def _receipt(file: Path) -> dict[str, Any]:
    receipt: dict[str, Any] = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    return receipt


def _as_read(field: str, told: Mapping[str, Any], zone_minutes: int, quote: Any) -> str:
    """Return the SQL of a field: as it was sent, milliseconds as the local date or time that people see there."""
    if not told.get("milliseconds"):
        return str(quote(field))
    local = f"epoch_ms(TRY_CAST({quote(field)} AS BIGINT) + {zone_minutes * 60_000})"
    style = "%Y-%m-%d" if told.get("kind") == "date" else "%Y-%m-%d %H:%M:%S"
    return f"coalesce(strftime({local}, '{style}'), {quote(field)}) AS {quote(field)}"


def _flag_sql(fields: Sequence[str], quote: Any) -> str:
    if not fields:
        return ""
    said = " OR ".join(f"coalesce(lower({quote(f)}) IN ('true', '1', 'yes'), false)" for f in fields)
    return f", CASE WHEN {said} THEN 'true' ELSE 'false' END AS {FLAG}"
