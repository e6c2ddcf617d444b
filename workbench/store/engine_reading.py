"""Columns of an engine's table as a contract reads them: SQL of typed values in words that every engine knows.

Files come as texts, and the embedded engine reads those (`workbench.store.contracts`). A table of a server or a cluster
has types already: what is a number, a day or a yes stays one, and texts are read by the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from workbench.core.engine import Dialect
from workbench.store.answer_words import NO, TICKED, UNTICKED, YES
from workbench.store.contracts import BEGINS_WITH_NUMBER, BLANKS, NARROW, WIDE, Field
from workbench.store.engine_moments import written_moment

MOST_MONEY = "1e13"  # beyond it four digits after the point do not fit
PLAIN_NUMBER = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$"


@dataclass(frozen=True)
class EngineColumn:
    """A column of an engine's table.

    Attributes
    ----------
    sql
        SQL of its values, missing where a text of `missing` or a code for no answer stands.
    kind
        Its type.
    """

    sql: str
    kind: pa.DataType

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        k = self.kind
        return bool(pa.types.is_integer(k) or pa.types.is_floating(k) or pa.types.is_decimal(k))

    @property
    def is_text(self) -> bool:
        """Whether its values are texts."""
        return bool(pa.types.is_string(self.kind) or pa.types.is_large_string(self.kind))

    def text(self, d: Dialect) -> str:
        """Return the SQL of its values as text without blanks around it; nothing where nothing is left.

        Numbers and times are written alike, whatever the engine, and as in files: whole numbers without a point,
        instants as in UTC; what is not a number is missing.
        """
        sql = self.sql
        if pa.types.is_timestamp(self.kind):
            instant = self.kind.tz is not None
            time = d.local_time.format(zone="'UTC'", time=sql) if instant else sql
            return f"replace(CAST({time} AS {d.text_type}), 'T', ' ')" + (" || '+00'" if instant else "")
        written = f"CAST({sql} AS {d.text_type})"
        if self.is_number and not pa.types.is_integer(self.kind):
            # an exact number beside a bound of no such type would be asked to hold it
            size = f"CAST({sql} AS {d.double_type})"
            whole = f"{sql} = floor({sql}) AND {size} > -1e15 AND {size} < 1e15"
            other = f"nullif(nullif({written}, 'NaN'), 'nan')"
            written = f"CASE WHEN {whole} THEN CAST(CAST({sql} AS BIGINT) AS {d.text_type}) ELSE {other} END"
        bare = f"trim(BOTH {BLANKS} FROM {written})" if self.is_text else f"trim({written})"
        return f"nullif({bare}, '')"

    def narrow(self, d: Dialect) -> str:
        """Return the SQL of its texts with full-width letters, digits and blanks as narrow ones, as files are read."""
        text = self.text(d)
        wide = d.matches.format(text=text, pattern=d.literal(f"[{WIDE}]"))
        return f"CASE WHEN {wide} THEN translate({text}, {d.literal(WIDE)}, {d.literal(NARROW)}) ELSE {text} END"

    def order(self, d: Dialect) -> str:
        """Return the SQL that sorts by its values in the same order in every engine; rows without one come last."""
        return f"{d.text_order.format(column=self.sql) if self.is_text else self.sql} NULLS LAST"


def typed_sql(
    field: Field, column: EngineColumn, d: Dialect, *, timezone: str | None, words: Mapping[str, str] | None = None
) -> str:
    """Return the SQL of a column's values as a field of a contract has them, NULL where they break its rule.

    Parameters
    ----------
    field
        The field.
    column
        The column.
    d
        The engine's spellings.
    timezone
        Zone whose local days and times instants are shown in; without one they have none.
    words
        Spelling → value that it is counted as, for texts.

    Examples
    --------
    >>> from workbench.core.engine import DUCKDB, DuckDBEngine
    >>> sql = typed_sql(Field("date"), EngineColumn("t", pa.string()), DUCKDB, timezone=None)
    >>> texts = "VALUES ('2026-01-31'), ('2026/02/30'), ('2024.02.29'), ('31.1.2026')"
    >>> [str(v)[:10] for v in DuckDBEngine().rows(f"SELECT {sql} AS v FROM ({texts}) AS x(t)")["v"]]
    ['2026-01-31', 'None', '2024-02-29', 'None']
    """
    text = column.text(d)
    if field.kind in ("id", "text"):
        return _merged(text, words or {}, d)
    if field.kind in ("date", "time"):
        return _moment(field.kind, column, text, d, timezone)
    if field.kind == "yes_no":
        return column.sql if pa.types.is_boolean(column.kind) else _one_of(text, YES, NO, ("true", "false"), d)
    if field.kind == "ticked":
        if pa.types.is_boolean(column.kind):
            return f"CASE WHEN {column.sql} THEN 1 WHEN NOT {column.sql} THEN 0 END"
        return _one_of(text, field.ticked or TICKED, () if field.ticked else UNTICKED, ("1", "0"), d)
    number = number_sql(column, d)
    if field.kind == "money":
        size = f"CAST({number} AS {d.double_type})"
        whole = f"CASE WHEN {size} > -{MOST_MONEY} AND {size} < {MOST_MONEY} THEN {number} END"
        exact = f"CAST({whole} AS DECIMAL(18, 4))"
        least = "" if field.low is None else f" AND {exact} >= {field.low}"
        # what is there and would be kept as nothing is no amount
        return f"CASE WHEN ({exact} <> 0 OR {number} = 0){least} THEN {exact} END"
    double = f"CAST({number} AS {d.double_type})"
    if field.kind == "number":
        above = "" if field.above is None else f" AND {double} > {field.above}"
        least = "" if field.low is None else f" AND {double} >= {field.low}"
        return f"CASE WHEN {double} > -1e300 AND {double} < 1e300{above}{least} THEN {double} END"
    if field.is_scale:
        double = point_sql(field, column, d)
    bounds = "" if field.low is None else f" AND {double} BETWEEN {field.low} AND {field.high}"
    small = f"{double} > -1e15 AND {double} < 1e15"
    return f"CASE WHEN {small} AND {double} = floor({double}){bounds} THEN CAST({double} AS BIGINT) END"


def number_sql(column: EngineColumn, d: Dialect) -> str:
    """Return the SQL of a column's values as numbers, NULL where a text is none."""
    if column.is_number:
        return column.sql
    text = column.text(d)
    plain = d.matches.format(text=text, pattern=d.literal(PLAIN_NUMBER))
    return f"CASE WHEN {plain} THEN CAST({text} AS {d.double_type}) END"


