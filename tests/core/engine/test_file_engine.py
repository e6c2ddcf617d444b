from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.engine.dialect import DUCKDB
from workbench.core.engine.file_engine import FileEngine
from workbench.core.engine.standin import StandIn, write_stand_in
from workbench.core.errors import EngineError

ROWS = pa.record_batch({"a": [1, 2, 3]})


class ThreeRows(FileEngine):
    """The least an engine over files has to bring."""

    dialect = DUCKDB
    version = "1"

    def _answer(self, sql):
        return pa.Table.from_batches([ROWS])

    def batches(self, sql):
        yield ROWS

    def schema(self, source):
        return ROWS.schema

    def materialize(self, sql, path):
        return self.store(self.batches(sql), ROWS.schema, path)


def test_what_is_kept_is_a_file_with_its_rows(tmp_path):
    engine = ThreeRows()
    whole = engine.export("SELECT 1", tmp_path / "whole.parquet")
    twice = engine.map_batches(
        "SELECT 1",
        lambda b: pa.record_batch({"a": [2 * v for v in b["a"].to_pylist()]}),
        ROWS.schema,
        tmp_path / "twice.parquet",
    )
    assert engine.rows("SELECT 1")["a"].tolist() == [1, 2, 3]
    assert pq.read_table(engine.keep("SELECT 1", "rows"))["a"].to_pylist() == [1, 2, 3]
    assert pq.read_table(engine.hand_over("SELECT 1", "rows"))["a"].to_pylist() == [1, 2, 3]
    assert pq.read_table(whole)["a"].to_pylist() == [1, 2, 3]
    assert pq.read_table(twice)["a"].to_pylist() == [2, 4, 6]
    assert engine.serves(whole)
    assert engine.order_of(whole) == ""
    assert str(whole) in engine.file(whole)
    engine.forget(whole)
    assert whole.is_file()
    assert not engine.serves(tmp_path / "absent.parquet")


def test_what_stands_for_rows_elsewhere_is_not_read_as_a_file_of_none(tmp_path):
    path = write_stand_in(tmp_path / "a.parquet", ROWS.schema, StandIn("spark", "lake/a", 3, "7-9"))
    assert not ThreeRows().serves(path)
    with pytest.raises(EngineError, match="spark"):
        ThreeRows().file(path)
