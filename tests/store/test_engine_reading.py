import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from workbench.core.engine import DUCKDB, DuckDBEngine
from workbench.core.engine.dialect import POSTGRESQL, SPARK
from workbench.store.contracts import Field
from workbench.store.engine_reading import EngineColumn, typed_sql

TEXT = pa.string()


def read(field, kind, values, **how):
    """Return what is read of values of an Arrow type, None where they break the rule."""
    engine = DuckDBEngine()
    name = engine.register(pa.table({"v": pa.array(values, kind)}))
    how = {"timezone": None, **how}
    sql = typed_sql(field, EngineColumn('"v"', kind), DUCKDB, **how)
    found = engine.rows(f"SELECT CAST({sql} AS VARCHAR) AS t FROM {name}")["t"]
    return [None if pd.isna(v) else v for v in found]


@pytest.mark.parametrize(
    ("field", "kind", "values", "found"),
    [
        (Field("id"), TEXT, [" a ", "", None, "007"], ["a", None, None, "007"]),
        (Field("id"), pa.int64(), [7, None], ["7", None]),
        (Field("id"), pa.float64(), [7.0, None, 7.5], ["7", None, "7.5"]),
        (Field("text"), pa.float64(), [3.0, float("nan"), 3.5, 1e20], ["3", None, "3.5", "1e+20"]),
        (Field("text"), pa.decimal128(4, 1), [3, None], ["3", None]),
        (Field("text"), pa.timestamp("us"), [dt.datetime(2026, 1, 31, 23, 59)], ["2026-01-31 23:59:00"]),
        (Field("money"), TEXT, ["1.5", "1,250", "1e3", "abc", "-2"], ["1.5000", None, "1000.0000", None, "-2.0000"]),
        (Field("money"), pa.float64(), [1.5, 0.00001, 0.0, float("nan")], ["1.5000", None, "0.0000", None]),
        (Field("money"), pa.float64(), [1e20, float("inf")], [None, None]),
        (Field("money", low=0), pa.decimal128(18, 2), [None, 3, -1], [None, "3.0000", None]),
        (Field("number", above=0), pa.int64(), [1, 0, -1], ["1.0", None, None]),
        (Field("number"), TEXT, ["1e400", "12", "0x1", ".5", "5.", "."], [None, "12.0", None, "0.5", "5.0", None]),
        (Field("whole", low=0, high=10), pa.float64(), [7.0, 7.5, 11.0], ["7", None, None]),
        (Field("whole", low=0, high=10), TEXT, ["9", "nine", "-1"], ["9", None, None]),
        (Field("whole", low=1, high=2, numbers={"yes": 1}), TEXT, ["yes", "2", "no"], ["1", "2", None]),
        (Field("yes_no"), pa.bool_(), [True, None], ["true", None]),
        (Field("yes_no"), TEXT, ["是", "No", "maybe"], ["true", "false", None]),
        (Field("yes_no"), pa.int64(), [1, 0, 2], ["true", "false", None]),
        (Field("ticked"), pa.bool_(), [True, False], ["1", "0"]),
        (Field("ticked"), TEXT, ["x", "0", "7"], ["1", "0", None]),
        (Field("date"), pa.date32(), [dt.date(2026, 1, 31)], ["2026-01-31"]),
        (Field("date"), pa.timestamp("us"), [dt.datetime(2026, 1, 31, 23, 59)], ["2026-01-31"]),
        (
            Field("date"),
            TEXT,
            ["2026-02-29", "2024-02-29", "2026-04-31", "0000-01-01"],
            [None, "2024-02-29", None, None],
        ),
        (Field("date"), TEXT, ["2026/01/05", "5.1.2026", "2026-01-05 25:00"], ["2026-01-05", None, None]),
        (
            Field("time"),
            TEXT,
            ["2026-01-05T09:30", "2026/01/05 09:30:01.5"],
            ["2026-01-05 09:30:00", "2026-01-05 09:30:01.5"],
        ),
        (Field("date"), pa.int64(), [20260131, 20260231, 7], ["2026-01-31", None, None]),
    ],
)
def test_values_are_read_by_the_rules_of_files(field, kind, values, found):
    values = [Decimal(v) if pa.types.is_decimal(kind) and v is not None else v for v in values]
    assert read(field, kind, values) == found


def test_instants_have_local_days_in_a_zone_only():
    instant = [dt.datetime(2026, 1, 31, 20, 0, tzinfo=dt.UTC)]
    kind = pa.timestamp("us", "UTC")
    assert read(Field("date"), kind, instant) == [None]
    assert read(Field("date"), kind, instant, timezone="Asia/Shanghai") == ["2026-02-01"]
    assert read(Field("text"), kind, instant) == ["2026-01-31 20:00:00+00"]


def test_texts_are_counted_as_the_value_they_spell():
    assert read(Field("text"), TEXT, ["Mass.", " MA "], words={"Mass.": "MA"}) == ["MA", "MA"]


def test_texts_are_sorted_by_their_characters_and_numbers_by_size():
    name, score = EngineColumn(POSTGRESQL.quote("name"), TEXT), EngineColumn("score", pa.float64())
    assert name.order(POSTGRESQL) == 'CAST("name" AS TEXT) COLLATE "C" NULLS LAST'
    assert score.order(POSTGRESQL) == score.order(SPARK) == "score NULLS LAST"


@pytest.mark.parametrize("dialect", [SPARK, POSTGRESQL])
def test_other_engines_are_asked_in_their_own_words(dialect):
    sql = typed_sql(Field("date"), EngineColumn(dialect.quote("t"), TEXT), dialect, timezone=None)
    assert "regexp_matches" not in sql and "TRY_CAST" not in sql and dialect.quote("t") in sql
