"""Strata of one unit, joined with others for the variance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.checks import Codes, Floats, level_codes, number_column
from workbench.core.errors import InputError
from workbench.estimation.design import PAIRS, Design
from workbench.estimation.stage import Stage


def collapsed(data: pd.DataFrame, design: Design, stage: Stage, where: str) -> Stage:
    r"""Return the first stage with its strata joined into groups, or the units of a systematic sample into pairs.

    Parameters
    ----------
    data
        The rows.
    design
        A design with `collapse`.
    stage
        Its first stage.
    where
        What the table is called in an error.

    Raises
    ------
    InputError
        If a stratum is in several groups, or has several sizes.

    Notes
    -----
    :math:`\sum_g (1 - f_g) \frac{L_g}{L_g - 1} \sum_{h \in g} (t_h - a_h t_g)^2` with L_g units in group g and
    :math:`a_h = 1 / L_g`, or :math:`A_h / A_g` by the strata's sizes: Wolter, Introduction to Variance Estimation (2nd
    ed., 2007), eq. 2.5.2; Hansen, Hurwitz and Madow (1953).

    Examples
    --------
    >>> from workbench.estimation import estimate_total
    >>> data = pd.DataFrame({"y": [1.0, 3.0, 10.0, 14.0], "place": [1, 2, 3, 4]})
    >>> estimate_total(data, "y", Design(order="place", collapse="pairs")).table["std_error"].item() ** 2
    20.000000000000004
    """
    if design.collapse == PAIRS:
        return _pairs(stage)
    assert design.collapse is not None
    group, names = level_codes(data, [design.collapse], where=where)
    strata, units = len(stage.taken), len(stage.parent)
    unit = np.arange(units) if stage.unit is None else stage.unit
    home = stage.parent[unit]
    of_stratum = _constant(home, group.astype(np.float64), strata, design.collapse, "group", where).astype(np.int64)
    parent = of_stratum[stage.parent]
    taken = np.bincount(parent, minlength=len(names)).astype(np.int64)
    # a stratum's population is what it drew over its share
    known = stage.fraction > 0
    population = np.where(known, stage.taken / np.where(known, stage.fraction, 1.0), np.inf)
    size = np.bincount(of_stratum, np.where(known, population, 0.0), minlength=len(names))
    open_ = np.bincount(of_stratum, ~known, minlength=len(names)) > 0
    fraction = np.where(open_, 0.0, taken / np.where(size > 0, size, 1.0))
    share = None
    if design.collapse_size is not None:
        sizes = number_column(data, design.collapse_size, where=where)
        each = _constant(home, sizes, strata, design.collapse_size, "size", where)
        share = each[stage.parent] / np.bincount(parent, each[stage.parent], minlength=len(names))[parent]
    return replace(stage, parent=parent, taken=taken, fraction=fraction, names=names, share=share)


def _pairs(stage: Stage) -> Stage:
    assert stage.order is not None
    parent = stage.parent[stage.order]
    starts = np.searchsorted(parent, parent)
    place = np.arange(len(parent)) - starts
    # the last of an odd number goes to the pair before it
    pair = np.minimum(place // 2, np.maximum(stage.taken[parent] // 2 - 1, 0))
    _, group = np.unique(parent * (len(parent) + 1) + pair, return_inverse=True)
    joined = np.empty(len(parent), dtype=np.int64)
    joined[stage.order] = group
    first = np.zeros(int(group.max()) + 1, dtype=np.int64)
    first[group] = parent
    return replace(
        stage,
        parent=joined,
        taken=np.bincount(joined).astype(np.int64),
        fraction=stage.fraction[first],
        names=stage.names.iloc[first].reset_index(drop=True),
        order=None,
    )


def _constant(home: Codes, values: Floats, strata: int, column: str, what: str, where: str) -> Floats:
    low, high = np.full(strata, np.inf), np.full(strata, -np.inf)
    np.minimum.at(low, home, values)
    np.maximum.at(high, home, values)
    wrong = int((~(low == high)).sum())
    if wrong or (what == "size" and not (low > 0).all()):
        raise InputError(
            f"A stratum that is joined with others has one {what}, the same in all of its rows.",
            found=f"{column!r}: {wrong} strata with several or none"
            if wrong
            else f"{column!r}: {float(low.min()):g} as a size",
            fix=f"Give every row the {what} of its stratum.",
            where=where,
        )
    return low
