import multiprocessing
import os
import time

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.bulk import in_engine, keep_rows
from workbench.core.engine import DuckDBEngine, as_table, collecting
from workbench.core.engine.collecting import VARIABLE as MOST
from workbench.core.engine.memo import FOLDER, VARIABLE, forget_unused, frame_name, making, memo_path
from workbench.core.engine.scratch import is_scratch
from workbench.core.errors import EngineError


@pytest.fixture
def artefact(tmp_path):
    """A file that is named by its content, with more rows than come at once."""
    path = tmp_path / "artefacts" / "orders-0a1b2c3d4e5f.parquet"
    path.parent.mkdir()
    table = pa.table({"customer_id": [f"c{i % 700}" for i in range(30_000)], "amount": list(range(30_000))})
    pq.write_table(table, path)
    return path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of answers, as a chapter of a run finds it."""
    place = tmp_path / "artefacts" / FOLDER
    monkeypatch.setenv(VARIABLE, f"{place}{os.pathsep}40_value")
    return place


class Counting(DuckDBEngine):
    """Counts what is really asked."""

    asked = 0

    def _answer(self, sql):
        type(self).asked += 1
        time.sleep(0.03)  # as long as what is worth keeping
        return super()._answer(sql)

    def materialize(self, sql, path):
        type(self).asked += 1
        return super().materialize(sql, path)


@pytest.fixture
def counting(monkeypatch):
    monkeypatch.setattr(Counting, "asked", 0)
    return Counting


def sums(engine, path):
    return f"SELECT customer_id, sum(amount) AS amount FROM {engine.file(path)} AS t GROUP BY 1 ORDER BY 1"


def test_by_hand_nothing_is_kept(artefact, tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    engine = DuckDBEngine()
    kept = keep_rows(engine, sums(engine, artefact), stem="sums")
    assert is_scratch(artefact.parent / FOLDER) is False and not (artefact.parent / FOLDER).exists()
    assert len(kept.to_frame()) == 700


def test_what_is_kept_on_the_way_is_computed_once_for_all_chapters(artefact, folder, counting):
    first = keep_rows(counting(), sums(counting(), artefact), stem="sums")
    second = keep_rows(counting(), sums(counting(), artefact), stem="sums")
    assert counting.asked == 1 and first.source == second.source
    assert second.to_frame().equals(keep_rows(DuckDBEngine(), sums(DuckDBEngine(), artefact), stem="other").to_frame())


def test_a_chain_of_what_was_kept_is_kept(artefact, folder, counting):
    def chain():
        engine = counting()
        kept = keep_rows(engine, sums(engine, artefact), stem="sums")
        return keep_rows(engine, f"SELECT count(*) AS n FROM {kept.source} AS t", stem="counts").to_frame()["n"][0]

    assert chain() == 700 and counting.asked == 3
    assert chain() == 700 and counting.asked == 3


def test_an_answer_that_took_long_is_read_again_with_the_same_types(artefact, folder, counting):
    sql = (
        "SELECT CAST(sum(amount) AS HUGEINT) AS h, CAST(1.5 AS DECIMAL(9, 2)) AS d, DATE '2026-01-01' AS day, "
        f"TIMESTAMP '2026-01-01 10:00' AS at, true AS yes, NULL AS nothing, 'x' AS text FROM {DuckDBEngine().file(artefact)} AS t"
    )
    first, second = counting().rows(sql), counting().rows(sql)
    assert counting.asked == 1
    pd.testing.assert_frame_equal(first, second)


def test_too_many_rows_are_refused_from_what_was_kept_as_well(artefact, folder, counting, monkeypatch):
    sql = f"SELECT * FROM {DuckDBEngine().file(artefact)} AS t"
    with collecting(100_000):
        assert len(counting().rows(sql)) == 30_000
    monkeypatch.setenv(MOST, "1000")
    with pytest.raises(EngineError):
        counting().rows(sql)
    assert counting.asked == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 42 AS answer",
        "SELECT * FROM read_parquet('{file}') AS t WHERE amount > random()",
        "SELECT *, current_date AS today FROM read_parquet('{file}') AS t",
        "SELECT * FROM read_parquet('{file}') AS t JOIN read_csv('a.csv') AS u USING (customer_id)",
        "SELECT * FROM read_parquet('{file}') AS t JOIN frame_0a1b2c3d AS u USING (customer_id)",
        "SELECT * FROM read_parquet('{file}') AS t JOIN read_parquet('other.parquet') AS u USING (customer_id)",
    ],
)
def test_what_time_chance_or_another_file_decides_is_always_run(sql, artefact, folder):
    assert memo_path("duckdb 1", sql.replace("{file}", str(artefact))) is None


def test_another_engine_or_version_has_answers_of_its_own(artefact, folder):
    sql = f"SELECT * FROM read_parquet('{artefact}') AS t"
    assert len({memo_path(e, sql) for e in ("duckdb 1", "duckdb 2", "datafusion 1")}) == 3


def test_a_frame_is_called_by_its_content(folder):
    one, other = pa.table({"a": [1, 2]}), pa.table({"a": [1, 3]})
    assert frame_name(one) == frame_name(pa.table({"a": [1, 2]})) != frame_name(other)
    parts = pa.chunked_array([[1], [2]])
    assert frame_name(pa.table({"a": parts})) == frame_name(one)
    assert frame_name(pa.table({"b": [1, 2]})) != frame_name(one) != frame_name(pa.table({"a": [1.0, 2.0]}))


def test_a_query_over_a_frame_and_a_file_is_kept(artefact, folder, counting):
    for _ in range(2):
        engine = counting()
        few = as_table(pd.DataFrame({"customer_id": ["c1", "c2"]}), engine)
        sql = f"SELECT count(*) AS n FROM {engine.file(artefact)} AS t JOIN {few.source} AS f USING (customer_id)"
        assert engine.rows(sql)["n"][0] == 86
    assert counting.asked == 1


def test_a_table_of_another_engine_is_handed_over_once(artefact, folder, counting):
    for _ in range(2):
        there = as_table(artefact, counting())
        some = type(there)(there.engine, f"({there.query(['customer_id'], where='amount < 10')})")
        assert len(in_engine(some, DuckDBEngine()).to_frame()) == 10
    assert counting.asked == 1


def test_half_a_file_is_no_answer(artefact, folder, counting):
    keep_rows(counting(), sums(counting(), artefact), stem="sums")
    file = next(folder.glob("sums-*.parquet"))
    file.write_bytes(file.read_bytes()[:200])
    keep_rows(counting(), sums(counting(), artefact), stem="sums")
    assert counting.asked == 2 and pq.read_metadata(file).num_rows == 700


def test_answers_that_no_chapter_used_go(artefact, folder, monkeypatch):
    engine = DuckDBEngine()
    keep_rows(engine, sums(engine, artefact), stem="sums")
    monkeypatch.setenv(VARIABLE, f"{folder}{os.pathsep}60_tiers")
    keep_rows(engine, sums(engine, artefact), stem="sums")
    keep_rows(engine, f"SELECT count(*) AS n FROM {engine.file(artefact)} AS t", stem="counts")
    (folder / ".left.tmp").touch()
    forget_unused(folder, ["40_value", "60_tiers"])
    assert sorted(p.name.split("-")[0] for p in folder.glob("*.parquet")) == ["counts", "sums"]
    forget_unused(folder, ["40_value"])
    assert [p.name.split("-")[0] for p in folder.iterdir() if p.suffix != ".used"] == ["sums"]
    forget_unused(folder, [])
    assert not list(folder.iterdir())


def _make(path, made):
    with making(path) as missing:
        if missing:
            time.sleep(0.2)
            pq.write_table(pa.table({"a": [1]}), path)
            made.put(os.getpid())


def test_one_process_makes_an_answer_and_the_others_wait_for_it(folder):
    fork = multiprocessing.get_context("fork")
    made, path = fork.Queue(), folder / "sums-0a1b2c3d4e5f.parquet"
    others = [fork.Process(target=_make, args=(path, made)) for _ in range(3)]
    for process in others:
        process.start()
    for process in others:
        process.join(120)
    assert made.get(timeout=60) and made.empty()
