"""Shares of explained variance from a correlation matrix: Shapley (LMG) and Johnson's relative weights."""

from __future__ import annotations

import numpy as np

from workbench.core.checks import Floats

TINY = 1e-10


def explained_by_subsets(correlation: Floats) -> Floats:
    """Return R² of the last variable on every subset of the others.

    Parameters
    ----------
    correlation
        Correlation matrix, the outcome last.

    Returns
    -------
    ndarray
        R² of 2^p subsets; bit j of the position (variable 0 the least significant) says whether variable j is in it.

    Notes
    -----
    One sweep per variable, for all subsets at once: a variable that is in the subset leaves its Schur complement
    behind, one that is not is dropped. The outcome's residual variance remains.

    Examples
    --------
    >>> explained_by_subsets(np.array([[1, 0, 0.6], [0, 1, 0.5], [0.6, 0.5, 1]])).round(2).tolist()
    [0.0, 0.36, 0.25, 0.61]
    """
    count = correlation.shape[0] - 1
    # subsets along the last axis, so that the inner loops are long
    blocks = np.asarray(correlation, dtype=np.float64)[:, :, None]
    for _ in range(count):
        pivot, cross, rest = blocks[0, 0], blocks[0, 1:], blocks[1:, 1:]
        # a copy of variables already in the subset explains nothing more
        scaled = cross * np.where(pivot > TINY, 1 / np.where(pivot > TINY, pivot, 1.0), 0.0)
        subsets = rest.shape[2]
        blocks = np.empty((*rest.shape[:2], 2 * subsets))
        blocks[..., :subsets] = rest
        np.multiply(cross[:, None], scaled[None], out=blocks[..., subsets:])
        np.subtract(rest, blocks[..., subsets:], out=blocks[..., subsets:])
    return np.asarray(1 - blocks[0, 0] / correlation[-1, -1], dtype=np.float64)


def shapley(correlation: Floats) -> Floats:
    """Return each variable's Shapley share of R², the average of its gain over all orders of entry.

    Source: Lindeman, Merenda and Gold (1980), p. 119ff; Grömping (2007), The American Statistician 61, 139–147.

    Examples
    --------
    >>> shapley(np.array([[1, 0, 0.6], [0, 1, 0.5], [0.6, 0.5, 1]])).round(2).tolist()
    [0.36, 0.25]
    """
    count = correlation.shape[0] - 1
    explained = explained_by_subsets(correlation)
    size = np.zeros(1, dtype=np.int64)
    for _ in range(count - 1):
        size = np.concatenate([size, size + 1])
    log = np.cumsum(np.log(np.maximum(np.arange(count + 1), 1)))
    weight = np.exp(log[size] + log[count - 1 - size] - log[count])
    gains = []
    for j in range(count):
        halves = explained.reshape(-1, 2, 2**j)
        gains.append(float((weight * (halves[:, 1] - halves[:, 0]).ravel()).sum()))
    return np.array(gains)


def johnson(correlation: Floats) -> Floats:
    """Return Johnson's relative weights, which add up to R².

    Source: Johnson (2000), Multivariate Behavioral Research 35, 1–19, eq. 1–8.

    Examples
    --------
    >>> johnson(np.array([[1, 0, 0.6], [0, 1, 0.5], [0.6, 0.5, 1]])).round(2).tolist()
    [0.36, 0.25]
    """
    values, vectors = np.linalg.eigh(correlation[:-1, :-1])
    root = np.sqrt(np.clip(values, 0, None))
    loadings = (vectors * root) @ vectors.T
    inverse = np.where(root > np.sqrt(TINY), 1 / np.where(root > np.sqrt(TINY), root, 1.0), 0.0)
    slopes = (vectors * inverse) @ vectors.T @ correlation[:-1, -1]
    return np.asarray(loadings**2 @ slopes**2, dtype=np.float64)


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
