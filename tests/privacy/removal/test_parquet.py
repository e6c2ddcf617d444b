import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.privacy.removal import Sought
from workbench.privacy.removal.parquet import without_rows

SOUGHT = Sought(frozenset({"C0017", "17"}), frozenset({"13912345678"}))


def written(tmp_path, **columns):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_rows_go_by_texts_categories_and_whole_numbers_of_columns_that_name_customers(tmp_path):
    for ids in (
        pa.array(["16", " 17 ", None, "18"]),
        pa.array(["16", "17", None, "18"]).dictionary_encode(),
        pa.array([16, 17, None, 18]),
    ):
        path = written(tmp_path, customer_id=ids, n=pa.array([17, 1, 2, 17]))
        assert without_rows(path, SOUGHT, tmp_path / "out.parquet") == (1, 0)
        assert pd.read_parquet(tmp_path / "out.parquet")["n"].tolist() == [17, 2, 17]
        assert pq.read_schema(tmp_path / "out.parquet") == pq.read_schema(path)


def test_traces_in_the_words_of_others_are_taken_out(tmp_path):
    path = written(tmp_path, customer_id=["C0018", "C0017"], text=["call 13912345678", "13912345678"])
    assert without_rows(path, SOUGHT, tmp_path / "out.parquet") == (1, 1)
    assert pd.read_parquet(tmp_path / "out.parquet")["text"].tolist() == ["call […]"]


def test_nothing_is_written_where_nothing_is_found_or_only_counted(tmp_path):
    path = written(tmp_path, customer_id=["C0018"], text=["x"], n=[1.5])
    assert without_rows(path, SOUGHT, tmp_path / "out.parquet") == (0, 0)
    path = written(tmp_path, customer_id=["C0017"])
    assert without_rows(path, SOUGHT, None) == (1, 0)
    assert not (tmp_path / "out.parquet").exists()


def test_rows_that_must_stay_are_made_anew(tmp_path):
    path = written(tmp_path, customer_id=["C0017", "C0018"], stratum=["a", "b"])

    def keep(batch, marks):
        ids = pc.if_else(marks, "x", batch["customer_id"])
        return pa.RecordBatch.from_arrays([ids, batch["stratum"]], schema=batch.schema)

    assert without_rows(path, SOUGHT, tmp_path / "out.parquet", keep=keep) == (1, 0)
    assert pd.read_parquet(tmp_path / "out.parquet").to_numpy().tolist() == [["x", "a"], ["C0018", "b"]]


def test_a_row_that_names_somebody_else_stays_without_what_is_the_customers(tmp_path):
    path = written(tmp_path, customer_id=["C0018", None], referred_by=["C0017", "C0017"])
    assert without_rows(path, SOUGHT, tmp_path / "out.parquet") == (1, 1)
    assert pd.read_parquet(tmp_path / "out.parquet").to_numpy().tolist() == [["C0018", "[…]"]]
