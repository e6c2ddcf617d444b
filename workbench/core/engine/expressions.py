"""Expressions that a person writes into a file: one value of a row, from its columns and functions that are known.

They become part of statements, so each is parsed first, by the engine's own parser: what reads or writes files, asks
for the machine's settings, holds a query of its own or ends the statement it stands in is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import duckdb

from workbench.core.engine.dialect import DUCKDB, Dialect
from workbench.core.errors import InputError, nearest

# scalar functions of a row's values; everything else is refused, whatever an engine may have
_NAMES = """
    + - * / // % ^ ** & | ~ << >> || ! ~~ !~~ ~~* !~~* ~~~ like_escape not_like_escape ilike_escape not_ilike_escape
    abs ceil ceiling floor round trunc sign sqrt cbrt pow power exp ln log log2 log10 mod greatest least isnan isfinite
    isinf add multiply subtract divide
    length len strlen char_length character_length lower lcase upper ucase trim ltrim rtrim replace translate substring
    substr left right lpad rpad reverse repeat concat concat_ws contains starts_with ends_with prefix suffix strpos
    position instr split_part string_split split str_split regexp_matches regexp_replace regexp_extract
    regexp_full_match regexp_split_to_array string_to_array array_to_string nfc_normalize strip_accents unicode ord chr
    ascii initcap levenshtein jaccard damerau_levenshtein jaro_similarity jaro_winkler_similarity printf format
    coalesce nullif ifnull nvl if
    date_part datepart extract date_trunc datetrunc date_diff datediff date_sub datesub date_add date_format
    strftime strptime try_strptime year month day hour minute second quarter week weekofyear dayofweek isodow weekday
    dayofyear dayofmonth yearweek isoyear dayname monthname last_day make_date make_timestamp make_time to_days to_hours
    to_minutes to_seconds to_months to_years to_timestamp epoch epoch_ms age timezone months_between add_months to_date
    hash md5 sha256 list_contains list_has array_contains list_extract array_extract list_value array_length
    list_sum list_max list_min element_at map_extract struct_extract to_char to_number
"""
FUNCTIONS = frozenset(_NAMES.split())
# parts of an expression that are values of one row
PARTS = frozenset(
    {"COLUMN_REF", "CONSTANT", "FUNCTION", "CAST", "TYPE", "CASE", "COMPARISON", "CONJUNCTION", "OPERATOR", "BETWEEN"}
    | {"COLLATE"}
)
WHAT = {
    "SUBQUERY": "a query of its own",
    "STAR": "all columns (*)",
    "WINDOW": "a window over other rows",
    "PARAMETER": "a parameter",
    "LAMBDA": "a lambda",
}


def require_expression(text: str, *, where: str | None = None) -> str:
    """Return an expression if it is one value of a row, made of columns and known functions.

    Parameters
    ----------
    text
        SQL as DuckDB reads it.
    where
        Where it was written, for the error.

    Raises
    ------
    InputError
        If it is no single expression, or holds something else than columns, constants, operators and `FUNCTIONS`.

    Examples
    --------
    >>> require_expression("amount > 100 AND region IN ('north', 'south')")
    "amount > 100 AND region IN ('north', 'south')"
    >>> try:
    ...     require_expression("1) FROM x; COPY (SELECT 1) TO 'stolen.csv' --")
    ... except InputError as error:
    ...     print(error.rule)
    An expression is one value of a row, made of columns, constants and known functions.
    """
    wrong = _wrong(text)
    if wrong is not None:
        raise InputError(
            "An expression is one value of a row, made of columns, constants and known functions.",
            found=f"{text!r}: {wrong}",
            fix="Write it as a condition or a calculation over the table's columns; prepare other things in the file.",
            where=where,
        )
    return text


_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_REMARK = re.compile(r"--|/\*")


@cache
def _wrong(text: str) -> str | None:
    if _REMARK.search(_QUOTED.sub("", text)):
        return "a remark, which would hide what comes after it"
    asked = f"SELECT ({text})"
    answer: dict[str, Any] = json.loads(_parser().execute("SELECT json_serialize_sql(?)", [asked]).fetchall()[0][0])
    if answer.get("error"):
        return str(answer.get("error_message", "it cannot be read"))
    if len(answer["statements"]) != 1:
        return "several statements"
    node = answer["statements"][0]["node"]
    if node["type"] != "SELECT_NODE" or node["from_table"]["type"] != "EMPTY" or len(node["select_list"]) != 1:
        return "more than one expression"
    for part in _parts(node["select_list"][0]):
        kind = part["class"]
        if kind not in PARTS:
            return WHAT.get(kind, str(kind).lower())
        if kind == "FUNCTION":
            name = str(part["function_name"]).lower()
            if name == "row":
                return "several values"
            if name not in FUNCTIONS or part.get("schema") or part.get("catalog"):
                return f"the function {name}{nearest(name, FUNCTIONS)}"
    return None


_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[^\W\d]\w*|\d[\w.]*|\s+|.", re.DOTALL)
# words that are no column unless they are quoted
_WORDS = """
    all and any as asc between both case cast collate desc distinct else end false from ilike in is leading like not
    null or similar some symmetric then to trailing true unknown when
