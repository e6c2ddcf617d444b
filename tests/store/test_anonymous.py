from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.engine import DUCKDB, DuckDBEngine
from workbench.store.anonymous import NotDrawnError, counted_alone, with_own_ids
from workbench.store.wave_file import parse_wave

HEAD = {"study": "s", "wave": "w1", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01"}
ROWS = pd.DataFrame(
    {
        "place": [1, 2, 3, 4, 5],
        "customer_id": ["a", None, "a", None, None],
        "invitation_id": [None, " XY ", None, "xy", None],
        "it's": [1, 2, 3, 4, 5],
    }
)


def config(*tables):
    return parse_wave({**HEAD, "tables": {t: {"file": f"raw/{t}.csv"} for t in tables}}, where="wave.yaml")


def counted(table, named, of, *tables, columns=("customer_id",)):
    engine = DuckDBEngine()
    ids = [f"c{i}" if i < named else None for i in range(of)]
    return counted_alone(table, engine.register(pd.DataFrame({"customer_id": ids})), columns, config(*tables), engine)


def test_answers_count_alone_where_nothing_else_came_or_few_name_anybody():
    assert counted("responses", 9, 9, "responses") == (True, 0)
    assert counted("responses", 3, 10, "responses", "customers") == (True, 7)
    assert counted("responses", 4, 10, "responses", "customers") == (False, 0)
    assert counted("transactions", 0, 10, "transactions", "customers") == (False, 0)


def test_contacts_by_invitations_of_another_sample_wait():
    assert counted("contacts", 0, 9, "contacts", "customers") == (False, 0)
    with pytest.raises(NotDrawnError, match="0 of 9"):
        counted("contacts", 0, 9, "contacts", "customers", columns=("customer_id", "invitation_id"))


def test_an_id_is_made_where_there_is_none_and_for_all_but_the_first_of_several():
    engine = DuckDBEngine()
    sql = with_own_ids(engine.register(ROWS), list(ROWS), "w1", DUCKDB, order="place", line="place + 1")
    found = engine.rows(f"{sql} ORDER BY place")
    assert found["customer_id"].tolist() == ["a", "xy", "w1 line 4", "w1 line 5", "w1 line 6"]
    assert found["_own_id"].tolist() == [False, False, True, True, True]
    assert list(found) == [*ROWS, "_own_id"] and found["it's"].tolist() == [1, 2, 3, 4, 5]


def test_an_id_names_the_file_where_there_are_several():
    engine = DuckDBEngine()
    rows = engine.register(ROWS.assign(f="b.csv").drop(columns="invitation_id"))
    sql = with_own_ids(rows, ["f", "customer_id"], "w1", DUCKDB, order="f", line="place", file="f")
    assert "w1 b.csv line 5" in set(engine.rows(sql)["customer_id"])
