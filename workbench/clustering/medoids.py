"""Gower's distance and partitioning around medoids: groups around typical customers, whatever they are described by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.clustering.categories import Codes
from workbench.clustering.feature_rules import Floats
from workbench.clustering.kmeans import Labels

MOST_ROWS = 4_000


def gower_ranges(values: Floats) -> Floats:
    """Return the range of each column of numbers; 1 where it is constant.

    Examples
    --------
    >>> gower_ranges(np.array([[1.0, 5.0], [3.0, np.nan]])).tolist()
    [2.0, 1.0]
    """
    if not values.shape[1]:
        return np.empty(0)
    found = np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
    return np.where(found > 0, found, 1.0)


def gower(values: Floats, codes: Codes, ranges: Floats) -> Floats:
    """Return Gower's distance between all pairs of rows.

    The mean over the columns that both rows have of |difference| / range (numbers) and 0 or 1 (categories).
    Source: Gower (1971), Biometrics 27, 857–871.

    Examples
    --------
    >>> gower(np.array([[0.0], [4.0]]), np.array([[1], [-1]]), np.array([8.0])).tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    n = len(values)
    total, known = np.zeros((n, n)), np.zeros((n, n))
    for column, width in zip(values.T, ranges, strict=True):
        apart = np.abs(column[:, None] - column[None, :]) / width
        there = ~np.isnan(apart)
        total += np.where(there, apart, 0.0)
        known += there
    for code in codes.T:
        there = (code >= 0)[:, None] & (code >= 0)[None, :]
        total += there & (code[:, None] != code[None, :])
        known += there
    return np.asarray(total / np.maximum(known, 1))


@dataclass(frozen=True, eq=False)
class MedoidPartition:
    """Groups around medoids: labels, the rows that are medoids, and the mean distance to them."""

    labels: Labels
    medoids: Labels
    objective: float


def partition_around_medoids(apart: Floats, k: int) -> MedoidPartition:
    """Choose `k` rows so that the mean distance of all rows to the nearest of them is least.

    Notes
    -----
    BUILD and SWAP of Kaufman & Rousseeuw (1990), Finding Groups in Data, ch. 2: the best of all swaps is made until
    none helps; nothing is random. All swaps are valued at once (Schubert & Rousseeuw 2021, Information Systems 101).

    Examples
    --------
    >>> line = np.array([0.0, 1.0, 2.0, 9.0, 10.0])
    >>> found = partition_around_medoids(np.abs(line[:, None] - line), 2)
    >>> found.medoids.tolist(), found.objective
    ([1, 3], 0.6)
    """
    n = len(apart)
    chosen = [int(apart.sum(axis=1).argmin())]
    nearest = apart[chosen[0]].copy()
    while len(chosen) < k:
        gain = np.maximum(nearest[None, :] - apart, 0).sum(axis=1)
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
        np.minimum(nearest, apart[chosen[-1]], out=nearest)
    medoids = np.array(chosen)
    while True:
        to = apart[medoids]
        rank = np.argsort(to, axis=0, kind="stable")
        own, first = rank[0], to[rank[0], np.arange(n)]
        second = to[rank[1], np.arange(n)] if k > 1 else np.full(n, np.inf)
        helps = np.minimum(apart - first, 0)
        shared = helps.sum(axis=1)
        change = np.empty((n, k))
        for i in range(k):
            mine = own == i
            leaves = np.minimum(apart[:, mine], second[mine]) - first[mine]
            change[:, i] = shared + (leaves - helps[:, mine]).sum(axis=1)
        change[medoids] = np.inf
        best = np.unravel_index(int(change.argmin()), change.shape)
        if change[best] >= -1e-12 * max(first.sum(), 1e-300):
            break
        medoids[best[1]] = best[0]
    order = np.argsort(medoids)
    medoids = medoids[order]
    labels = apart[medoids].argmin(axis=0)
    return MedoidPartition(labels, medoids, float(apart[medoids].min(axis=0).mean()))
