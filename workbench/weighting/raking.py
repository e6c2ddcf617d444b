"""Raking and post-stratification: weights that agree with known margins of the population."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.checks import Codes, Floats, combined_codes, weight_column
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.results import Note
from workbench.weighting.distances import solve_factors
from workbench.weighting.margins import Margin, Margins, as_counts, margin_table, read_margins, totals_by
from workbench.weighting.result import Calibration, Weights

STALL = 1e-13
FEW_CELLS = 4_000_000  # as many can be counted off without sorting the rows


@takes_columns("weight")
def rake(
    data: pd.DataFrame,
    margins: Margins,
    *,
    weight: str | None = "w",
    tolerance: float = 1e-9,
    max_iterations: int = 200,
    bounds: tuple[float, float] | None = None,
) -> Weights:
    """Adjust weights until every margin adds up to its known population total.

    Rows with the same levels on all margins are treated as one cell, so the time hardly depends on their number.

    Parameters
    ----------
    data
        One row per respondent.
    margins
        Column → totals by level (a mapping or Series); a tuple of columns stands for their combinations; or a list of
        Series whose index names are the columns. Margins that each add up to 1, or to 100, are read as shares or
        per cents of the current sum of weights.
    weight
        Column of weights to start from; None for equal weights of 1.
    tolerance
        Largest relative misfit that any level of any margin may have in the end.
    max_iterations
        Rounds over all margins.
    bounds
        Smallest and largest allowed factor new weight / old weight.

    Returns
    -------
    Weights
        ``.table``: ``margin``, ``level``, ``n``, ``target``, ``before``, ``after``, ``share_before``,
        ``share_after``. The result itself is what `Design` takes as ``calibration=``.

    Raises
    ------
    InputError
        If a level has no respondents or no total, margins add up to different populations, or raking does not
        converge: margin and level are named, and what to combine is proposed.

    Notes
    -----
    Iterative proportional fitting, Deming and Stephan (1940), Annals of Mathematical Statistics 11, 427–444. Its
    limit is the multiplicative calibration of Deville, Särndal and Sautory (1993), Journal of the American
    Statistical Association 88, 1013–1020, whose variance `Design` counts.

    Examples
    --------
    >>> data = pd.DataFrame({"sex": ["m", "m", "f", "f"], "age": ["y", "o", "y", "o"], "w": 1.0})
    >>> raked = rake(data, {"sex": {"m": 4, "f": 6}, "age": {"y": 5, "o": 5}})
    >>> raked.weights.round(6).tolist()
    [2.0, 2.0, 3.0, 3.0]
    """
    base = weight_column(data, weight, where="data")
    found, shares = as_counts(read_margins(data, margins), float(base.sum()))
    cell, positions = _cells(found)
    collapsed = totals_by(cell, base, len(positions[0]))
    # matrix of 0/1 auxiliaries by cell: what the variance and the bounded solution need
    matrix = np.hstack([(p[:, None] == np.arange(len(m.levels))) for p, m in zip(positions, found, strict=True)])
    matrix = matrix.astype(float)
    if bounds is None:
        factor = _fit(collapsed, positions, found, tolerance, max_iterations)
    else:
        names = [f"{m.name} = {level}" for m in found for level in m.levels]
        targets = np.concatenate([m.targets for m in found])
        factor = solve_factors(matrix, collapsed, targets, names, "raking", bounds, tolerance, max_iterations)
    after = base * factor[cell]
    cells = [replace(m, codes=p) for m, p in zip(found, positions, strict=True)]
    notes: tuple[Note, ...] = ()
    if shares:
        notes = (
            Note(
                message(
                    "The margins were shares or per cents and were scaled to the sum of weights before, {total:int}.",
                    total=float(base.sum()),
                )
            ),
        )
    return Weights(
        weights=pd.Series(after, index=data.index, name="raked_weight"),
        table=margin_table(cells, collapsed, collapsed * factor, np.bincount(cell)),
        calibration=Calibration(
            cell,
            matrix,
            base,
            np.concatenate([m.targets for m in found]),
            "raking",
            bounds,
            tuple(len(m.levels) for m in found),
        ),
        notes=notes,
    )


@takes_columns("weight", many=["by"])
def post_stratify(
    data: pd.DataFrame,
    totals: Mapping[Any, Any] | pd.Series,
    *,
    by: str | Sequence[str] | None = None,
    weight: str | None = "w",
) -> Weights:
    """Scale the weights in each post-stratum so that they add up to its known population.

    Parameters
    ----------
    data
        One row per respondent.
    totals
        Population by level; with several columns in `by`, the keys are tuples. A Series may bring the columns as the
        names of its index.
    by
        Column or columns that make the post-strata.
    weight
        Column of weights to start from; None for equal weights of 1.

    Returns
    -------
    Weights
        The same columns as `rake`.

    Raises
    ------
    InputError
        If a post-stratum has no respondents or no total.

    Notes
    -----
    Holt and Smith (1979), Journal of the Royal Statistical Society A 142, 33–46.

    Examples
    --------
    >>> data = pd.DataFrame({"region": ["a", "a", "b"], "w": [1.0, 3.0, 1.0]})
    >>> post_stratify(data, {"a": 40, "b": 10}, by="region").weights.tolist()
    [10.0, 30.0, 10.0]
    """
    if by is None:
        if not isinstance(totals, pd.Series) or any(n is None for n in totals.index.names):
            raise InputError(
                "Post-stratification names its columns.",
                found="by=None and totals without index names",
                fix="Pass by='region', or a Series whose index is named.",
                where="by",
            )
        by = [str(n) for n in totals.index.names]
    columns = (by,) if isinstance(by, str) else tuple(by)
    return rake(data, {columns: totals}, weight=weight)


def _cells(margins: list[Margin]) -> tuple[Codes, list[Codes]]:
    """Return the cell of each row, and for each margin the level of each cell."""
    size = math.prod(len(m.levels) for m in margins)
    if size > FEW_CELLS:
        cell, first = combined_codes([m.codes for m in margins])
        return cell, [m.codes[first] for m in margins]
    code = margins[0].codes
    for m in margins[1:]:
        code = code * len(m.levels) + m.codes
    seen = np.flatnonzero(np.bincount(code, minlength=size))
    place = np.zeros(size, dtype=np.int64)
    place[seen] = np.arange(len(seen))
    positions: list[Codes] = []
    rest = seen
    for m in reversed(margins):
        positions.insert(0, rest % len(m.levels))
        rest = rest // len(m.levels)
    return place[code].astype(np.int64), positions


def _fit(
    weights: Floats, positions: list[Codes], margins: list[Margin], tolerance: float, max_iterations: int
) -> Floats:
    current = weights.copy()
    previous = np.inf
    for _ in range(max_iterations):
        for p, m in zip(positions, margins, strict=True):
            current *= (m.targets / np.bincount(p, current, minlength=len(m.levels)))[p]
        worst = max(_misfit(current, p, m).max() for p, m in zip(positions, margins, strict=True))
        if worst <= tolerance / 100 or (worst <= tolerance and previous - worst < STALL):
            break
        previous = worst
    misses = [
        (float(miss.max()), m, int(miss.argmax()), p)
        for p, m in zip(positions, margins, strict=True)
        for miss in [_misfit(current, p, m)]
    ]
    worst, margin, level, p = max(misses, key=lambda entry: entry[0])
    if not worst <= tolerance:
        reached = np.bincount(p, current, minlength=len(margin.levels))[level]
        sizes = [
            (t, str(name)) for i, (t, name) in enumerate(zip(margin.targets, margin.levels, strict=True)) if i != level
        ]
        partner = f" with another level of {margin.name}, such as {min(sizes)[1]}" if sizes else ""
        raise InputError(
            message(
                "Raking meets every margin to {tolerance} within {most:int} rounds.",
                tolerance=f"{tolerance:.0e}",
                most=max_iterations,
            ),
            found=message(
                "{level}: target {target}, reached {reached} (relative misfit {misfit})",
                level=f"{margin.name} = {margin.levels[level]}",
                target=f"{margin.targets[level]:,.6g}",
                reached=f"{reached:,.6g}",
                misfit=f"{worst:.2g}",
            ),
            fix=message(
                "Combine {levels}; levels that always occur together cannot be given different totals. If the misfit "
                "is only a little above the tolerance, allow more rounds.",
                levels=f"{margin.name} = {margin.levels[level]}{partner}",
            ),
            where="margins",
        )
    return current / weights


def _misfit(current: Floats, position: Codes, margin: Margin) -> Floats:
    return np.abs(np.bincount(position, current, minlength=len(margin.levels)) / margin.targets - 1.0)
