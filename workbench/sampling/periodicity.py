"""Cycles in a list: how much the samples of all starts differ, against random ones of the same size."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.core.column_kinds import is_number
from workbench.core.errors import InputError, require_columns
from workbench.sampling.drawing import Draw
from workbench.sampling.list_order import order_sql

Steps = Mapping[str, tuple[int, int]]


def phase_effects(drawing: Draw, column: str, label: str, steps: Steps) -> pd.DataFrame:
    """Compare the samples of all starts in one numeric column, stratum by stratum.

    Parameters
    ----------
    drawing
        Frame, salt and start.
    column
        Numeric column.
    label
        SQL of a row's stratum.
    steps
        Stratum → the step: (drawn, of so many).

    Returns
    -------
    DataFrame
        ``column``, ``stratum``, ``interval``, ``design_effect``, ``p_value``.

    Raises
    ------
    InputError
        If the column is missing or not numeric.
    """
    frame, d = drawing.frame, drawing.frame.dialect
    require_columns(frame.column_types, [column], where="check")
    if not is_number(kind := frame.column_types[column].lower()):
        raise InputError(
            "A cycle is looked for in numeric columns.",
            found=f"{column!r} has type {kind}",
            fix="Name a numeric column.",
            where="check",
        )
    limits = ", ".join(
        f"({d.literal(s)}, CAST({a} AS BIGINT), CAST({m} AS BIGINT))" for s, (a, m) in steps.items() if a
    )
    value = f"CAST({d.quote(column)} AS {d.double_type})"
    # customers of the same phase would be drawn together
    groups = frame.rows(
        "SELECT stratum, phase, count(*) AS many, sum(x) AS total, sum(x * x) AS squares FROM "
        f"(SELECT e.workbench_stratum AS stratum, floor(CAST(((workbench_place - 1) * a) % m AS {d.double_type}) "
        "/ a) AS phase, x FROM "
        f"(SELECT {label} AS workbench_stratum, {value} AS x, row_number() OVER (PARTITION BY {label} ORDER BY "
        f"{order_sql(drawing, label)}) AS workbench_place FROM {{table}} AS t WHERE {frame.where}) AS e "
        f"JOIN (VALUES {limits}) AS limits(label, a, m) ON e.workbench_stratum = limits.label WHERE x IS NOT "
        "NULL) AS phased "
        "GROUP BY stratum, phase"
    )
    rows = []
    for stratum, (a, m) in steps.items():
        part = groups[groups["stratum"] == stratum]
        effect, p = _between(part)
        rows.append((column, stratum, m / a if a else float("nan"), effect, p))
    return pd.DataFrame(rows, columns=["column", "stratum", "interval", "design_effect", "p_value"])


def _between(groups: pd.DataFrame) -> tuple[float, float]:
    from scipy import stats

    k, many = len(groups), groups["many"].to_numpy(dtype=float)
    size = many.sum()
    if k < 2 or size <= k:
        return float("nan"), float("nan")
    total, squares = groups["total"].to_numpy(dtype=float), float(groups["squares"].sum())
    around = squares - total.sum() ** 2 / size
    between = float((total**2 / many).sum() - total.sum() ** 2 / size)
    within = max(around - between, 0.0)
    if around <= 0:
        return float("nan"), float("nan")
    mean_between = between / (k - 1)
    ratio = mean_between / (within / (size - k)) if within > 0 else float("inf")
    return mean_between / (around / (size - 1)), float(stats.f.sf(ratio, k - 1, size - k))
