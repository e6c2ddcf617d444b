from __future__ import annotations

import pytest

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import InputError
from workbench.store.contracts import Contract, Field
from workbench.store.value_rules import value_rules

ENGINE = DuckDBEngine()


def read(kind, values, date_format=None):
    """Return what the values of a column are read as, and the rule that is printed."""
    item = f"(SELECT * FROM (VALUES {', '.join(f'({ENGINE.dialect.literal(v)})' for v in values)}) AS t(v))"
    field = Field(kind)
    rules = value_rules("orders", item, {"x": "v"}, Contract({"x": field}), date_format, ENGINE)
    sql = rules["x"].sql if rules else "v"
    text = field.text("x")
    typed = field.typed("x", text, field.value("x", text), date_format=date_format, timezone=None)
    found = ENGINE.rows(f"SELECT CAST({typed} AS VARCHAR) AS r FROM (SELECT {sql} AS x FROM {item})")["r"]
    return [None if v != v else v for v in found], rules["x"].said.text("en") if rules else ""


@pytest.mark.parametrize(
    ("values", "expected", "said"),
    [
        (["1,250.00", "300", "-2,000"], [1250, 300, -2000], "a comma marks thousands, as in 1,250.00"),
        (["$8,821.50", "$405"], [8821.5, 405], "a comma marks thousands"),
        (["¥1250", "￥ 12.5"], [1250, 12.5], "signs of currency and units are left out, as in ¥1250"),
        (["1.250,00", "12,5", "1.000"], [1250, 12.5, 1000], "a comma the decimals, as in 1.250,00"),
        (["1 250,75", "3"], [1250.75, 3], "a comma the decimals"),
        (["1.250.000", "2.500"], [1250000, 2500], "points mark thousands"),
        (["(1,250.00)", "7"], [-1250, 7], "a comma marks thousands"),
        (["65秒", "7"], [65, 7], "signs of currency and units"),
        (["12,5", "1,250"], [12.5, None], "a comma the decimals"),  # 1,250 could be either: it is listed
        (["12.5", "free"], [12.5, None], ""),
        (["12.5", "7"], [12.5, 7], ""),
        (["１２.５", "7"], [12.5, 7], ""),  # full-width digits need no rule
    ],
)
def test_amounts_are_read_by_one_rule_per_column(values, expected, said):
    found, rule = read("money", values)
    assert [None if v is None else float(v) for v in found] == expected
    assert said in rule


@pytest.mark.parametrize(
    ("values", "expected", "said"),
    [
        (["25/01/2026", "05/02/2026"], ["2026-01-25", "2026-02-05"], "the day stands first (1 dates"),
        (["01/25/2026 9:30 PM", "02/05/26"], ["2026-01-25", "2026-02-05"], "the month stands first"),
        (["46047", "46048.5"], ["2026-01-25", "2026-01-26"], "as Excel keeps dates"),
        (["2026/1/25 下午 8:01:02", "2026/1/26 上午 8:01:02"], ["2026-01-25", "2026-01-26"], "morning and afternoon"),
        (["2026-01-25", "2026/1/26"], ["2026-01-25", "2026-01-26"], ""),
    ],
)
def test_dates_are_read_by_one_rule_per_column(values, expected, said):
    found, rule = read("date", values)
    assert found == expected and said in rule


def test_times_in_twelve_hours_are_read():
    assert read("time", ["01/25/2026 09:30:00 PM", "01/25/2026 12:05 AM"])[0] == [
        "2026-01-25 21:30:00",
        "2026-01-25 00:05:00",
    ]
    assert read("time", ["2026/1/25 下午 8:01:02 GMT+8"])[0] == ["2026-01-25 20:01:02"]


@pytest.mark.parametrize(
    ("values", "found"),
    [(["05/01/2026"], "none has a day above 12"), (["25/01/2026", "01/25/2026"], "1 have the day first, 1 the month")],
)
def test_two_orders_are_asked_about(values, found):
    with pytest.raises(InputError, match=found):
        read("date", values)
    assert read("date", values, date_format="%d/%m/%Y")[1] == ""
