"""What one point more on a driver is worth, in points of NPS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
import scipy

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design
from workbench.estimation.chosen import chosen_design
from workbench.estimation.intervals import check_confidence
from workbench.estimation.resampling import resampled_weights
from workbench.estimation.sample import read_sample
from workbench.estimation.scores import read_scale
from workbench.nps.columns import CI_HIGH, CI_LOW, DRIVER, PERFORMANCE, RANK_HIGH, RANK_LOW, STD_ERROR
from workbench.nps.driver_checks import check_drivers, check_values, usable_drivers
from workbench.nps.ordinal import fit_without_culprits, merge_levels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FENCES = (7.0, 9.0)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DriverWorth(Result):
    """Points of NPS that go with one point more on each driver.

    Attributes
    ----------
    table
        One row per driver, most worth first: ``driver``, ``worth`` (points of NPS if everybody below the top rated it
        one point higher, all else equal), ``std_error``, ``ci_low``, ``ci_high``, ``below_top`` (weighted share of
        customers who can rise), ``performance`` (weighted mean), ``rank_low``, ``rank_high`` (places it has in the
        middle 95 % of the bootstrap samples, or at another `confidence`), ``n``.
    """

    caption: ClassVar[Message] = message("What one point more is worth")
    columns: ClassVar[Mapping[str, Column]] = {
        "driver": DRIVER,
        "worth": Column(message("Points of NPS"), "signed1"),
        "std_error": STD_ERROR.styled("dec1"),
        "ci_low": CI_LOW.styled("signed1"),
        "ci_high": CI_HIGH.styled("signed1"),
        "below_top": Column(message("Below the top rating"), "pct1"),
        "performance": PERFORMANCE,
        "rank_low": RANK_LOW,
        "rank_high": RANK_HIGH,
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the points of each driver with their interval."""
        shown = self.table.assign(estimate=self.table["worth"])

        def draw(ax: Axes) -> None:
            charts.interval_rows(
                ax, shown, label="driver", style="signed1", base=None, reference=0.0, language=language
            )
            ax.set_xlabel(charts.text(message("Points of NPS"), language))

        return charts.draw_figure(draw, height=max(2.0, 0.45 * len(shown) + 0.9))


