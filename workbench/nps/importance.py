"""Shares of explained variance from a correlation matrix: Shapley (LMG) and Johnson's relative weights."""

from __future__ import annotations

import numpy as np

from workbench.core.checks import Floats

TINY = 1e-10
LOGISTIC_VARIANCE = np.pi**2 / 3
MOST_AT_ONCE = 2**21  # numbers held beside each other


def explained_by_subsets(correlation: Floats) -> Floats:
    """Return R² of the last variable on every subset of the others.

    Parameters
    ----------
    correlation
        Correlation matrix, the outcome last; or a stack of them, draws x variables x variables.

    Returns
    -------
    ndarray
        R² of 2^p subsets, of each matrix of a stack; bit j of the position (variable 0 the least significant) says
        whether variable j is in it.

    Notes
    -----
    One sweep per variable, for all subsets at once: a variable that is in the subset leaves its Schur complement
    behind, one that is not is dropped. The outcome's residual variance remains.

    Examples
    --------
    >>> explained_by_subsets(np.array([[1, 0, 0.6], [0, 1, 0.5], [0.6, 0.5, 1]])).round(2).tolist()
    [0.0, 0.36, 0.25, 0.61]
    """
    stack = np.asarray(correlation, dtype=np.float64)
    if stack.ndim == 2:
        return np.asarray(explained_by_subsets(stack[None])[0])
    draws, count = len(stack), stack.shape[1] - 1
    # subsets of all draws along the last axis, so that the inner loops are long
    whole = blocks = np.ascontiguousarray(np.moveaxis(stack, 0, -1))
    for _ in range(count):
        pivot, cross, rest = blocks[0, 0], blocks[0, 1:], blocks[1:, 1:]
        # a copy of variables already in the subset explains nothing more
        scaled = cross * np.where(pivot > TINY, 1 / np.where(pivot > TINY, pivot, 1.0), 0.0)
        subsets = rest.shape[2]
        blocks = np.empty((*rest.shape[:2], 2 * subsets))
        blocks[..., :subsets] = rest
        np.multiply(cross[:, None], scaled[None], out=blocks[..., subsets:])
        np.subtract(rest, blocks[..., subsets:], out=blocks[..., subsets:])
    return np.asarray((1 - blocks[0, 0].reshape(-1, draws) / whole[-1, -1]).T, dtype=np.float64)


def shapley(correlation: Floats) -> Floats:
    """Return each variable's Shapley share of R², the average of its gain over all orders of entry.

    Of a stack of matrices the shares of each, draws x variables. Source: Lindeman, Merenda and Gold (1980), p. 119ff;
    Grömping (2007), The American Statistician 61, 139–147.

    Examples
    --------
    >>> shapley(np.array([[1, 0, 0.6], [0, 1, 0.5], [0.6, 0.5, 1]])).round(2).tolist()
    [0.36, 0.25]
    """
    if correlation.ndim == 2:
        return np.asarray(shapley(correlation[None])[0])
    count = correlation.shape[1] - 1
    size = np.zeros(1, dtype=np.int64)
    for _ in range(count - 1):
        size = np.concatenate([size, size + 1])
    log = np.cumsum(np.log(np.maximum(np.arange(count + 1), 1)))
    weight = np.exp(log[size] + log[count - 1 - size] - log[count])
    gains = np.empty((len(correlation), count))
    at_once = max(1, MOST_AT_ONCE >> count)
    for start in range(0, len(correlation), at_once):
        explained = explained_by_subsets(correlation[start : start + at_once])
        for j in range(count):
            halves = explained.reshape(len(explained), -1, 2, 2**j)
            gained = (halves[:, :, 1] - halves[:, :, 0]).reshape(len(explained), -1)
            gains[start : start + at_once, j] = (weight * gained).sum(axis=1)
    return gains


def johnson(correlation: Floats) -> Floats:
    """Return Johnson's relative weights, which add up to R²; of a stack of matrices those of each.

    Source: Johnson (2000), Multivariate Behavioral Research 35, 1–19, eq. 1–8.

    Examples
    --------
    >>> johnson(np.array([[1, 0, 0.6], [0, 1, 0.5], [0.6, 0.5, 1]])).round(2).tolist()
    [0.36, 0.25]
    """
    values, vectors = np.linalg.eigh(correlation[..., :-1, :-1])
    root = np.sqrt(np.clip(values, 0, None))
    turned = np.swapaxes(vectors, -1, -2)
    loadings = (vectors * root[..., None, :]) @ turned
    inverse = np.where(root > np.sqrt(TINY), 1 / np.where(root > np.sqrt(TINY), root, 1.0), 0.0)
    slopes = (vectors * inverse[..., None, :]) @ (turned @ correlation[..., :-1, -1:])
    return np.asarray((loadings**2 @ slopes**2)[..., 0], dtype=np.float64)


def correlations_of_draws(values: Floats, weights: Floats) -> Floats:
    """Return the weighted correlation matrix of complete rows for each column of weights.

    Draws x variables x variables.

    Examples
    --------
    >>> values = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 1.0]])
    >>> correlations_of_draws(values, np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]])).round(3)[:, 0, 1].tolist()
    [1.0, -0.327]
    """
    covariance = covariances_of_draws(values, weights)
    spread = np.sqrt(np.einsum("dkk->dk", covariance))
    return np.asarray(covariance / (spread[:, :, None] * spread[:, None, :]), dtype=np.float64)


