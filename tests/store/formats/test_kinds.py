from __future__ import annotations

import pytest

from workbench.core.engine import DuckDBEngine
from workbench.store.formats.kinds import coded_column, missing_codes, number_before, step_of
from workbench.store.formats.reading import values_of


def column(name, values, **told):
    rows = ", ".join(f"('{v}')" for v in values)
    found = values_of(f'(SELECT * FROM (VALUES {rows}) AS t("{name}"))', (name,), DuckDBEngine())
    return coded_column(name, found, **told)


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("q", ["9", "10", "0", "7"], "scale"),
        ("q", ["10 - Extremely likely", "0 - Not at all likely", "7"], "scale"),
        ("q", ["满意", "非常满意", "一般", "满意"], "scale"),
        ("age", ["34", "51", "27"], "number"),
        ("paid", ["1.5", "2.25"], "number"),
        ("day", ["2026-01-05", "2026/1/6 8:01:02"], "date"),
        ("gender", ["男", "女", "男", "女"], "single"),
        ("why", ["it was slow", "nothing", "prices"], "text"),
        ("客户编号", ["a1", "a2", "a3", "a4"], "id"),
        ("q", [f"{i}" for i in range(300)], "number"),
        ("q", [f"2026-01-05 08:{i // 60:02}:{i % 60:02}" for i in range(300)], "date"),
    ],
)
def test_values_tell_the_kind(name, values, kind):
    assert column(name, values).kind == kind


def test_choices_stand_in_the_order_of_the_scale():
    assert [c.code for c in column("q", ["非常满意", "不满意", "一般", "一般"]).choices] == [
        "不满意",
        "一般",
        "非常满意",
    ]
    assert [c.code for c in column("q", ["10", "9", "0", "9"]).choices] == [0, 9, 10]


def test_codes_for_no_answer_are_told_from_answers():
    found = missing_codes({"9": 5, "10": 3, "-99": 2, "(跳过)": 1, "Prefer not to answer": 1})
    assert {m.code: m.kind for m in found} == {-99: "other", "(跳过)": "skipped", "Prefer not to answer": "refused"}
    assert missing_codes({"-5": 4, "3": 1, "-17": 2}) == ()  # a temperature
    assert [m.kind for m in missing_codes({"-3": 1, "5": 2}, {"-3": "skipped"})] == ["skipped"]


@pytest.mark.parametrize(
    ("text", "number"), [("８分", 8), ("10=非常愿意", 10), ("18 - 29", None), ("3.0", 3), ("x", None)]
)
def test_answers_begin_with_their_number(text, number):
    assert number_before(text) == number
    assert step_of(text) is None
