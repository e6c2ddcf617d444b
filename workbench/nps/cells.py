"""Estimates by region with their whole covariance, each region's distance to all others included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.core.checks import Codes, Floats
from workbench.estimation.domains import Domains
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.intervals import quantile_t, wilson
from workbench.estimation.mean_test import MeanSide, means_alike
from workbench.estimation.sample import Sample
from workbench.estimation.share_test import ShareSide, shares_alike
from workbench.estimation.variance import Cells, covariance_of_totals
from workbench.nps import intervals
from workbench.nps.measures import MeasureStatistic

EXPECTED = 10.0  # answers of the rarer kind: from there on the linearised error holds for people


@dataclass(frozen=True, eq=False)
class RegionFit:
    """One measure in every region; NaN in regions without an answer.

    Attributes
    ----------
    estimate, low, high, n, n_effective, df
        By region. The degrees of freedom are those of the region.
    covariance
        Between regions.
    spread
        Variance among single rows of the region.
    difference, difference_error, tested_error
        Region minus all others, its standard error, and the error that a test of it uses; NaN for totals.
    df_all
        Degrees of freedom of the whole sample.
    overall, overall_error
        All regions together.
    """

    estimate: Floats
    low: Floats
    high: Floats
    n: Floats
    n_effective: Floats
    df: Floats
    covariance: Floats
    spread: Floats
    difference: Floats
    difference_error: Floats
    tested_error: Floats
    df_all: float
    overall: float
    overall_error: float

    @property
    def error(self) -> Floats:
        """Standard errors."""
        return np.sqrt(np.clip(np.diag(self.covariance), 0.0, None))


def fit_regions(
    sample: Sample,
    domains: Domains,
    values: Floats,
    statistic: MeasureStatistic,
    cells: Cells | None,
    confidence: float,
    *,
    designed: bool,
) -> RegionFit:
    """Estimate a measure in every region from rows.

    Parameters
    ----------
    values
        What is averaged or added up, NaN where there is nothing.
    cells
        Result of `workbench.estimation.variance.count_cells`, shared by all measures.
    designed
        Whether the rows have a sampling design; without one an NPS has its adjusted Wald interval.

    Notes
    -----
    Region and rest come from the totals of answers and of their number in every region, whose joint covariance is
    estimated once; ratios are linear in them (Taylor). The rest is all other regions taken together, which the total,
    of which the region is a part, is not.
    """
    code = domains.code
    assert code is not None
    seen = ~np.isnan(values)
    whole = seen.all()
    w = sample.weights if whole else np.where(seen, sample.weights, 0.0)
    filled = values if whole else np.where(seen, values, 0.0)
    size = domains.size
    inside = code >= 0
    every = bool(inside.all())
    key = code if every else np.where(inside, code, size)

    def sums(x: Floats) -> Floats:
        return np.asarray(np.bincount(key, x, minlength=size + 1)[:size], dtype=np.float64)

    mass = sums(w)
    n = sums(seen.astype(float)) if not whole else np.bincount(key, minlength=size + 1)[:size].astype(float)
    df = degrees_of_freedom(sample, code, size, cells) if whole else _answering(sample, code, size, seen)
    df_all = float(degrees_of_freedom(sample)[0])
    if statistic == "total":
        return _totals(sample, domains, filled, cells, sums(w * filled), n, df, df_all, confidence)
    centre = float((w * filled).sum() / max(w.sum(), 1e-300))
    off = filled - centre if whole else np.where(seen, filled - centre, 0.0)
    top = sums(w * off)
    squares = sums(w * off**2)
    known = mass > 0
    base = np.where(known, mass, np.nan)
    mean = top / base
    moments = _moments(sample, off, seen.astype(float), domains, cells)
    # d(top/mass) = (d top - mean d mass) / mass, and the same for all other regions together
    own = np.zeros((size, size, 2))
    rest = np.zeros((size, size, 2))
    others_top, others_mass = top.sum() - top, mass.sum() - mass
    other = np.where(others_mass > 0, others_top / np.where(others_mass > 0, others_mass, 1.0), np.nan)
    place = np.arange(size)
    own[place, place, 0] = np.where(known, 1 / np.where(known, mass, 1.0), 0.0)
    own[place, place, 1] = np.where(known, -np.nan_to_num(mean) * own[place, place, 0], 0.0)
    share = np.where(others_mass > 0, 1 / np.where(others_mass > 0, others_mass, 1.0), 0.0)
    rest[:, :, 0] = share[:, None] * (1 - np.eye(size))
    rest[:, :, 1] = -np.nan_to_num(other)[:, None] * rest[:, :, 0]
    flat = own.reshape(size, -1)
    contrast = flat - rest.reshape(size, -1)
    covariance = flat @ moments @ flat.T
    gap_error = np.sqrt(np.clip(np.einsum("ij,jk,ik->i", contrast, moments, contrast), 0, None))
    held = _held(statistic, w, off, centre, sums, n, df, gap_error**2)
    tested = np.where(np.isnan(held), gap_error, held)
    answered = float(mass.sum()) or np.nan  # nobody answered: nothing is known of all either
    total_mean = float(top.sum() / answered)
    line = np.tile(np.array([1.0, -total_mean]) / answered, size)
    overall_error = float(np.sqrt(max(float(line @ moments @ line), 0.0)))
    spread = np.clip(squares / base - mean**2, 0, None) * n / np.maximum(n - 1, 1)
    estimate = mean + centre
    # one answer, or several of one unit, say nothing about how answers differ
    alone = (n <= 1) | ((df < 1) & (np.diag(covariance) <= 1e-24))
    covariance = np.where(alone[:, None] | alone[None, :], np.nan, covariance)
    gap_error = np.where(alone, np.nan, gap_error)
    variance = np.clip(np.diag(covariance), 0, None)
    kish = mass**2 / np.maximum(sums(w**2), 1e-300)
    sure = variance > 1e-20
    effective = np.where(sure, spread / np.where(sure, variance, 1.0), kish)
    if not designed:
        effective = n.copy()
    low, high = _limits(
        estimate,
        variance,
        n,
        kish,
        effective,
        df,
        statistic,
        confidence,
        designed=designed,
        parts=_parts(statistic, filled, w, sums, base),
    )
    return RegionFit(
        estimate=np.where(known, estimate, np.nan),
        low=low,
        high=high,
        n=n,
        n_effective=effective,
        df=df,
        covariance=np.where(np.outer(known, known), covariance, np.nan),
        spread=spread,
        difference=np.where(known, mean - other, np.nan),
        difference_error=np.where(known, np.fmax(gap_error, tested), np.nan),
        tested_error=np.where(known, tested, np.nan),
        df_all=df_all,
        overall=total_mean + centre,
        overall_error=overall_error,
    )


def _held(
    statistic: str,
    w: Floats,
    off: Floats,
    centre: float,
    sums: Callable[[Floats], Floats],
    n: Floats,
    df: Floats,
    variance: Floats,
) -> Floats:
    """Return the error that a test of each region against the others uses: where few answers decide, not less.

    Shares of which fewer than ten answers are expected are held to the share of all, means of skewed answers to the
    spread of all, as everywhere else (`workbench.estimation.share_test`, `workbench.estimation.mean_test`).
    """
    mass, rows = sums(w), len(w)
    moments = [sums(w * off**k) for k in range(1, 4)]
    squares = [sums(w**2 * off**k) for k in range(3)]

    def side(others: bool) -> MeanSide:
        weight, first, second, third, none, one, two = (
            s.sum() - s if others else s for s in (mass, *moments, *squares)
        )
        base, count = np.where(weight > 0, weight, np.nan), n.sum() - n if others else n
        mean = first / base
        spread = second / base - mean**2
        cube = third / base - 3 * mean * second / base + 2 * mean**3
        only = (two - 2 * mean * one + mean**2 * none) / base**2 * rows / max(rows - 1, 1)
        own = np.clip(spread, 0.0, None) * count / np.maximum(count - 1, 1)
        return MeanSide(mean + centre, weight, base**2 / np.maximum(none, 1e-300), only, own, cube)

    region, others = side(False), side(True)
    if statistic != "share":
        return means_alike(region, others, variance, df, np.ones(len(n), dtype=bool))[0]
    whole = float(mass @ np.nan_to_num(region.mean) / (mass.sum() or np.nan))
    rare = np.fmin(region.effective, others.effective) * min(whole, 1 - whole) < EXPECTED
    one, all_others = (ShareSide(s.mean, s.mass, s.effective, s.weights_only) for s in (region, others))
    return np.where(rare, shares_alike(one, all_others, np.nan_to_num(variance), df)[0], np.nan)


def _answering(sample: Sample, code: Codes, size: int, seen: np.ndarray) -> Floats:
    return degrees_of_freedom(sample, np.where(seen, code, -1), size)


def _moments(sample: Sample, top: Floats, bottom: Floats, domains: Domains, cells: Cells | None) -> Floats:
    """Return the covariance of (Σ w top, Σ w bottom) of every region, region by region."""
    assert domains.code is not None
    scores = np.column_stack([top, bottom])
    return covariance_of_totals(sample, scores, domains.code, domains.size, cells)


def _parts(statistic: str, filled: Floats, w: Floats, sums, base: Floats) -> tuple[Floats, Floats] | None:  # type: ignore[no-untyped-def]
    if statistic != "nps":
        return None
    return sums(w * (filled > 0)) / base, sums(w * (filled < 0)) / base


def _limits(
    estimate: Floats,
    variance: Floats,
    n: Floats,
    kish: Floats,
    effective: Floats,
    df: Floats,
    statistic: str,
    confidence: float,
    *,
    designed: bool,
    parts: tuple[Floats, Floats] | None,
) -> tuple[Floats, Floats]:
    reach = quantile_t(confidence, df) * np.sqrt(variance)
    unknown = np.isnan(variance)
    if statistic == "share":
        low, high = wilson(np.clip(estimate, 0, 1), np.maximum(effective, 1e-9), confidence)
        return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)
    if statistic == "mean" or parts is None:
        return estimate - reach, estimate + reach
    base = np.where(n > 0, kish if designed else n, np.nan)
    p, d = parts
    low, high = (100 * side for side in intervals.adjusted_wald(p * base, d * base, base, confidence))
    if designed:
        agree = variance <= 1e-18
        low, high = np.where(agree, low, estimate - reach), np.where(agree, high, estimate + reach)
    low, high = (np.where(unknown, np.nan, side) for side in (low, high))
    return np.clip(low, -100, 100), np.clip(high, -100, 100)


def _totals(
    sample: Sample,
    domains: Domains,
    values: Floats,
    cells: Cells | None,
    total: Floats,
    n: Floats,
    df: Floats,
    df_all: float,
    confidence: float,
) -> RegionFit:
    covariance = covariance_of_totals(sample, values[:, None], domains.code, domains.size, cells)
    error = np.sqrt(np.clip(np.diag(covariance), 0, None))
    reach = quantile_t(confidence, df) * error
    unknown = np.full(domains.size, np.nan)
    return RegionFit(
        estimate=total,
        low=total - reach,
        high=total + reach,
        n=n,
        n_effective=n.copy(),
        df=df,
        covariance=covariance,
        spread=unknown,
        difference=unknown,
        difference_error=unknown,
        tested_error=unknown,
        df_all=df_all,
        overall=float(total.sum()),
        overall_error=float(np.sqrt(max(float(covariance.sum()), 0.0))),
    )
