"""A reproducible sample of a table of any size: the rows with the smallest permanent random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from workbench.core.engine import Table, collecting
from workbench.core.names import CUSTOMER_ID
from workbench.sampling.random_numbers import SPACE

_SLACK: Final = 8.0  # standard deviations; a shorter sample than asked for is then next to impossible


def sample_rows(table: Table, columns: Sequence[str], *, most: int, seed: int) -> tuple[pd.DataFrame, int]:
    """Draw at most `most` rows, the same ones on every engine and machine.

    Parameters
    ----------
    table
        Rows with a unique ``customer_id``.
    columns
        Columns to read beside it.
    most
        Largest number of rows.
    seed
        Another seed draws other rows.

    Returns
    -------
    tuple
        The rows (``customer_id`` and `columns`, in the order of their random numbers) and how many the table has.

    Examples
    --------
    >>> from workbench.core.engine import as_table
    >>> t = as_table(pd.DataFrame({"customer_id": ["a", "b", "c"], "v": [1.0, 2.0, 3.0]}))
    >>> rows, n = sample_rows(t, ["v"], most=2, seed=1)
    >>> len(rows), n
    (2, 3)
    """
    d = table.engine.dialect
    total = int(table.rows("SELECT count(*) AS n FROM {table} AS t")["n"][0])
    salt = f"clustering|{seed}"
    number = d.prn(salt, CUSTOMER_ID)
    picked = ", ".join(d.quote(c) for c in columns)
    share = most / max(total, 1)
    limit = share + _SLACK * np.sqrt(share * max(1 - share, 0) / max(total, 1)) + _SLACK / max(total, 1)
    where = f"WHERE {d.prn_between(salt, CUSTOMER_ID, 0, int(limit * SPACE))}" if limit < 1 else ""
    with collecting(most):
        rows = table.rows(
            f"SELECT {CUSTOMER_ID}, {picked} FROM (SELECT *, {number} AS k FROM {{table}} AS t {where}) AS numbered "
            f"ORDER BY k, {d.text_order.format(column=CUSTOMER_ID)} LIMIT {int(most)}"
        )
    return rows, total
