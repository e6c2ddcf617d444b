import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.engine.standin import StandIn, count_rows, require_own_rows, stand_in, write_stand_in
from workbench.core.errors import EngineError

SCHEMA = pa.schema([("id", pa.string()), ("n", pa.int64())])


def test_the_same_rows_make_the_same_file(tmp_path):
    one = write_stand_in(tmp_path / "a.parquet", SCHEMA, StandIn("spark", "lake/a", 3, "7-9"))
    two = write_stand_in(tmp_path / "b.parquet", SCHEMA, StandIn("spark", "lake/a", 3, "7-9"))
    other = write_stand_in(tmp_path / "c.parquet", SCHEMA, StandIn("spark", "lake/a", 3, "7-8"))
    assert one.read_bytes() == two.read_bytes() != other.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.parquet", "b.parquet", "c.parquet"]


def test_it_has_the_columns_and_says_how_many_rows_there_are(tmp_path):
    path = write_stand_in(tmp_path / "a.parquet", SCHEMA, StandIn("spark", "lake/a", 3, "7-9"))
    assert pq.read_schema(path).names == ["id", "n"]
    assert count_rows(path) == 3
    assert stand_in(path) == StandIn("spark", "lake/a", 3, "7-9")
    with pytest.raises(EngineError, match="asked of duckdb"):
        require_own_rows(path, "duckdb")
    require_own_rows(path, "spark")


def test_other_files_stand_for_nothing(tmp_path):
    path = tmp_path / "a.parquet"
    assert stand_in(path) is None
    path.write_text("no parquet")
    assert stand_in(path) is None
    pq.write_table(pa.table({"a": [1, 2]}), path)
    assert stand_in(path) is None and count_rows(path) == 2


def test_rows_of_what_passes_are_not_told(tmp_path):
    path = write_stand_in(tmp_path / "a.parquet", SCHEMA, StandIn("spark", "passing/a"))
    with pytest.raises(EngineError, match="gone with its process"):
        count_rows(path)


def test_a_note_is_read_once_until_its_file_is_another(tmp_path, monkeypatch):
    path = tmp_path / "frame.parquet"
    read, reading = [], pq.read_metadata
    monkeypatch.setattr(pq, "read_metadata", lambda p: (read.append(p), reading(p))[1])
    write_stand_in(path, SCHEMA, StandIn("toy", "a", 3))
    assert [stand_in(path).table for _ in range(3)] == ["a"] * 3 and len(read) == 1
    write_stand_in(path, SCHEMA, StandIn("toy", "b", 3))
    assert stand_in(path).table == "b" and len(read) == 2
    path.unlink()
    assert stand_in(path) is None
