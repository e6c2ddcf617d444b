"""How well chances rank customers and how well they mean what they say: AUC with its error, log-loss, Brier score."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from workbench.learning.candidates.candidate import EDGE
from workbench.learning.features import Floats


def log_losses(chance: Floats, bought: Floats) -> Floats:
    """Return each customer's log-loss, −ln of the chance given to what happened.

    Examples
    --------
    >>> log_losses(np.array([0.5, 0.9]), np.array([1.0, 1.0])).round(3).tolist()
    [0.693, 0.105]
    """
    kept = np.clip(chance, EDGE, 1 - EDGE)
    return np.asarray(-np.where(bought > 0, np.log(kept), np.log1p(-kept)))


def auc(chance: Floats, bought: Floats, *, level: float = 0.95) -> tuple[float, float, float]:
    """Return the chance that somebody who bought was ranked above somebody who did not, with its interval.

    Parameters
    ----------
    chance
        Chances or any other ranking.
    bought
        1 for those who bought, else 0.
    level
        Level of the interval.

    Returns
    -------
    tuple of float
        Estimate, low, high; missing where all bought, or nobody.

    Notes
    -----
    DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44(3), pp. 838–841, by mid-ranks (Sun & Xu 2014, IEEE Signal
    Processing Letters 21(11), eq. 9–12).

    Examples
    --------
    >>> found = auc(np.array([0.9, 0.8, 0.7, 0.2]), np.array([1.0, 1.0, 0.0, 0.0]))
    >>> found[0]
    1.0
    """
    from scipy.stats import rankdata

    yes = bought > 0
    m, n = int(yes.sum()), int((~yes).sum())
    if not (m and n):
        return float("nan"), float("nan"), float("nan")
    ranks = rankdata(chance)
    estimate = float((ranks[yes].sum() - m * (m + 1) / 2) / (m * n))
    above = (ranks[yes] - rankdata(chance[yes])) / n
    below = 1 - (ranks[~yes] - rankdata(chance[~yes])) / m
    parts = [float(v.var(ddof=1)) / len(v) if len(v) > 1 else 0.0 for v in (above, below)]
    error = NormalDist().inv_cdf((1 + level) / 2) * float(np.sqrt(sum(parts)))
    return estimate, max(estimate - error, 0.0), min(estimate + error, 1.0)


def bootstrap_means(differences: Floats, *, replicates: int = 500, seed: int = 1) -> Floats:
    """Return means of columns over customers drawn with replacement, always the same customers for all columns.

    Parameters
    ----------
    differences
        One row per customer, one column per comparison.
    replicates
        How often customers are drawn.
    seed
        Seed of the draws.

    Examples
    --------
    >>> bootstrap_means(np.ones((10, 2)), replicates=3).tolist()
    [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    """
    random = np.random.default_rng(seed)
    n = len(differences)
    # how often each customer was drawn weights the rows
    return np.array([np.bincount(random.integers(0, n, n), minlength=n) @ differences / n for _ in range(replicates)])
