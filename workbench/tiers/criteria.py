"""Bringing the criteria of tiers together: what customers bought, answered and are worth, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.core.engine import Table
from workbench.core.errors import require_columns
from workbench.core.names import CUSTOMER_ID


def buyers(transactions: Table) -> Table:
    """Return everybody who has an order, for studies without a customer list.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.core.engine import as_table
    >>> orders = as_table(pd.DataFrame({"customer_id": ["b", "a", "b"]}))
    >>> buyers(orders).rows("SELECT customer_id FROM {table} ORDER BY 1")["customer_id"].tolist()
    ['a', 'b']
    """
    require_columns(transactions.columns, [CUSTOMER_ID], where="transactions")
    return Table(transactions.engine, f"(SELECT DISTINCT {CUSTOMER_ID} FROM {transactions.source} AS t)")


def with_criteria(customers: Table, others: Mapping[str, tuple[Table, Sequence[str]]]) -> Table:
    """Add columns of other tables to a customer list; customers who are not in them have nothing there.

    Parameters
    ----------
    customers
        One row per customer.
    others
        Name → a table with one row per customer of the same engine kind, and its columns to add.

    Returns
    -------
    Table
        The customers with the columns added; a column the list has already is replaced.

    Raises
    ------
    InputError
        If a table lacks a column.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.core.engine import DuckDBEngine, as_table
    >>> engine = DuckDBEngine()
    >>> people = as_table(pd.DataFrame({"customer_id": ["a", "b"]}), engine)
    >>> answers = as_table(pd.DataFrame({"customer_id": ["b"], "satisfaction": [4]}), engine)
    >>> joined = with_criteria(people, {"responses": (answers, ["satisfaction"])})
    >>> joined.rows("SELECT customer_id, satisfaction FROM {table} ORDER BY 1")["satisfaction"].tolist()
    [nan, 4.0]
    """
    require_columns(customers.columns, [CUSTOMER_ID], where="customers")
    quote = customers.engine.dialect.quote
    added: dict[str, str] = {}
    joins = []
    for place, (name, (table, columns)) in enumerate(others.items()):
        require_columns(table.columns, [CUSTOMER_ID, *columns], where=name)
        added |= {c: f"o{place}.{quote(c)}" for c in columns}
        joins.append(f"LEFT JOIN {table.source} AS o{place} ON o{place}.{CUSTOMER_ID} = c.{CUSTOMER_ID}")
    kept = [f"c.{quote(c)}" for c in customers.columns if c not in added]
    chosen = ", ".join([*kept, *(f"{sql} AS {quote(c)}" for c, sql in added.items())])
    return Table(customers.engine, f"(SELECT {chosen} FROM {customers.source} AS c {' '.join(joins)})")
