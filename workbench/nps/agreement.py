"""Krippendorff's alpha, which says whether raters or items agree."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from workbench.core.checks import Floats
from workbench.core.errors import InputError

Level = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff_alpha(ratings: Floats, *, level: Level = "ordinal") -> float:
    """Return Krippendorff's alpha of ratings with missing values.

    Parameters
    ----------
    ratings
        Raters (or items) x units, NaN where there is no rating. Units with fewer than two ratings say nothing.
    level
        Level of measurement: ``nominal``, ``ordinal``, ``interval`` or ``ratio``.

    Returns
    -------
    float
        1 for full agreement, 0 for what chance gives; missing where all ratings are the same.

    Raises
    ------
    InputError
        If no unit has two ratings, or the level is unknown.

    Notes
    -----
    Krippendorff (2011), Computing Krippendorff's alpha-reliability, sections C and D: α = 1 - D_o / D_e from the
    matrix of coincidences.

    Examples
    --------
    >>> krippendorff_alpha(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]))
    1.0
    """
    if level not in get_args(Level):
        raise InputError(
            f"The level is one of {', '.join(get_args(Level))}.", found=repr(level), fix="Choose one.", where="level"
        )
    known = ~np.isnan(ratings)
    paired = known.sum(axis=0) >= 2
    if not paired.any():
        raise InputError(
            "At least one unit has two ratings.", found="none", fix="Pass raters x units.", where="ratings"
        )
    ratings, known = ratings[:, paired], known[:, paired]
    values = np.unique(ratings[known])
    counts = np.array([((ratings == v) & known).sum(axis=0) for v in values], dtype=float)
    size = counts.sum(axis=0)
    coincidence = (counts / (size - 1)) @ counts.T - np.diag((counts / (size - 1)).sum(axis=1))
    margin = coincidence.sum(axis=1)
    distance = _distance(values, margin, level)
    observed = float((coincidence * distance).sum())
    expected = float((np.outer(margin, margin) - np.diag(margin)).ravel() @ distance.ravel()) / (margin.sum() - 1)
    return float(1 - observed / expected) if expected > 0 else float("nan")


def _distance(values: Floats, margin: Floats, level: str) -> Floats:
    a, b = values[:, None], values[None, :]
    if level == "nominal":
        return np.asarray(a != b, dtype=np.float64)
    if level == "interval":
        return np.asarray((a - b) ** 2, dtype=np.float64)
    if level == "ratio":
        total = np.where(a + b == 0, 1.0, a + b)
        return np.asarray(((a - b) / total) ** 2, dtype=np.float64)
    below = np.cumsum(margin) - margin / 2
    return np.asarray((below[:, None] - below[None, :]) ** 2, dtype=np.float64)
