"""Criteria of how many groups there are: silhouette, Calinski–Harabasz, gap statistic, BIC of Gaussian mixtures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.clustering.feature_rules import Floats
from workbench.clustering.kmeans import Labels, k_means


def distances(values: Floats) -> Floats:
    """Return the Euclidean distance between all pairs of rows.

    Examples
    --------
    >>> distances(np.array([[0.0, 0.0], [3.0, 4.0]])).tolist()
    [[0.0, 5.0], [5.0, 0.0]]
    """
    squares = (values**2).sum(axis=1)
    apart = squares[:, None] + squares[None, :] - 2 * values @ values.T
    np.maximum(apart, 0, out=apart)
    np.fill_diagonal(apart, 0)
    return np.asarray(np.sqrt(apart))


def silhouette(apart: Floats, labels: Labels) -> float:
    """Return the mean silhouette width of a partition, from distances between all pairs.

    (b − a) / max(a, b), with a the mean distance to the own group and b to the nearest other; 0 in a group of one.
    Source: Rousseeuw (1987), J. Comp. Appl. Math. 20, 53–65.

    Examples
    --------
    >>> round(silhouette(distances(np.array([[0.0], [1.0], [9.0], [10.0]])), np.array([0, 0, 1, 1])), 4)
    0.8885
    """
    k = int(labels.max()) + 1
    member = np.eye(k)[labels]
    sizes = member.sum(axis=0)
    sums = apart @ member
    rows = np.arange(len(labels))
    own = sums[rows, labels] / np.maximum(sizes[labels] - 1, 1)
    means = sums / np.maximum(sizes, 1)
    means[rows, labels] = np.inf
    other = means.min(axis=1)
    widths = np.where(sizes[labels] > 1, (other - own) / np.maximum(np.maximum(own, other), 1e-300), 0.0)
    return float(widths.mean())


def calinski_harabasz(total: float, within: float, n: int, k: int) -> float:
    """Return the ratio of the spread between groups to that within, each per degree of freedom.

    Source: Caliński & Harabasz (1974), Communications in Statistics 3(1).

    Examples
    --------
    >>> calinski_harabasz(100.0, 20.0, 10, 2)
    32.0
    """
    return (total - within) / (k - 1) / (within / (n - k)) if within > 0 and n > k > 1 else float("nan")


def spread(values: Floats) -> float:
    """Return the sum of squared distances to the mean.

    Examples
    --------
    >>> spread(np.array([[0.0], [2.0]]))
    2.0
    """
    return float(((values - values.mean(axis=0)) ** 2).sum())


@dataclass(frozen=True, eq=False)
class Gap:
    """Gap statistic of k = 1 …: how much smaller the within-spread is than without groups, and its standard error."""

    gap: Floats
    error: Floats

    @property
    def structured(self) -> bool:
        """Whether some k has a gap above that of one group by more than its standard error."""
        return bool((self.gap[1:] - self.error[1:] > self.gap[0]).any())

    @property
    def highest(self) -> int:
        """Smallest k whose gap is within a standard error of the highest one."""
        top = int(np.argmax(self.gap))
        return int(np.argmax(self.gap >= self.gap[top] - self.error[top])) + 1

    @property
    def k(self) -> int:
        """Smallest k whose gap is at least the next one less its standard error (Tibshirani et al. 2001, eq. 6)."""
        enough = np.flatnonzero(self.gap[:-1] >= self.gap[1:] - self.error[1:])
        return int(enough[0]) + 1 if len(enough) else len(self.gap)


def gap_statistic(values: Floats, within: Floats, *, references: int, starts: int, seed: int) -> Gap:
    """Compare the logarithm of the within-sums of k = 1 … with that of data without groups.

    Reference data are uniform over the box of the principal axes.

    Parameters
    ----------
    values
        Rows × features.
    within
        Within-sum of squares of the best partition for k = 1, 2 …
    references
        Number of reference data sets.
    starts
        Starts of k-means on each.
    seed
        Seed of the reference data.

    Notes
    -----
    Source: Tibshirani, Walther & Hastie (2001), JRSS B 63(2), 411–423, section 3 (b) and eq. 5.
    """
    rng = np.random.default_rng(seed)
    centre = values.mean(axis=0)
    axes = np.linalg.svd(values - centre, full_matrices=False)[2]
    turned = (values - centre) @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    logs = np.empty((references, len(within)))
    for b in range(references):
        made = rng.uniform(low, high, turned.shape) @ axes
        within_made = [spread(made)]
        for k in range(2, len(within) + 1):
            within_made.append(k_means(made, k, seed=seed + b, starts=starts, finish="rough").within)  # noqa: PERF401
        logs[b] = np.log(within_made)
    gap = logs.mean(axis=0) - np.log(np.maximum(within, 1e-300))
    return Gap(gap, logs.std(axis=0) * np.sqrt(1 + 1 / references))


def mixture_bic(values: Floats, k: int, *, seed: int) -> float:
    """Return the BIC of a Gaussian mixture of `k` full covariances; the smaller the better.

    Source: Fraley & Raftery (2002), JASA 97.
    """
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        return float(GaussianMixture(k, n_init=2, random_state=seed, reg_covar=1e-5).fit(values).bic(values))