"""
_KEPT = frozenset(_WORDS.split())


def spelled(text: str, columns: Iterable[str], dialect: Dialect) -> str:
    r"""Return an expression in the words of an engine: its columns, its texts and its types as the engine has them.

    Parameters
    ----------
    text
        SQL as DuckDB reads it: columns in any capitals, quoted with ``"`` where they have odd characters.
    columns
        Columns of the table that it stands over.
    dialect
        The engine's spellings.

    Returns
    -------
    str
        What every engine takes for the same. An expression with the engine's own marks (a backtick) is left as it is.

    Examples
    --------
    >>> from workbench.core.engine.dialect import POSTGRESQL, SPARK
    >>> print(spelled("vip = 'ja' AND \"floor space\" > 50", ["VIP", "floor space"], POSTGRESQL))
    "VIP" = 'ja' AND "floor space" > 50
    >>> print(spelled("\"floor space\" > 50 OR folder = 'C:\\data'", ["folder", "floor space"], SPARK))
    `floor space` > 50 OR `folder` = 'C:\\data'
    >>> print(spelled("vip IS DISTINCT FROM 'ja' AND age > 50", ["vip", "age"], POSTGRESQL))
    ("vip" IS DISTINCT FROM 'ja') AND "age" > 50
    """
    if dialect.name == DUCKDB.name or "`" in text:
        return text
    exact = list(columns)
    known = {c.casefold(): c for c in reversed(exact)}
    types = {"double": dialect.double_type, "varchar": dialect.text_type, "text": dialect.text_type}
    tokens: list[str] = _TOKEN.findall(text)
    words = [i for i, token in enumerate(tokens) if not token.isspace()]
    made = list(tokens)
    for place, i in enumerate(words):
        token, low = tokens[i], tokens[i].lower()
        before = tokens[words[place - 1]].lower() if place else ""
        after = tokens[words[place + 1]].lower() if place + 1 < len(words) else ""
        if token.startswith("'"):
            made[i] = dialect.literal(token[1:-1].replace("''", "'"))
        elif token.startswith('"'):
            name = token[1:-1].replace('""', '"')
            made[i] = dialect.quote(name if name in exact else known.get(name.casefold(), name))
        elif before in ("as", ":"):
            made[i] = token if after == "precision" else types.get(low, token)
        # DATE '2026-01-31', INTERVAL 3 MONTH and year FROM are no columns, nor is a function
        elif low in _KEPT or after in ("(", "from") or after.startswith("'") or before[:1].isdigit():
            continue
        elif token in exact or token.casefold() in known:
            made[i] = dialect.quote(token if token in exact else known[token.casefold()])
    for first, last in _distinctions([tokens[i].lower() for i in words]):
        # an engine may take all that follows for what is compared with
        made[words[first]] = f"({made[words[first]]}"
        made[words[last]] = f"{made[words[last]]})"
    return "".join(made)


_OPENING, _CLOSING = frozenset({"(", "[", "case"}), frozenset({")", "]", "end"})
# words that stand between conditions; AND does where it is not the one of BETWEEN
_BETWEEN_CONDITIONS = frozenset({"and", "or", "when", "then", "else", ","})
_NEGATED = frozenset({"like", "ilike", "in", "between", "similar", "distinct", "null"})


def _distinctions(words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last word of each comparison by IS DISTINCT FROM or IS NOT DISTINCT FROM."""
    depth, depths, ranges, edges = 0, [], [0], set()
    for i, word in enumerate(words):
        if word in _CLOSING:
            depth -= 1
            ranges.pop()
        depths.append(depth)
        if word in _OPENING:
            depth += 1
            ranges.append(0)
        elif word == "between":
            ranges[-1] += 1
        elif word == "and" and ranges[-1]:
            ranges[-1] -= 1
        elif word in _BETWEEN_CONDITIONS or (word == "not" and words[i + 1] not in _NEGATED):
            edges.add(i)
    for i, word in enumerate(words):
        after = words[i + 1 : i + 4]
        if word != "is" or (after[:2] != ["distinct", "from"] and after != ["not", "distinct", "from"]):
            continue
        first, last = i, i + 2

        def inside(place: int, level: int = depths[i]) -> bool:
            return depths[place] > level or (depths[place] == level and place not in edges)

        while first and inside(first - 1):
            first -= 1
        while last + 1 < len(words) and inside(last + 1):
            last += 1
        yield first, last


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of an expression, itself first."""
    if isinstance(node, dict):
        if "class" in node:
            yield node
        for inner in node.values():
            yield from _parts(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _parts(inner)


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"enable_external_access": "false"})
