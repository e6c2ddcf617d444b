"""The lines of a scorecard: one measure in every region, from rows or from ready-made figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from workbench.core.checks import Floats
from workbench.core.results import Note
from workbench.estimation.chosen import chosen_design
from workbench.estimation.domains import read_domains
from workbench.estimation.sample import read_sample
from workbench.estimation.variance import count_cells
from workbench.nps.cells import RegionFit, fit_regions
from workbench.nps.funnel import funnel_places
from workbench.nps.measures import Figures, Measure, Scored, measured
from workbench.nps.movement import moved_figures, moved_measures
from workbench.nps.ranks import luck_spread, rank_intervals, welch
from workbench.nps.shrunken import shrink
from workbench.nps.spread import p_equal

LARGE = 1e9


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines of one source, a summary of its measures, and its caveats."""

    lines: pd.DataFrame
    summary: pd.DataFrame
    notes: tuple[Note, ...]


def measure_lines(source: Scored | Figures, by: str, names: Sequence[object], confidence: float, minimum: int) -> Lines:
    """Compute the lines of one source, region by region in the order of `names`.

    Examples
    --------
    >>> answers = pd.DataFrame({"region": ["a"] * 40 + ["b"] * 40, "recommend": [10, 2] * 40})
    >>> measure_lines(Scored(answers), "region", ["a", "b"], 0.95, 30).lines["estimate"].tolist()
    [0.0, 0.0]
    """
    index = pd.Index(list(names), dtype="object")
    fits, notes = (
        _fit_figures(source, by, index, confidence)
        if isinstance(source, Figures)
        else _fit_rows(source, by, index, confidence)
    )
    measures = source.measures if isinstance(source, Figures) else source.chosen()
    lines, summary = [], []
    moved = (
        {name: moved_figures(source, name, by, index, confidence) for name in fits}
        if isinstance(source, Figures)
        else moved_measures(source, measures, by, index, confidence)
    )
    for name, fit in fits.items():
        one, line = _lines(name, measures[name], fit, moved[name], by, index, confidence, minimum)
        lines.append(one)
        summary.append(line)
    return Lines(pd.concat(lines, ignore_index=True), pd.DataFrame(summary), notes)


def _fit_rows(
    source: Scored, by: str, index: pd.Index, confidence: float
) -> tuple[dict[str, RegionFit], tuple[Note, ...]]:
    sample = read_sample(source.data, chosen_design(source.design, lonely_psu="certainty"))
    domains = read_domains(source.data, by)
    cells = count_cells(sample, domains.code, domains.size)
    place = pd.Index(domains.levels[by], dtype=object).get_indexer(index)
    fits = {}
    for name, measure in source.chosen().items():
        values = measured(source.data, name, measure, where=name)
        fit = fit_regions(
            sample, domains, values, measure.statistic, cells, confidence, designed=source.design is not None
        )
        fits[name] = _placed(fit, place)
    return fits, domains.notes


def _placed(fit: RegionFit, place: np.ndarray) -> RegionFit:
    """Return a fit in the order of all regions of the scorecard."""
    there = place >= 0

    def take(values: Floats, empty: float = np.nan) -> Floats:
        return np.where(there, values[place], empty)

    covariance = np.where(np.outer(there, there), fit.covariance[np.ix_(place, place)], np.nan)
    return RegionFit(
        estimate=take(fit.estimate),
        low=take(fit.low),
        high=take(fit.high),
        n=take(fit.n, 0.0),
        n_effective=take(fit.n_effective),
        df=take(fit.df),
        covariance=covariance,
        spread=take(fit.spread),
        difference=take(fit.difference),
        difference_error=take(fit.difference_error),
        tested_error=take(fit.tested_error),
        df_all=fit.df_all,
        overall=fit.overall,
        overall_error=fit.overall_error,
    )


def _fit_figures(
    source: Figures, by: str, index: pd.Index, confidence: float
) -> tuple[dict[str, RegionFit], tuple[Note, ...]]:
    table = source.checked(by)
    z = float(scipy.stats.norm.ppf((1 + confidence) / 2))
    fits = {}
    for name, measure in source.measures.items():
        rows = table[table["measure"] == name].set_index(by).reindex(index)
        estimate, error, n = (rows[c].to_numpy(dtype=float) for c in ("estimate", "std_error", "n"))
        base, whole = np.nan_to_num(n), np.nansum(n)
        unknown = np.full(len(index), np.nan)
        if measure.statistic == "total":
            difference, gap, overall = unknown, unknown, float(np.nansum(estimate))
            overall_error = float(np.sqrt(np.nansum(error**2)))
        else:
            weight = base / max(whole, 1.0)
            overall = float(np.nansum(weight * estimate))
            overall_error = float(np.sqrt(np.nansum((weight * error) ** 2)))
            other = 1 - weight
            rest = np.where(
                other > 0, (overall - weight * np.nan_to_num(estimate)) / np.where(other > 0, other, 1), np.nan
            )
            rest_error = np.sqrt(np.clip(overall_error**2 - (weight * np.nan_to_num(error)) ** 2, 0, None))
            difference = estimate - rest
            gap = np.hypot(error, rest_error / np.where(other > 0, other, 1.0))
        known = error > 0
        fits[name] = RegionFit(
            estimate=estimate,
            low=estimate - z * error,
            high=estimate + z * error,
            n=base,
            n_effective=n,
            df=np.full(len(index), LARGE),
            covariance=np.diag(error**2),
            spread=np.where(known, error**2 * n, np.nan),
            difference=difference,
            difference_error=gap,
            tested_error=gap,
            df_all=LARGE,
            overall=overall,
            overall_error=overall_error,
        )
    return fits, ()


