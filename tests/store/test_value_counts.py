from __future__ import annotations

import pandas as pd

from workbench.core.engine import as_table
from workbench.store.value_counts import AT_ONCE, MANY_COLUMNS, value_counts


def test_one_pass_over_many_columns_counts_as_one_pass_each():
    rows = {f"q{i}": [str((i + j) % 3) if j % 5 else None for j in range(20)] for i in range(AT_ONCE + 3)}
    table = as_table(pd.DataFrame(rows))
    columns = {name: name for name in rows}
    together = value_counts(table.source, columns, table.engine)
    assert list(together) == list(rows)
    for first in range(0, len(rows), MANY_COLUMNS):
        some = {n: n for n in list(rows)[first : first + MANY_COLUMNS]}
        apart = value_counts(table.source, some, table.engine)
        assert all(list(apart[n].items()) == list(together[n].items()) for n in some)
    assert together["q0"] == pd.Series(rows["q0"]).value_counts().sort_index().to_dict()


def test_a_column_without_values_has_none():
    columns = {f"q{i}": "NULL" for i in range(MANY_COLUMNS + 1)}
    table = as_table(pd.DataFrame({"a": [1]}))
    assert set(map(len, value_counts(table.source, columns, table.engine).values())) == {0}
