"""How lopsided the distribution of an estimate is: whether Student's t can keep what its interval claims."""

from __future__ import annotations

import numpy as np

from workbench.core.checks import Codes, Floats
from workbench.estimation.sample import Sample

# Cochran's 0.2, and some room: a sample seldom has the largest values, so its own skewness runs low
LOPSIDED = 0.15
MOST_ROWS = 200_000


def skewness_of_totals(sample: Sample, scores: Floats, domain: Codes | None = None, domains: int = 1) -> Floats:
    """Estimate the skewness of the weighted totals Σ w u of scores u, for each domain and variable.

    Beyond about 0.2 (either way) an interval of the form estimate ± t × error misses more often than it claims, and
    on one side; a total of few large values is the usual case.

    Parameters
    ----------
    scores
        Scores without weights, rows x variables, zero outside all domains.
    domain
        Domain of each row, -1 for none; None for one domain of all rows.

    Returns
    -------
    ndarray
        Domains x variables; 0 where nothing varies, and for samples of more than 200,000 rows, which are not examined.

    Notes
    -----
    With z the weighted score total of a first-stage unit: Σ (z - z̄_h)³ / (Σ (z - z̄_h)²)^1.5 over the units of the
    domain, z̄_h their mean in the stratum. For a simple random sample this is G₁/√n, so that 0.2 is Cochran's rule
    n > 25 G₁² (Sampling Techniques, 3rd ed., 1977, section 2.15), made so that a 95 % interval misses at most 6 %.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.estimation import Design
    >>> from workbench.estimation.sample import read_sample
    >>> data = pd.DataFrame({"y": [0.0, 0.0, 0.0, 4.0]})
    >>> skewness_of_totals(read_sample(data, Design()), data[["y"]].to_numpy()).round(3).tolist()
    [[0.577]]
    """
    width = scores.shape[1]
    if len(scores) > MOST_ROWS:
        return np.zeros((domains, width))
    stage = sample.first
    code = np.zeros(len(scores), dtype=np.int64) if domain is None else domain
    inside = code >= 0
    if stage.unit is None:
        unit_cell, parent, group = None, stage.parent[inside], code[inside]
    else:
        cell, unit_cell = np.unique(stage.unit[inside] * domains + code[inside], return_inverse=True)
        parent, group = stage.parent[cell // domains], cell % domains
    key = parent * domains + group
    size = np.maximum(np.bincount(key), 1)
    result = np.zeros((domains, width))
    for v in range(width):
        score = (scores[:, v] * sample.weights)[inside]
        z = score if unit_cell is None else np.bincount(unit_cell, score)
        off = z - (np.bincount(key, z) / size)[key]
        second = np.bincount(group, off**2, minlength=domains)
        third = np.bincount(group, off**3, minlength=domains)
        result[:, v] = np.where(second > 0, third / np.where(second > 0, second, 1.0) ** 1.5, 0.0)
    return result
