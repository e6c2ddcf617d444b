"""How many segments, judged by the method that forms them and by its own distance: mixed data, mixtures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from workbench.clustering.criteria import distances, silhouette
from workbench.clustering.feature_rules import Floats
from workbench.clustering.medoids import gower, gower_ranges
from workbench.clustering.methods import METHODS, Fit, Method, Prepared
from workbench.clustering.null_data import Cloud
from workbench.clustering.prototypes import mismatch_weight
from workbench.clustering.strength import together
from workbench.core.language import message
from workbench.core.progress import tracked

ROWS: Final = 400  # medoids look at all pairs
_NULLS: Final = 24
_SPLITS: Final = 8
_STARTS: Final = 3


@dataclass(frozen=True, eq=False)
class Judged:
    """What a method's own criteria say.

    Attributes
    ----------
    table
        ``k``, ``explained``, ``silhouette``, ``silhouette_null``, ``prediction_strength``.
    widths
        Silhouette of each number of groups.
    nulls
        The same in data without groups, one row per data set.
    strength
        Prediction strength.
    """

    table: pd.DataFrame
    widths: Floats
    nulls: Floats
    strength: Floats


def own_distances(ready: Prepared, method: Method) -> Floats:
    """Return the distance between all pairs of rows that a method divides by.

    Gower's for medoids; for k-prototypes the root of its cost, squared differences plus γ per mismatch; else Euclid's.

    Examples
    --------
    >>> from workbench.clustering.methods import Prepared
    >>> two = Prepared((), np.array([[0.0], [3.0]]), (), np.empty((2, 0), dtype=np.int64))
    >>> own_distances(two, "gaussian_mixture").tolist()
    [[0.0, 3.0], [3.0, 0.0]]
    """
    if method == "gower_pam":
        return gower(ready.values, ready.codes, gower_ranges(ready.values))
    apart = distances(ready.values) if ready.values.shape[1] else np.zeros((len(ready), len(ready)))
    if method != "kprototypes":
        return apart
    mismatches = np.zeros_like(apart)
    for code in ready.codes.T:
        mismatches += code[:, None] != code[None, :]
    return np.asarray(np.sqrt(apart**2 + mismatch_weight(ready.values, ready.codes) * mismatches))


def without_groups(ready: Prepared, rng: np.random.Generator) -> Prepared:
    """Return rows like these without groups: numbers of one cloud, categories independent of them and of each other.

    Every feature keeps its distribution, however coarse; missing numbers stay as many.

    Examples
    --------
    >>> rows = Prepared((), np.random.default_rng(1).normal(size=(50, 1)), (), np.zeros((50, 1), dtype=np.int64))
    >>> len(without_groups(rows, np.random.default_rng(2)))
    50
    """
    n = len(ready)
    codes = np.column_stack([rng.permutation(c) for c in ready.codes.T]) if ready.codes.shape[1] else ready.codes
    if not ready.values.shape[1]:
        return Prepared(ready.rules, ready.values, ready.categories, codes)
    missing = np.isnan(ready.values)
    known = np.where(missing, np.nanmedian(ready.values, axis=0), ready.values)
    made = Cloud.of(known).draw(n, rng)
    for column in np.flatnonzero(missing.any(axis=0)):
        made[rng.permutation(n) < missing[:, column].sum(), column] = np.nan
    return Prepared(ready.rules, made, ready.categories, codes)


def judge_method(ready: Prepared, ks: Sequence[int], method: Method, *, seed: int) -> Judged:
    """Compute what tells how many groups there are, with a method's own partitions and distances.

    Parameters
    ----------
    ready
        Features; the first 400 rows are used.
    ks
        Numbers of groups.
    method
        One of `METHODS`.
    seed
        Seed of starts, splits and data without groups.

    Notes
    -----
    Silhouette (Rousseeuw 1987) from the method's distances; the same in 24 data sets without groups; prediction
    strength (Tibshirani & Walther 2005), a half's rows given to the groups of the other half by its scorer.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> values = np.concatenate([rng.normal(0, 1, (60, 2)), rng.normal(9, 1, (60, 2))])
    >>> rows = Prepared((), values, (), np.empty((120, 0), dtype=np.int64))
    >>> judge_method(rows, [2, 3], "gaussian_mixture", seed=1).strength.round(1).tolist()[0]
    1.0
    """
    rows = ready.part(np.arange(min(len(ready), ROWS)))
    apart = own_distances(rows, method)
    fits = {k: _fitted(rows, k, method, seed) for k in ks}
    widths = np.array([silhouette(apart, fits[k].labels) for k in ks])
    nulls, rng = np.empty((_NULLS, len(ks))), np.random.default_rng(seed)
    for b in tracked(range(_NULLS), message("Segmenting data without groups")):
        made = without_groups(rows, rng)
        between = own_distances(made, method)
        nulls[b] = [silhouette(between, _fitted(made, k, method, seed + b).labels) for k in ks]
    strength = _strength(rows, ks, method, seed)
    table = pd.DataFrame(
        {
            "k": list(ks),
            "explained": [float(fits[k].explained) for k in ks],
            "silhouette": widths,
            "silhouette_null": nulls.mean(axis=0),
            "prediction_strength": strength,
        }
    )
    return Judged(table, widths, nulls, strength)


def _fitted(rows: Prepared, k: int, method: Method, seed: int) -> Fit:
    return METHODS[method](rows, k, seed, _STARTS, None)


def _strength(rows: Prepared, ks: Sequence[int], method: Method, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    found = np.zeros(len(ks))
    for s in range(_SPLITS):
        order = rng.permutation(len(rows))
        halves = rows.part(order[: len(rows) // 2]), rows.part(order[len(rows) // 2 :])
        for i, k in enumerate(ks):
            parts = [_fitted(h, k, method, seed + s) for h in halves]
            for own, other in ((0, 1), (1, 0)):
                given = parts[other].scorer.costs(halves[own].values, halves[own].codes).argmin(axis=1)
                found[i] += together(parts[own].labels, given, k) / (2 * _SPLITS)
    return found
