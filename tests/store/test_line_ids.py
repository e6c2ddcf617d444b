from __future__ import annotations

import pytest

from workbench.core.engine.duckdb import DuckDBEngine
from workbench.store.line_ids import line_id_sql, named_sql


@pytest.mark.parametrize("file", [None, "'a.csv'"])
def test_what_is_made_of_a_line_is_told_from_an_id(file):
    engine = DuckDBEngine()
    made = engine.rows(f"SELECT {line_id_sql('w1', file, '12')} AS id")["id"].iloc[0]
    given = f"(VALUES ('{made}'), ('k12'), ('w2 line 12')) AS t(customer_id)"
    kept = engine.rows(f"SELECT customer_id FROM {given} WHERE {named_sql('w1', engine.dialect.literal)}")
    assert kept["customer_id"].tolist() == ["k12", "w2 line 12"]
