from __future__ import annotations

import pytest

from workbench.core.engine import DuckDBEngine
from workbench.store.moments import time_sql


def read(text, *, kind="date", date_format=None, timezone=None):
    sql = time_sql("t", kind, date_format, timezone)
    told = text.replace("'", "''")
    day = DuckDBEngine().rows(f"SELECT CAST({sql} AS VARCHAR) AS day FROM (VALUES ('{told}')) AS v(t)")["day"][0]
    return day if isinstance(day, str) else None


@pytest.mark.parametrize(
    "text", ["2026-01-05", "2026-1-5", "2026/01/05", "2026/1/5", "2026.01.05", "20260105", "2026年1月5日"]
)
def test_the_usual_forms_begin_with_the_year(text):
    assert read(text) == "2026-01-05"


@pytest.mark.parametrize(
    "text",
    (
        *("infinity", "-infinity", "epoch", "290000-01-01", "290000/01/01", "12026/1/1", "0000-01-01"),
        *("0044-03-15 (BC)", "2026-13-01", "2026-02-30", "", "soon", "5/1/2026"),
    ),
)
def test_what_is_no_day_of_a_year_with_four_digits_is_none(text):
    assert read(text) is None


def test_an_open_end_is_a_date():
    assert read("9999-12-31") == "9999-12-31"


def test_words_are_no_times_whatever_the_format():
    assert read("31/01/2026", date_format="%d/%m/%Y") == "2026-01-31"
    assert read("Infinity", date_format="%d/%m/%Y") is None and read("epoch", date_format="%d/%m/%Y") is None


def test_an_instant_needs_a_zone_to_have_a_local_day():
    assert read("2026-01-31T23:30:00Z", kind="time") is None
    assert read("2026-01-31T23:30:00Z", kind="time", timezone="Asia/Shanghai") == "2026-02-01 07:30:00"
    assert read("290000-01-31T23:30:00Z", kind="time", timezone="Asia/Shanghai") is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-05 09:05:06 PM", "2026-01-05 21:05:06"),
        ("2026-01-05 12:05 AM", "2026-01-05 00:05:00"),
        ("2026/1/5 9:05pm", "2026-01-05 21:05:00"),
        ("2026年1月5日 12:30 PM", "2026-01-05 12:30:00"),
        ("2026-01-05 09:05:06", "2026-01-05 09:05:06"),
    ],
)
def test_the_afternoon_is_not_the_morning(text, moment):
    assert read(text, kind="time") == moment
    assert read(text, kind="time", timezone="Asia/Shanghai") == moment
    assert read(text) == moment[:10]


@pytest.mark.parametrize("text", ["2026-01-05 09:05:06 o'clock", "2026-01-05 13:05 PM", "2026-01-05 09:05 x"])
def test_a_word_behind_a_clock_is_not_passed_over(text):
    assert read(text, kind="time") is None
    assert read(text, kind="time", timezone="Asia/Shanghai") is None


def test_a_zone_in_letters_is_a_zone():
    assert read("2026-01-05 09:05:06 UTC", kind="time") is None
    assert read("2026-01-05 09:05:06 UTC", kind="time", timezone="Asia/Shanghai") == "2026-01-05 17:05:06"
