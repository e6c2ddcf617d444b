"""Variances of samples with unequal chances and without replacement, by size or otherwise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from workbench.core.checks import Codes, Floats, cell_name, number_column
from workbench.core.errors import InputError
from workbench.estimation.design import Design

CERTAIN = 1e-12


def unit_chances(data: pd.DataFrame, design: Design, weights: Floats, unit: Codes | None, where: str) -> Floats:
    """Return the chance of every first-stage unit: the design's column, else 1 / weight where that is below 1.

    Weights that make up for silence give the chance of having been drawn and of having answered.

    Raises
    ------
    InputError
        If a probability is above 1, or the rows of a unit have several.
    """
    if design.probability is None:
        chance = np.minimum(1.0 / np.maximum(weights, 1e-300), 1.0)
    else:
        chance = number_column(data, design.probability, where=where)
        if not ((chance > 0) & (chance <= 1)).all():
            raise InputError(
                "An inclusion probability is above 0 and at most 1.",
                found=f"from {np.nanmin(chance):g} to {np.nanmax(chance):g} in {design.probability!r}",
                fix="Name the column of probabilities with which units were drawn.",
                where=where,
            )
    if unit is None:
        return chance
    units = int(unit.max()) + 1
    low, high = np.full(units, np.inf), np.full(units, -np.inf)
    np.minimum.at(low, unit, chance)
    np.maximum.at(high, unit, chance)
    wrong = int((high - low > 1e-9).sum())
    if wrong:
        raise InputError(
            "A sampling unit has one probability.",
            found=f"{wrong} units with several",
            fix="Name the column with the probability of the unit as probability=.",
            where=where,
        )
    return low


def joint_chances(data: pd.DataFrame, matrix: pd.DataFrame | np.ndarray, where: str) -> Floats:
    """Return joint probabilities in the order of the rows: a table by the labels of the rows, an array as it is.

    Raises
    ------
    InputError
        If it is not square over the rows, a probability is not between 0 and 1, or pairs have two.
    """
    n = len(data)
    if isinstance(matrix, pd.DataFrame):
        absent = ~(data.index.isin(matrix.index) & data.index.isin(matrix.columns))
        if absent.any() or not (data.index.is_unique and matrix.index.is_unique and matrix.columns.is_unique):
            raise _joint_error(f"{int(absent.sum())} of {n} rows without theirs, or labels that repeat", where)
        joint = matrix.loc[data.index, data.index].to_numpy(dtype=float)
    else:
        joint = np.asarray(matrix, dtype=float)
    if joint.shape != (n, n) or not ((joint > 0) & (joint <= 1)).all() or not np.allclose(joint, joint.T):
        raise _joint_error(f"an array of shape {joint.shape} for {n} rows", where)
    return joint


def _joint_error(found: str, where: str) -> InputError:
    return InputError(
        "Joint probabilities are a symmetric table over all rows, above 0 and at most 1, with the chances as diagonal.",
        found=found,
        fix="Label rows and columns as the rows of the data, or give an array in their order.",
        where=where,
    )


def covariance_by_chances(
    totals: Floats,
    chance: Floats,
    stratum: Codes,
    rule: str,
    lonely: str,
    names: Callable[[int], str],
) -> Floats:
    r"""Estimate the covariance of totals of units that were drawn with unequal chances and without replacement.

    Parameters
    ----------
    totals
        Weighted totals of the units, units x variables.
    chance
        Chance of each unit; those with 1 are in every sample and bring no variance.
    stratum
        Stratum of each unit.
    rule
        ``hajek``, ``brewer`` or ``poisson``.
    lonely
        What a stratum with one uncertain unit contributes; see `Design`.
    names
        Names of the strata, for messages.

    Returns
    -------
    ndarray
        Variables x variables.

    Raises
    ------
    InputError
        If a stratum has one uncertain unit and `lonely` is ``fail``.

    Notes
    -----
    With m units of chance below 1 in a stratum and weighted totals z (Hájek 1964, Annals of Mathematical Statistics 35,
    1491–1523; Rosén 1997, J. Stat. Planning and Inference 62; Brewer and Donadio 2003, Survey Methodology 29, eq. 18):

    :math:`\frac{m}{m-1} \sum (1-\pi_k)(z_k - B)^2`, where B is the mean of z weighted by :math:`1-\pi_k` (``hajek``) or
    the plain mean (``brewer``); :math:`\sum (1-\pi_k) z_k^2` where every unit decides alone (``poisson``).

    Examples
    --------
    >>> z, pi = np.array([[8.0], [4.0], [100.0]]), np.array([0.5, 0.5, 1.0])
    >>> covariance_by_chances(z, pi, np.array([0, 0, 0]), "hajek", "fail", str).tolist()
    [[8.0]]
    """
    free = 1.0 - chance
    open_ = free > CERTAIN
    if rule == "poisson":
        return np.asarray((totals * free[:, None]).T @ totals)
    z, share, home = totals[open_], free[open_], stratum[open_]
    strata = int(stratum.max()) + 1
    many = np.bincount(home, minlength=strata)
    alone = np.flatnonzero(many == 1)
    if len(alone) and lonely == "fail":
        raise InputError(
            "Every stratum has at least two units that are not taken for certain, or none.",
            found=f"{len(alone)} with one: " + "; ".join(names(int(h)) for h in alone[:5]),
            fix="Combine strata that are alike, or choose lonely_psu='certainty', 'adjust' or 'average' knowingly.",
            where="Design",
        )
    part = share if rule == "hajek" else np.ones(len(share))
    whole = np.bincount(home, part, minlength=strata)
    sums = np.column_stack([np.bincount(home, part * column, minlength=strata) for column in z.T])
    mean = sums / np.maximum(whole, CERTAIN)[:, None]
    if lonely == "adjust":
        mean[alone] = 0.0
    scale = np.where(many > 1, many / np.maximum(many - 1, 1), 1.0)
    centred = z - mean[home]
    found = np.asarray((centred * (scale[home] * share)[:, None]).T @ centred)
    if lonely == "average" and len(alone):
        there = int((many > 0).sum())
        found *= there / max(there - len(alone), 1)
    return found


def covariance_by_pairs(totals: Floats, joint: Floats) -> Floats:
    r"""Estimate the covariance of totals from the chances of all pairs, for samples of a fixed size.

    Parameters
    ----------
    totals
        Weighted totals of the units, units x variables.
    joint
        Joint probabilities of the units; the diagonal holds their own.

    Notes
    -----
    Sen, Yates and Grundy: :math:`-\frac12 \sum_{k,l} \frac{\pi_{kl} - \pi_k \pi_l}{\pi_{kl}} (z_k - z_l)^2` (Särndal,
    Swensson and Wretman 1992, eq. 2.8.9).

    Examples
    --------
    >>> pi = np.array([[0.5, 0.2], [0.2, 0.5]])
    >>> round(covariance_by_pairs(np.array([[8.0], [4.0]]), pi).item(), 6)
    4.0
    """
    own = np.diag(joint)
    apart = (np.outer(own, own) - joint) / joint
    np.fill_diagonal(apart, 0.0)
    return np.asarray((totals * apart.sum(axis=1)[:, None]).T @ totals - totals.T @ apart @ totals)


def open_degrees(chance: Floats, stratum: Codes, units: np.ndarray | None) -> Floats:
    r"""Return the degrees of freedom of a variance under unequal chances, for each domain.

    Units count as many as equal ones that would give as steady a variance, less the strata; those taken for certain do
    not count. Counting units alone, intervals of NPS in regions of a sample by size cover 84 to 94 % instead of 95 %;
    so they cover 94 to 96 % (``docs/coverage_by_size.md``).

    Parameters
    ----------
    chance, stratum
        Of each unit.
    units
        Units x domains: whether a unit has rows in a domain; None for one domain of all.

    Notes
    -----
    :math:`\sum_h [(\sum d^2)^2 / \sum d^4 - 1]` over the weights d = 1/π of a stratum, units minus one where equal:
    Satterthwaite (1946), Biometrics Bulletin 2, 110–114, for a sum of squares with these weights.

    Examples
    --------
    >>> open_degrees(np.array([1.0, 0.5, 0.5, 0.5]), np.array([0, 0, 0, 0]), None).tolist()
    [2.0]
    >>> open_degrees(np.array([1.0, 0.5, 0.5, 0.1]), np.array([0, 0, 0, 0]), None).round(2).tolist()
    [0.16]
    """
    there = (chance < 1 - CERTAIN)[:, None]
    there = there if units is None else units & there
    rows, domain = np.nonzero(there)
    domains = there.shape[1]
    key, size = stratum[rows] * domains + domain, (int(stratum.max()) + 1) * domains
    square = 1.0 / chance[rows] ** 2
    sums, fourth = np.bincount(key, square, minlength=size), np.bincount(key, square**2, minlength=size)
    steady = np.where(fourth > 0, sums**2 / np.where(fourth > 0, fourth, 1.0) - 1.0, 0.0)
    return np.asarray(steady.reshape(-1, domains).sum(axis=0), dtype=float)


def stratum_namer(names: pd.DataFrame) -> Callable[[int], str]:
    """Return a function that names a stratum by its number."""
    return lambda h: cell_name(names, h)
