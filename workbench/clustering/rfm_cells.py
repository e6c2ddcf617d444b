"""Classic RFM cells: quintiles of recency, frequency and amount, beside the fitted segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Note

SCORES: Final = {"recency_days": "r", "frequency": "f", "monetary": "m"}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RfmCells(BulkResult):
    """The RFM cell of every customer.

    Attributes
    ----------
    table
        Read when asked for: ``customer_id``, ``r``, ``f``, ``m`` (1 … groups, the highest is the best), ``cell`` (such
        as ``545``).
    summary
        One row per recency score × frequency score: ``r``, ``f``, ``customers``, ``share``, ``amount``.
    bounds
        Score → upper bounds of its lower groups, in raw units.
    """

    bounds: Mapping[str, tuple[float, ...]]

    caption: ClassVar[Message] = message("Recency and frequency in classes of equal size")
    columns: ClassVar[Mapping[str, Column]] = {
        "r": Column(message("Recency score"), "int"),
        "f": Column(message("Frequency score"), "int"),
    }


def rfm_cells(
    rfm: BulkResult | pd.DataFrame | Table | str | Path,
    *,
    groups: int = 5,
    path: str | Path | None = None,
    engine: Engine | None = None,
) -> RfmCells:
    """Put every customer into a cell of recency × frequency × amount.

    Parameters
    ----------
    rfm
        `rfm_table`, or a table with ``customer_id``, ``recency_days``, ``frequency`` and ``monetary``.
    groups
        Classes of each; 5 makes quintiles.
    path
        Parquet file to write to; a file that lives as long as this process if None.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    RfmCells
        Equal values have equal scores, so classes are of equal size only as far as values differ; a note says so.

    Raises
    ------
    InputError
        If a column is missing, or there are fewer than two groups.

    Notes
    -----
    Hughes (1994), Strategic Database Marketing. A score is 1 + the number of quantiles below the value; recency counts
    from the oldest.

    Examples
    --------
    >>> raw = pd.DataFrame({"customer_id": list("abcd"), "recency_days": [1, 50, 90, 300],
    ...                     "frequency": [9, 2, 1, 1], "monetary": [90.0, 30, 20, 5]})
    >>> rfm_cells(raw, groups=2).table["cell"].tolist()
    ['222', '222', '111', '111']
    """
    table = rfm.source if isinstance(rfm, BulkResult) else as_table(rfm, engine)
    require_columns(table.columns, [CUSTOMER_ID, *SCORES], where="rfm")
    if groups < 2:
        raise InputError("There are at least two groups.", found=str(groups), fix="Use 5.", where="groups")
    levels = [i / groups for i in range(1, groups)]
    d = table.engine.dialect
    picks = ", ".join(
        f"{d.reached_by.format(share=repr(q), column=c)} AS {s}{i}"
        for c, s in SCORES.items()
        for i, q in enumerate(levels)
    )
    found = table.rows(f"SELECT {picks} FROM {{table}} AS t").iloc[0]
    bounds = {s: tuple(float(found[f"{s}{i}"]) for i in range(len(levels))) for s in SCORES.values()}
    scores = ", ".join(f"{_score(c, bounds[s], groups)} AS {s}" for c, s in SCORES.items())
    text = ", ".join(f"CAST({s} AS {d.text_type})" for s in SCORES.values())
    sql = f"""
        SELECT {CUSTOMER_ID}, r, f, m, concat({text}) AS cell, monetary
        FROM (SELECT {CUSTOMER_ID}, monetary, {scores} FROM {table.source} AS t) AS scored
        ORDER BY {d.text_order.format(column=CUSTOMER_ID)}"""
    rows = keep_rows(table.engine, sql, stem="cells", path=path)
    summary = rows.rows(
        f"SELECT r, f, count(*) AS customers, {d.exact_sum('monetary', 4)} AS amount "
        "FROM {table} AS t GROUP BY r, f ORDER BY r DESC, f DESC"
    )
    summary.insert(3, "share", summary["customers"] / summary["customers"].sum())
    tied = [s for s, b in bounds.items() if len(np.unique(b)) < len(b)]
    notes: tuple[Note, ...] = ()
    if tied:
        text_note = message(
            "So many customers have the same {scores} that the classes are not of equal size.",
            scores=", ".join(c for c, s in SCORES.items() if s in tied),
        )
        notes = (Note(text_note, "caution"),)
    return RfmCells(source=rows, summary=summary, bounds=bounds, notes=notes)


def _score(column: str, bounds: tuple[float, ...], groups: int) -> str:
    passed = " + ".join(f"CASE WHEN {column} > {b!r} THEN 1 ELSE 0 END" for b in bounds)
    # the fewer days since the last purchase the better
    return f"{groups} - ({passed})" if column == "recency_days" else f"1 + {passed}"
