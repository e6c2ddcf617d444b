"""How dates and numbers are written in texts of an engine's table: by the rules of files, in words of every engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from workbench.core.engine import Dialect, Engine
from workbench.core.engine.dialect import named_item
from workbench.store.contracts import Contract
from workbench.store.engine_reading import PLAIN_NUMBER, EngineColumn, number_sql
from workbench.store.value_rules import (
    CHINESE_NOON,
    DECIMAL_COMMA,
    FEWEST_SERIALS,
    MOST_DAYS,
    POINT_GROUP,
    POINT_GROUPS,
    SERIAL,
    SERIALS,
    SIGNS,
    SPACES,
    THOUSANDS,
    UNIT,
    ZONE_BEHIND,
    Rule,
    day_or_month,
    is_looked_at,
    noon_said,
    number_said,
    serial_said,
)

_YEAR_LAST = (
    "^[0-9]{1,2}[/.-][0-9]{1,2}[/.-]([0-9]{4}|[0-9]{2})([ T,]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?[ ]*([AaPp][Mm])?)?$"
)


def engine_rules(
    table: str, item: str, columns: Mapping[str, EngineColumn], contract: Contract, engine: Engine
) -> dict[str, Rule]:
    """Find how the dates and numbers of a table are written where its texts do not have them the plain way.

    Parameters
    ----------
    table
        Its name, for errors.
    item
        FROM item of its rows.
    columns
        Column of the contract → column of the item.
    contract
        What the columns are.
    engine
        The engine.

    Returns
    -------
    dict of str to Rule
        The columns that need one.

    Raises
    ------
    InputError
        If dates could be read with the day or with the month first.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from workbench.core.engine import DuckDBEngine
    >>> from workbench.store.contracts import CONTRACTS
    >>> rows = "(SELECT * FROM (VALUES ('1.250,50'), ('7,5')) AS t(amount))"
    >>> amount = {"amount": EngineColumn("amount", pa.string())}
    >>> found = engine_rules("transactions", rows, amount, CONTRACTS["transactions"], DuckDBEngine())
    >>> DuckDBEngine().rows(f"SELECT {found['amount'].sql} AS v FROM {rows}")["v"].tolist()
    ['1250.50', '7.5']
    """
    d = engine.dialect
    fields = {n: contract.fields[n] for n in columns if n in contract.fields and is_looked_at(contract.fields[n])}
    found = {}
    for name, field in fields.items():
        column, text, moment = columns[name], columns[name].text(d), field.kind in ("date", "time")
        if not column.is_text and not (column.is_number and moment):
            continue
        rule = _date_rule(table, name, item, column, engine) if moment else _number_rule(name, item, text, engine)
        if rule is not None:
            found[name] = rule
    return found


def read_by(
    rules: Mapping[str, Rule], item: str, columns: Mapping[str, EngineColumn]
) -> tuple[str, dict[str, EngineColumn]]:
    """Return the rows in which columns with a rule of their own are read by it, and the columns: those are texts."""
    read = {n: EngineColumn(c.sql, pa.string()) if n in rules else c for n, c in columns.items()}
    if not rules:
        return item, read
    parts = (f"{rules[n].sql} AS {c.sql}" if n in rules else c.sql for n, c in columns.items())
    return f"(SELECT {', '.join(parts)} FROM {item} AS r)", read


def _counted(item: str, parts: Mapping[str, str], examples: Mapping[str, tuple[str, str]], engine: Engine) -> Any:
    """Return how many rows fulfil each condition, and the least text of those that fulfil another one."""
    sums = [f"sum(CASE WHEN {sql} THEN 1 ELSE 0 END) AS {name}" for name, sql in parts.items()]
    least = [f"min(CASE WHEN {sql} THEN {text} END) AS {name}" for name, (sql, text) in examples.items()]
    row = engine.rows(f"SELECT {', '.join([*sums, *least])} FROM {named_item(item)}").iloc[0]
    return {n: int(row[n]) if row[n] == row[n] and row[n] is not None else 0 for n in parts} | {
        n: row[n] for n in examples
    }


def _like(text: str, pattern: str, d: Dialect) -> str:
    return d.matches.format(text=text, pattern=d.literal(pattern))


def _without(text: str, pattern: str, d: Dialect) -> str:
    return d.replaced.format(text=text, pattern=d.literal(pattern), by="''")


def _number_rule(name: str, item: str, text: str, engine: Engine) -> Rule | None:
    d = engine.dialect
    bare = _without(_without(text, f"{SIGNS}|{SPACES}", d), UNIT, d)
    # (1,250.00) is how accountants write an amount below zero
    below = _like(bare, "^[(].*[)]$", d)
    plain = f"CASE WHEN {below} THEN concat('-', substr({bare}, 2, length({bare}) - 2)) ELSE {bare} END"
    rows = f"(SELECT {text} AS given, {plain} AS plain FROM {named_item(item)})"
    signed = f"{_like('plain', PLAIN_NUMBER, d)} AND NOT {_like('given', PLAIN_NUMBER, d)}"
    points = _like("plain", POINT_GROUPS, d)
    parts = {
        "thousands": _like("plain", THOUSANDS, d),
        "commas": _like("plain", DECIMAL_COMMA, d),
        "points": points,
        "signs": signed,
    }
    examples = {
        "example": (_like("plain", ",", d), "given"),
        "pointed": (points, "given"),
        "signed": (signed, "given"),
    }
    counts = _counted(rows, parts, examples, engine)
    said = number_said(name, counts)
    if said is None:
        return None
    value = f"({plain})"
    if counts["commas"] or counts["points"]:
        written = _like(value, f"{DECIMAL_COMMA}|{POINT_GROUP}", d)
        value = f"CASE WHEN {written} THEN replace(replace({value}, '.', ''), ',', '.') ELSE {value} END"
    elif counts["thousands"]:
        value = f"CASE WHEN {_like(value, THOUSANDS, d)} THEN replace({value}, ',', '') ELSE {value} END"
    return Rule(f"CASE WHEN {_like(f'({value})', PLAIN_NUMBER, d)} THEN {value} ELSE {text} END", said)


def _date_rule(table: str, name: str, item: str, column: EngineColumn, engine: Engine) -> Rule | None:
    d, text = engine.dialect, column.text(engine.dialect)
    spaced = f"replace(replace({text}, 'T', ' '), ',', ' ')"
    given = f"split_part({spaced}, ' ', 1)"
    day = f"replace(replace({given}, '/', '-'), '.', '-')"
    first, second, year = (f"split_part({day}, '-', {i})" for i in (1, 2, 3))
    last = _like(text, _YEAR_LAST, d)
    size = {i: f"CASE WHEN {last} THEN CAST({p} AS INTEGER) ELSE 0 END" for i, p in ((1, first), (2, second))}
    parts = {
        "filled": f"{text} IS NOT NULL",
        "serial": f"{number_sql(column, d)} BETWEEN {SERIALS[0]} AND {SERIALS[1]}",
        "noon": _like(text, CHINESE_NOON, d),
        "ordered": last,
        "day_first": f"{size[1]} > {MOST_DAYS}",
        "month_first": f"{size[2]} > {MOST_DAYS}",
    }
    counts = _counted(item, parts, {"example": (last, text)}, engine)
    if counts["serial"] and counts["serial"] >= FEWEST_SERIALS * counts["filled"]:
        return Rule(_serial(text, d), serial_said(name))
    if counts["noon"]:
        return Rule(_chinese_noon(text, d), noon_said(name))
    if counts["ordered"] == 0 or counts["ordered"] < 0.5 * counts["filled"]:
        return None
    told = (counts[c] for c in ("ordered", "day_first", "month_first", "example"))
    day_first, said = day_or_month(table, name, *told, of_engine=True)
    number, month = (first, second) if day_first else (second, first)
    whole = f"CASE WHEN length({year}) = 2 THEN concat('20', {year}) ELSE {year} END"
    clock = f"trim(substr({spaced}, length({given}) + 1))"
    noon = _without(f"upper({clock})", "[^AP]", d)
    bare = _without(clock, "[ ]*[AaPp][Mm]$", d)
    hour = f"CAST(split_part({bare}, ':', 1) AS INTEGER)"
    late, night = f"{noon} = 'P' AND {hour} < 12", f"{noon} = 'A' AND {hour} = 12"
    later = f"CASE WHEN {late} THEN {hour} + 12 WHEN {night} THEN 0 ELSE {hour} END"
    minutes = f"substr({bare}, length(split_part({bare}, ':', 1)) + 1)"
    time = f"CASE WHEN {clock} = '' THEN '' ELSE concat(' ', CAST({later} AS {d.text_type}), {minutes}) END"
    made = f"concat({whole}, '-', lpad({month}, 2, '0'), '-', lpad({number}, 2, '0'), {time})"
    return Rule(f"CASE WHEN {last} THEN {made} ELSE {text} END", said)


def _serial(text: str, d: Dialect) -> str:
    """Return the SQL of a number of days since 1899-12-30 as a moment; any other text as it is."""
    seconds = f"floor(CAST({text} AS {d.double_type}) * 86400 + 0.5)"
    days = f"floor({seconds} / 86400)"
    day = d.day_after.format(start="DATE '1899-12-30'", days=days)
    left = f"({seconds} - {days} * 86400)"
    hour, minute = f"floor({left} / 3600)", f"floor({left} / 60)"
    steps = (hour, f"{minute} - {hour} * 60", f"{left} - {minute} * 60")
    clock = ", ':', ".join(f"lpad(CAST(CAST({s} AS INTEGER) AS {d.text_type}), 2, '0')" for s in steps)
    moment = f"concat(CAST({day} AS {d.text_type}), ' ', {clock})"
    return f"CASE WHEN {_like(text, SERIAL, d)} THEN {moment} ELSE {text} END"


def _chinese_noon(text: str, d: Dialect) -> str:
    """Return the SQL of a time with 上午 or 下午 in twenty-four hours; any other text as it is."""
    zoneless = f"trim({_without(text, ZONE_BEHIND, d)})"
    bare = d.replaced.format(text=zoneless, pattern=d.literal(f" *{CHINESE_NOON} *"), by="' '")
    day = f"split_part({bare}, ' ', 1)"
    clock = f"trim(substr({bare}, length({day}) + 1))"
    hour = f"CAST(split_part({clock}, ':', 1) AS INTEGER)"
    late, night = f"{_like(text, '下午', d)} AND {hour} < 12", f"{_like(text, '上午', d)} AND {hour} = 12"
    later = f"CASE WHEN {late} THEN {hour} + 12 WHEN {night} THEN 0 ELSE {hour} END"
    minutes = f"substr({clock}, length(split_part({clock}, ':', 1)) + 1)"
    made = f"concat({day}, ' ', CAST({later} AS {d.text_type}), {minutes})"
    there = _like(bare, "^[^ ]+ [0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?$", d)
    worded = f"CASE WHEN {there} THEN {made} ELSE {text} END"
    return f"CASE WHEN {_like(text, CHINESE_NOON, d)} THEN {worded} ELSE {text} END"
