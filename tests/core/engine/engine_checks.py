"""What every engine must do alike; called by the test of each adapter."""

import pandas as pd
import pyarrow.parquet as pq
import pytest

from workbench.core.engine import Table
from workbench.core.errors import EngineError

VECTORS = {"7919": 3693924308922211, "C000000001": 4277132871884148, "客户甲1": 1856513244015293}


def check_engine(engine, folder):
    frame = pd.DataFrame({"id": list(VECTORS), "k": list(VECTORS.values()), "x": [0.5, None, 2.0]})
    table = Table(engine, engine.register(frame))
    d = engine.dialect
    assert list(table.columns) == ["id", "k", "x"]
    found = table.rows(f"SELECT {d.prn('ws2026-q1', d.quote('id'))} AS n, k FROM {{table}} ORDER BY k")
    assert found["n"].tolist() == found["k"].tolist() == sorted(VECTORS.values())
    assert int(table.rows("SELECT count(*) AS n, sum(k) AS total FROM {table}")["n"][0]) == 3
    assert table.rows(f"SELECT {d.literal(chr(39) + chr(92) + 'n')} AS t")["t"][0] == "'\\n"
    words = Table(engine, engine.register(pd.DataFrame({"w": ["b", "a", "Z", "é", "张"]})))
    order = d.text_order.format(column=d.quote("w"))
    assert words.rows(f"SELECT w FROM {{table}} ORDER BY {order}")["w"].tolist() == ["Z", "a", "b", "é", "张"]
    path = engine.materialize(f"SELECT id, x FROM {table.source} ORDER BY id", folder / "out.parquet")
    assert pq.read_table(path).column("id").to_pylist() == sorted(VECTORS)
    chunked = engine.materialize(
        f"SELECT id FROM {table.source} WHERE k % 2 = {{chunk}} ORDER BY id", folder / "chunks.parquet", chunks=2
    )
    assert sorted(pq.read_table(chunked).column("id").to_pylist()) == sorted(VECTORS)
    with pytest.raises(EngineError):
        engine.rows("SELECT nothing FROM nowhere")
    assert engine.rows("SELECT 1 AS one")["one"][0] == 1
