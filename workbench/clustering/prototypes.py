"""k-prototypes: groups of customers described by numbers and categories at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from workbench.clustering.categories import Codes, one_hot
from workbench.clustering.feature_rules import Floats
from workbench.clustering.kmeans import Labels
from workbench.clustering.scorers import Prototypes
from workbench.core.language import message
from workbench.core.progress import tracked

_WHOLE: Final = 10_000
_PART: Final = 4_000
_FINISHED: Final = 3
_MOST_STEPS: Final = 200


@dataclass(frozen=True, eq=False)
class MixedPartition:
    """Groups of rows of numbers and categories: labels, prototypes, and the sum of the costs."""

    labels: Labels
    prototypes: Prototypes
    within: float


def mismatch_weight(values: Floats, codes: Codes) -> float:
    """Return what a mismatch should cost: mean variance of the numbers over mean spread of the categories.

    The spread of a category is 1 − Σ p². Source: Szepannek (2018), R Journal 10(2), 200–208 (``lambdaest``).

    Examples
    --------
    >>> mismatch_weight(np.array([[0.0], [2.0]]), np.array([[0], [1]]))
    4.0
    """
    if not values.shape[1] or not codes.shape[1]:
        return 1.0
    spreads = []
    for column in codes.T:
        share = np.bincount(column + 1) / len(column)
        spreads.append(1 - float(share @ share))
    mean = float(np.mean(spreads))
    return float(values.var(axis=0, ddof=1).mean()) / mean if mean > 0 else 1.0


def k_prototypes(
    values: Floats,
    codes: Codes,
    k: int,
    *,
    levels: tuple[int, ...],
    gamma: float | None = None,
    seed: int,
    starts: int = 20,
    weights: Floats | None = None,
) -> MixedPartition:
    """Split rows into `k` groups of least cost: squared distance to the mean plus `gamma` per mismatch with the mode.

    Parameters
    ----------
    values, codes
        Numbers and codes of categories (−1: missing, a level of its own) of each row.
    k
        Number of groups.
    levels
        Number of levels of each category.
    gamma
        Cost of a mismatch; `mismatch_weight` if None.
    seed, starts
        Starts are rows drawn with chances in proportion to their cost (k-means++); the best of `starts` wins.
    weights
        Weight of each row.

    Notes
    -----
    Huang (1998), Data Mining and Knowledge Discovery 2, 283–304. With categories as columns of 0 and 1 both parts of
    the cost of all rows and groups are one matrix product. More than 10,000 rows are started on a part of 4,000.

    Examples
    --------
    >>> numbers, codes = np.array([[0.0], [0.1], [9.0]]), np.array([[0], [0], [1]])
    >>> found = k_prototypes(numbers, codes, 2, levels=(2,), seed=1)
    >>> bool(found.labels[0] == found.labels[1] != found.labels[2])
    True
    """
    rng = np.random.default_rng(seed)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)
    cost = mismatch_weight(values, codes) if gamma is None else float(gamma)
    dummies = one_hot(codes, levels)
    rows = np.concatenate([values, dummies], axis=1)
    part = slice(0, None, -(-len(rows) // _PART) if len(rows) > _WHOLE else 1)
    tried = []
    for _ in tracked(range(starts), message("Trying several starts")):
        first = _seeds(rows[part], values.shape[1], cost, k, weight[part], rng)
        tried.append(_lloyd(rows[part], first, values.shape[1], levels, cost, weight[part]))
    tried.sort(key=lambda t: t[2])
    done = [_lloyd(rows, t[1], values.shape[1], levels, cost, weight) for t in tried[:_FINISHED]]
    labels, centres, within = min(done, key=lambda t: t[2])
    modes = _modes(centres[:, values.shape[1] :], levels)
    made = Prototypes(centres[:, : values.shape[1]], modes, levels, cost)
    return MixedPartition(labels, made, within)


def _costs(rows: Floats, centres: Floats, numbers: int, gamma: float, categories: int) -> Floats:
    turned = np.concatenate([2 * centres[:, :numbers], gamma * centres[:, numbers:]], axis=1)
    constant = (centres[:, :numbers] ** 2).sum(axis=1) + gamma * categories
    return np.asarray(constant - rows @ turned.T)


def _lloyd(
    rows: Floats, centres: Floats, numbers: int, levels: tuple[int, ...], gamma: float, weights: Floats
) -> tuple[Labels, Floats, float]:
    k, squares = len(centres), (rows[:, :numbers] ** 2).sum(axis=1)
    within = np.inf
    labels = np.zeros(len(rows), dtype=np.int64)
    for _ in range(_MOST_STEPS):
        cost = _costs(rows, centres, numbers, gamma, len(levels))
        labels = cost.argmin(axis=1)
        apart = cost[np.arange(len(rows)), labels] + squares
        total = float(weights @ apart)
        if total >= within * (1 - 1e-12) - 1e-300:
            break
        within = total
        # groups as rows of 0 and 1, so that all sums are one product
        member = np.zeros((len(rows), k))
        member[np.arange(len(rows)), labels] = weights
        sums, mass = member.T @ rows, member.sum(axis=0)
        moved = sums / np.maximum(mass, 1e-300)[:, None]
        moved[:, numbers:] = one_hot(_modes(sums[:, numbers:], levels), levels)
        for empty in np.flatnonzero(mass <= 0):
            far = int(np.argmax(apart))
            moved[empty], apart[far] = rows[far], -np.inf
        centres = moved
    return labels, centres, within


def _modes(sums: Floats, levels: tuple[int, ...]) -> Codes:
    found, at = [], 0
    for n in levels:
        place = sums[:, at : at + n + 1].argmax(axis=1)
        found.append(np.where(place == n, -1, place))
        at += n + 1
    return np.column_stack(found) if found else np.empty((len(sums), 0), dtype=np.int64)


def _seeds(rows: Floats, numbers: int, gamma: float, k: int, weights: Floats, rng: np.random.Generator) -> Floats:
    chosen = [int(np.searchsorted(np.cumsum(weights), rng.random() * weights.sum()))]
    apart = np.full(len(rows), np.inf)
    for _ in range(1, k):
        last = rows[min(chosen[-1], len(rows) - 1)]
        other = (np.abs(rows[:, numbers:] - last[numbers:])).sum(axis=1) / 2
        np.minimum(apart, ((rows[:, :numbers] - last[:numbers]) ** 2).sum(axis=1) + gamma * other, out=apart)
        grown = np.cumsum(apart * weights)
        chosen.append(int(np.searchsorted(grown, rng.random() * grown[-1], side="right")))
    return rows[np.minimum(chosen, len(rows) - 1)].copy()
