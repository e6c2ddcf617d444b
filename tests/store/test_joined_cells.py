from __future__ import annotations

import pandas as pd
import pytest

from tests.store.test_engine_intake import url_of
from workbench.core.engine import DUCKDB, DuckDBEngine, open_engine
from workbench.store.joined_cells import Chosen, beside_sql, chosen_sql

ENGINES = ["duckdb", *(pytest.param(n, marks=pytest.mark.engine(n)) for n in ("postgresql", "spark", "datafusion"))]
CELLS = [
    "A (a.b)┋网站",
    "网站",
    " 网站 ┋其他〖停┋A (a.b)〗",
    "A (a.b)〖x〗┋b\\c",
    "aXb",
    "b\\c*",
    "\u3000b\\c ",
    "(跳过)",
    "",
    None,
]


def asked(name, conditions):
    engine = DuckDBEngine() if name == "duckdb" else open_engine(url_of(name))
    cells = engine.register(pd.DataFrame({"n": range(len(CELLS)), "q": pd.Series(CELLS, dtype=object)}))
    made = ", ".join(f"{sql(engine.dialect)} AS v{i}" for i, sql in enumerate(conditions))
    found = engine.rows(f"SELECT n, {made} FROM {cells} AS t").sort_values("n")
    return [found[f"v{i}"].astype(object).where(found[f"v{i}"].notna(), None).tolist() for i in range(len(conditions))]


@pytest.mark.parametrize("name", ENGINES)
def test_what_a_cell_joins_is_told_alike_in_every_engine(name):
    wanted = ["A (a.b)", "网站", "其他", "b\\c"]
    found = asked(name, [Chosen("q", w, "┋", ("(跳过)",)).sql for w in wanted])
    assert ["".join(v or "-" for v in column) for column in found] == [
        "1001000---",
        "1110000---",
        "0010000---",
        "0001001---",
    ]


@pytest.mark.parametrize("name", ENGINES)
def test_a_choice_that_stands_alone_is_told_from_one_beside_others(name):
    found = asked(name, [lambda d: beside_sql("q", "网站", "┋", d), lambda d: beside_sql("q", "b\\c", "┋", d)])
    assert [[i for i, v in enumerate(column) if v] for column in found] == [[0, 2], [3]]


def test_signs_of_patterns_stand_for_themselves():
    sql = chosen_sql("q", "1.5|2", "|", DUCKDB)
    rows = DuckDBEngine().rows(f"SELECT {sql} AS v FROM (VALUES ('1.5|2'), ('1x5|2'), ('0|1.5|2')) AS t(q)")
    assert rows["v"].tolist() == [True, False, True]
