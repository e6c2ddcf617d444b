"""Making replicate weights: jackknife, balanced half-samples, Rao–Wu bootstrap, each redoing the weighting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from workbench.core.checks import Floats, cell_name
from workbench.core.errors import InputError
from workbench.estimation.chosen import checked_design
from workbench.estimation.design import Design
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.hadamard import hadamard_matrix
from workbench.estimation.replicates import ReplicateWeights
from workbench.estimation.sample import Sample, read_sample
from workbench.estimation.stage import Stage
from workbench.estimation.stage_bootstrap import stage_bootstrap
from workbench.weighting import Weights
from workbench.weighting.recalibration import loses_a_level, recalibrate_many

Method = Literal["jk1", "jkn", "brr", "fay", "bootstrap"]
Redo = Callable[[pd.DataFrame, str], Weights]
REPLICATE_WEIGHT = "replicate_weight"


def replicate_weights(
    data: pd.DataFrame,
    design: Design,
    *,
    method: Method = "bootstrap",
    replicates: int = 500,
    seed: int | None = None,
    rho: float = 0.3,
    redo: Redo | None = None,
    centre: Literal["mean", "estimate"] = "mean",
) -> ReplicateWeights:
    """Make replicate weights of a design; pass them on as ``Design(..., replicates=...)``.

    Parameters
    ----------
    data
        All rows of the sample.
    design
        The design. If it has a `calibration`, every replicate is calibrated anew to the same totals from the weights
        before calibration, so that what calibration gains is counted.
    method
        ``jk1`` (one PSU left out, no strata), ``jkn`` (one PSU left out of its stratum), ``brr`` (balanced
        half-samples, two PSUs per stratum), ``fay`` (BRR with factors 2 - ρ and ρ), ``bootstrap`` (Rao and Wu: n - 1 of
        n PSUs drawn with replacement in each stratum, rescaled for the finite population; with several stages and a
        finite population at the first, Preston's bootstrap of every stage, see `stage_bootstrap`). Where a replicate
        has nobody left in a calibrated level, all keep half of each weight, as Fay's do, with four times the scale.
    replicates
        Number of bootstrap replicates.
    seed
        Seed of the bootstrap; it must be given.
    rho
        Fay's ρ.
    redo
        A function of a table and the name of its weight column that returns the weights after further steps, such as
        ``lambda d, w: adjust_nonresponse(d, classes="region", weight=w)``. It gets the rows whose replicate weight is
        above zero.
    centre
        What replicate estimates are compared with: their ``mean`` or the full-sample ``estimate``.

    Returns
    -------
    ReplicateWeights

    Raises
    ------
    InputError
        If the method does not fit the design (strata with jk1, other than two PSUs with brr, one PSU per stratum), the
        bootstrap has no seed, or another method meets several stages with a finite population at the first.

    Notes
    -----
    Wolter (2007), chapters 3–5; Fay's method: Judkins (1990), Journal of Official Statistics 6, 223–239; Rao, Wu and
    Yue (1992), Survey Methodology 18, 209–217: with f = n/N and counts m, the factor is
    1 - λ + λ m n/(n - 1), λ = √(1 - f).

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 6.0], "w": 1.0})
    >>> jackknife = replicate_weights(data, Design(weight="w"), method="jk1")
    >>> jackknife.weights.tolist()
    [[0.0, 1.5, 1.5], [1.5, 0.0, 1.5], [1.5, 1.5, 0.0]]
    """
    if method not in get_args(Method):
        raise InputError(
            f"The method is one of {', '.join(get_args(Method))}.",
            found=repr(method),
            fix="Choose one.",
            where="method",
        )
    design = checked_design(design)
    if (design.order is not None and design.collapse is None) or design.without_replacement is not None:
        raise InputError(
            "Replicates know no order of units and no unequal chances without replacement.",
            found=f"order={design.order!r}" if design.order else "without_replacement=",
            fix="Use the linearised variance, or Design.as_random(), which is more cautious.",
            where="Design",
        )
    if design.second_phase is not None:
        raise InputError(
            "Replicates follow a sample of one phase.",
            found="second_phase=",
            fix="Use the linearised variance, or `reweight`, which resamples those asked.",
            where="Design",
        )
    sample = read_sample(data, replace(design, replicates=None))
    stage = sample.first
    staged = len(sample.stages) > 1 and bool(stage.fraction.any())
    if staged and method != "bootstrap":
        raise InputError(
            "Jackknife and half-samples vary the first stage only.",
            found=f"{len(sample.stages)} stages, and a population at the first",
            fix="Use method='bootstrap', which resamples every stage, or leave out population= (more cautious).",
            where="method",
        )
    if method == "bootstrap":
        factor, scale, scales = _bootstrap(sample, stage, replicates, seed, staged=staged)
    elif method in ("brr", "fay"):
        factor, scale, scales = _half_samples(stage, 0.0 if method == "brr" else rho)
    else:
        factor, scale, scales = _jackknife(sample, stage, stratified=method == "jkn")
    record = sample.calibration
    base = sample.weights if record is None else record.base
    rows = factor if stage.unit is None or staged else factor[stage.unit]
    weights = np.multiply(base[:, None], rows, out=rows)
    if record is not None and method == "bootstrap" and loses_a_level(record, weights):
        # a level of few respondents that a replicate lost meets no total: replicates come half way back to the sample
        weights, scale = (base[:, None] + weights) / 2, 4 * scale
    if record is not None:
        weights = recalibrate_many(record, weights)
    if redo is not None:
        weights = _redo(data, weights, redo)
    df = int(degrees_of_freedom(sample)[0])
    return ReplicateWeights(weights, scale, scales, df, centre, data.index)


def _redo(data: pd.DataFrame, weights: Floats, redo: Redo) -> Floats:
    result = np.zeros_like(weights)
    for r in range(weights.shape[1]):
        rows = np.flatnonzero(weights[:, r] > 0)
        part = data.iloc[rows].assign(**{REPLICATE_WEIGHT: weights[rows, r]})
        result[rows, r] = redo(part, REPLICATE_WEIGHT).weights.to_numpy(dtype=float)
    return result


def _lonely(sample: Sample, stage: Stage) -> np.ndarray:
    lonely = np.flatnonzero((stage.taken == 1) & (stage.fraction < 1 - 1e-12))
    if len(lonely) and sample.design.lonely_psu != "certainty":
        raise InputError(
            "Every stratum has at least two units.",
            found=f"{len(lonely)} with one, such as {cell_name(stage.names, int(lonely[0]))}",
            fix="Combine strata that are alike, or choose lonely_psu='certainty' knowingly.",
            where="Design",
        )
    return lonely


def _jackknife(sample: Sample, stage: Stage, *, stratified: bool) -> tuple[Floats, float, Floats]:
    if not stratified and len(stage.taken) > 1:
        raise InputError(
            "The jackknife jk1 knows no strata.",
            found=f"{len(stage.taken)} strata",
            fix="Use method='jkn'.",
            where="method",
        )
    _lonely(sample, stage)
    n = stage.taken.astype(float)
    dropped = np.flatnonzero((stage.taken > 1)[stage.parent])
    home = stage.parent[dropped]
    factor = np.where(stage.parent[:, None] == home[None, :], (n[home] / np.maximum(n[home] - 1, 1))[None, :], 1.0)
    factor[dropped, np.arange(len(dropped))] = 0.0
    scales = (n[home] - 1) / n[home] * (1 - stage.fraction[home])
    if not stratified:
        return factor, float(scales[0]), np.ones(len(dropped))
    return factor, 1.0, scales


def _half_samples(stage: Stage, rho: float) -> tuple[Floats, float, Floats]:
    if not 0 <= rho < 1:
        raise InputError("Fay's ρ is at least 0 and below 1.", found=str(rho), fix="Pass 0.3, say.", where="rho")
    other = np.flatnonzero(stage.taken != 2)
    if len(other):
        raise InputError(
            "Balanced half-samples need two PSUs in every stratum.",
            found=f"{len(other)} strata with another number, such as {cell_name(stage.names, int(other[0]))} with "
            f"{stage.taken[other[0]]}",
            fix="Combine or pair PSUs, or use method='jkn' or 'bootstrap'.",
            where="method",
        )
    if stage.fraction.any():
        raise InputError(
            "Balanced half-samples know no finite population.",
            found="a population column",
            fix="Leave out population=, or use method='jkn' or 'bootstrap'.",
            where="method",
        )
    signs = hadamard_matrix(len(stage.taken) + 1)[:, 1 : len(stage.taken) + 1]
    order = np.argsort(stage.parent, kind="stable")
    second = np.zeros(len(stage.parent), dtype=bool)
    second[order[1::2]] = True
    kept = (signs[:, stage.parent] > 0) ^ second[None, :]
    factor = np.where(kept, 2 - rho, rho).T
    count = factor.shape[1]
    return factor, 1.0 / (count * (1 - rho) ** 2), np.ones(count)


def _bootstrap(
    sample: Sample, stage: Stage, replicates: int, seed: int | None, *, staged: bool
) -> tuple[Floats, float, Floats]:
    if seed is None or replicates < 2:
        raise InputError(
            "A bootstrap has a seed and at least two replicates.",
            found=f"seed {seed}, {replicates} replicates",
            fix="Pass seed=1, say, and keep it: the same seed gives the same numbers.",
            where="seed",
        )
    _lonely(sample, stage)
    if staged:
        return stage_bootstrap(sample, replicates, seed), 1.0 / (replicates - 1), np.ones(replicates)
    rng = np.random.default_rng(seed)
    factor = np.empty((len(stage.parent), replicates))
    order = np.argsort(stage.parent, kind="stable")
    ends = np.cumsum(stage.taken)
    for h, (end, n) in enumerate(zip(ends, stage.taken, strict=True)):
        units = order[end - n : end]
        if n < 2:
            factor[units] = 1.0
            continue
        shrink = np.sqrt(1 - stage.fraction[h])
        draws = rng.integers(0, n, size=(replicates, n - 1)) + n * np.arange(replicates)[:, None]
        drawn = np.bincount(draws.ravel(), minlength=n * replicates).reshape(replicates, n).T
        factor[units] = 1 - shrink + shrink * n / (n - 1) * drawn
    return factor, 1.0 / (replicates - 1), np.ones(replicates)