def _lines(
    name: str,
    measure: Measure,
    fit: RegionFit,
    moved: pd.DataFrame,
    by: str,
    index: pd.Index,
    confidence: float,
    minimum: int,
) -> tuple[pd.DataFrame, dict[str, object]]:
    scatter = _scatter(fit)
    smooth = np.where(fit.n > 0, scatter / np.sqrt(np.maximum(fit.n, 1)), np.nan)
    is_total = measure.statistic == "total"
    steady = shrink(np.where(is_total, np.nan, fit.estimate), smooth**2, confidence=confidence)
    ranks = rank_intervals(
        np.where(fit.n >= minimum, fit.estimate, np.nan),
        fit.covariance,
        fit.df,
        confidence=confidence,
        lower_is_better=measure.better == "lower",
    )
    t = float(scipy.stats.t.ppf((1 + confidence) / 2, fit.df_all)) if fit.df_all > 0 else np.nan
    gap, gap_error = fit.difference, fit.difference_error
    variance = fit.error**2
    free = welch(
        variance,
        np.clip(gap_error**2 - variance, 0, None),
        fit.df,
        np.where(fit.df_all > fit.df, fit.df_all - fit.df, fit.df_all),
    )
    gap_t = scipy.stats.t.ppf((1 + confidence) / 2, free)
    shown = fit.n >= minimum
    lines = pd.DataFrame(
        {
            by: index,
            "measure": name,
            "estimate": fit.estimate,
            "std_error": fit.error,
            "ci_low": fit.low,
            "ci_high": fit.high,
            "n": fit.n.astype(np.int64),
            "n_effective": fit.n_effective,
            "shrunken": steady.estimate,
            "shrunken_low": steady.low,
            "shrunken_high": steady.high,
            "own_weight": steady.weight,
            "rank": ranks.rank,
            "rank_low": ranks.low,
            "rank_high": ranks.high,
            "place": funnel_places(np.where(is_total, np.nan, fit.estimate), smooth, fit.overall, confidence),
            "difference": gap,
            "difference_low": gap - gap_t * gap_error,
            "difference_high": gap + gap_t * gap_error,
            "p_value": _p(gap, fit.tested_error, free),
            **{c: moved[c].to_numpy(dtype=float) for c in moved},
        }
    )
    lines["n_previous"] = lines["n_previous"].fillna(0).astype(np.int64)
    direct = [
        "estimate",
        "std_error",
        "ci_low",
        "ci_high",
        "n_effective",
        "difference",
        "difference_low",
        "difference_high",
        "p_value",
    ]
    lines.loc[~shown, direct] = np.nan
    lines.loc[~shown, "place"] = ""
    usable = fit.estimate[shown & ~np.isnan(fit.estimate)]
    reach = t * fit.overall_error
    summary: dict[str, object] = {
        "measure": name,
        "estimate": fit.overall,
        "ci_low": fit.overall - reach,
        "ci_high": fit.overall + reach,
        "n": int(fit.n.sum()),
        "spread": float(np.ptp(usable)) if len(usable) > 1 else np.nan,
        "luck": np.nan if is_total else luck_spread(smooth[shown]),
        "p_value": np.nan if is_total else p_equal(usable, smooth[shown & ~np.isnan(fit.estimate)]),
        "between": float(np.sqrt(steady.between)) if steady.between == steady.between else np.nan,
        "scatter": np.nan if is_total else scatter,
    }
    return lines, summary


def _scatter(fit: RegionFit) -> float:
    """Return the standard deviation of single rows, pooled over regions and with the pooled design effect."""
    known = (fit.n > 1) & np.isfinite(fit.spread)
    if not known.any():
        return float("nan")
    n, spread = fit.n[known], fit.spread[known]
    pooled = float(((n - 1) * spread).sum() / (n - 1).sum())
    variance = np.diag(fit.covariance)[known]
    sure = (variance > 0) & (spread > 0)
    effect = float((n[sure] * n[sure] * variance[sure] / spread[sure]).sum() / n[sure].sum()) if sure.any() else 1.0
    return float(np.sqrt(pooled * effect))


def _p(estimate: Floats, error: Floats, df: Floats) -> Floats:
    sure = error > 1e-12 * np.maximum(np.abs(estimate), 1.0)
    ratio = np.abs(estimate) / np.where(sure, error, 1.0)
    return np.where(
        sure,
        2 * scipy.stats.t.sf(ratio, df),
        np.where(np.abs(estimate) > 1e-12, 0.0, np.where(np.isnan(estimate), np.nan, 1.0)),
    )
