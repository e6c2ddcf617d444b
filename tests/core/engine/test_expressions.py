from __future__ import annotations

import pandas as pd
import pytest

from tests.store.test_engine_intake import url_of
from workbench.core.engine import DuckDBEngine, open_engine
from workbench.core.engine.dialect import DUCKDB, POSTGRESQL, SPARK
from workbench.core.engine.expressions import FUNCTIONS, require_expression, spelled
from workbench.core.errors import InputError


@pytest.mark.parametrize(
    "text",
    [
        "Quantity * UnitPrice",
        "replace(所用时间, '秒', '')",
        "amount_12m > 1000 AND do_not_contact IS DISTINCT FROM true",
        "CASE WHEN kind = 'x' THEN 1 ELSE NULL END",
        "try_cast(a AS INTEGER) BETWEEN 1 AND 3",
        "coalesce(a, b)::DATE >= DATE '2026-01-01' - INTERVAL 3 MONTH",
        "regexp_extract(id, '^C(\\d+)', 1) LIKE '0%' OR NOT is_new",
        "note = '-- not a remark' AND \"odd /* name\" IN ('a', 'b')",
    ],
)
def test_values_of_a_row_are_taken_as_they_are(text):
    assert require_expression(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1) FROM x; COPY (SELECT 1) TO '/tmp/stolen' --", "remark"),
        (
            "true) ; COPY (SELECT 1) TO '/tmp/stolen' ; SELECT (1",
            "several statements|one expression|syntax error|Only SELECT",
        ),
        ("(SELECT content FROM read_text('/etc/passwd'))", "a query of its own"),
        ("a IN (SELECT 1)", "a query of its own"),
        ("read_text('/etc/passwd')", "read_text"),
        ("getenv('HOME')", "getenv"),
        ("current_setting('temp_directory')", "current_setting"),
        ("main.lower(a)", "lower"),
        ("a, b", "several values"),
        ("*", "all columns"),
        ("count(*) OVER ()", "window"),
        ("sum(a)", "sum"),
        ("a /* hidden */", "remark"),
        ("a > ", "syntax error"),
        ("$1", "parameter"),
        ("lowr(a)", "did you mean 'lower'"),
    ],
)
def test_everything_else_is_refused_and_named(text, why):
    with pytest.raises(InputError, match=why.replace("(", r"\(")):
        require_expression(text)


def test_no_function_reaches_files_or_settings():
    assert not {f for f in FUNCTIONS if any(w in f for w in ("read_", "write", "getenv", "setting", "query", "copy"))}


ROWS = pd.DataFrame(
    {
        "n": range(4),
        "VIP": ["Ja", "nein", None, "ja"],
        "floor space": [10.5, 60.0, 80.0, None],
        "地区": ["C:\\west", "O'Hare", "north", 'say "x"'],
        "end": [1, 0, 1, 0],
        "Since": pd.to_datetime(["2025-01-31", "2026-02-01", "2026-03-01", None]),
        "year": [2024, 2025, 2026, 2027],
    }
)
ASKED = [
    "VIP = 'Ja'",
    "lower(vip) = 'ja' AND \"floor space\" < 50",
    "地区 IN ('C:\\west', 'O''Hare', 'say \"x\"')",
    'CASE WHEN "END" = 1 THEN "Floor Space" > 20 ELSE false END',
    'CAST("floor space" AS DOUBLE) > 50 AND CAST(VIP AS VARCHAR) IS NOT NULL',
    "since >= DATE '2026-01-01' OR YEAR < 2025",
    "(Vip IS DISTINCT FROM 'Ja') AND extract(YEAR FROM Since) = 2026",
    "vip IS DISTINCT FROM 'Ja' AND n < 3",
    "n < 3 AND NOT (vip IS NOT DISTINCT FROM 'Ja' OR n = 1)",
    "(n BETWEEN 1 AND 2) IS DISTINCT FROM true OR CASE WHEN n = 1 THEN vip ELSE 'Ja' END IS DISTINCT FROM 'Ja' AND n < 2",
]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.engine(n)) for n in ("postgresql", "spark", "datafusion")]
)
@pytest.mark.parametrize("asked", ASKED)
def test_an_expression_is_the_same_in_every_engine(name, asked):
    assert require_expression(asked) == asked
    found = []
    for engine in (DuckDBEngine(), open_engine(url_of(name))):
        where = spelled(asked, ROWS.columns, engine.dialect)
        found.append(sorted(engine.rows(f"SELECT n FROM {engine.register(ROWS)} AS t WHERE {where}")["n"]))
    assert found[0] == found[1] and 0 < len(found[0]) < 4


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ("a IS DISTINCT FROM 'x' AND b = 1", "(a IS DISTINCT FROM 'x') AND b = 1"),
        ("NOT a IS NOT DISTINCT FROM b OR c", "NOT (a IS NOT DISTINCT FROM b) OR c"),
        ("concat(a, b IS DISTINCT FROM 1, c)", "concat(a, (b IS DISTINCT FROM 1), c)"),
        ("c OR a NOT LIKE 'x' IS DISTINCT FROM b AND c", "c OR (a NOT LIKE 'x' IS DISTINCT FROM b) AND c"),
        ("(a OR b) IS DISTINCT FROM abs(c) + 1", "((a OR b) IS DISTINCT FROM abs(c) + 1)"),
        (
            "CASE WHEN a IS DISTINCT FROM 1 THEN b IS DISTINCT FROM 2 ELSE c END",
            "CASE WHEN (a IS DISTINCT FROM 1) THEN (b IS DISTINCT FROM 2) ELSE c END",
        ),
        (
            "a BETWEEN 1 AND 2 IS DISTINCT FROM b BETWEEN 3 AND 4 AND c",
            "(a BETWEEN 1 AND 2 IS DISTINCT FROM b BETWEEN 3 AND 4) AND c",
        ),
    ],
)
def test_what_is_distinct_from_what_stands_in_brackets(asked, made):
    assert require_expression(asked) == asked
    assert spelled(asked, [], POSTGRESQL) == made


def test_an_expression_is_left_as_it_is_where_it_says_so():
    assert spelled("a > 1 AND \"B c\" = 'x'", ["A"], DUCKDB) == "a > 1 AND \"B c\" = 'x'"
    assert spelled("`B c` = 'x\\y' AND a = 1", ["A"], SPARK) == "`B c` = 'x\\y' AND a = 1"
    assert spelled("date >= DATE '2026-01-01' AND date(date)", ["Date"], POSTGRESQL) == (
        '"Date" >= DATE \'2026-01-01\' AND date("Date")'
    )
    assert spelled("x::double + CAST(y AS DOUBLE PRECISION)", ["double"], POSTGRESQL) == (
        "x::DOUBLE PRECISION + CAST(y AS DOUBLE PRECISION)"
    )
