from __future__ import annotations

import pytest

from workbench.core.engine.expressions import FUNCTIONS, require_expression
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
