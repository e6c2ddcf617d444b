"""Calibration: weights as near as possible to the old ones that hit known totals exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.checks import Codes, Floats, combined_codes, level_codes, number_column, weight_column
from workbench.core.errors import InputError
from workbench.core.language import plural
from workbench.core.results import Note
from workbench.weighting.distances import Distance, solve_factors
from workbench.weighting.margins import Margin, margin_table, read_margins, totals_by
from workbench.weighting.result import Calibration, Weights

POPULATION = "(population)"


@takes_columns("weight", "within")
def calibrate(
    data: pd.DataFrame,
    totals: Mapping[Any, Any],
    *,
    weight: str | None,
    distance: Distance = "linear",
    bounds: tuple[float, float] | None = None,
    within: str | None = None,
    tolerance: float = 1e-9,
    max_iterations: int = 200,
) -> Weights:
    """Change weights as little as possible so that weighted totals equal known population totals.

    Parameters
    ----------
    data
        One row per respondent.
    totals
        What the population adds up to: a categorical column → totals by level; a numeric column → its total;
        ``"(population)"`` → the number of customers. With `within`: level of that column → such a mapping.
    weight
        Column of weights to start from; None for equal weights of 1.
    distance
        ``linear`` (the generalised regression estimator, weights may turn negative), ``raking`` (multiplicative),
        ``logit`` (inside `bounds`, smoothly), ``truncated`` (linear, cut at `bounds`).
    bounds
        Smallest and largest allowed factor new weight / old weight; needed for ``logit`` and ``truncated``, allowed
        for ``raking`` (cut) and for ``linear`` (which is then ``truncated``).
    within
        Column of domains, each calibrated to its own totals.
    tolerance
        Largest relative misfit of any total.
    max_iterations
        Most steps of Newton's method.

    Returns
    -------
    Weights
        ``.table``: ``margin``, ``level``, ``n``, ``target``, ``before``, ``after``, ``share_before``, ``share_after``
        (and the domain with `within`). The result itself is what `Design` takes as ``calibration=``.

    Raises
    ------
    InputError
        If a total cannot be met (level without respondents, contradictory totals, bounds too tight): margin and level
        are named.

    Notes
    -----
    Deville and Särndal (1992), Journal of the American Statistical Association 87, 376–382: minimise Σ d G(w/d)
    subject to Σ w x = t; solutions w = d F(x'λ) with F(u) = 1 + u (case 1), exp(u) (case 2), the logit of case 6 and
    the truncated linear of case 7.

    Examples
    --------
    >>> data = pd.DataFrame({"g": ["m", "m", "f"], "w": [1.0, 1.0, 1.0]})
    >>> calibrate(data, {"g": {"m": 50, "f": 50}}, weight="w").weights.tolist()
    [25.0, 25.0, 50.0]
    """
    base = weight_column(data, weight, where="data")
    if bounds is not None and distance == "linear":
        distance = "truncated"
    _check_bounds(distance, bounds)
    if within is None:
        factors, table, record, short = _calibrate_one(data, totals, base, distance, bounds, tolerance, max_iterations)
        return _result(data, base, factors, table, record, negative=short)
    codes, levels = level_codes(data, [within], where="data")
    names = levels[within].tolist()
    extra = [name for name in totals if name not in names]
    lacking = [name for name in names if name not in totals]
    if extra or lacking:
        raise InputError(
            f"Every level of {within!r} has totals, and every one with totals has respondents.",
            found=f"without respondents: {extra or 'none'}; without totals: {lacking or 'none'}",
            fix="Complete the totals, or combine domains.",
            where="totals",
        )
    factors = np.ones(len(data))
    cell = np.zeros(len(data), dtype=np.int64)
    tables: list[pd.DataFrame] = []
    blocks: list[Floats] = []
    goals: list[Floats] = []
    for domain, name in enumerate(names):
        rows = np.flatnonzero(codes == domain)
        part, table, record, _ = _calibrate_one(
            data.iloc[rows], totals[name], base[rows], distance, bounds, tolerance, max_iterations, domain=str(name)
        )
        factors[rows] = part
        cell[rows] = record.cell + sum(len(b) for b in blocks)
        table.insert(0, within, name)
        tables.append(table)
        blocks.append(record.matrix)
        goals.append(record.targets)
    matrix = np.zeros((sum(len(b) for b in blocks), sum(b.shape[1] for b in blocks)))
    row = column = 0
    for block in blocks:
        matrix[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    record = Calibration(cell, matrix, base, np.concatenate(goals), distance, bounds)
    table = pd.concat(tables, ignore_index=True)
    return _result(data, base, factors, table, record, negative=bool(factors.min() <= 0))


def _result(
    data: pd.DataFrame, base: Floats, factors: Floats, table: pd.DataFrame, record: Calibration, *, negative: bool
) -> Weights:
    notes: tuple[Note, ...] = ()
    if negative:
        notes = (
            Note(
                plural(
                    "{n:int} weight turned zero or negative; use raking, or bounds above zero.",
                    "{n:int} weights turned zero or negative; use raking, or bounds above zero.",
                    n=int((factors <= 0).sum()),
                ),
                "warning",
            ),
        )
    series = pd.Series(base * factors, index=data.index, name="calibrated_weight")
    return Weights(weights=series, table=table, calibration=record, notes=notes)


def _check_bounds(distance: str, bounds: tuple[float, float] | None) -> None:
    if distance not in ("linear", "raking", "logit", "truncated"):
        raise InputError(
            "The distance is one of linear, raking, logit, truncated.",
            found=repr(distance),
            fix="Choose one of the four.",
            where="distance",
        )
    if bounds is None and distance in ("logit", "truncated"):
        raise InputError(
            f"The distance {distance!r} needs bounds.", found="none", fix="Pass bounds=(0.5, 2), say.", where="bounds"
        )
    if bounds is not None and not 0 <= bounds[0] < 1 < bounds[1]:
        raise InputError(
            "Bounds are factors around 1: at least 0 and below 1, and above 1.",
            found=str(bounds),
            fix="Pass bounds=(0.5, 2), say.",
            where="bounds",
        )


def _calibrate_one(
    data: pd.DataFrame,
    totals: Mapping[Any, Any],
    base: Floats,
    distance: Distance,
    bounds: tuple[float, float] | None,
    tolerance: float,
    max_iterations: int,
    domain: str | None = None,
) -> tuple[Floats, pd.DataFrame, Calibration, bool]:
    groups = {k: v for k, v in totals.items() if isinstance(v, Mapping | pd.Series)}
    numbers = {str(k): float(v) for k, v in totals.items() if k not in groups}
    margins = read_margins(data, groups) if groups else []
    columns = {
        k: np.ones(len(data)) if k == POPULATION else number_column(data, k, where=f"total of {k}") for k in numbers
    }
    for name, values in columns.items():
        if np.isnan(values).any():
            raise InputError(
                f"Every row has a value in {name!r}.",
                found=f"{int(np.isnan(values).sum())} missing",
                fix="Calibrate on a column that is known for everybody, or fill these in first.",
                where="totals",
            )
    cell, matrix = _cells(margins, columns, len(data))
    targets = np.concatenate([*(m.targets for m in margins), np.array(list(numbers.values()), dtype=float)])
    names = [f"{m.name} = {level}" for m in margins for level in m.levels] + list(numbers)
    weight = totals_by(cell, base, len(matrix))
    prefix = f"{domain}: " if domain else ""
    factors = solve_factors(
        matrix, weight, targets, [prefix + n for n in names], distance, bounds, tolerance, max_iterations
    )[cell]
    table = _table(margins, columns, numbers, base, base * factors)
    sizes = tuple(len(m.levels) for m in margins) if not columns else ()
    record = Calibration(cell, matrix, base, targets, distance, bounds, sizes)
    return factors, table, record, bool((factors <= 0).any())


def _cells(margins: list[Margin], columns: Mapping[str, Floats], n: int) -> tuple[Codes, Floats]:
    """Return the cell of each row and the auxiliaries of each cell; with numeric columns every row is its own cell."""
    parts = [np.zeros(n, dtype=np.int64), *(m.codes for m in margins)]
    cell = np.arange(n) if columns else combined_codes(parts)[0]
    cells = int(cell.max()) + 1
    first = np.zeros(cells, dtype=np.int64)
    first[cell[::-1]] = np.arange(n)[::-1]
    blocks = [(m.codes[first][:, None] == np.arange(len(m.levels))).astype(float) for m in margins]
    blocks += [values[first][:, None] for values in columns.values()]
    return cell, np.hstack(blocks)


def _table(
    margins: list[Margin], columns: Mapping[str, Floats], numbers: Mapping[str, float], before: Floats, after: Floats
) -> pd.DataFrame:
    parts = [margin_table(margins, before, after)] if margins else []
    if columns:
        parts.append(
            pd.DataFrame(
                {
                    "margin": list(columns),
                    "level": [""] * len(columns),
                    "n": [len(before)] * len(columns),
                    "target": [numbers[c] for c in columns],
                    "before": [float(before @ v) for v in columns.values()],
                    "after": [float(after @ v) for v in columns.values()],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
