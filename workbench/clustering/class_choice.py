"""How many latent classes: BIC and AIC of each number, one class included, which is no classes at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.clustering.latent import latent_classes
from workbench.clustering.methods import Prepared


def class_table(ready: Prepared, ks: Sequence[int], *, seed: int) -> pd.DataFrame:
    """Fit latent classes for one class and for each number of `ks`.

    Parameters
    ----------
    ready
        Features of categories alone.
    ks
        Numbers of classes, from 2.
    seed
        Seed of the starts.

    Returns
    -------
    DataFrame
        One row per k from 1: ``k``, ``loglik``, ``bic``, ``aic``, ``entropy``, ``starts_reaching_best``, ``explained``
        (share of the log-likelihood lost by one class against the saturated one-answer-pattern model).

    Examples
    --------
    >>> from workbench.clustering.categories import CategoryRule
    >>> codes = np.repeat([[0, 0, 0], [1, 1, 1]], 40, axis=0)
    >>> ready = Prepared((), np.empty((80, 0)), tuple(CategoryRule(c, ("n", "y")) for c in "abc"), codes)
    >>> class_table(ready, [2, 3], seed=1).set_index("k")["bic"].idxmin()
    2
    """
    patterns, counts = np.unique(ready.codes[(ready.codes >= 0).any(axis=1)], axis=0, return_counts=True)
    possible = [k for k in ks if k <= len(patterns)]
    fits = {k: latent_classes(ready.codes, k, levels=ready.levels, seed=seed) for k in (1, *possible)}
    saturated = float((counts * np.log(counts / counts.sum())).sum())
    lost = saturated - fits[1].loglik
    return pd.DataFrame(
        {
            "k": list(fits),
            "loglik": [f.loglik for f in fits.values()],
            "explained": [(f.loglik - fits[1].loglik) / lost if lost > 0 else 0.0 for f in fits.values()],
            "bic": [f.bic for f in fits.values()],
            "aic": [f.aic for f in fits.values()],
            "entropy": [f.entropy for f in fits.values()],
            "starts_reaching_best": [f.reached for f in fits.values()],
        }
    )
