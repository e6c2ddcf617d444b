from __future__ import annotations

import pytest

from workbench.core.engine.duckdb import DuckDBEngine
from workbench.store.line_ids import bare_id_sql, line_id_sql, named_sql


@pytest.mark.parametrize("file", [None, "'a.csv'"])
def test_what_is_made_of_a_line_is_told_from_an_id(file):
    engine = DuckDBEngine()
    made = engine.rows(f"SELECT {line_id_sql('w1', file, '12')} AS id")["id"].iloc[0]
    given = f"(VALUES ('{made}'), ('k12'), ('w2 line 12')) AS t(customer_id)"
    kept = engine.rows(f"SELECT customer_id FROM {given} WHERE {named_sql('w1', engine.dialect.literal)}")
    assert kept["customer_id"].tolist() == ["k12", "w2 line 12"]


def test_ids_are_the_same_with_blanks_of_any_kind_around_them():
    told = ["7", " 7", "7\t", "\u30007\u3000", "\u00a07", "7\r"]
    rows = ", ".join(f"({i}, '{t}')" for i, t in enumerate(told))
    sql = f"SELECT {bare_id_sql('id')} AS id FROM (VALUES {rows}) AS t(i, id) ORDER BY i"
    assert DuckDBEngine().rows(sql)["id"].tolist() == ["7"] * len(told)
    inner = f"SELECT {bare_id_sql('id')} AS id FROM (VALUES ('王 7'), ('a b')) AS t(id)"
    assert DuckDBEngine().rows(inner)["id"].tolist() == ["王 7", "a b"]
