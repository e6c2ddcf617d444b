from __future__ import annotations

from workbench.core.engine import DuckDBEngine
from workbench.store.formats.multiple import split_answers
from workbench.store.formats.reading import values_of


def split(cells, separator="┋"):
    rows = ", ".join(f"('{c}')" for c in cells)
    engine = DuckDBEngine()
    item = f"(SELECT * FROM (VALUES {rows}) AS t(q))"
    found = split_answers("q", values_of(item, ("q",), engine), separator, set_name="Q1")
    if found is None:
        return None
    columns = ", ".join(f'{c.sql(engine.dialect)} AS "{name}"' for name, c in found.derived.items())
    return engine.rows(f"SELECT {columns} FROM {item}")


def test_a_cell_of_choices_becomes_a_column_for_each():
    table = split(["价格┋质量", "服务┋其他〖停车┋场〗", "质量", "(跳过)"])
    assert set(table) == {"q(价格)", "q(质量)", "q(服务)", "q(其他)"}
    assert table["q(其他)"].tolist()[:3] == ["0", "1", "0"]
    assert table["q(质量)"].tolist()[:3] == ["1", "0", "1"]
    assert table["q(质量)"].isna().tolist() == [False, False, False, True]


def test_the_order_is_that_of_the_questionnaire():
    assert list(split(["b┋d", "a┋b", "c┋d", "a┋b┋c┋d"])) == ["q(a)", "q(b)", "q(c)", "q(d)"]


def test_a_column_without_the_sign_joins_nothing():
    assert split(["a", "b"]) is None
