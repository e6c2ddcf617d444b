from decimal import Decimal
from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.engine import DuckDBEngine
from workbench.core.engine.adding import MONEY, added_up

ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(-(10**13), 10**13)), max_size=40)


def batches_of(rows, cuts):
    table = pa.table(
        {
            "id": pa.array([r[0] for r in rows], pa.string()),
            "day": pa.array([r[1] for r in rows], pa.int64()),
            "paid": pa.array([Decimal(r[2]).scaleb(-4) for r in rows], MONEY),
        }
    )
    places = sorted({0, len(rows), *(c % (len(rows) + 1) for c in cuts)})
    return [b for i, j in pairwise(places) for b in table.slice(i, j - i).to_batches()]


@given(ROWS, st.lists(st.integers(0, 40), max_size=6))
def test_it_is_what_a_dictionary_adds_up_however_rows_are_cut_into_batches(rows, cuts):
    rows = sorted(rows, key=lambda r: r[:2])
    told = {}
    for one, day, paid in rows:
        told[one, day] = told.get((one, day), 0) + paid
    found = [tuple(r.values()) for b in added_up(batches_of(rows, cuts), ["id", "day"], "paid") for r in b.to_pylist()]
    assert [(a, b, int(c.scaleb(4))) for a, b, c in found] == [(*k, v) for k, v in told.items()]


def test_what_is_added_up_is_what_grouping_gives(tmp_path):
    engine = DuckDBEngine()
    lines = """SELECT 'c' || (i * 7919 % 500) AS id, DATE '2026-01-01' + CAST(i * 104729 % 90 AS INTEGER) AS day,
               CAST((i * 31 % 1000) / 100 - 3 AS DECIMAL(18, 4)) AS paid FROM range(250000) AS t(i)"""
    kept = engine.keep_added(lines, ["id", "day"], "paid", "days")
    grouped = engine.rows(
        f"SELECT id, day, CAST(sum(paid) AS DECIMAL(18, 4)) AS paid FROM ({lines}) GROUP BY 1, 2 ORDER BY 1, 2"
    )
    found = engine.rows(f"SELECT * FROM {engine.file(kept)}")
    assert found.equals(grouped) and len(found) == 4_500
    assert engine.columns(engine.file(kept))["paid"] == "DECIMAL(18,4)"


def test_no_rows_are_a_table_of_no_rows():
    engine = DuckDBEngine()
    none = "SELECT 'a' AS id, CAST(1 AS DECIMAL(18, 4)) AS paid WHERE false"
    kept = engine.file(engine.keep_added(none, ["id"], "paid", "days"))
    assert (
        engine.columns(kept) == {"id": "VARCHAR", "paid": "DECIMAL(18,4)"}
        and engine.rows(f"SELECT * FROM {kept}").empty
    )
