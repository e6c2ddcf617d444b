"""Key drivers: what goes with recommending, how sure we are of the order, and what noise alone would show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.progress import tracked
from workbench.core.results import Note, Result
from workbench.estimation import Design
from workbench.estimation.chosen import chosen_design
from workbench.estimation.intervals import check_confidence
from workbench.estimation.resampling import resampled_weights
from workbench.estimation.sample import read_sample
from workbench.nps.columns import CI_HIGH, CI_LOW, DRIVER, PERFORMANCE, RANK, RANK_HIGH, RANK_LOW
from workbench.nps.driver_checks import (
    MOST_SUBSETS,
    DriverMethod,
    MissingRule,
    check_drivers,
    check_values,
    usable_drivers,
)
from workbench.nps.driver_notes import driver_notes, proportional_notes
from workbench.nps.importance import (
    correlations_of_draws,
    correlations_of_outcomes,
    covariances_of_draws,
    johnson,
    latent_correlation,
    latent_correlations,
    pairwise_correlation,
    shapley,
    weighted_correlation,
)
from workbench.nps.ordinal import (
    OrdinalFit,
    check_proportional_odds,
    coefficient_table,
    fit_ordinal,
    fit_without_culprits,
    merge_levels,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Drivers(Result):
    """Drivers by importance.

    Attributes
    ----------
    table
        One row per driver, most important first: ``driver``; ``importance`` (its part of R²), ``share`` (of R²),
        ``ci_low``, ``ci_high`` (of the share); ``rank``, ``rank_low``, ``rank_high``; ``clear`` (its part is above the
        noise benchmark); ``correlation``, ``performance`` (weighted mean), ``missing`` (share of rows), ``n``.
    r_squared
        Share of the outcome's variance that all drivers explain together.
    noise
        Importance that the strongest of these drivers reaches in 5 % of shuffled outcomes.
    coefficients
        With ``method="ordinal"``, one row per driver: ``driver``, ``estimate``, ``std_error``, ``ci_low``, ``ci_high``,
        ``odds_ratio``, ``odds_low``, ``odds_high``, ``p_value``; else empty.
    proportional_odds
        With ``method="ordinal"``, whether one slope does for all thresholds: ``driver``, ``statistic``, ``df``,
        ``p_value``, ``p_adjusted``; else empty.
    """

    r_squared: float
    noise: float
    coefficients: pd.DataFrame = field(default_factory=pd.DataFrame)
    proportional_odds: pd.DataFrame = field(default_factory=pd.DataFrame)

    caption: ClassVar[Message] = message("Key drivers")
    columns: ClassVar[Mapping[str, Column]] = {
        "driver": DRIVER,
        "importance": Column(message("Part of explained variance"), "dec3"),
        "share": Column(message("Importance"), "pct1"),
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "rank": RANK,
        "rank_low": RANK_LOW,
        "rank_high": RANK_HIGH,
        "clear": Column(message("Above noise")),
        "correlation": Column(message("Correlation"), "dec2"),
        "performance": PERFORMANCE,
        "missing": Column(message("Missing"), "pct1"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each driver's share with its interval and the noise benchmark."""
        shown = self.table.assign(estimate=self.table["share"])
        limit = self.noise / self.r_squared if self.r_squared > 0 else None

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="driver", style="pct1", base=None, reference=limit, language=language)
            ax.set_xlabel(charts.text(message("Importance"), language))

        return charts.draw_figure(draw, height=max(2.0, 0.45 * len(shown) + 0.9))


