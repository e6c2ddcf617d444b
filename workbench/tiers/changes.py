"""Who rose or fell and must be told, with the reason in words, for letters and the CRM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from workbench.core.bulk import BulkResult, in_engine, keep_rows
from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, TIER, Column
from workbench.tiers.columns import DIRECTION
from workbench.tiers.grading import Grades, refuse_ids
from workbench.tiers.migration import DIRECTIONS, FELL, ROSE
from workbench.tiers.reasons import with_reasons


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TierChanges(BulkResult):
    """Customers whose tier has changed.

    Attributes
    ----------
    table
        Read when asked for, for letters and never for pages: ``customer_id``, ``previous_tier``, ``tier``,
        ``direction``, ``reason`` in words.
    summary
        One row per direction: ``direction``, ``customers``.
    """

    caption: ClassVar[Message] = message("Whose tier has changed")
    columns: ClassVar[Mapping[str, Column]] = {"direction": DIRECTION}


def tier_changes(
    grades: Grades,
    previous: Grades | pd.DataFrame | Table | str | Path,
    *,
    language: Language,
    leave_out: pd.DataFrame | Table | None = None,
    path: str | Path | None = None,
) -> TierChanges:
    """List the customers of both waves whose tier has changed, with the reason of the new one.

    Parameters
    ----------
    grades
        Current grades.
    previous
        Grades of the previous wave: ``customer_id`` and ``tier``.
    language
        Language of the reasons.
    leave_out
        ``customer_id`` of those who may not be contacted; they are neither listed nor counted.
    path
        Parquet file to write to; a file that lives as long as this process if None.

    Returns
    -------
    TierChanges
        In the order of the ids.

    Raises
    ------
    InputError
        If a column is missing, an id repeats, or the previous wave has other tiers.

    Examples
    --------
    >>> from workbench.tiers import TierRules, grade
    >>> rules = TierRules.of([{"name": "A", "minimum": {"amount_12m": 100}}, {"name": "B"}])
    >>> now = grade(pd.DataFrame({"customer_id": ["a", "b"], "amount_12m": [150.0, 20.0]}), rules)
    >>> before = pd.DataFrame({"customer_id": ["a", "b"], "tier": ["B", "B"]})
    >>> tier_changes(now, before, language="en").table["direction"].tolist()
    ['rose']
    """
    reasons = with_reasons(grades, language)
    engine = reasons.engine
    before = in_engine(previous.source if isinstance(previous, Grades) else as_table(previous), engine)
    require_columns(before.columns, [CUSTOMER_ID, TIER], where="previous")
    refuse_ids(before, where="previous")
    names = grades.rules.names
    seen = before.rows(f"SELECT DISTINCT CAST({TIER} AS {engine.dialect.text_type}) AS tier FROM {{table}} AS t")[
        "tier"
    ].dropna()
    other = sorted(set(seen) - set(names))
    if other:
        raise InputError(
            "Both waves have the same tiers.",
            found=f"{', '.join(other)} beside {', '.join(names)}",
            fix="Grade the previous wave by the current rules first.",
            where="previous",
        )
    d = engine.dialect
    rank = " ".join(f"WHEN {d.literal(n)} THEN {i}" for i, n in enumerate(names))
    up = f"CASE p.{TIER} {rank} END > CASE r.{TIER} {rank} END"
    spared = ""
    if leave_out is not None:
        refusing = in_engine(as_table(leave_out), engine)
        spared = f" AND NOT EXISTS (SELECT 1 FROM {refusing.source} AS x WHERE x.{CUSTOMER_ID} = r.{CUSTOMER_ID})"
    rows = keep_rows(
        engine,
        f"SELECT r.{CUSTOMER_ID}, p.{TIER} AS previous_tier, r.{TIER} AS tier, CASE WHEN {up} THEN '{ROSE}' ELSE "
        f"'{FELL}' END AS direction, r.reason FROM {reasons.source} AS r JOIN {before.source} AS p "
        f"ON p.{CUSTOMER_ID} = r.{CUSTOMER_ID} WHERE p.{TIER} <> r.{TIER}{spared} "
        f"ORDER BY {d.text_order.format(column=f'r.{CUSTOMER_ID}')}",
        stem="changes",
        path=path,
    )
    counts = rows.rows("SELECT direction, count(*) AS customers FROM {table} AS t GROUP BY 1").set_index("direction")
    told = [ROSE, FELL]
    summary = pd.DataFrame(
        {
            "direction": pd.Series([DIRECTIONS[k] for k in told], dtype=object),
            "customers": counts["customers"].reindex(told).fillna(0).astype("int64").tolist(),
        }
    )
    return TierChanges(source=rows, summary=summary)
