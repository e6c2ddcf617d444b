"""How often which values stand in columns of few values, in few passes over tables of many columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workbench.core.engine import DuckDBEngine

MANY_COLUMNS: Final = 12
AT_ONCE: Final = 200


def value_counts(item: str, columns: Mapping[str, str], engine: DuckDBEngine) -> dict[str, dict[str, int]]:
    """Count the values of columns.

    Parameters
    ----------
    item
        FROM item of the table.
    columns
        Column → SQL of its values as text; NULL is not counted.
    engine
        The engine it lies in.

    Returns
    -------
    dict
        Column → value → how often, the most frequent first, ties in the order of the values.

    Examples
    --------
    >>> item = "(SELECT * FROM (VALUES ('a'), ('a'), (NULL)) AS t(q))"
    >>> value_counts(item, {"q": "q"}, DuckDBEngine())
    {'q': {'a': 2}}
    """
    names = list(columns)
    found: dict[str, dict[str, int]] = {}
    if len(names) <= MANY_COLUMNS:
        for name, sql in columns.items():
            counted = f"SELECT {sql} AS v, count(*) AS n FROM {item} WHERE {sql} IS NOT NULL GROUP BY 1"
            table = engine.rows(f"{counted} ORDER BY n DESC, v")
            found[name] = dict(zip(map(str, table["v"]), map(int, table["n"]), strict=True))
        return found
    # a survey has hundreds of columns and few rows: what costs there is to look at the table once per column
    for first in range(0, len(names), AT_ONCE):
        part = names[first : first + AT_ONCE]
        texts = ", ".join(columns[n] for n in part)
        long = f"SELECT unnest(range({len(part)})) AS c, unnest([{texts}]) AS v FROM {item}"
        table = engine.rows(
            f"SELECT c, v, count(*) AS n FROM ({long}) WHERE v IS NOT NULL GROUP BY 1, 2 ORDER BY c, n DESC, v"
        )
        found |= {n: {} for n in part}
        for c, v, n in zip(table["c"].tolist(), table["v"].tolist(), table["n"].tolist(), strict=True):
            found[part[c]][str(v)] = int(n)
    return found