@takes_columns("outcome", many=["drivers"])
def key_drivers(
    data: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    design: Design | None = None,
    *,
    method: DriverMethod = "shapley",
    bootstrap: int = 500,
    seed: int,
    missing: MissingRule = "complete",
    confidence: float = 0.95,
) -> Drivers:
    """Split what the drivers explain of an outcome among them, with the uncertainty of shares and ranks.

    Importance is association, not cause: a driver may lead because it is asked next to the outcome.

    Parameters
    ----------
    data
        One row per questionnaire.
    outcome
        Number to explain (the 0–10 answer, a satisfaction rating).
    drivers
        Columns of ratings.
    design
        The sampling design; the bootstrap draws its clusters within its strata, or mixes the replicates it has.
    method
        ``shapley`` (LMG; beyond 20 drivers Johnson's weights take over), ``johnson`` (relative weights), or
        ``ordinal``: an ordinal logit for an
        answer whose steps need not be equal, whose explained latent variance is split as by ``shapley``.
    bootstrap
        Number of bootstrap samples.
    seed
        Seed of bootstrap and noise benchmark.
    missing
        ``complete`` uses rows without any missing value, ``pairwise`` each correlation's own rows. Either is reported.
    confidence
        Coverage of the percentile intervals of shares and ranks.

    Returns
    -------
    Drivers

    Raises
    ------
    InputError
        If a column is missing or the outcome itself, the outcome is constant, too few rows are complete, fewer than two
        drivers say something of their own, or pairwise correlations do not fit together.

    Notes
    -----
    Drivers that are constant, copies or mirrors of others, or the outcome itself under another name, are left out and
    named in a note (`workbench.nps.driver_checks.usable_drivers`).

    Lindeman, Merenda and Gold (1980); Grömping (2006), Journal of Statistical Software 17(1), whose R package
    relaimpo gives the same numbers; Johnson (2000). Ordinal: the parts add up to the R² of McKelvey and Zavoina (1975);
    answers with fewer than ten rows are taken together with the next one.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> data = pd.DataFrame({"price": rng.normal(size=300), "staff": rng.normal(size=300)})
    >>> data["recommend"] = 2 * data["staff"] + rng.normal(size=300)
    >>> found = key_drivers(data, "recommend", ["price", "staff"], bootstrap=50, seed=1)
    >>> found.table[["driver", "rank", "clear"]]
      driver  rank  clear
    0  staff     1   True
    1  price     2  False
    """
    check_confidence(confidence)
    check_drivers(data, outcome, drivers, method, missing, bootstrap)
    names = [*drivers, outcome]
    values = np.column_stack([number_column(data, c, where="data") for c in names])
    sample = read_sample(data, chosen_design(design))
    told: list[Note] = []
    # drivers without an own say first: rows are then counted for those that are left
    rows = _rows(values, missing)
    check_values(values, rows, names)
    found = usable_drivers(values, rows, names)
    values, names, told = _left(values, found.kept), [*(names[k] for k in found.kept), outcome], [*found.notes]
    rows = _rows(values, missing)
    holes, drivers = np.isnan(values), names[:-1]
    used, w = values[rows], sample.weights[rows]
    replicates = resampled_weights(data, chosen_design(design), draws=bootstrap, seed=seed)[rows]
    many = len(drivers) > MOST_SUBSETS
    split = johnson if method == "johnson" or many else shapley
    if many and method != "johnson":
        text = message(
            "{n:int} drivers are too many for Shapley shares; Johnson's relative weights are shown, which say nearly "
            "the same.",
            n=len(drivers),
        )
        told.append(Note(text))
    model = coefficients = proportional = None
    correlate: Callable[[Floats, Floats, Floats], Floats]
    if method == "ordinal":
        level, _ = merge_levels(used[:, -1])
        model, inside, culprits = fit_without_culprits(level, used[:, :-1], w, drivers)
        told += culprits
        drivers = [drivers[k] for k in inside]
        used, values, holes = (_left(t, inside) for t in (used, values, holes))
        covariance = model.covariance(sample, rows)
        coefficients = coefficient_table(drivers, model, covariance, confidence)
        proportional = check_proportional_odds(
            level, used[:, :-1], sample, rows, drivers, model, designed=design is not None
        )
        draws = _ordinal_draws(model, used[:, :-1], w, replicates, split)
        correlate = _ordinal_correlations
        centre = weighted_correlation(used, w)
        importance = split(latent_correlation(used[:, :-1], w, model.slopes))
    else:
        complete = missing == "complete"
        correlate = correlations_of_outcomes if complete else _pairwise_correlations
        centre = (weighted_correlation if complete else pairwise_correlation)(used, w)
        _require_positive(centre, missing)
        importance = split(centre)
        drawn = replicates[:, (replicates > 0).sum(axis=0) > len(names)]
        draws = split(correlations_of_draws(used, drawn) if complete else _pairwise_draws(used, drawn))
    noise = _noise(used, w, correlate, split, seed)
    table = _table(drivers, importance, draws, confidence, noise, centre, values, holes, sample.weights, rows)
    total = float(importance.sum())
    notes = [*told, *driver_notes(table, total, centre, drivers, rows, holes, missing)]
    if proportional is not None:
        notes += proportional_notes(proportional)
    return Drivers(
        level=confidence,
        table=table,
        r_squared=total,
        noise=noise,
        notes=tuple(notes),
        coefficients=pd.DataFrame() if coefficients is None else coefficients,
        proportional_odds=pd.DataFrame() if proportional is None else proportional,
    )


