"""Customers with what they are broken down by: columns of several tables in one, with few groups each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.core.bulk import in_engine, keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.names import CUSTOMER_ID

MOST_GROUPS, OTHERS = 12, "…"


def gather_groups(parts: Sequence[tuple[Table, Sequence[str]]], engine: Engine, *, most: int = MOST_GROUPS) -> Table:
    """Return the customers of several tables with chosen columns of each, in one table of an engine.

    Parameters
    ----------
    parts
        Tables with ``customer_id``, and the columns to take of each.
    engine
        Engine of the table returned.
    most
        Most groups of a column; of more the smallest become one, ``…``, so that tables stay short and every group has
        a base.

    Returns
    -------
    Table
        ``customer_id`` and the columns, of everybody in any of the tables.

    Examples
    --------
    >>> from workbench.core.engine import open_engine
    >>> engine = open_engine()
    >>> people = as_table(pd.DataFrame({"customer_id": ["a", "b"], "region": ["n", "s"]}), engine)
    >>> graded = as_table(pd.DataFrame({"customer_id": ["b", "c"], "tier": ["A", "B"]}), engine)
    >>> gather_groups([(people, ["region"]), (graded, ["tier"])], engine).columns
    {'customer_id': 'VARCHAR', 'region': 'VARCHAR', 'tier': 'VARCHAR'}
    """
    chosen = [_columns(table, columns, engine, most) for table, columns in parts]
    if len(chosen) == 1:
        return chosen[0]
    d = engine.dialect
    held, names = f"{chosen[0].source} AS g", ""
    for i, ((_, columns), part) in enumerate(zip(parts, [None, *chosen[1:]], strict=True)):
        if part is not None:
            # two tables at a time: in a join of three, some engines do not know whose id the next is compared with
            before = held if i == 1 else f"(SELECT {CUSTOMER_ID}{names} FROM {held}) AS j{i}"
            held = f"{before} FULL JOIN {part.source} AS g{i} USING ({CUSTOMER_ID})"
        names += "".join(f", {d.quote(c)}" for c in columns)
    sql = f"""
        SELECT {CUSTOMER_ID}{names} FROM {held}
        ORDER BY {d.text_order.format(column=CUSTOMER_ID)}"""
    return keep_rows(engine, sql, stem="groups")


def _columns(table: Table, columns: Sequence[str], engine: Engine, most: int) -> Table:
    d = table.engine.dialect
    chosen = ", ".join([CUSTOMER_ID, *(f"{_largest(table, c, most)} AS {d.quote(c)}" for c in columns)])
    return in_engine(Table(table.engine, f"(SELECT {chosen} FROM {table.source} AS t)"), engine, stem="groups")


def _largest(table: Table, column: str, most: int) -> str:
    d = table.engine.dialect
    name = f"CAST({d.quote(column)} AS {d.text_type})"
    sizes = table.rows(f"""
        SELECT {name} AS named, count(*) AS n FROM {{table}} AS t WHERE {name} IS NOT NULL GROUP BY 1
        ORDER BY 2 DESC, {d.text_order.format(column=name)} LIMIT {most + 1}""")
    if len(sizes) <= most:
        return d.quote(column)
    kept = ", ".join(d.literal(str(g)) for g in sizes["named"].head(most - 1))
    return f"CASE WHEN {name} IS NULL OR {name} IN ({kept}) THEN {name} ELSE {d.literal(OTHERS)} END"


def distinct_groups(table: pd.DataFrame | Table, column: str) -> list[str]:
    """Return the groups of a column as text, in their order.

    Examples
    --------
    >>> distinct_groups(pd.DataFrame({"region": ["s", "n", "s", None]}), "region")
    ['n', 's']
    """
    source = as_table(table)
    d = source.engine.dialect
    name = f"CAST({d.quote(column)} AS {d.text_type})"
    found = source.rows(f"SELECT DISTINCT {name} AS g FROM {{table}} AS t WHERE {name} IS NOT NULL")
    return sorted(str(g) for g in found["g"])


def flagged_customers(table: Table, flag: str) -> Table:
    """Return the customers of a table for whom a yes-or-no column says yes.

    Examples
    --------
    >>> people = as_table(pd.DataFrame({"customer_id": ["a", "b"], "do_not_contact": [True, False]}))
    >>> flagged_customers(people, "do_not_contact").to_frame()["customer_id"].tolist()
    ['a']
    """
    chosen = f"(SELECT {CUSTOMER_ID} FROM {table.source} AS t WHERE {table.engine.dialect.quote(flag)})"
    return Table(table.engine, chosen)
