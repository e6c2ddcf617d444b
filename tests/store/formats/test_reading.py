from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.engine import DuckDBEngine
from workbench.store.formats.reading import values_of


def test_values_are_counted_where_a_choice_could_be(tmp_path):
    table = {"many": [f"a{i}" for i in range(400)], "few": ["x", "y ", "", None] * 100, "when": ["2026-01-05"] * 400}
    pq.write_table(pa.table(table), tmp_path / "t.parquet")
    found = values_of(f"read_parquet('{tmp_path}/t.parquet')", tuple(table), DuckDBEngine())
    assert found.counts["many"] is None and found.of("few") == {"x": 100, "y": 100}
    assert (found.rows, found.filled["few"], found.dates["when"], found.numbers["many"]) == (400, 200, 400, 0)
