"""Base weights: one over the probability of having been asked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.checks import Floats, cell_name, level_codes, number_column
from workbench.core.errors import InputError, few_names
from workbench.core.language import message
from workbench.core.names import INCLUSION_PROBABILITY, STRATUM, STRATUM_POPULATION
from workbench.core.results import Note, Result
from workbench.weighting.result import Weights


def base_weights(sample: pd.DataFrame | Result) -> Weights:
    """Weigh each sampled customer with the number of customers of the frame that he or she stands for.

    The weight is 1/π where `sample` has a column ``inclusion_probability``; otherwise N_h / n_h from the columns
    ``stratum`` and ``stratum_population`` (a simple random sample in each stratum). A result of the sampling room is
    read through its ``.table``.

    Parameters
    ----------
    sample
        One row per sampled customer, before anybody answered.

    Returns
    -------
    Weights
        ``.table``: stratum (or ``all``), n, sum of weights, smallest and largest weight.

    Raises
    ------
    InputError
        If neither column is there, a probability is not above 0 and at most 1, or a stratum's population is below its
        sample.

    Notes
    -----
    Horvitz and Thompson (1952), Journal of the American Statistical Association 47, eq. 3.

    Examples
    --------
    >>> sample = pd.DataFrame({"stratum": ["a", "a", "b"], "stratum_population": [10, 10, 4]})
    >>> base_weights(sample).weights.tolist()
    [5.0, 5.0, 4.0]
    """
    data = sample.table if isinstance(sample, Result) else sample
    if len(data) == 0:
        raise InputError(
            "A sample has at least one customer.", found="an empty table", fix="Draw the sample first.", where="sample"
        )
    stratified = STRATUM in data.columns
    notes: tuple[Note, ...] = ()
    if INCLUSION_PROBABILITY in data.columns:
        probability = number_column(data, INCLUSION_PROBABILITY, where="sample")
        bad = ~((probability > 0) & (probability <= 1))
        if bad.any():
            raise InputError(
                "An inclusion probability is above 0 and at most 1.",
                found=f"{int(bad.sum())} rows outside, the first is row {int(bad.argmax()) + 1} "
                f"with {probability[bad.argmax()]}",
                fix="Use the probabilities the sampling step returned.",
                where="sample",
            )
        weights = 1.0 / probability
    elif stratified and STRATUM_POPULATION in data.columns:
        weights = _expansion(data)
        notes = (Note(message("Base weights are stratum population over stratum sample: no inclusion probabilities.")),)
    else:
        raise InputError(
            f"A sample has the column {INCLUSION_PROBABILITY!r}, or {STRATUM!r} and {STRATUM_POPULATION!r}.",
            found=f"columns {few_names(data.columns)}",
            fix="Pass the table the sampling step returned.",
            where="sample",
        )
    series = pd.Series(weights, index=data.index, name="base_weight")
    group = data[STRATUM] if stratified else pd.Series("all", index=data.index)
    table = (
        series.groupby(group.to_numpy(), sort=True)
        .agg(n="size", sum="sum", min="min", max="max")
        .rename_axis("stratum")
        .reset_index()
    )
    return Weights(weights=series, table=table, notes=notes)


def _expansion(data: pd.DataFrame) -> Floats:
    codes, levels = level_codes(data, [STRATUM], where="sample")
    population = number_column(data, STRATUM_POPULATION, where="sample")
    n = np.bincount(codes)
    low = np.full(len(levels), np.inf)
    high = np.full(len(levels), -np.inf)
    np.minimum.at(low, codes, population)
    np.maximum.at(high, codes, population)
    for row in range(len(levels)):
        if low[row] != high[row]:
            found = f"{cell_name(levels, row)}: populations from {low[row]:g} to {high[row]:g}"
        elif low[row] < n[row]:
            found = f"{cell_name(levels, row)}: population {low[row]:g}, sample {n[row]}"
        else:
            continue
        raise InputError(
            "A stratum has one population, at least as large as its sample.",
            found=found,
            fix="Correct the stratum's population, or remove customers that were drawn twice.",
            where="sample",
        )
    return np.asarray(population / n[codes], dtype=np.float64)


def equal_weights(data: pd.DataFrame) -> Weights:
    """Let every row count once, where nobody knows how rows were chosen: numbers then speak for these rows only.

    Parameters
    ----------
    data
        One row per answer.

    Returns
    -------
    Weights
        ``.table``: one row ``all`` with n, sum of weights, smallest and largest weight.

    Raises
    ------
    InputError
        If there are no rows.

    Examples
    --------
    >>> equal_weights(pd.DataFrame({"recommend": [9, 3]})).weights.tolist()
    [1.0, 1.0]
    """
    if len(data) == 0:
        raise InputError(
            "There is at least one answer.", found="a table without rows", fix="Wait for answers.", where="responses"
        )
    weights = pd.Series(1.0, index=data.index)
    table = pd.DataFrame({STRATUM: ["all"], "n": [len(data)], "sum": [float(len(data))], "min": [1.0], "max": [1.0]})
    note = Note(message("Every answer counts once: nothing says how these customers were chosen."))
    return Weights(weights=weights, table=table, notes=(note,))