def point_sql(field: Field, column: EngineColumn, d: Dialect) -> str:
    """Return the SQL of an answer as a number, on its scale or not: as it is, by its code, as it begins, by its words.

    Parameters
    ----------
    field
        The scale.
    column
        The answers, their texts narrow.
    d
        The engine's spellings.

    Examples
    --------
    >>> from workbench.core.engine import DUCKDB, DuckDBEngine
    >>> sql = point_sql(Field("whole", low=0, high=10), EngineColumn("t", pa.string()), DUCKDB)
    >>> texts = "VALUES ('9'), ('10 - extremely likely'), ('8分'), ('11'), ('well')"
    >>> DuckDBEngine().rows(f"SELECT {sql} AS v FROM ({texts}) AS x(t)")["v"].tolist()
    [9.0, 10.0, 8.0, 11.0, nan]
    """
    text, number = column.text(d), f"CAST({number_sql(column, d)} AS {d.double_type})"
    parts = [number] if column.is_number else [number, _begun(text, d)]
    if field.numbers:
        cases = _cases(field.numbers, d)
        whole = f"{number} = floor({number}) AND {number} > -1e15 AND {number} < 1e15"
        code = f"CASE WHEN {whole} THEN CAST(CAST({number} AS BIGINT) AS {d.text_type}) END"
        parts = [f"CASE {text} {cases} END", f"CASE {code} {cases} END", *([] if field.converts else parts)]
    if field.usual_words and not column.is_number:
        parts.append(f"CASE lower({text}) {_cases(field.usual_words, d)} END")
    each = ", ".join(f"CAST({p} AS {d.double_type})" for p in parts)
    return f"coalesce({each})"


def _cases(points: Mapping[str, int], d: Dialect) -> str:
    return " ".join(f"WHEN {d.literal(said)} THEN {point}" for said, point in points.items())


def _begun(text: str, d: Dialect) -> str:
    """Return the SQL of the number that an answer like ``10 - extremely likely`` or ``8分`` begins with."""

    def like(pattern: str) -> str:
        return d.matches.format(text=text, pattern=d.literal(pattern))

    lengths = [(len(sign) + n, f"^{sign}[0-9]{{{n}}}([^0-9]|$)") for sign in ("", "-") for n in (1, 2, 3)]
    cases = " ".join(
        f"WHEN {like(pattern)} THEN CAST(substr({text}, 1, {n}) AS {d.double_type})" for n, pattern in lengths
    )
    return f"CASE WHEN {like(BEGINS_WITH_NUMBER)} THEN CASE {cases} END END"


def _one_of(text: str, yes: tuple[str, ...], no: tuple[str, ...], values: tuple[str, str], d: Dialect) -> str:
    first, second = (", ".join(map(d.literal, words)) for words in (yes, no))
    other = f"lower({text}) IN ({second})" if no else f"{text} IS NOT NULL"
    return f"CASE WHEN lower({text}) IN ({first}) THEN {values[0]} WHEN {other} THEN {values[1]} END"


def _moment(kind: str, column: EngineColumn, text: str, d: Dialect, timezone: str | None) -> str:
    target = "DATE" if kind == "date" else "TIMESTAMP"
    if pa.types.is_date(column.kind) or pa.types.is_timestamp(column.kind):
        moment = column.sql
        if getattr(column.kind, "tz", None) is not None:
            if timezone is None:  # an instant has no local date of its own
                return f"CAST(NULL AS {target})"
            moment = d.local_time.format(zone=d.literal(timezone), time=column.sql)
        return f"CAST({moment} AS {target})"
    if not column.is_text and not column.is_number:  # 20260131 is a day in whatever type
        return f"CAST(NULL AS {target})"
    return written_moment(kind, text, d, timezone)


def _merged(text: str, merged: Mapping[str, str], d: Dialect) -> str:
    if not merged:
        return text
    cases = " ".join(f"WHEN {d.literal(spelling)} THEN {d.literal(value)}" for spelling, value in merged.items())
    return f"CASE {text} {cases} ELSE {text} END"
