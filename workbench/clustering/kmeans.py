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
_BLOCK: Final = 32_768  # numbers of a block: rows × groups
_GAIN, _GAIN_OF_MANY, _GAIN_ROUGH, _GAIN_TRIED = 1e-10, 1e-7, 1e-5, 1e-4


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
        a step gains less than a hundred-thousandth, for many repetitions: of more rows, starts on the part go on until
        a step gains less than a ten-thousandth, and the two best of them to the end.

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
    rows = _Rows.of(values, weight)
    if len(values) <= _WHOLE:
        centres, within = _lloyd(rows, _seeds(rows, k, starts, rng), gain or _GAIN)
        best = np.argsort(within, kind="stable")[:_FINISHED]
        if finish == "moves":
            done = [_refined(values, _nearest(rows, centres[b]), weight, k) for b in best]
        else:
            done = [Partition(_nearest(rows, centres[b]), centres[b], float(within[b])) for b in best[:1]]
        return min(done, key=lambda found: found.within)
    step = slice(0, None, -(-len(values) // _PART))
    part = _Rows.of(values[step], weight[step])
    tried, within = _lloyd(part, _seeds(part, k, starts, rng), _GAIN_TRIED if gain else _GAIN)
    tried = tried[np.argsort(within, kind="stable")[:_FINISHED_OF_MANY]]
    if gain:
        # which start is best shows long before it stands still
        tried, within = _lloyd(part, tried, _GAIN)
        tried = tried[[np.argmin(within)]]
    centres, within = _lloyd(rows, tried, gain or _GAIN_OF_MANY)
    best_centres = centres[np.argmin(within)]
    return Partition(_nearest(rows, best_centres), best_centres, float(within.min()))


@dataclass(frozen=True, eq=False)
class _Rows:
    # what every step needs of the rows: columns with ones below, squared lengths, weights, weighted rows and weights
    values: Floats
    columns: Floats
    squares: Floats
    weights: Floats
    weighted: Floats

    @classmethod
    def of(cls, values: Floats, weights: Floats) -> _Rows:
        columns = np.vstack([values.T, np.ones((1, len(values)))])
        weighted = np.multiply(columns.T, weights[:, None], order="C")
        return cls(values, columns, np.einsum("ij,ij->i", values, values), weights, weighted)

    def __len__(self) -> int:
        return len(self.values)


def _lloyd(rows: _Rows, centres: Floats, least_gain: float) -> tuple[Floats, Floats]:
    # several sets of centres (starts × k × features) improved side by side until nothing moves, and their within-sums
    centres = centres.copy()
    starts, _, features = centres.shape
    within = np.full(starts, np.inf)
    active = np.arange(starts)
    for _ in range(_MOST_STEPS):
        sums, total = _sums(rows, centres[active])
        moving = total < within[active] * (1 - least_gain)
        within[active] = np.minimum(total, within[active])
        active, sums = active[moving], sums[moving]
        if not len(active):
            break
        mass = sums[:, :, features]
        moved = sums[:, :, :features] / np.maximum(mass, 1e-300)[:, :, None]
        for s in np.flatnonzero((mass <= 0).any(axis=1)):
            _fill(moved[s], mass[s] <= 0, rows, centres[active[s]])
        centres[active] = moved
    return centres, within


def _reach(centres: Floats) -> Floats:
    # |c|² − 2 c·x as one product with (x, 1): nearer is less, as |x|² is the same for all centres
    return np.concatenate([-2 * centres, (centres**2).sum(axis=-1, keepdims=True)], axis=-1)


def _sums(rows: _Rows, centres: Floats) -> tuple[Floats, Floats]:
    # sums (starts × k × features, and the mass) of the rows nearest to each centre, and within-sums; in blocks that
    # stay in the processor's cache. Who belongs to which group is a matrix of zeros and ones, so sums are a product.
    starts, k, _ = centres.shape
    reach = _reach(centres)
    sums, total = np.zeros(reach.shape), np.zeros(starts)
    width = max(_BLOCK // k, 1)
    together = max(width // max(len(rows), 1), 1)
    for s in range(0, starts, together):
        some = reach[s : s + together]
        for r in range(0, len(rows), width):
            block = slice(r, r + width)
            apart = (some.reshape(-1, some.shape[2]) @ rows.columns[:, block]).reshape(len(some), k, -1)
            least = apart.min(axis=1, keepdims=True)
            own = apart == least
            if np.count_nonzero(own) > least.size:  # some are equally near to two centres: the first has them
                own = own.argmax(axis=1)[:, None] == np.arange(k)[:, None]
            sums[s : s + together] += own.astype(np.float64) @ rows.weighted[block]
            total[s : s + together] += np.maximum(least[:, 0] + rows.squares[block], 0) @ rows.weights[block]
    return sums, total


def _nearest(rows: _Rows, centres: Floats) -> Labels:
    reach, width = _reach(centres), max(_BLOCK // len(centres), 1)
    labels = np.empty(len(rows), dtype=np.int64)
    for r in range(0, len(rows), width):
        apart = reach @ rows.columns[:, r : r + width]
        labels[r : r + width] = (apart == apart.min(axis=0)).argmax(axis=0)
    return labels


def _fill(moved: Floats, empty: npt.NDArray[np.bool_], rows: _Rows, centres: Floats) -> None:
    # a group that ran empty restarts at the row farthest from its centre, the next one at the row that is next
    apart = np.maximum((_reach(centres) @ rows.columns).min(axis=0) + rows.squares, 0)
    for group in np.flatnonzero(empty):
        far = int(np.argmax(apart))
        moved[group], apart[far] = rows.values[far], 0.0


def _refined(values: Floats, labels: Labels, weights: Floats, k: int) -> Partition:
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
    return Partition(labels, centres, within)


def _seeds(rows: _Rows, k: int, starts: int, rng: np.random.Generator) -> Floats:
    grown = np.cumsum(rows.weights)
    first = np.minimum(np.searchsorted(grown, rng.random(starts) * grown[-1]), len(rows) - 1)
    centres = np.empty((starts, k, rows.values.shape[1]))
    centres[:, 0] = rows.values[first]
    apart = np.full((starts, len(rows)), np.inf)
    for j in range(1, k):
        np.minimum(apart, _reach(centres[:, j - 1]) @ rows.columns + rows.squares, out=apart)
        np.maximum(apart, 0, out=apart)
        grown_apart = np.cumsum(apart * rows.weights, axis=1)
        target = rng.random(starts) * grown_apart[:, -1]
        chosen = [int(np.searchsorted(grown_apart[s], target[s], side="right")) for s in range(starts)]
        centres[:, j] = rows.values[np.minimum(chosen, len(rows) - 1)]
    return centres
