"""The id that an answer without one gets by the line it stood in: how it is made, and told from a real one."""

from __future__ import annotations

from collections.abc import Callable

from workbench.core.names import CUSTOMER_ID
from workbench.store.contracts import BLANKS


def line_id_sql(wave: str, file: str | None, line: str) -> str:
    """Return the SQL of such an id: its wave, its file where there are several, its line.

    Examples
    --------
    >>> line_id_sql("w1", None, "n"), line_id_sql("w1", "f", "n")
    ("'w1 ' || 'line ' || n", "'w1 ' || f || ' line ' || n")
    """
    place = f"'line ' || {line}" if file is None else f"{file} || ' line ' || {line}"
    return f"'{wave} ' || {place}"


def bare_id_sql(column: str) -> str:
    """Return the SQL of an id without blanks of any kind around it, so that it is the same id in every table.

    Examples
    --------
    >>> from workbench.core.engine import DuckDBEngine
    >>> sql = bare_id_sql("id")
    >>> DuckDBEngine().rows(f"SELECT {sql} AS id FROM (VALUES ('7'), (chr(12288) || ' 7')) AS t(id)")["id"].tolist()
    ['7', '7']
    """
    # most ids are of plain letters and have none: they are let pass without `trim`, which is slow
    plain = f"ascii({column}) > 32 AND ascii({column}[-1]) > 32 AND strlen({column}) = length({column})"
    return f"CASE WHEN {plain} THEN {column} ELSE trim({column}, {BLANKS}) END"


def named_sql(wave: str, literal: Callable[[str], str]) -> str:
    """Return the SQL condition that an answer has an id of its own making, not one of its line.

    Examples
    --------
    >>> named_sql("w1", repr)
    "customer_id NOT LIKE 'w1 line %' AND customer_id NOT LIKE 'w1 % line %'"
    """
    made = [literal(f"{wave} {between}line %") for between in ("", "% ")]
    return " AND ".join(f"{CUSTOMER_ID} NOT LIKE {pattern}" for pattern in made)
