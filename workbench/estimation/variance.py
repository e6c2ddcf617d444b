"""Variances of weighted totals by Taylor linearisation: strata, stages, finite populations, domains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from workbench.core.checks import Codes, Floats, cell_name
from workbench.core.errors import InputError
from workbench.estimation.replicates import ReplicateWeights
from workbench.estimation.sample import BLOCK, Sample
from workbench.estimation.stage import Stage
from workbench.estimation.two_phase import covariance_of_phases
from workbench.estimation.unequal import covariance_by_chances, covariance_by_pairs, stratum_namer


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of first-stage stratum and domain: the cell of each row (inside a domain), and rows per cell."""

    key: Codes
    inside: npt.NDArray[np.bool_] | None
    count: Codes


def count_cells(sample: Sample, domain: Codes | None, domains: int) -> Cells | None:
    """Count rows by stratum and domain where rows are units, so that the covariance and its degrees share the work."""
    stage = sample.first
    if domain is None or stage.unit is not None:
        return None
    inside = domain >= 0 if domain.min() < 0 else None
    key = stage.parent * domains
    key += domain
    key = key if inside is None else key[inside]
    return Cells(key, inside, np.bincount(key, minlength=len(stage.taken) * domains).astype(np.int64))


def covariance_of_totals(
    sample: Sample, scores: Floats, domain: Codes | None = None, domains: int = 1, cells: Cells | None = None
) -> Floats:
    """Estimate the covariance of the weighted totals Σ w u of scores u, for each domain and variable.

    Rows outside a domain stay in the sample with a score of zero, so the design is never subset.

    Parameters
    ----------
    scores
        Scores without weights, rows x variables.
    domain
        Domain of each row, -1 for none; None for one domain of all rows.
    domains
        Number of domains.
    cells
        Result of `count_cells`, where it is there already.

    Returns
    -------
    ndarray
        Square matrix over domains x variables, the variables of the first domain first.

    Raises
    ------
    InputError
        If a stratum has one unit and the design says ``lonely_psu="fail"``.

    Notes
    -----
    Särndal, Swensson and Wretman, Model Assisted Survey Sampling (1992), result 3.7.1 for strata, 4.3.1 for stages:
    V = Σ_h (1 - f_h) n_h/(n_h - 1) Σ_i (t_hi - t̄_h)² + Σ_h f_h Σ_i V_i, where V_i is the same expression inside unit i.
    Systematic first stages (``order=``): successive differences of the units in the order of the list,
    Σ_h (1 - f_h) n_h/(2(n_h - 1)) Σ_i (t_h,i+1 - t_hi)², Wolter (2007), Introduction to Variance Estimation, eq. 8.2.3.
    Unequal chances without replacement: `covariance_by_chances` and `covariance_by_pairs`. Replicate weights: the
    spread of the replicates' totals Σ w_r u, which is the linearised form of an estimate with scores u. Two phases:
    `covariance_of_phases`.
    """
    if sample.replicates is not None:
        return _by_replicates(sample.replicates, sample, scores, domain, domains)
    if sample.second is not None:
        wide = scores if domain is None else _spread(scores, domain, domains)
        return covariance_of_phases(wide, sample.weights, sample.first, sample.second)
    width = scores.shape[1]
    if domain is not None and domains == 1:
        scores, domain, cells = np.where((domain >= 0)[:, None], scores, 0.0), None, None
    if sample.calibration is not None:
        wide = scores if domain is None else _spread(scores, domain, domains)
        scores, domain, domains, width, cells = sample.calibration.residuals(wide), None, 1, wide.shape[1], None
    if sample.chances is not None:
        return _by_chances(sample, _totals(sample.first, scores * sample.weights[:, None], domain, domains))
    weighted: Floats | None = None
    total = np.zeros((domains * width, domains * width))
    chance: Floats = np.ones(1)
    for depth, stage in enumerate(sample.stages):
        if depth:
            # a unit of the stage before counts with the share drawn there
            before = sample.stages[depth - 1]
            chance = (chance[before.parent] if depth > 1 else np.ones(len(before.parent))) * before.fraction[
                before.parent
            ]
            if not chance.any():
                break
        factor = np.ones(len(stage.taken)) if depth == 0 else chance
        plain = stage.order is None and stage.share is None
        if plain and stage.unit is None and (domain is not None or width == 1):
            total += _row_units(stage, scores, domain, domains, factor, sample, None if depth else cells)
        else:
            weighted = scores * sample.weights[:, None] if weighted is None else weighted
            totals = _totals(stage, weighted, domain, domains)
            total += _unit_totals(stage, totals, factor, sample, _present(stage, domain, domains), width)
    return total


