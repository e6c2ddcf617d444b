from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.core.engine.engine_checks import check_engine
from tests.core.engine.toy_engine import ToyEngine, toy_scheme
from workbench.core.bulk import keep_rows
from workbench.core.engine import as_table, open_engine
from workbench.core.engine.keeping import SPACE, give_space, space_of
from workbench.core.engine.standin import StandIn, stand_in, write_stand_in
from workbench.core.errors import EngineError


def test_an_engine_with_tables_of_its_own_does_all_that_an_engine_does(tmp_path):
    check_engine(ToyEngine(), tmp_path)


def test_tables_are_called_by_their_folder_and_their_content(tmp_path):
    engine = ToyEngine()
    folders = [tmp_path / study / "2026q3" / "artefacts" for study in ("Demo AG", "other")]
    for folder in folders:
        engine.materialize("SELECT 1 AS one", folder / ".frame.1f2e3d4c.tmp")
    first, second = engine.tables()
    assert first.startswith("demo_ag_2026q3_") and "_frame_" in first
    assert second.startswith("other_2026q3_")
    assert first.rpartition("_")[2] == second.rpartition("_")[2], "the same rows"
    assert give_space(folders[0]) == space_of(folders[0]) == (folders[0] / SPACE).read_text().strip()


def test_what_passes_is_called_by_nobody_and_lies_in_no_space(tmp_path):
    engine = ToyEngine()
    table = keep_rows(engine, "SELECT 1 AS one", stem="ones")
    assert table.to_frame()["one"].tolist() == [1]
    assert [t[:2] for t in engine.tables()] == ["t_"]


def test_a_killed_run_leaves_a_note_of_its_draft(tmp_path, monkeypatch):
    engine = ToyEngine()

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "fingerprint", killed)
    # as a killed process, which drops nothing and removes nothing
    monkeypatch.setattr(engine, "_drop", lambda *_: None)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    with pytest.raises(KeyboardInterrupt):
        engine.materialize("SELECT 1 AS one", tmp_path / "a.parquet")
    monkeypatch.undo()
    (draft,) = engine.tables()
    (note,) = [p for p in tmp_path.glob(".*.tmp") if stand_in(p)]
    engine.forget(note)
    assert engine.tables() == [] and draft.startswith(give_space(tmp_path))


def test_a_broken_statement_leaves_nothing(tmp_path):
    engine = ToyEngine()
    with pytest.raises(Exception, match="nowhere"):
        engine.materialize("SELECT * FROM nowhere", tmp_path / "a.parquet")
    assert engine.tables() == []
    assert [p.name for p in tmp_path.iterdir()] == [SPACE]


def test_a_table_that_another_file_stands_for_stays(tmp_path):
    engine = ToyEngine()
    one, two = (engine.materialize("SELECT 1 AS one", tmp_path / f"same-{i}.parquet") for i in (1, 2))
    assert len(engine.tables()) == 1
    engine.forget(one)
    assert len(engine.tables()) == 1
    one.unlink()
    engine.forget(two)
    assert engine.tables() == []


def test_a_parquet_file_is_copied_once_and_lasts_where_the_folder_has_a_space(tmp_path):
    engine = ToyEngine()
    path = tmp_path / "people-0a1b.parquet"
    pq.write_table(pa.table({"id": ["a", "b"]}), path)
    assert as_table(path, engine).to_frame()["id"].tolist() == ["a", "b"]
    assert [t[:2] for t in engine.tables()] == ["t_"], "nobody else's folder is written to"
    give_space(tmp_path)
    others = ToyEngine()
    others.inner = engine.inner  # another process of the same server
    first = as_table(path, others).source
    assert as_table(path, others).source == first
    assert sum("_in_" in t for t in others.tables()) == 1
    others.forget(path)
    assert not any("_in_" in t for t in others.tables())


def test_files_of_another_engine_are_refused(tmp_path):
    path = write_stand_in(tmp_path / "a.parquet", pa.schema([("a", pa.int64())]), StandIn("spark", "lake/a", 3, "1-1"))
    for engine in (ToyEngine(), open_engine()):
        assert not engine.serves(path)
        with pytest.raises(EngineError, match=r"lake/a of spark"):
            as_table(path, engine)


def test_a_table_that_is_gone_is_told(tmp_path):
    engine = ToyEngine()
    path = engine.materialize("SELECT 1 AS one", tmp_path / "a.parquet")
    assert engine.serves(path)
    engine._drop(stand_in(path).table, tmp_path)
    assert not engine.serves(path)


def test_one_engine_per_process_and_address():
    with toy_scheme() as engine:
        assert open_engine("toy://here") is open_engine("toy://here") is engine
    assert open_engine() is not open_engine()


def test_frames_stay_known(tmp_path):
    engine = ToyEngine()
    table = as_table(pd.DataFrame({"a": [2, 1]}), engine)
    path = engine.materialize(f"SELECT * FROM {table.source} ORDER BY a", tmp_path / "a.parquet")
    assert as_table(path, engine).to_frame()["a"].tolist() == [1, 2]
