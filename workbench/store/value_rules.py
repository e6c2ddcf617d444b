"""How the texts of a column are read as dates and numbers: one stated rule per column, found from all its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.store.contracts import Contract, Field
from workbench.store.moments import DATE_FORMATS, NOON_FORMATS, TIME_FORMATS

LOOKED_AT = 20_000
MOST_DAYS = 12
# two numbers that could both be a month, then the year; a time may follow
ORDERED = r"^\s*(\d{1,2})([/.-])(\d{1,2})[/.-](\d{4}|\d{2})(?:[ T,]+(\d{1,2}:\d{2}(?::\d{2})?)\s*([AaPp][Mm])?)?\s*$"
SERIAL = r"^[0-9]{5}(\.[0-9]+)?$"
SERIALS = (20_000, 80_000)  # 1954 to 2119
FEWEST_SERIALS = 0.9
CHINESE_NOON = r"(上午|下午)"
ZONE_BEHIND = r"\s*GMT[+-][0-9]+$"
SPACES = "[\\s\u00a0\u202f\u2009']"
SIGNS = r"[$€£¥￥₩₹元円圓]|RMB|CNY|USD|EUR|GBP|HK\$|CHF"
THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
DECIMAL_COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d{1,2}$|^[+-]?\d{1,3}(\.\d{3})+,\d+$|^[+-]?\d+,\d{4,}$"
POINT_GROUPS = r"^[+-]?\d{1,3}(\.\d{3}){2,}$"
POINT_GROUP = r"^[+-]?\d{1,3}(\.\d{3})+$"
UNIT = r"\s*(秒|s|sec|seconds?|分钟|min|分|岁|次|%|件)$"


@dataclass(frozen=True)
class Rule:
    """How a column is read.

    Attributes
    ----------
    sql
        SQL of its values in the form that contracts know.
    said
        The rule in words.
    """

    sql: str
    said: Message


def value_rules(
    table: str, item: str, names: Mapping[str, str], contract: Contract, date_format: str | None, engine: DuckDBEngine
) -> dict[str, Rule]:
    """Find how the dates and numbers of a table are written where that is not the plain way.

    Parameters
    ----------
    table
        Its name, for errors.
    item
        FROM item of the texts.
    names
        Column of the contract → SQL over the item.
    contract
        What the columns are.
    date_format
        Format of dates that ``wave.yaml`` gives; dates are then not looked at.
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

    Notes
    -----
    The first 20,000 rows tell whether a column is written the plain way; only one that is not is looked at as a whole.
    """
    looked = {n: contract.fields[n] for n in names if n in contract.fields and is_looked_at(contract.fields[n])}
    if date_format is not None:
        looked = {n: f for n, f in looked.items() if f.kind not in ("date", "time")}
    if not looked:
        return {}
    odd = _odd(item, names, looked, engine)
    found: dict[str, Rule] = {}
    for name in odd:
        find: Callable[[str, str, str, str, DuckDBEngine], Rule | None] = (
            date_rule if looked[name].kind in ("date", "time") else _number_rule
        )
        # what the first rows do not show is not looked for in all of them: values of such a kind are listed
        first = f"(SELECT * FROM {item} LIMIT {LOOKED_AT})"
        if find(table, name, first, names[name], engine) is not None:
            rule = find(table, name, item, names[name], engine)
            if rule is not None:
                found[name] = rule
    return found


def is_looked_at(field: Field) -> bool:
    """Tell whether the values of a field may be written in another than the plain way."""
    return field.kind in ("date", "time", "money", "number") or (field.kind == "whole" and not field.is_scale)


def _odd(item: str, names: Mapping[str, str], looked: Mapping[str, Field], engine: DuckDBEngine) -> list[str]:
    """Return the columns whose first values are not all written the plain way."""
    columns = ", ".join(f"trim({names[n]}) AS v{i}" for i, n in enumerate(looked))
    first = f"(SELECT {columns} FROM {item} LIMIT {LOOKED_AT})"
    tests = []
    for i, field in enumerate(looked.values()):
        if field.kind in ("date", "time"):
            formats = ", ".join(f"'{f}'" for f in dict.fromkeys((*TIME_FORMATS, *DATE_FORMATS)))
            plain = f"coalesce(TRY_CAST(v{i} AS TIMESTAMP), try_strptime(v{i}, [{formats}])) IS NOT NULL"
            plain = f"({plain} AND NOT regexp_matches(v{i}, '{SERIAL}'))"
        else:
            plain = f"TRY_CAST(v{i} AS DOUBLE) IS NOT NULL"
        tests.append(f"count(*) FILTER (WHERE v{i} <> '' AND NOT coalesce({plain}, false)) AS n{i}")
    counts = engine.rows(f"SELECT {', '.join(tests)} FROM {first}").iloc[0]
    return [n for i, n in enumerate(looked) if counts[f"n{i}"]]


def date_rule(table: str, name: str, item: str, sql: str, engine: DuckDBEngine) -> Rule | None:
    """Find how the dates of a column are written, where that is not with the year first.

    Parameters
    ----------
    table, name
        Table and column, for the error and for the words of the rule.
    item
        FROM item of the texts.
    sql
        SQL of the column over it.

    Raises
    ------
    InputError
        If the year stands last and nothing tells the day from the month.
    """
    text = f"trim({sql})"
    pattern = engine.dialect.literal(ORDERED)
    part = {g: f"TRY_CAST(regexp_extract({text}, {pattern}, {g}) AS INTEGER)" for g in (1, 3)}
    counts = engine.rows(
        f"SELECT count(*) FILTER (WHERE {text} <> '') AS filled, "
        f"count(*) FILTER (WHERE regexp_matches({text}, {pattern})) AS ordered, "
        f"count(*) FILTER (WHERE {part[1]} > {MOST_DAYS}) AS day_first, "
        f"count(*) FILTER (WHERE {part[3]} > {MOST_DAYS}) AS month_first, "
        f"count(*) FILTER (WHERE TRY_CAST({text} AS DOUBLE) BETWEEN {SERIALS[0]} AND {SERIALS[1]}) AS serial, "
        f"count(*) FILTER (WHERE regexp_matches({text}, '{CHINESE_NOON}')) AS noon, "
        f"any_value({text}) FILTER (WHERE regexp_matches({text}, {pattern})) AS example FROM {item}"
    ).iloc[0]
    filled = int(counts["filled"])
    if counts["serial"] >= FEWEST_SERIALS * filled:
        days = f"CAST(round(TRY_CAST({text} AS DOUBLE) * 86400) AS BIGINT)"
        moment = f"TIMESTAMP '1899-12-30' + to_seconds({days})"
        known = f"CASE WHEN regexp_matches({text}, '{SERIAL}') THEN CAST({moment} AS VARCHAR) ELSE {text} END"
        return Rule(known, serial_said(name))
    if counts["noon"]:
        return Rule(_chinese_noon(text), noon_said(name))
    if counts["ordered"] < 0.5 * filled:
        return None
    n_day, n_month, ordered = (int(counts[c]) for c in ("day_first", "month_first", "ordered"))
    day_first, said = day_or_month(table, name, ordered, n_day, n_month, counts["example"])
    return Rule(_reordered(text, pattern, *((1, 3) if day_first else (3, 1))), said)


def serial_said(name: str) -> Message:
    """Return the rule of a column of day numbers, in words.

    Examples
    --------
    >>> serial_said("day").text("en")
    'day: numbers of days since 1899-12-30, as Excel keeps dates'
    """
    return message("{column}: numbers of days since 1899-12-30, as Excel keeps dates", column=name)


def noon_said(name: str) -> Message:
    """Return the rule of a column of times with 上午 or 下午, in words.

    Examples
    --------
    >>> noon_said("day").text("en")
    'day: the Chinese words for morning and afternoon are read as AM and PM'
    """
    return message("{column}: the Chinese words for morning and afternoon are read as AM and PM", column=name)


def day_or_month(
    table: str, name: str, ordered: int, n_day: int, n_month: int, example: object, *, of_engine: bool = False
) -> tuple[bool, Message]:
    """Tell whether the day stands first in dates with the year last, and say so.

    Parameters
    ----------
    table, name
        Table and column.
    ordered
        How many dates have the year last.
    n_day, n_month
        How many of them can only have the day first, and only the month.
    example
        One of them.
    of_engine
        Whether they stand in a table of the engine, for which ``wave.yaml`` gives no format.

    Raises
    ------
    InputError
        If nothing tells the day from the month, or both stand first.

    Examples
    --------
    >>> first, said = day_or_month("orders", "day", 9, 4, 0, "31/1/2026")
    >>> first, said.text("en")
    (True, 'day: the day stands first (4 dates can be read in no other way)')
    """
    if (n_day > 0) == (n_month > 0):
        both = f"{n_day} have the day first, {n_month} the month" if n_day else "none has a day above 12"
        formats = f"Write tables: {table}: date_format: '%d/%m/%Y' (day first) or '%m/%d/%Y' (month first)"
        formats += "; rows of the other order are listed." if n_day else "."
        query = f"Write tables: {table}: query: and a SELECT in which {name} is a date."
        raise InputError(
            "Dates with the year last say whether the day or the month stands first.",
            found=f"{ordered} dates like {example!r} in {name}: {both}",
            fix=query if of_engine else formats,
            where=table,
        )
    if n_day:
        said = message(
            "{column}: the day stands first ({n:int} dates can be read in no other way)", column=name, n=n_day
        )
        return True, said
    return False, message(
        "{column}: the month stands first ({n:int} dates can be read in no other way)", column=name, n=n_month
    )


def _reordered(text: str, pattern: str, day: int, month: int) -> str:
    """Return the SQL of a date with the year last as one with the year first; any other text as it is."""
    get = {g: f"regexp_extract({text}, {pattern}, {g})" for g in range(1, 7)}
    year = f"CASE WHEN length({get[4]}) = 2 THEN '20' || {get[4]} ELSE {get[4]} END"
    date = f"{year} || '-' || lpad({get[month]}, 2, '0') || '-' || lpad({get[day]}, 2, '0')"
    hour = f"TRY_CAST(split_part({get[5]}, ':', 1) AS INTEGER)"
    noon = f"upper({get[6]})"
    late, night = f"{noon} = 'PM' AND {hour} < 12", f"{noon} = 'AM' AND {hour} = 12"
    later = f"CASE WHEN {late} THEN {hour} + 12 WHEN {night} THEN 0 ELSE {hour} END"
    minutes = f"substr({get[5]}, strpos({get[5]}, ':'))"
    clock = f"CASE WHEN {get[5]} <> '' THEN ' ' || lpad(CAST({later} AS VARCHAR), 2, '0') || {minutes} ELSE '' END"
    return f"CASE WHEN regexp_matches({text}, {pattern}) THEN ({date}) || ({clock}) ELSE {text} END"


def _chinese_noon(text: str) -> str:
    """Return the SQL of a time with 上午 or 下午 in twenty-four hours; a zone written as GMT+8 is dropped."""
    bare = f"regexp_replace(trim(regexp_replace({text}, '{ZONE_BEHIND}', '')), '\\s*{CHINESE_NOON}\\s*', ' ')"
    hour = f"TRY_CAST(regexp_extract({bare}, ' (\\d{{1,2}}):', 1) AS INTEGER)"
    late, night = f"contains({text}, '下午') AND {hour} < 12", f"contains({text}, '上午') AND {hour} = 12"
    shift = f"CASE WHEN {late} THEN 12 WHEN {night} THEN -12 ELSE 0 END"
    formats = ", ".join(f"'{f}'" for f in NOON_FORMATS)
    moment = f"try_strptime(trim({bare}), [{formats}])"
    return f"coalesce(CAST({moment} + to_hours({shift}) AS VARCHAR), {text})"


def _number_rule(table: str, name: str, item: str, sql: str, engine: DuckDBEngine) -> Rule | None:  # noqa: ARG001
    literal = engine.dialect.literal
    bare = f"regexp_replace(trim({sql}), {literal(f'{SIGNS}|{SPACES}')}, '', 'g')"
    unitless = f"regexp_replace({bare}, {literal(UNIT)}, '')"
    # (1,250.00) is how accountants write an amount below zero
    plain = f"regexp_replace({unitless}, '^\\((.*)\\)$', '-\\1')"

    def having(pattern: str) -> str:
        return f"count(*) FILTER (WHERE regexp_matches({plain}, {literal(pattern)}))"

    signed = f"TRY_CAST({plain} AS DOUBLE) IS NOT NULL AND TRY_CAST(trim({sql}) AS DOUBLE) IS NULL"
    counts = engine.rows(
        f"SELECT {having(THOUSANDS)} AS thousands, {having(DECIMAL_COMMA)} AS commas, "
        f"{having(POINT_GROUPS)} AS points, count(*) FILTER (WHERE {signed}) AS signs, "
        f"any_value(trim({sql})) FILTER (WHERE regexp_matches({plain}, ',')) AS example, "
        f"any_value(trim({sql})) FILTER (WHERE regexp_matches({plain}, {literal(POINT_GROUPS)})) AS pointed, "
        f"any_value(trim({sql})) FILTER (WHERE {signed}) AS signed FROM {item}"
    ).iloc[0]
    said = number_said(name, {str(n): v for n, v in counts.items()})
    if said is None:
        return None
    x = f"({plain})"
    if counts["commas"] or counts["points"]:
        written = literal(f"{DECIMAL_COMMA}|{POINT_GROUP}")
        pointed = f"replace(replace({plain}, '.', ''), ',', '.')"
        x = f"(CASE WHEN regexp_matches({plain}, {written}) THEN {pointed} ELSE {plain} END)"
    elif counts["thousands"]:
        x = f"(CASE WHEN regexp_matches({plain}, {literal(THOUSANDS)}) THEN replace({plain}, ',', '') ELSE {plain} END)"
    return Rule(f"CASE WHEN TRY_CAST({x} AS DOUBLE) IS NOT NULL THEN {x} ELSE {sql} END", said)


def number_said(name: str, counts: Mapping[str, Any]) -> Message | None:
    """Return how the numbers of a column are written, in words; None where that is the plain way.

    Parameters
    ----------
    name
        The column.
    counts
        How many values have decimal ``commas``, ``points`` between thousands, commas between ``thousands``, and
        ``signs`` of currency or units; an ``example`` with a comma, one ``pointed`` and one ``signed``.

    Examples
    --------
    >>> none = dict.fromkeys(("commas", "points", "thousands", "signs"), 0)
    >>> number_said("amount", none) is None
    True
    >>> number_said("amount", {**none, "commas": 7, "example": "1.250,00"}).text("en")
    'amount: points mark thousands and a comma the decimals, as in 1.250,00'
    """
    if counts["commas"] or counts["points"]:
        return message(
            "{column}: points mark thousands and a comma the decimals, as in {example}",
            column=name,
            example=counts["example"] if counts["commas"] else counts["pointed"],
        )
    if counts["thousands"]:
        return message("{column}: a comma marks thousands, as in {example}", column=name, example=counts["example"])
    if counts["signs"]:
        return message(
            "{column}: signs of currency and units are left out, as in {example}",
            column=name,
            example=counts["signed"],
        )
    return None
