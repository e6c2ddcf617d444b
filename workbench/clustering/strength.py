"""Prediction strength: whether two halves of the customers fall into the same groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.clustering.feature_rules import Floats
from workbench.clustering.kmeans import Labels, k_means

ENOUGH = 0.8


def prediction_strength(values: Floats, ks: Sequence[int], *, splits: int = 20, starts: int = 3, seed: int) -> Floats:
    """Return the prediction strength of each number of groups, from 0 to 1.

    The rows are split into two halves; each is clustered, and each half's rows are given the groups of the other half's
    nearest centres. In each group of one half: the share of its pairs that stay together. The worst group counts; the
    mean over both halves and all splits is returned. The largest k above 0.8 is well supported.

    Parameters
    ----------
    values
        Rows × features.
    ks
        Numbers of groups.
    splits
        Number of random splits.
    starts
        Starts of k-means.
    seed
        Seed of the splits and starts.

    Notes
    -----
    Source: Tibshirani & Walther (2005), J. Comp. Graph. Statistics 14(3), 511–528, eq. 2.1.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> two = np.concatenate([rng.normal(0, 1, (60, 2)), rng.normal(9, 1, (60, 2))])
    >>> prediction_strength(two, [2, 3], splits=5, seed=1).round(1).tolist()[0]
    1.0
    """
    rng = np.random.default_rng(seed)
    found = np.zeros(len(ks))
    for s in range(splits):
        order = rng.permutation(len(values))
        halves = values[order[: len(values) // 2]], values[order[len(values) // 2 :]]
        for i, k in enumerate(ks):
            parts = [k_means(h, k, seed=seed + s, starts=starts, finish="none") for h in halves]
            for own, other, half in ((0, 1, halves[0]), (1, 0, halves[1])):
                centres = parts[other].centres
                given = ((centres**2).sum(axis=1) - 2 * half @ centres.T).argmin(axis=1)
                found[i] += together(parts[own].labels, given, k) / (2 * splits)
    return found


def together(own: Labels, given: Labels, k: int) -> float:
    """Return the least share, over groups, of the pairs of a group that stay together in the groups given to them.

    Examples
    --------
    >>> together(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 1]), 2)
    0.0
    """
    counts = np.bincount(own * k + given, minlength=k * k).reshape(k, k).astype(float)
    sizes = counts.sum(axis=1)
    pairs = (counts * (counts - 1)).sum(axis=1)
    several = sizes > 1
    return float((pairs[several] / (sizes[several] * (sizes[several] - 1))).min()) if several.any() else 0.0
