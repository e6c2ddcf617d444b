import pandas as pd
import pyarrow as pa
import pytest

from workbench.core.column_kinds import is_exact, is_fractional, is_number, is_text
from workbench.core.engine import as_table

TEXTS = ["VARCHAR", "text", "string", "large_string", "string_view", "character(3)", "bpchar"]
WHOLE = ["TINYINT", "smallint", "INTEGER", "int", "BIGINT", "HUGEINT", "UBIGINT", "UINTEGER", "int64", "uint8"]
FRACTIONS = ["DOUBLE", "double precision", "FLOAT", "real", "halffloat"]
EXACT = ["DECIMAL(18,4)", "decimal(10,2)", "decimal128(38, 4)", "numeric"]
OTHERS = ["BOOLEAN", "bool", "DATE", "date32[day]", "TIMESTAMP", "timestamp[us, tz=UTC]", "INTERVAL", "interval day"]


@pytest.mark.parametrize("kind", TEXTS + WHOLE + FRACTIONS + EXACT + OTHERS)
def test_a_type_is_of_one_kind_whatever_its_engine_calls_it(kind):
    assert is_text(kind) == (kind in TEXTS)
    assert is_fractional(kind) == (kind in FRACTIONS)
    assert is_exact(kind) == (kind in EXACT)
    assert is_number(kind) == (kind in WHOLE + FRACTIONS + EXACT)


def test_the_types_of_frames_are_known():
    frame = pd.DataFrame({"a": [1], "b": [0.5], "c": ["x"], "d": [True], "e": pd.to_datetime(["2026-01-01"])})
    kinds = as_table(frame).columns
    assert [is_number(k) for k in kinds.values()] == [True, True, False, False, False]
    schema = pa.Table.from_pandas(frame).schema
    assert [is_text(str(f.type)) for f in schema] == [False, False, True, False, False]