def _rows(values: Floats, missing: str) -> np.ndarray:
    # without the outcome a row says nothing about what drives it
    holes = np.isnan(values)
    return np.asarray(~holes.any(axis=1) if missing == "complete" else ~holes[:, -1] & ~holes[:, :-1].all(axis=1))


def _left(table: Any, kept: Sequence[int]) -> Any:
    """Return the columns of the drivers kept and, last, that of the outcome."""
    return table[:, [*kept, table.shape[1] - 1]]


def _require_positive(centre: Floats, missing: str) -> None:
    if missing == "pairwise" and np.linalg.eigvalsh(centre).min() < -1e-9:
        raise InputError(
            "Pairwise correlations fit together.",
            found="a correlation matrix that no complete data could have",
            fix="Use missing='complete', or leave out the driver with the most missing answers.",
            where="missing",
        )


def _ordinal_draws(
    model: OrdinalFit, x: Floats, weights: Floats, replicates: Floats, split: Callable[[Floats], Floats]
) -> Floats:
    slopes = model.replicated(weights, replicates)[:, len(model.thresholds) :]
    return split(latent_correlations(covariances_of_draws(x, replicates), slopes))


def _pairwise_draws(values: Floats, replicates: Floats) -> Floats:
    drawn = tracked(replicates.T, message("Resampling answers"), total=replicates.shape[1])
    return np.array([pairwise_correlation(values, r) for r in drawn])


def _pairwise_correlations(x: Floats, outcomes: Floats, weights: Floats) -> Floats:
    return np.array([pairwise_correlation(np.column_stack([x, y]), weights) for y in outcomes.T])


def _ordinal_correlations(x: Floats, outcomes: Floats, weights: Floats) -> Floats:
    # all are the same answers in another order, and so are their levels
    known, first = np.unique(outcomes[:, 0], return_index=True)
    levels = merge_levels(outcomes[:, 0])[0][first][np.searchsorted(known, outcomes)]
    slopes = np.array([fit_ordinal(level, x, weights, steps=8).slopes for level in levels.T])
    return latent_correlations(covariances_of_draws(x, weights[:, None]), slopes)


def _noise(
    values: Floats,
    weights: Floats,
    correlate: Callable[[Floats, Floats, Floats], Floats],
    split: Callable[[Floats], Floats],
    seed: int,
    shuffles: int = 100,
) -> float:
    rng = np.random.default_rng([seed, 1])
    shuffled = np.column_stack([rng.permutation(values[:, -1]) for _ in range(shuffles)])
    strongest = split(correlate(values[:, :-1], shuffled, weights)).max(axis=1)
    return float(np.quantile(strongest, 0.95))


def _table(
    drivers: Sequence[str],
    importance: Floats,
    draws: Floats,
    confidence: float,
    noise: float,
    centre: Floats,
    values: Floats,
    holes: np.ndarray,
    weights: Floats,
    rows: np.ndarray,
) -> pd.DataFrame:
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    shares = draws / draws.sum(axis=1, keepdims=True)
    low, high = np.quantile(shares, tails, axis=0)
    ranks = (-draws).argsort(axis=1, kind="stable").argsort(axis=1) + 1
    best, worst = np.quantile(ranks, tails, axis=0, method="nearest")
    known = weights[:, None] * ~holes
    mean = np.nansum(np.where(holes, 0.0, values) * known, axis=0) / known.sum(axis=0)
    table = pd.DataFrame(
        {
            "driver": list(drivers),
            "importance": importance,
            "share": importance / importance.sum(),
            "ci_low": low,
            "ci_high": high,
            "rank": (-importance).argsort(kind="stable").argsort() + 1,
            "rank_low": best.astype(int),
            "rank_high": worst.astype(int),
            "clear": importance > noise,
            "correlation": centre[:-1, -1],
            "performance": mean[:-1],
            "missing": holes[:, :-1].mean(axis=0),
            "n": int(rows.sum()),
        }
    )
    return table.sort_values("rank").reset_index(drop=True)
