"""Whether chains of draws agree, and how many independent draws they are worth.

Source: Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), Rank-normalization, folding, and localization: an improved
R-hat, Bayesian Analysis 16(2), equations 4, 10 and 13–14.
"""

from __future__ import annotations

import numpy as np

from workbench.clv.purchases.patterns import Floats


def r_hat(chains: Floats) -> float:
    """Return the rank-normalised split R-hat, the larger of the plain and the folded one; 1 where chains agree.

    Parameters
    ----------
    chains
        One row per chain, one column per draw; four draws or more.

    Examples
    --------
    >>> draws = np.random.default_rng(1).standard_normal((4, 500))
    >>> r_hat(draws) < 1.01, r_hat(draws + np.arange(4)[:, None]) > 1.5
    (True, True)
    """
    split = _halves(chains)
    folded = np.abs(split - np.median(split))
    return max(_spread_ratio(_ranked(split)), _spread_ratio(_ranked(folded)))


def effective_size(chains: Floats) -> float:
    """Return the bulk effective sample size: how many independent draws tell the middle as well.

    Parameters
    ----------
    chains
        One row per chain, one column per draw; four draws or more.

    Examples
    --------
    >>> draws = np.random.default_rng(1).standard_normal((4, 500))
    >>> 1500 < effective_size(draws) < 2600
    True
    """
    z = _ranked(_halves(chains))
    m, n = z.shape
    centred = z - z.mean(axis=1, keepdims=True)
    size = 1 << (2 * n - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size, axis=1)) ** 2
    covariance = np.fft.irfft(power, size, axis=1)[:, :n] / n
    within = float(covariance[:, 0].mean()) * n / (n - 1)
    total = within * (n - 1) / n + float(z.mean(axis=1).var(ddof=1))
    if total <= 0:
        return 1.0
    correlation = 1 - (within - covariance.mean(axis=0) * n / (n - 1)) / total
    correlation[0] = 1.0
    pairs = correlation[: n // 2 * 2].reshape(-1, 2).sum(axis=1)
    # Geyer's initial positive and monotone sequence
    ended = np.flatnonzero(pairs <= 0)
    kept = np.minimum.accumulate(pairs[: ended[0] if len(ended) else len(pairs)])
    time = max(2 * float(kept.sum()) - 1, 1 / np.log10(m * n))
    return float(m * n / time)


def _halves(chains: Floats) -> Floats:
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def _ranked(values: Floats) -> Floats:
    from scipy.special import ndtri
    from scipy.stats import rankdata

    ranks = rankdata(values.ravel(), method="average").reshape(values.shape)
    return np.asarray(ndtri((ranks - 0.375) / (values.size + 0.25)))


def _spread_ratio(z: Floats) -> float:
    n = z.shape[1]
    within = float(z.var(axis=1, ddof=1).mean())
    if within <= 0:
        return 1.0
    return float(np.sqrt((n - 1) / n + float(z.mean(axis=1).var(ddof=1)) / within))