def _by_replicates(
    replicates: ReplicateWeights, sample: Sample, scores: Floats, domain: Codes | None, domains: int
) -> Floats:
    code = np.zeros(len(scores), dtype=np.int64) if domain is None else domain
    rows = np.flatnonzero(code >= 0)
    members = scipy.sparse.csr_array((np.ones(len(rows)), (code[rows], rows)), shape=(domains, len(scores)))
    whole = np.asarray(members @ (sample.weights[:, None] * scores), dtype=np.float64)
    totals = np.stack([members @ (replicates.weights * z[:, None]) for z in scores.T], axis=1)
    return replicates.spread(totals.reshape(whole.size, -1).T, whole)


def _by_chances(sample: Sample, totals: Floats) -> Floats:
    stage, rule = sample.first, sample.design.without_replacement
    assert sample.chances is not None
    if sample.joint is not None:
        return covariance_by_pairs(totals, sample.joint)
    named = stratum_namer(stage.names)
    return covariance_by_chances(totals, sample.chances, stage.parent, str(rule), sample.design.lonely_psu, named)


def _spread(scores: Floats, domain: Codes, domains: int) -> Floats:
    wide = np.zeros((len(scores), domains, scores.shape[1]))
    rows = np.flatnonzero(domain >= 0)
    wide[rows, domain[rows]] = scores[rows]
    return wide.reshape(len(scores), -1)


def _totals(stage: Stage, weighted: Floats, domain: Codes | None, domains: int) -> Floats:
    if stage.unit is None:
        return weighted if domain is None else _spread(weighted, domain, domains)
    units, width = len(stage.parent), weighted.shape[1]
    if domain is None:
        return np.asarray(
            np.column_stack([np.bincount(stage.unit, z, minlength=units) for z in weighted.T]), dtype=float
        )
    # rows without a domain fall into one extra column that is dropped
    key = stage.unit * (domains + 1) + np.where(domain < 0, domains, domain)
    size = units * (domains + 1)
    parts = [np.bincount(key, z, minlength=size).reshape(units, domains + 1)[:, :domains] for z in weighted.T]
    return np.asarray(np.stack(parts, axis=2).reshape(units, domains * width), dtype=np.float64)


def stage_scales(stage: Stage, factor: Floats, sample: Sample) -> tuple[Floats, Codes]:
    """Return (1 - f) n/(n - 1) × factor of each parent, and the lonely parents."""
    open_ = stage.fraction < 1 - 1e-12
    lonely = np.flatnonzero((stage.taken == 1) & open_ & (factor > 0))
    if len(lonely) and sample.design.lonely_psu == "fail":
        raise InputError(
            "Every stratum has at least two units, or is a complete census.",
            found=f"{len(lonely)} with one: " + "; ".join(cell_name(stage.names, int(h)) for h in lonely[:5]),
            fix="Combine strata that are alike, or choose lonely_psu='certainty', 'adjust' or 'average' knowingly.",
            where="Design",
        )
    scale = np.where(open_, (1 - stage.fraction) * stage.taken / np.maximum(stage.taken - 1, 1), 0.0) * factor
    return scale, lonely


def _average_over_lonely(lonely: Codes, present: npt.NDArray[np.bool_], width: int) -> Floats:
    """Return the matrix that scales the other strata up for lonely ones, counting strata with rows in each domain."""
    alone = present[lonely].sum(axis=0)
    strata = present.sum(axis=0)
    root = np.sqrt(np.where(strata > alone, strata / np.maximum(strata - alone, 1), 1.0)).repeat(width)
    return np.asarray(np.outer(root, root), dtype=np.float64)


def _unit_totals(
    stage: Stage, totals: Floats, factor: Floats, sample: Sample, present: npt.NDArray[np.bool_], width: int
) -> Floats:
    scale, lonely = stage_scales(stage, factor, sample)
    if stage.order is not None:
        return _successive_differences(stage, totals, scale, lonely, sample)
    parents = len(stage.taken)
    mean = np.column_stack([np.bincount(stage.parent, t, minlength=parents) for t in totals.T]) / stage.taken[:, None]
    if sample.design.lonely_psu == "adjust":
        mean[lonely] = 0.0
    expected = mean[stage.parent]
    if stage.share is not None:
        expected = expected * (stage.share * stage.taken[stage.parent])[:, None]
    centred = totals - expected
    result = np.asarray((centred * scale[stage.parent][:, None]).T @ centred, dtype=np.float64)
    if sample.design.lonely_psu == "average" and len(lonely):
        result *= _average_over_lonely(lonely, present, width)
    return result


def _successive_differences(stage: Stage, totals: Floats, scale: Floats, lonely: Codes, sample: Sample) -> Floats:
    assert stage.order is not None
    if len(lonely) and sample.design.lonely_psu not in ("certainty", "average"):
        raise InputError(
            "Successive differences need two units in every stratum.",
            found=f"{len(lonely)} with one: " + "; ".join(cell_name(stage.names, int(h)) for h in lonely[:5]),
            fix="Combine strata that are alike, or choose lonely_psu='certainty' or 'average' knowingly.",
            where="Design",
        )
    parent = stage.parent[stage.order]
    step = np.diff(totals[stage.order], axis=0)
    factor = np.where(parent[1:] == parent[:-1], scale[parent[1:]] / 2, 0.0)
    found = np.asarray((step * factor[:, None]).T @ step, dtype=np.float64)
    if len(lonely) and sample.design.lonely_psu == "average":
        strata = int((stage.taken > 0).sum())
        found *= strata / max(strata - len(lonely), 1)
    return found


