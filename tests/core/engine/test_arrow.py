import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.engine.arrow import (
    grouped,
    parquet_writer,
    plain_schema,
    plain_text,
    plain_type,
    repeating_columns,
    write_parquet,
)


def test_text_columns_become_plain():
    table = plain_text(pd.DataFrame({"a": ["x", None], "b": pd.Categorical(["u", "v"]), "n": [1, 2]}))
    assert [str(t) for t in table.schema.types] == ["string", "string", "int64"]


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (pa.null(), pa.string()),
        (pa.string_view(), pa.string()),
        (pa.int8(), pa.int64()),
        (pa.timestamp("ns"), pa.timestamp("us")),
        (pa.date64(), pa.date32()),
        (pa.decimal128(18, 2), pa.decimal128(18, 2)),
    ],
)
def test_kinds_that_not_every_engine_knows_have_one_that_each_does(kind, plain):
    assert plain_type(kind) == plain


def test_notes_of_columns_are_left_out():
    noted = pa.schema([pa.field("a", pa.int64(), metadata={"b": "c"})], metadata={"d": "e"})
    assert plain_schema(noted).field("a").metadata is None and plain_schema(noted).metadata is None


def test_batches_are_put_together_and_none_is_lost():
    parts = [pa.record_batch({"a": list(range(i))}, schema=pa.schema([("a", pa.int64())])) for i in (3, 0, 4, 2)]
    tables = list(grouped(parts, parts[0].schema, rows=5))
    assert [t.num_rows for t in tables] == [7, 2]
    assert [t.num_rows for t in grouped([], parts[0].schema)] == [0]


def test_what_fails_while_it_is_written_leaves_nothing(tmp_path):
    part = pa.record_batch({"a": [1]})

    def broken():
        yield part
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        write_parquet(broken(), part.schema, tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []
    write_parquet([part, part], part.schema, tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 2


def test_only_columns_whose_values_repeat_get_a_dictionary(tmp_path):
    rows = pa.table(
        {"id": [f"C{i}" for i in range(1000)], "region": ["N", "S"] * 500, "none": pa.nulls(1000, pa.string())}
    )
    assert repeating_columns(rows) == ["region", "none"]
    with parquet_writer(tmp_path / "a.parquet", rows.schema, rows) as writer:
        writer.write_table(rows)
    group = pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(0)
    assert [group.column(i).has_dictionary_page for i in range(2)] == [False, True]
    assert pq.read_table(tmp_path / "a.parquet").equals(rows)


def test_a_table_without_rows_is_written_too(tmp_path):
    schema = pa.schema([("a", pa.int64())])
    assert pq.read_table(write_parquet(iter(()), schema, tmp_path / "a.parquet")).schema == schema
