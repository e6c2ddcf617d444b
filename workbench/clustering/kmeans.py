"""k-means with many starts side by side: the same result on any machine and any number of threads.

Many rows are first clustered on an even part of them; the best starts are then finished on all rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from workbench.clustering.feature_rules import Floats

Labels = npt.NDArray[np.int64]

_WHOLE: Final = 10_000  # rows from which starts are tried on a part
_PART: Final = 4_000
_FINISHED, _FINISHED_OF_MANY = 6, 2
_MOST_STEPS: Final = 300
_MOST_MOVES: Final = 300
_GAIN, _GAIN_OF_MANY, _GAIN_ROUGH = 1e-10, 1e-7, 1e-5


@dataclass(frozen=True, eq=False)
class Partition:
    """Groups of rows.

    Attributes
    ----------
    labels
        Group of each row, 0 … k − 1.
    centres
        Mean of each group.
    within
        Sum of squared distances to the centres.
    """

    labels: Labels
    centres: Floats
    within: float


def k_means(
    values: Floats,
    k: int,
    *,
    seed: int,
    starts: int = 10,
    weights: Floats | None = None,
    finish: Literal["moves", "none", "rough"] = "moves",
) -> Partition:
    """Split rows into `k` groups of least within-sum of squares, best of `starts` starts.

    Parameters
    ----------
    values
        Rows × features.
    k
        Number of groups.
    seed
        Seed of the starts (k-means++, Arthur & Vassilvitskii 2007).
    starts
        Number of starts.
    weights
        Weight of each row.
    finish
        ``moves`` refines the best starts by moving single rows, where there are at most 10,000; ``rough`` stops where
        a step gains less than a hundred-thousandth, for many repetitions.

    Notes
    -----
    Lloyd's algorithm; a group that runs empty restarts at the row farthest from its centre. Single rows are moved by
    the criterion of Hartigan & Wong (1979), Applied Statistics 28(1), 100–108.

    Examples
    --------
    >>> k_means(np.array([[0.0], [0.1], [9.0]]), 2, seed=1).labels.tolist() in ([0, 0, 1], [1, 1, 0])
    True
    """
    rng = np.random.default_rng(seed)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)
    gain = _GAIN_ROUGH if finish == "rough" else None
    if len(values) <= _WHOLE:
        tried = lloyd(values, _seeds(values, weight, k, starts, rng), weight, gain=gain)
        best = np.argsort(tried[2], kind="stable")[:_FINISHED]
        done = (
            [_refined(values, tried[0][b], weight, k) for b in best]
            if finish == "moves"
            else [tuple(v[[b]] for v in tried) for b in best[:1]]
        )
    else:
        part = slice(0, None, -(-len(values) // _PART))
        tried = lloyd(values[part], _seeds(values[part], weight[part], k, starts, rng), weight[part])
        best = np.argsort(tried[2], kind="stable")[:_FINISHED]
        finalists = best[: 1 if gain else _FINISHED_OF_MANY]
        done = [lloyd(values, tried[1][[b]], weight, gain=gain) for b in finalists]
    labels, centres, within = (np.concatenate(v) for v in zip(*done, strict=True))
    top = int(np.argmin(within))
    return Partition(labels[top], centres[top], float(within[top]))


def lloyd(
    values: Floats, centres: Floats, weights: Floats, *, gain: float | None = None
) -> tuple[Labels, Floats, Floats]:
    """Improve several sets of centres (starts × k × features) side by side until nothing moves.

    Returns
    -------
    tuple
        Labels (starts × rows), centres, and within-sums of each start.
    """
    centres = centres.copy()
    starts, k, features = centres.shape
    squares = (values**2).sum(axis=1)
    within = np.full(starts, np.inf)
    labels = np.zeros((starts, len(values)), dtype=np.int64)
    active = np.arange(starts)
    weighted = np.ascontiguousarray((values * weights[:, None]).T)
    least_gain = gain or (_GAIN if len(values) <= _WHOLE else _GAIN_OF_MANY)
    for _ in range(_MOST_STEPS):
        nearest, least = _nearest(values, centres[active])
        apart = np.maximum(least + squares, 0)
        total = apart @ weights
        moving = total < within[active] * (1 - least_gain)
        labels[active], within[active] = nearest, np.minimum(total, within[active])
        active, nearest, apart = active[moving], nearest[moving], apart[moving]
        if not len(active):
            break
        place = (nearest + k * np.arange(len(active))[:, None]).ravel()
        mass = np.bincount(place, np.tile(weights, len(active)), len(active) * k)
        sums = np.stack([np.bincount(place, np.tile(w, len(active)), len(active) * k) for w in weighted], axis=1)
        moved = (sums / np.maximum(mass, 1e-300)[:, None]).reshape(len(active), k, features)
        for s, empty in np.argwhere(mass.reshape(len(active), k) <= 0):
            far = int(np.argmax(apart[s]))
            moved[s, empty], apart[s, far] = values[far], 0.0
        centres[active] = moved
    return labels, centres, within


def _refined(values: Floats, labels: Labels, weights: Floats, k: int) -> tuple[Labels, Floats, Floats]:
    # one row at a time to where it lowers the within-sum most, then Lloyd once more
    labels = labels.copy()
    mass = np.bincount(labels, weights, k)
    sums = np.stack([np.bincount(labels, weights * column, k) for column in values.T], axis=1)
    rows = np.arange(len(values))
    for _ in range(_MOST_MOVES if k > 1 else 0):
        centres = sums / np.maximum(mass, 1e-300)[:, None]
        apart = (centres**2).sum(axis=1)[:, None] - 2 * centres @ values.T + (values**2).sum(axis=1)
        cost = apart * (mass[:, None] / (mass[:, None] + weights))
        alone = mass[labels] <= weights
        own = np.where(alone, 0.0, apart[labels, rows] * mass[labels] / np.where(alone, 1.0, mass[labels] - weights))
        cost[labels, rows] = np.inf
        gain = (own - cost.min(axis=0)) * weights
        row = int(np.argmax(gain))
        if gain[row] <= 1e-12 * abs(own[row]):
            break
        old, new = labels[row], int(np.argmin(cost[:, row]))
        labels[row] = new
        mass[old], mass[new] = mass[old] - weights[row], mass[new] + weights[row]
        sums[old], sums[new] = sums[old] - weights[row] * values[row], sums[new] + weights[row] * values[row]
    centres = sums / np.maximum(mass, 1e-300)[:, None]
    within = float(weights @ ((values - centres[labels]) ** 2).sum(axis=1))
    return labels[None], centres[None], np.array([within])


def _nearest(values: Floats, centres: Floats) -> tuple[Labels, Floats]:
    starts, k, features = centres.shape
    lengths = (centres**2).sum(axis=2)
    product = (centres.reshape(starts * k, features) @ values.T).reshape(starts, k, len(values))
    best = lengths[:, 0, None] - 2 * product[:, 0]
    labels = np.zeros(best.shape, dtype=np.int32)
    for j in range(1, k):
        other = lengths[:, j, None] - 2 * product[:, j]
        np.putmask(labels, other < best, j)
        np.minimum(best, other, out=best)
    return labels.astype(np.int64), best


def _seeds(values: Floats, weights: Floats, k: int, starts: int, rng: np.random.Generator) -> Floats:
    grown = np.cumsum(weights)
    rows = np.arange(starts)
    first = np.minimum(np.searchsorted(grown, rng.random(starts) * grown[-1]), len(values) - 1)
    centres = np.empty((starts, k, values.shape[1]))
    centres[:, 0] = values[first]
    apart = np.full((starts, len(values)), np.inf)
    for j in range(1, k):
        np.minimum(apart, ((values[None] - centres[:, j - 1, None]) ** 2).sum(axis=2), out=apart)
        grown_apart = np.cumsum(apart * weights, axis=1)
        target = rng.random(starts) * grown_apart[:, -1]
        chosen = [int(np.searchsorted(grown_apart[s], target[s], side="right")) for s in rows]
        centres[:, j] = values[np.minimum(chosen, len(values) - 1)]
    return centres