def _present(stage: Stage, domain: Codes | None, domains: int) -> npt.NDArray[np.bool_]:
    """Say which parents have rows in which domain."""
    present = np.ones((len(stage.taken), domains), dtype=bool)
    if domain is None:
        return present
    inside = domain >= 0
    parent = stage.parent if stage.unit is None else stage.parent[stage.unit]
    seen = np.bincount(parent[inside] * domains + domain[inside], minlength=present.size) > 0
    return seen.reshape(present.shape)


def _row_units(
    stage: Stage,
    scores: Floats,
    domain: Codes | None,
    domains: int,
    factor: Floats,
    sample: Sample,
    cells_of_rows: Cells | None,
) -> Floats:
    """Give the same as `_unit_totals` for rows that are units, from sums by stratum and domain only."""
    scale, lonely = stage_scales(stage, factor, sample)
    parents, width, w = len(stage.taken), scores.shape[1], sample.weights
    key, inside = stage.parent, None
    if cells_of_rows is not None:
        key, inside = cells_of_rows.key, cells_of_rows.inside
    elif domain is not None:
        inside = domain >= 0 if domain.min() < 0 else None
        key = stage.parent * domains + domain
        key = key if inside is None else key[inside]
    scores, w = (scores, w) if inside is None else (scores[inside], w[inside])
    size = parents * domains
    count = np.bincount(key, minlength=size) if cells_of_rows is None else cells_of_rows.count
    sums = np.stack([cell_sums(key, size, w, s) for s in scores.T], axis=1)
    mean = sums / np.maximum(count, 1)[:, None]
    result = np.zeros((domains, width, domains, width))
    cells = sums.reshape(parents, domains, width)
    divisor = stage.taken.astype(float)
    if sample.design.lonely_psu == "adjust" and len(lonely):
        divisor[lonely] = np.inf
    cross = np.einsum("hdv,hek,h->dvek", cells, cells, scale / divisor, optimize=True)
    result -= cross
    same = np.arange(domains)
    for (a, b), products in _cell_products(key, w, scores, count, mean).items():
        value = scale @ products.reshape(parents, domains)
        result[same, a, same, b] += value
        if a != b:
            result[same, b, same, a] += value
    square = result.reshape(domains * width, domains * width)
    if sample.design.lonely_psu == "average" and len(lonely):
        square *= _average_over_lonely(lonely, (count > 0).reshape(parents, domains), width)
    return square


def _cell_products(key: Codes, w: Floats, scores: Floats, count: Codes, mean: Floats) -> dict[tuple[int, int], Floats]:
    """Return Σ z_a z_b of each cell, z = w × score, for each pair of columns."""
    size = len(count)
    pairs = [(a, b) for a in range(scores.shape[1]) for b in range(a + 1)]
    plain = {(a, b): cell_sums(key, size, w, scores[:, a], w, scores[:, b]) for a, b in pairs}
    between = {(a, b): count * mean[:, a] * mean[:, b] for a, b in pairs}
    if all((between[a, a] <= 0.9 * plain[a, a]).all() for a in range(scores.shape[1])):
        return plain
    # cell means are large against the spread: centred first, they cost no digits
    centred = w[:, None] * scores - mean[key]
    return {(a, b): cell_sums(key, size, centred[:, a], centred[:, b]) + between[a, b] for a, b in pairs}


def cell_sums(key: Codes, size: int, *factors: Floats) -> Floats:
    """Return the sum of the product of `factors` in each cell.

    Rows are taken in blocks: with a million of them, memory for a product takes longer to get than to fill.

    Examples
    --------
    >>> cell_sums(np.array([0, 1, 0]), 2, np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0])).tolist()
    [7.0, 2.0]
    """
    result = np.zeros(size)
    for start in range(0, len(key), BLOCK):
        rows = slice(start, start + BLOCK)
        product = factors[0][rows]
        for factor in factors[1:]:
            product = product * factor[rows]
        result += np.bincount(key[rows], product, minlength=size)
    return result


def unit_totals(sample: Sample, scores: Floats, domain: Codes | None, domains: int) -> Floats:
    """Return the weighted score total of each first-stage unit (units x domains·variables), calibration included."""
    wide = scores if domain is None else _spread(scores, domain, domains)
    if sample.calibration is not None:
        wide = sample.calibration.residuals(wide)
    return _totals(sample.first, wide * sample.weights[:, None], None, 1)
