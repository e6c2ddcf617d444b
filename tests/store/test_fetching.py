import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.core.engine.toy_engine import ToyEngine
from workbench.core.engine.collecting import VARIABLE
from workbench.core.errors import EngineError
from workbench.store.fetching import fetch

ROWS = {"customer_id": ["c", "a", "b"], "n": [3, 1, 2], "day": pd.to_datetime(["2026-01-03"] * 3)}


@pytest.fixture(params=["file", "table"])
def kept(request, tmp_path):
    engine = ToyEngine()
    path = tmp_path / "people.parquet"
    table = pa.Table.from_pandas(pd.DataFrame(ROWS), preserve_index=False)
    if request.param == "file":
        pq.write_table(table, path)
    else:
        engine.store(table.to_batches(), table.schema, path)
    return path, engine


def test_rows_come_in_their_order(kept):
    path, engine = kept
    assert fetch("people", path, engine).to_pandas()["customer_id"].tolist() == ["c", "a", "b"]
    assert fetch("people", path, engine, columns=["n"]).to_pydict() == {"n": [3, 1, 2]}


def test_only_some_customers(kept):
    path, engine = kept
    wanted = pd.Series(["b", "c", "x", "b", None])
    assert fetch("people", path, engine, columns=["n"], only=wanted).to_pydict() == {"n": [3, 2]}


def test_nobody_is_asked_for(kept):
    path, engine = kept
    found = fetch("people", path, engine, columns=["n", "day"], only=pd.Series([], dtype=object))
    assert found.num_rows == 0 and found.column_names == ["n", "day"]


def test_many_rows_do_not_leave_a_server(kept):
    path, engine = kept
    if fetch("people", path, engine, only=pd.Series(["a"]), most=2).num_rows != 1:
        pytest.fail("what is asked for by name may always leave")
    if "_people_" not in "".join(engine.tables()):
        assert fetch("people", path, engine, most=2).num_rows == 3, "a file is read here anyway"
        return
    with pytest.raises(EngineError, match="3") as error:
        fetch("people", path, engine, most=2)
    assert "only=" in str(error.value)


def test_a_report_reads_few_customers_and_all_who_were_asked(kept, monkeypatch):
    path, engine = kept
    monkeypatch.setenv(VARIABLE, "2")
    with pytest.raises(EngineError, match="people has 3"):
        fetch("people", path, engine)
    assert fetch("people", path, engine, only=pd.Series(["a"])).num_rows == 1
    if "_people_" not in "".join(engine.tables()):
        assert fetch("respondents", path, engine).num_rows == 3


def test_only_rows_with_some_values(kept):
    path, engine = kept
    assert fetch("people", path, engine, among={"customer_id": ["a", "x"]}).to_pandas()["n"].tolist() == [1]
    assert fetch("people", path, engine, among={"customer_id": []}).num_rows == 0
    assert fetch("people", path, engine, only=pd.Series(["b", "c"]), among={"customer_id": ["b"]}).num_rows == 1
