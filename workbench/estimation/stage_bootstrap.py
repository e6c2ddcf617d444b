"""The bootstrap of samples with several stages, each from a finite population."""

from __future__ import annotations

import numpy as np

from workbench.core.checks import Codes, Floats
from workbench.estimation.sample import Sample
from workbench.estimation.stage import Stage

AT_ONCE = 64  # replicates resampled together, so that memory follows the answers and not the replicates


def stage_bootstrap(sample: Sample, replicates: int, seed: int) -> Floats:
    r"""Return the factor of each row's weight in each replicate, all stages resampled.

    Parameters
    ----------
    sample
        A sample whose first stage, at least, comes from a finite population.
    replicates
        Number of replicates.
    seed
        Seed of the random numbers.

    Returns
    -------
    ndarray
        Rows x replicates. The variance is the mean squared deviation over the replicates.

    Notes
    -----
    At each stage :math:`n^* = \lfloor n/2 \rfloor` of the n units are drawn without replacement. A unit drawn
    (:math:`\delta = 1`) counts :math:`n/n^*` times, and stage s enters with
    :math:`\lambda_s = \sqrt{n^* \, f_1 \cdots f_{s-1} (1 - f_s) / (n - n^*)}`:

    .. math:: 1 + \sum_s \lambda_s \Bigl[\prod_{t<s} \sqrt{n_t/n_t^*}\,\delta_t\Bigr]
              \Bigl(\frac{n_s}{n_s^*} \delta_s - 1\Bigr)

    Preston (2009), *Rescaled bootstrap for stratified multistage sampling*, Survey Methodology 35, 227–234, eq. 3.7.
    A unit alone in its stratum or unit adds nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.estimation.design import Design
    >>> from workbench.estimation.sample import read_sample
    >>> data = pd.DataFrame({"store": [1, 1, 2, 2], "N": 10, "M": 5, "row": range(4)})
    >>> sample = read_sample(data, Design(psu=["store", "row"], population=["N", "M"]))
    >>> stage_bootstrap(sample, 1000, seed=1).mean().round(1)
    np.float64(1.0)
    """
    rng = np.random.default_rng(seed)
    made = np.empty((len(sample.weights), replicates))
    for start in range(0, replicates, AT_ONCE):
        stop = min(start + AT_ONCE, replicates)
        made[:, start:stop] = _factors(sample.stages, rng, stop - start)
    return made


def _factors(stages: tuple[Stage, ...], rng: np.random.Generator, replicates: int) -> Floats:
    factor = carried = np.ones((len(stages[0].taken), replicates))
    share = np.ones(len(stages[0].taken))  # f₁ … f₍s₋₁₎ of each parent
    for depth, stage in enumerate(stages):
        n = stage.taken.astype(float)
        half = np.maximum(stage.taken // 2, 1)
        free = np.where(stage.taken > 1, n - half, 1.0)
        weight = np.where(stage.taken > 1, np.sqrt(half * share * (1 - stage.fraction) / free), 0.0)
        chosen = _chosen(stage.parent, stage.taken, half, rng, replicates)
        up, times = stage.parent, (n / half)[stage.parent][:, None]
        if depth == 0:
            factor, carried = np.ones((len(up), replicates)), np.ones((len(up), replicates))
        else:
            factor, carried = factor[up], carried[up]
        factor = factor + weight[up][:, None] * carried * (times * chosen - 1)
        carried = carried * np.sqrt(times) * chosen
        share = (share * stage.fraction)[up]
    last = stages[-1].unit
    return factor if last is None else factor[last]


def _chosen(parent: Codes, taken: Codes, half: Codes, rng: np.random.Generator, replicates: int) -> np.ndarray:
    """Draw half of each parent's units without replacement: units x replicates, True where drawn."""
    keys = rng.random((len(parent), replicates))
    starts = np.concatenate(([0], np.cumsum(taken)[:-1]))
    order = np.argsort(parent[:, None] + keys, axis=0, kind="stable")  # keys are below 1, so parents stay together
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(parent))[:, None], axis=0)
    return np.asarray(rank - starts[parent][:, None] < half[parent][:, None])
