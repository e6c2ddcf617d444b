"""Trimming: large weights are cut, and what was cut off goes to the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.checks import Codes, Floats, cell_name, level_codes, weight_column
from workbench.core.errors import InputError
from workbench.core.language import plural
from workbench.core.results import Note
from workbench.weighting.result import Weights, kish_deff, kish_effective


@takes_columns("weight", "times", many=["within"])
def trim(
    data: pd.DataFrame,
    *,
    weight: str = "w",
    upper: float | None = None,
    lower: float | None = None,
    relative_to: str = "median",
    within: str | Sequence[str] | None = None,
    times: str | None = None,
    max_rounds: int = 50,
) -> Weights:
    """Cut weights at a bound and spread what was cut over the weights that are inside, until none is outside.

    Trimming lowers the variance and brings a bias; afterwards the margins of an earlier raking hold only roughly, so
    rake again and look at both.

    Parameters
    ----------
    data
        One row per respondent.
    weight
        Column of weights.
    upper, lower
        Largest and smallest weight allowed, in units of `relative_to`. Default: 5 above and none below.
    relative_to
        ``median`` or ``mean`` of the weights (inside `within`), or ``absolute`` for weights as they are.
    within
        Column or columns whose cells keep their sum of weights; default: all rows together.
    times
        Column that says how many times a row counts, as in a replicate of the sample: bounds then are those of each
        time, a row's weight the sum over its times. Default: once.
    max_rounds
        Most rounds of cutting and spreading.

    Returns
    -------
    Weights
        ``.table``: cells of `within`, ``n``, ``trimmed``, ``sum``, ``max`` before and after, ``cv``, ``deff``,
        ``n_effective``.

    Raises
    ------
    InputError
        If the bounds contradict each other or leave no weight to take what was cut.

    Notes
    -----
    Potter (1990), Proceedings of the ASA Survey Research Methods Section, 225–230; with redistribution as in Valliant,
    Dever and Kreuter, Practical Tools for Designing and Weighting Survey Samples (2nd ed., 2018), section 14.4.

    Examples
    --------
    >>> data = pd.DataFrame({"w": [1.0, 1.0, 1.0, 9.0]})
    >>> trim(data, upper=3, relative_to="absolute").weights.tolist()
    [3.0, 3.0, 3.0, 3.0]
    """
    weights = weight_column(data, weight, where="data")
    if relative_to not in ("median", "mean", "absolute"):
        raise InputError(
            "Bounds are relative to the median or mean weight, or absolute.",
            found=repr(relative_to),
            fix="Choose median, mean or absolute.",
            where="relative_to",
        )
    if upper is None and lower is None:
        upper = 5.0
    columns = [within] if isinstance(within, str) else list(within or ())
    if columns:
        codes, levels = level_codes(data, columns, where="data")
    else:
        codes, levels = np.zeros(len(data), dtype=np.int64), pd.DataFrame({"step": ["all"]})
    after = weights.copy()
    count = weight_column(data, times, where="data")
    for cell in range(len(levels)):
        rows = np.flatnonzero(codes == cell)
        often = count[rows]
        once = weights[rows] / often
        unit = 1.0
        if relative_to != "absolute":
            unit = _median(once, often) if relative_to == "median" else float(once @ often / often.sum())
        low = 0.0 if lower is None else lower * unit
        high = np.inf if upper is None else upper * unit
        after[rows] = often * _trim_cell(once, often, low, high, cell_name(levels, cell), max_rounds)
    table = _table(levels, codes, weights, after)
    changed = int(table["trimmed"].sum())
    total = float(np.clip(weights - after, 0, None).sum())
    notes: tuple[Note, ...] = ()
    if changed:
        notes = (
            Note(
                plural(
                    "{n:int} weight was cut; {share:pct1} of the sum of weights moved to other answers. "
                    "Earlier margins now hold only roughly.",
                    "{n:int} weights were cut; {share:pct1} of the sum of weights moved to other answers. "
                    "Earlier margins now hold only roughly.",
                    n=changed,
                    share=total / float(weights.sum()),
                ),
                "caution",
            ),
        )
    return Weights(weights=pd.Series(after, index=data.index, name="trimmed_weight"), table=table, notes=notes)


def _median(values: Floats, times: Floats) -> float:
    """Return the median of values of which each counts so many times, halfway where it lies between two."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(times[order]) / times.sum()
    least = int(np.searchsorted(reached, 0.5 - 1e-12))
    most = min(int(np.searchsorted(reached, 0.5 + 1e-12)), len(values) - 1)
    return float((values[order[least]] + values[order[most]]) / 2)


def _trim_cell(weights: Floats, times: Floats, low: float, high: float, name: str, max_rounds: int) -> Floats:
    """Cut the weights of each time; a row counts `times` often in their sum."""
    total, n = times @ weights, times.sum()
    if not low <= high or not low * n <= total * (1 + 1e-12) or not total <= high * n * (1 + 1e-12):
        raise InputError(
            "Trimmed weights can keep their sum.",
            found=f"{name}: {n:g} weights that add up to {total:,.6g}, allowed between {low:,.6g} and {high:,.6g}",
            fix="Widen the bounds.",
            where="trim",
        )
    current = weights.copy()
    fixed = np.zeros(len(weights), dtype=bool)
    for _ in range(max_rounds):
        outside = (current > high * (1 + 1e-12)) | (current < low * (1 - 1e-12))
        if not outside.any():
            return current
        fixed |= outside
        current = np.clip(current, low, high)
        free = ~fixed
        if not free.any():
            # everything sits on a bound: the rest is shared by those that have room
            missing = total - times @ current
            room = high - current if missing > 0 else current - low
            return np.asarray(current + missing * room / (times @ room), dtype=np.float64)
        current[free] *= (total - times[fixed] @ current[fixed]) / (times[free] @ current[free])
    raise InputError(f"Trimming settles within {max_rounds} rounds.", found=name, fix="Widen the bounds.", where="trim")


def _table(levels: pd.DataFrame, codes: Codes, before: Floats, after: Floats) -> pd.DataFrame:
    rows = []
    for cell in range(len(levels)):
        b, a = before[codes == cell], after[codes == cell]
        rows.append(
            {
                "n": len(a),
                "trimmed": int((a < b * (1 - 1e-12)).sum()),
                "sum": float(a.sum()),
                "before": float(b.max()),
                "max": float(a.max()),
                "cv": float(a.std() / a.mean()),
                "deff": kish_deff(a),
                "n_effective": kish_effective(a),
            }
        )
    return pd.concat([levels.reset_index(drop=True), pd.DataFrame(rows)], axis=1)