@takes_columns("outcome", many=["drivers"])
def driver_worth(
    data: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    design: Design | None = None,
    *,
    scale: tuple[float, float] = (1, 5),
    bootstrap: int = 500,
    seed: int,
    confidence: float = 0.95,
) -> DriverWorth:
    """Estimate how many points of NPS go with one point more on a driver, the other drivers staying as they are.

    It is what differs between customers who rate alike but for this point, not a promise: ratings share causes.

    Parameters
    ----------
    data
        One row per questionnaire; rows with all answers are used, and their number is said.
    outcome
        Answers 0–10.
    drivers
        Columns of ratings.
    design
        The sampling design; the bootstrap draws its clusters within its strata, or mixes the replicates it has.
    scale
        Lowest and highest rating; who is at the highest stays there.
    bootstrap, seed
        Number of bootstrap samples, and their seed.
    confidence
        Coverage of the percentile intervals.

    Returns
    -------
    DriverWorth

    Raises
    ------
    InputError
        As `key_drivers`; if an answer is not on the 0–10 scale, or a rating outside `scale`.

    Notes
    -----
    From an ordinal logit on the 0–10 answer: NPS = 100 Σ w (P(Y ≥ 9 | x) - P(Y ≤ 6 | x)) / Σ w, at the ratings as they
    are and with one driver raised. Percentile intervals.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> data = pd.DataFrame({"staff": rng.integers(1, 6, 400), "price": rng.integers(1, 6, 400)})
    >>> data["recommend"] = np.clip(np.round(3 + 1.2 * data["staff"] + rng.normal(size=400)), 0, 10)
    >>> worth = driver_worth(data, "recommend", ["staff", "price"], bootstrap=50, seed=1)
    >>> worth.table["driver"].tolist()
    ['staff', 'price']
    """
    check_confidence(confidence)
    check_drivers(data, outcome, drivers, "ordinal", "complete", bootstrap)
    answers = read_scale(data, outcome)
    ratings = np.column_stack([number_column(data, d, where="data") for d in drivers])
    low, high = scale
    outside = (ratings < low) | (ratings > high)
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise InputError(
            f"Ratings lie from {low:g} to {high:g}.",
            found=f"{drivers[int(column)]!r}: {ratings[row, column]:g} ({int(outside[:, column].sum())} rows)",
            fix="Correct them, or pass scale=.",
            where="scale",
        )
    rows = ~np.isnan(ratings).any(axis=1) & ~np.isnan(answers.score)
    both, names = np.column_stack([ratings, answers.score]), [*drivers, outcome]
    check_values(both, rows, names)
    usable = usable_drivers(both, rows, names)
    ratings, drivers = ratings[:, list(usable.kept)], [names[k] for k in usable.kept]
    rows = ~np.isnan(ratings).any(axis=1) & ~np.isnan(answers.score)
    sample = read_sample(data, chosen_design(design))
    x, w = ratings[rows], sample.weights[rows]
    level, groups = merge_levels(answers.score[rows], FENCES)
    fit, inside, culprits = fit_without_culprits(level, x, w, drivers)
    x, drivers = x[:, inside], [drivers[k] for k in inside]
    replicates = resampled_weights(data, chosen_design(design), draws=bootstrap, seed=seed)[rows]
    parameters = fit.replicated(w, replicates)
    # customers who rate alike are worth alike: each different set of ratings is computed once, with all their weights
    sets, place = np.unique(x, axis=0, return_inverse=True)
    members = scipy.sparse.csr_array((np.ones(len(x)), (place.ravel(), np.arange(len(x)))), shape=(len(sets), len(x)))
    worth = _worth(fit.parameters[None], np.asarray(members @ w[:, None]), sets, groups, high)[0]
    draws = _worth(parameters, np.asarray(members @ replicates), sets, groups, high)
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    tails = np.quantile(draws, ends, axis=0)
    # intervals of two drivers say little of their difference: both rest on the same customers
    places = (-draws).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") + 1
    best = np.quantile(places, ends[0], axis=0, method="inverted_cdf")
    worst = np.quantile(places, ends[1], axis=0, method="inverted_cdf")
    share = w / w.sum()
    table = pd.DataFrame(
        {
            "driver": list(drivers),
            "worth": worth,
            "std_error": draws.std(axis=0, ddof=1),
            "ci_low": tails[0],
            "ci_high": tails[1],
            "below_top": share @ (x < high),
            "performance": share @ x,
            "rank_low": best.astype(int),
            "rank_high": worst.astype(int),
            "n": int(rows.sum()),
        }
    )
    order = np.argsort(-worth, kind="stable")
    notes = (*_notes(rows), *usable.notes, *culprits)
    return DriverWorth(level=confidence, table=table.iloc[order].reset_index(drop=True), notes=notes)


def _worth(parameters: Floats, weights: Floats, x: Floats, groups: list[list[float]], high: float) -> Floats:
    """Return the worth of each driver (columns) by the parameters (rows) and weights (columns) of each draw."""
    thresholds, slopes = parameters[:, : len(groups) - 1], parameters[:, len(groups) - 1 :]
    # a threshold lies between two levels; that below 9 divides promoters, that below 7 detractors
    starts = np.array([g[0] for g in groups])
    cuts = [
        thresholds[:, i - 1] if 0 < i < len(starts) else np.full(len(parameters), np.inf * (1 if i else -1))
        for i in (int((starts < f).sum()) for f in FENCES)
    ]
    line, share = x @ slopes.T, 100 * weights / weights.sum(axis=0)

    def nps(at: Floats) -> Floats:
        below = scipy.special.expit(cuts[1] - at) + scipy.special.expit(cuts[0] - at)
        return np.asarray((share * (1 - below)).sum(axis=0))

    base = nps(line)
    raised = [np.minimum(c + 1, high) - c for c in x.T]
    return np.stack([nps(line + r[:, None] * b) - base for r, b in zip(raised, slopes.T, strict=True)], axis=1)


def _notes(rows: np.ndarray) -> tuple[Note, ...]:
    notes = [
        Note(
            message(
                "What goes with one point more among customers who rate everything else alike; whether raising a "
                "rating raises the score, only a trial can tell."
            ),
            "caution",
        )
    ]
    if not rows.all():
        notes.append(
            Note(message("{n:int} of {all:int} rows have all answers and are used.", n=int(rows.sum()), all=len(rows)))
        )
    return tuple(notes)