def covariances_of_draws(values: Floats, weights: Floats) -> Floats:
    """Return the weighted covariance matrix of complete rows for each column of weights.

    Draws x variables x variables.

    Examples
    --------
    >>> covariances_of_draws(np.array([[1.0], [3.0]]), np.array([[1.0, 3.0], [1.0, 1.0]])).ravel().tolist()
    [1.0, 0.75]
    """
    # centred first, so that what is subtracted below costs no digits
    centred = values - values.mean(axis=0)
    mass = weights.sum(axis=0)
    mean = (centred.T @ weights / mass).T
    first, second = np.triu_indices(values.shape[1])
    found = -mean[:, :, None] * mean[:, None, :]
    at_once = max(1, MOST_AT_ONCE // max(len(values), 1))
    for start in range(0, len(first), at_once):
        a, b = first[start : start + at_once], second[start : start + at_once]
        square = ((centred[:, a] * centred[:, b]).T @ weights / mass).T
        found[:, a, b] += square
        off = a != b
        found[:, b[off], a[off]] += square[:, off]
    return np.asarray(found, dtype=np.float64)


def correlations_of_outcomes(drivers: Floats, outcomes: Floats, weights: Floats) -> Floats:
    """Return the weighted correlation matrix of drivers with each of several outcomes, which stand last.

    Parameters
    ----------
    drivers, outcomes
        Rows x drivers, and rows x outcomes; complete.

    Examples
    --------
    >>> one = np.array([[1.0], [2.0], [3.0]])
    >>> correlations_of_outcomes(one, np.hstack([one, -one]), np.ones(3))[:, 0, 1].round(9).tolist()
    [1.0, -1.0]
    """
    x, y = (t - np.average(t, axis=0, weights=weights) for t in (drivers, outcomes))
    weighted = x * weights[:, None]
    spread_x, spread_y = np.sqrt((weighted * x).sum(axis=0)), np.sqrt(weights @ y**2)
    cross = (weighted.T @ y / spread_x[:, None] / spread_y).T
    count = drivers.shape[1]
    found = np.ones((outcomes.shape[1], count + 1, count + 1))
    found[:, :count, :count] = weighted.T @ x / np.outer(spread_x, spread_x)
    found[:, :count, count] = found[:, count, :count] = cross
    return found


def weighted_correlation(values: Floats, weights: Floats) -> Floats:
    """Return the weighted correlation matrix of complete rows.

    Examples
    --------
    >>> weighted_correlation(np.array([[1.0, 2.0], [2.0, 4.0]]), np.ones(2)).round(9).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    centred = values - np.average(values, axis=0, weights=weights)
    covariance = (centred * weights[:, None]).T @ centred
    spread = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(spread, spread), dtype=np.float64)


def pairwise_correlation(values: Floats, weights: Floats) -> Floats:
    """Return correlations from the rows in which both variables of a pair are there, each pair by itself."""
    seen = ~np.isnan(values)
    filled = np.where(seen, values - np.nanmean(values, axis=0), 0.0)
    known = seen.astype(float)
    w = weights[:, None]
    mass = (known * w).T @ known
    first = (filled * w).T @ known
    second = (filled**2 * w).T @ known
    product = (filled * w).T @ filled
    covariance = product - first * first.T / mass
    spread = np.sqrt(np.clip(second - first**2 / mass, 0, None))
    return np.asarray(covariance / (spread * spread.T), dtype=np.float64)


def latent_correlation(x: Floats, weights: Floats, slopes: Floats) -> Floats:
    """Return the correlation matrix of the drivers and the latent answer y* = x β + logistic error, y* last.

    Source: McKelvey and Zavoina (1975), Journal of Mathematical Sociology 4, 103–120, whose R² is that of this matrix.

    Examples
    --------
    >>> x = np.array([[1.0], [2.0], [3.0], [4.0]])
    >>> latent_correlation(x, np.ones(4), np.array([1.0])).round(3).tolist()
    [[1.0, 0.525], [0.525, 1.0]]
    """
    centred = x - np.average(x, axis=0, weights=weights)
    covariance = (centred * weights[:, None]).T @ centred / weights.sum()
    return np.asarray(latent_correlations(covariance[None], slopes[None])[0])


def latent_correlations(covariance: Floats, slopes: Floats) -> Floats:
    """Return what `latent_correlation` does of each draw, from covariances of the drivers and slopes.

    Parameters
    ----------
    covariance
        Draws x drivers x drivers, or one for all.
    slopes
        Draws x drivers.

    Examples
    --------
    >>> latent_correlations(np.array([[[1.25]]]), np.array([[1.0], [0.0]])).round(3)[:, 0, 1].tolist()
    [0.525, 0.0]
    """
    count = slopes.shape[1]
    with_latent = (covariance @ slopes[:, :, None])[:, :, 0]
    whole = np.empty((len(slopes), count + 1, count + 1))
    whole[:, :count, :count] = covariance
    whole[:, :count, count] = whole[:, count, :count] = with_latent
    whole[:, count, count] = (slopes * with_latent).sum(axis=1) + LOGISTIC_VARIANCE
    spread = np.sqrt(np.einsum("dkk->dk", whole))
    return np.asarray(whole / (spread[:, :, None] * spread[:, None, :]), dtype=np.float64)
