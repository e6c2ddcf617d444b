"""Strata made: numeric variables cut into classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.engine import Table
from workbench.core.errors import InputError, nearest, require_columns
from workbench.core.language import message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.sampling.frame import Frame, as_frame

CutMethod = Literal["quantile", "cum_root_f", "least_variance"]
GRID = 400


def with_column(frame: Frame, name: str, sql: str) -> Frame:
    """Return the frame with one more column, computed in the engine by `sql`."""
    if name in frame.column_types:
        raise InputError(
            "A new column has a new name.",
            found=f"{name!r} is there already",
            fix="Choose another name.",
            where="frame",
        )
    source = frame.source
    item = f"(SELECT *, {sql} AS {frame.dialect.quote(name)} FROM {source.source} AS t)"
    return replace(frame, table=Table(source.engine, item))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Cuts(Result):
    """A numeric variable cut into classes.

    Attributes
    ----------
    table
        ``class_label``, ``low`` (first value of the class, missing for the lowest), ``high`` (first value above it,
        missing for the highest), ``population``, ``mean``, ``std_dev``.
    column, points
        The variable, and the cut points: a value equal to a point belongs to the class above.
    """

    column: str
    points: tuple[float, ...]

    caption: ClassVar = message("Classes of a stratum variable")
    columns: ClassVar = {
        "class_label": Column(message("Class")),
        "low": Column(message("From"), "dec2"),
        "high": Column(message("Below"), "dec2"),
        "mean": Column(message("Mean"), "dec2"),
        "std_dev": Column(message("Standard deviation"), "dec2"),
    }

    def apply(self, frame: Frame, name: str | None = None) -> Frame:
        """Return `frame` with a text column of the class labels (default ``<column>_class``); missing stays missing."""
        q = frame.dialect.quote(self.column)
        return with_column(frame, name or f"{self.column}_class", _case(q, self.points, frame.dialect.double_type))


def _case(column: str, points: Sequence[float], double: str) -> str:
    labels = class_labels(points)
    steps = [f"WHEN {column} < CAST({p!r} AS {double}) THEN '{text}'" for p, text in zip(points, labels, strict=False)]
    return f"CASE WHEN {column} IS NULL THEN NULL {' '.join(steps)} ELSE '{labels[-1]}' END"


def class_labels(points: Sequence[float]) -> list[str]:
    """Return labels that sort as the classes do.

    Examples
    --------
    >>> class_labels([10.0, 99.5])
    ['1: < 10', '2: 10 – 99.5', '3: ≥ 99.5']
    """
    shown = [f"{p:.10g}" for p in points]
    width = len(str(len(points) + 1))
    middle = [f"{a} – {b}" for a, b in pairwise(shown)]
    names = [f"< {shown[0]}", *middle, f"≥ {shown[-1]}"] if shown else ["all"]
    return [f"{i:0{width}d}: {text}" for i, text in enumerate(names, start=1)]


@takes_columns("column")
def bin_strata(frame: Frame | pd.DataFrame, column: str, classes: int = 4, *, method: CutMethod = "cum_root_f") -> Cuts:
    r"""Cut a numeric column into classes to stratify by.

    Parameters
    ----------
    frame
        The frame; its eligible customers are counted in the engine.
    column
        Numeric column.
    classes
        How many classes; fewer come out where many customers share a value.
    method
        ``quantile``: equally many customers each. ``cum_root_f``: equal steps of the cumulated root of the density.
        ``least_variance``: the cut points, on a grid of 400 quantiles, of least :math:`\sum N_h S_h`, which is least
        variance under Neyman allocation.

    Returns
    -------
    Cuts
        ``.points``, ``.table`` of the classes, ``.apply(frame)``.

    Raises
    ------
    InputError
        If the column is missing or not numeric, or there are fewer than two different values.

    Notes
    -----
    Dalenius & Hodges 1959 (*JASA* 54, 88–101) with classes of unequal width, for which :math:`\sqrt{f w}` is cumulated
    (Kish 1965); least variance is the aim of Dalenius 1950 and Lavallée & Hidiroglou 1988 (*Survey Methodology* 14),
    found here by dynamic programming over the grid, not by iteration.

    Examples
    --------
    >>> amounts = pd.DataFrame({"customer_id": range(100), "amount": [float(i) for i in range(100)]})
    >>> bin_strata(amounts, "amount", 2, method="quantile").points
    (49.5,)
    """
    chosen = as_frame(frame)
    require_columns(chosen.column_types, [column], where="frame")
    if method not in get_args(CutMethod) or classes < 2:
        raise InputError(
            "Cut points have a known method and make two classes at least.",
            found=f"method={method!r}, classes={classes}",
            fix=f"Use one of {', '.join(get_args(CutMethod))}{nearest(str(method), get_args(CutMethod))}.",
            where="bin_strata",
        )
    edges = _quantiles(chosen, column, [(i + 1) / classes for i in range(classes - 1)])
    if method != "quantile":
        grid = np.unique(_quantiles(chosen, column, [i / GRID for i in range(GRID + 1)]))
        cells = _cells(chosen, column, grid[1:-1].tolist())
        chooser = _cum_root if method == "cum_root_f" else _least_variance
        edges = chooser(grid, cells, classes) if len(grid) > 2 else edges
    points = np.unique(edges).tolist()
    below = _cells(chosen, column, points)["population"].tolist()
    # a point with nobody between it and the one before, or nobody above, makes no class
    used = [p for i, p in enumerate(points) if below[i] > 0 and sum(below[i + 1 :]) > 0]
    if not used:
        raise InputError(
            "A variable to cut has two different values at least.",
            found=f"one value in {column!r}",
            fix="Leave it out of the strata.",
            where="bin_strata",
        )
    table = _class_table(used, _cells(chosen, column, used))
    notes = []
    if len(used) + 1 < classes:
        notes.append(
            Note(
                message(
                    "{n:int} classes instead of {wanted:int}: too many customers share a value.",
                    n=len(used) + 1,
                    wanted=classes,
                ),
                "caution",
            )
        )
    return Cuts(table=table, column=column, points=tuple(used), notes=tuple(notes))


def _quantiles(frame: Frame, column: str, shares: list[float]) -> npt.NDArray[np.float64]:
    d = frame.dialect
    value = f"CAST({d.quote(column)} AS {d.double_type})"
    items = ", ".join(f"{d.quantile.format(share=repr(s), column=value)} AS q{i}" for i, s in enumerate(shares))
    row = frame.rows(f"SELECT {items} FROM {{table}} AS t WHERE {frame.where} AND {d.quote(column)} IS NOT NULL")
    return np.asarray(row.iloc[0].to_numpy(dtype=float))


def _cells(frame: Frame, column: str, points: list[float]) -> pd.DataFrame:
    """Count customers, sum and sum of squares (around the middle) of every interval between the points."""
    d = frame.dialect
    value = f"CAST({d.quote(column)} AS {d.double_type})"
    middle = float(np.median(points)) if points else 0.0
    steps = _search(value, points, 0, d.double_type)
    cells = frame.rows(
        f"SELECT cell, count(*) AS population, sum(x) AS total, sum(x * x) AS squares, min(x) AS smallest "
        f"FROM (SELECT {steps} AS cell, {value} - CAST({middle!r} AS {d.double_type}) AS x FROM {{table}} AS t "
        f"WHERE {frame.where} AND {d.quote(column)} IS NOT NULL) AS cut GROUP BY cell"
    )
    cells["smallest"] += middle
    cells = cells.set_index("cell").reindex(range(len(points) + 1))
    cells[["population", "total", "squares"]] = cells[["population", "total", "squares"]].fillna(0)
    return cells.assign(middle=middle)


def _search(value: str, points: list[float], first: int, double: str) -> str:
    """Return a nested CASE that finds the interval in log2 steps."""
    if not points:
        return str(first)
    half = len(points) // 2
    low, high = (
        _search(value, points[:half], first, double),
        _search(value, points[half + 1 :], first + half + 1, double),
    )
    return f"CASE WHEN {value} < CAST({points[half]!r} AS {double}) THEN {low} ELSE {high} END"


def _cum_root(grid: npt.NDArray[np.float64], cells: pd.DataFrame, classes: int) -> npt.NDArray[np.float64]:
    root = np.cumsum(np.sqrt(cells["population"].to_numpy(dtype=float) * np.diff(grid)))
    steps = root[-1] * np.arange(1, classes) / classes
    return np.asarray(grid[1:][np.searchsorted(root, steps)])


def _least_variance(grid: npt.NDArray[np.float64], cells: pd.DataFrame, classes: int) -> npt.NDArray[np.float64]:
    n, total, squares = (
        np.concatenate([[0.0], np.cumsum(cells[c].to_numpy(dtype=float))]) for c in ("population", "total", "squares")
    )
    count = n[None, :] - n[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        around = (squares[None, :] - squares[:, None]) - (total[None, :] - total[:, None]) ** 2 / count
    cost = np.where(count > 1, np.sqrt(np.maximum(around, 0) * np.maximum(count, 0)), 0.0)  # N S of the cells i … j − 1
    cost[np.tril_indices(len(n))] = np.inf
    best, back = cost[0], []
    for _ in range(classes - 1):
        ways = best[:, None] + cost
        back.append(ways.argmin(axis=0))
        best = ways.min(axis=0)
    place, points = len(n) - 1, []
    for step in reversed(back):
        place = int(step[place])
        points.append(grid[place])
    return np.array(points[::-1])


def _class_table(points: list[float], cells: pd.DataFrame) -> pd.DataFrame:
    count, total = cells["population"].to_numpy(dtype=float), cells["total"].to_numpy(dtype=float)
    mean = total / np.maximum(count, 1)
    variance = (cells["squares"].to_numpy(dtype=float) - count * mean**2) / np.maximum(count - 1, 1)
    return pd.DataFrame(
        {
            "class_label": class_labels(points),
            "low": [np.nan, *points],
            "high": [*points, np.nan],
            "population": count.astype(np.int64),
            "mean": mean + cells["middle"].to_numpy(dtype=float),
            "std_dev": np.sqrt(np.maximum(variance, 0)),
        }
    )
