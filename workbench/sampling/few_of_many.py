"""As many customers as can be looked at one by one, drawn from all of a table that stays in its engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from workbench.core.bulk import in_engine
from workbench.core.engine import Table, collecting
from workbench.core.errors import require_columns
from workbench.core.names import CUSTOMER_ID
from workbench.sampling.random_numbers import SPACE

WEIGHT: Final = "weight"
SALT: Final = "few-of-many"


def few_of_many(
    table: Table,
    columns: Sequence[str],
    *,
    stratum: str,
    most: int,
    along: Sequence[tuple[Table, Sequence[str]]] = (),
) -> pd.DataFrame:
    """Return a table's customers: all of them, or about `most`, drawn at random and weighted to all.

    Who is drawn rests on the customer's id alone, so that of two waves mostly the same customers are drawn.

    Parameters
    ----------
    table
        One row per customer: ``customer_id``, the columns and the stratum.
    columns
        Columns to read.
    stratum
        Column whose groups the drawn customers are weighted to; those without a group are one.
    most
        Customers who are read where there are more.
    along
        Other tables with ``customer_id``, once each, and their columns to read of the same customers.

    Returns
    -------
    DataFrame
        ``customer_id``, the columns, those of `along`, and, where customers were drawn, ``weight``: customers each
        stands for.

    Raises
    ------
    InputError
        If a column is missing.

    Notes
    -----
    Customers whose permanent random number lies below `most` / N are drawn (Bernoulli sampling); a group of N_h
    customers of whom n_h were drawn has the weight N_h / n_h.

    Examples
    --------
    >>> from workbench.core.engine import as_table
    >>> people = as_table(pd.DataFrame({"customer_id": [str(i) for i in range(2000)], "region": ["n", "s"] * 1000}))
    >>> drawn = few_of_many(people, ["region"], stratum="region", most=500)
    >>> 400 < len(drawn) < 600, float(drawn["weight"].sum())
    (True, 2000.0)
    """
    require_columns(table.columns, [CUSTOMER_ID, stratum, *columns], where="customers")
    d = table.engine.dialect
    group = f"coalesce(CAST(t.{d.quote(stratum)} AS {d.text_type}), '')"
    sizes = table.rows(f"SELECT {group} AS stratum, count(*) AS n FROM {{table}} AS t GROUP BY 1")
    whole = int(sizes["n"].sum())
    picked = ", ".join(f"t.{d.quote(c)}" for c in dict.fromkeys([CUSTOMER_ID, *columns]))
    joined = ""
    for k, (other, named) in enumerate(along):
        there = in_engine(other, table.engine)
        require_columns(there.columns, [CUSTOMER_ID, *named], where="along")
        picked += "".join(f", a{k}.{d.quote(c)}" for c in named)
        joined += f" LEFT JOIN {there.source} AS a{k} ON a{k}.{CUSTOMER_ID} = t.{CUSTOMER_ID}"
    own = f"t.{CUSTOMER_ID}"
    order = d.text_order.format(column=own)
    with collecting(2 * most):  # how many are drawn is chance
        if whole <= most:
            return table.engine.rows(f"SELECT {picked} FROM {table.source} AS t{joined} ORDER BY {order}")
        below = SPACE * most // whole
        drawn = table.engine.rows(f"""
            SELECT {picked}, {group} AS few_of_many FROM {table.source} AS t{joined}
            WHERE {d.prn_between(SALT, own, 0, below)} ORDER BY {order}""")
    known = sizes.set_index("stratum")["n"].astype(float)
    counts = drawn.pop("few_of_many").map(str)
    return drawn.assign(**{WEIGHT: counts.map(known) / counts.map(counts.value_counts())})
