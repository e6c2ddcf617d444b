"""What every engine must do alike; called by the test of each adapter."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from workbench.core.bulk import in_engine, keep_rows
from workbench.core.engine import Table, as_table, open_engine
from workbench.core.engine.standin import count_rows, stand_in
from workbench.core.errors import EngineError

VECTORS = {"7919": 3693924308922211, "C000000001": 4277132871884148, "客户甲1": 1856513244015293}


def check_engine(engine, folder):
    frame = pd.DataFrame({"id": list(VECTORS), "k": list(VECTORS.values()), "x": [0.5, None, 2.0]})
    table = Table(engine, engine.register(frame))
    d = engine.dialect
    assert list(table.columns) == ["id", "k", "x"]
    found = table.rows(f"SELECT {d.prn('ws2026-q1', d.quote('id'))} AS n, k FROM {{table}} ORDER BY k")
    assert found["n"].tolist() == found["k"].tolist() == sorted(VECTORS.values())
    for least in VECTORS.values():  # a range begins with its first number and ends before its last
        within = d.prn_between("ws2026-q1", d.quote("id"), least, max(VECTORS.values()))
        found = table.rows(f"SELECT k FROM {{table}} WHERE {within} ORDER BY k")["k"].tolist()
        assert found == [k for k in sorted(VECTORS.values())[:-1] if k >= least]
    assert int(table.rows("SELECT count(*) AS n, sum(k) AS total FROM {table}")["n"][0]) == 3
    assert table.rows(f"SELECT {d.literal(chr(39) + chr(92) + 'n')} AS t")["t"][0] == "'\\n"
    words = Table(engine, engine.register(pd.DataFrame({"w": ["b", "a", "Z", "é", "张"]})))
    order = d.text_order.format(column=d.quote("w"))
    assert words.rows(f"SELECT w FROM {{table}} ORDER BY {order}")["w"].tolist() == ["Z", "a", "b", "é", "张"]
    check_files(engine, table, folder)
    with pytest.raises(EngineError):
        engine.rows("SELECT nothing FROM nowhere")
    assert engine.rows("SELECT 1 AS one")["one"][0] == 1


def check_files(engine, table, folder):
    """What is kept at paths: lasting or not, from queries, batches and other files."""
    sql = f"SELECT id, k, x FROM {table.source} ORDER BY k DESC"
    path = engine.materialize(sql, folder / "out.parquet")
    ordered = [i for i, _ in sorted(VECTORS.items(), key=lambda v: -v[1])]
    read = as_table(path, engine)
    assert read.to_frame()["id"].tolist() == ordered
    assert count_rows(path) == 3
    assert pa.Table.from_batches(read.batches(["k", "id"])).to_pydict()["id"] == ordered
    # the same rows give the same file, whatever their order; other rows another one
    again = engine.materialize(f"SELECT id, k, x FROM {table.source} ORDER BY k DESC", folder / "out-2.parquet")
    other = engine.materialize(f"SELECT id, k + 1 AS k, x FROM {table.source} ORDER BY 2", folder / "out-3.parquet")
    assert again.read_bytes() == path.read_bytes() != other.read_bytes()
    # what passes
    passing = keep_rows(engine, f"SELECT id FROM {table.source} ORDER BY id", stem="ids")
    assert passing.to_frame()["id"].tolist() == sorted(VECTORS)
    # computed rows, and a file of another engine, in parts
    part = pa.record_batch({"n": list(range(5)), "t": ["a", None, "张", "d", "e"]})
    stored = as_table(engine.store([part, part], part.schema, folder / "made.parquet"), engine)
    assert stored.to_frame()["n"].tolist() == [*range(5)] * 2
    doubled = engine.map_batches(
        f"SELECT n FROM {stored.source} WHERE n > 2 ORDER BY n",
        lambda b: pa.record_batch({"m": pc.multiply(b.column(0), 2)}),
        pa.schema([("m", pa.int64())]),
        folder / "mapped.parquet",
    )
    assert as_table(doubled, engine).to_frame()["m"].tolist() == [6, 6, 8, 8]
    plain = folder / "plain.parquet"
    pq.write_table(pa.table({"day": pa.array([0, None], pa.date32()), "ok": [True, None], "d": [1.5, None]}), plain)
    copied = as_table(plain, engine)
    assert copied.rows("SELECT count(*) AS n, max(d) AS d FROM {table} WHERE ok")["d"][0] == 1.5
    assert as_table(plain, engine).source == copied.source
    away = in_engine(copied, open_engine())
    assert away.columns["day"] == "DATE"
    assert in_engine(away, engine).to_frame()["d"].tolist()[0] == 1.5
    # what is removed leaves nothing behind, and what others stand for stays
    engine.forget(again)
    again.unlink()
    assert engine.serves(path)
    for file in (path, other, plain):
        engine.forget(file)
    assert not engine.serves(path) or stand_in(path) is None
