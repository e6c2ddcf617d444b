"""Satisfaction: top-box shares and means of rating scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation.chosen import chosen_design
from workbench.estimation.design import Design
from workbench.estimation.domains import Domains, read_domains
from workbench.estimation.intervals import check_confidence, quantile_t, wilson
from workbench.estimation.ratios import Ratio, fit_ratio
from workbench.estimation.sample import read_sample
from workbench.nps.columns import CI_HIGH, CI_LOW, MEAN, MEAN_STD_ERROR, STD_ERROR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Satisfaction(Result):
    """Top-box share and mean of a rating scale.

    Attributes
    ----------
    table
        Columns of `by`, ``variable``; ``top_box`` (share of the best answers), ``std_error``, ``ci_low``, ``ci_high``
        (of the share); ``mean``, ``mean_std_error``, ``mean_low``, ``mean_high``; ``n``, ``n_effective``.
    distribution
        Columns of `by`, ``answer``, ``share``, ``n``.
    """

    distribution: pd.DataFrame

    caption: ClassVar[Message] = message("Satisfaction")
    columns: ClassVar[Mapping[str, Column]] = {
        "top_box": Column(message("Top box"), "pct1"),
        "std_error": STD_ERROR,
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "mean": MEAN,
        "mean_std_error": MEAN_STD_ERROR,
        "mean_low": Column(message("Mean, low ({level:level})"), "dec2"),
        "mean_high": Column(message("Mean, high ({level:level})"), "dec2"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the top-box share of each group with its interval and base."""
        stop = list(self.table.columns).index("variable")
        names = list(self.table.columns[:stop]) or ["variable"]
        label = self.table[names].astype(str).agg(" · ".join, axis=1)
        shown = self.table.assign(label=label, estimate=self.table["top_box"])

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style="pct1", language=language)

        return charts.draw_figure(draw, height=max(1.8, 0.5 * len(shown) + 0.8))


@takes_columns("column", many=["by"])
def satisfaction(
    data: pd.DataFrame,
    column: str = "satisfaction",
    design: Design | None = None,
    *,
    by: str | Sequence[str] | None = None,
    scale: tuple[int, int] = (1, 5),
    top: int = 2,
    confidence: float = 0.95,
    minimum_base: int = 30,
    not_answered: Sequence[float] = (),
) -> Satisfaction:
    """Estimate the share of the best answers and the mean of a rating scale.

    Parameters
    ----------
    data
        One row per questionnaire.
    column
        Ratings; valid answers are the whole numbers of `scale`.
    design
        The sampling design; without it every answer counts once.
    by
        Groups; with a design they are domains.
    scale
        Lowest and highest answer, the highest being the best.
    top
        How many of the best answers make the top box.
    confidence
        Coverage of the intervals.
    minimum_base
        Groups below it are named in a note.
    not_answered
        Codes for no answer, counted and noted.

    Returns
    -------
    Satisfaction
        Shares have Wilson's interval, at the effective base p(1-p)/v where a design is given; means Student's t. A
        group without answers has ``n`` 0 and nothing else, a single answer neither error nor interval.

    Raises
    ------
    InputError
        If an answer is outside the scale, or nobody answered at all.

    Notes
    -----
    Wilson (1927), Journal of the American Statistical Association 22, 209–212.

    Examples
    --------
    >>> data = pd.DataFrame({"satisfaction": [5, 4, 4, 2]})
    >>> satisfaction(data).table[["top_box", "mean", "n"]]
       top_box  mean  n
    0     0.75  3.75  4
    """
    check_confidence(confidence)
    low, high = scale
    if not (low < high and 1 <= top <= high - low):
        raise InputError(
            "The top box is a part of the scale.",
            found=f"scale {scale}, top {top}",
            fix="Pass scale=(1, 5), top=2, say.",
            where="scale",
        )
    values, notes = _ratings(data, column, low, high, not_answered)
    sample, domains = read_sample(data, chosen_design(design, lonely_psu="certainty")), read_domains(data, by)
    seen = ~np.isnan(values)
    answers = np.arange(low, high + 1)
    measures = np.column_stack([values > high - top, values, *(values == a for a in answers)])
    wide = np.repeat(seen[:, None], measures.shape[1], axis=1)
    fit = fit_ratio(
        sample, domains, np.where(wide, measures, 0.0), wide.astype(float), wide, [column] * measures.shape[1]
    )
    table = _table(domains, fit, column, confidence, weighted=design is not None)
    notes += [n for n in fit.notes if n.severity == "caution"]
    small = int(table["n"].between(1, minimum_base - 1).sum())
    if small:
        notes.append(
            Note(
                plural(
                    "{n:int} group rests on fewer than {minimum:int} answers.",
                    "{n:int} groups rest on fewer than {minimum:int} answers.",
                    n=small,
                    minimum=minimum_base,
                ),
                "caution",
            )
        )
    return Satisfaction(
        level=confidence, table=table, distribution=_distribution(domains, fit, answers), notes=(*notes, *domains.notes)
    )


def _ratings(
    data: pd.DataFrame, column: str, low: int, high: int, not_answered: Sequence[float]
) -> tuple[Floats, list[Note]]:
    values = number_column(data, column, where="data")
    missing = np.isnan(values)
    coded = np.isin(values, np.asarray(list(not_answered), dtype=float))
    wrong = ~missing & ~coded & ((values < low) | (values > high) | (values != np.floor(values)))
    if wrong.any():
        found, counts = np.unique(values[wrong], return_counts=True)
        raise InputError(
            f"Answers to {column!r} are whole numbers from {low} to {high}.",
            found=", ".join(f"{v:g} ({c} rows)" for v, c in zip(found[:8], counts[:8], strict=True)),
            fix="Correct them, pass scale=, or pass codes for no answer as not_answered=.",
            where="data",
        )
    notes = []
    if coded.any():
        notes.append(
            Note(
                plural(
                    "{n:int} answer to {column} is a code for “no answer” and is not counted.",
                    "{n:int} answers to {column} are codes for “no answer” and are not counted.",
                    n=int(coded.sum()),
                    column=column,
                )
            )
        )
    if missing.any():
        notes.append(
            Note(
                plural(
                    "{n:int} row has no answer to {column}.",
                    "{n:int} rows have no answer to {column}.",
                    n=int(missing.sum()),
                    column=column,
                )
            )
        )
    return np.where(coded, np.nan, values), notes


def _table(domains: Domains, fit: Ratio, column: str, confidence: float, *, weighted: bool) -> pd.DataFrame:
    width = fit.estimate.shape[1]
    share, mean = fit.estimate[:, 0], fit.estimate[:, 1]
    n = fit.n[:, 0]
    error = np.sqrt(np.clip(np.diag(fit.covariance).reshape(-1, width), 0, None))
    base = np.where(n > 0, n, np.nan)
    share_error = error[:, 0] if weighted else np.where(n > 1, np.sqrt(share * (1 - share) / base), np.nan)
    known = share_error > 1e-12
    effective = base
    if weighted:
        kish = np.where(n > 0, fit.kish[:, 0], np.nan)
        effective = np.where(known, share * (1 - share) / np.where(known, share_error, 1.0) ** 2, kish)
    low, high = (np.where(np.isnan(share_error), np.nan, side) for side in wilson(share, effective, confidence))
    reach = quantile_t(confidence, fit.df[:, 1]) * error[:, 1]
    return (
        domains.levels.reset_index(drop=True)
        .copy()
        .assign(
            variable=column,
            top_box=share,
            std_error=share_error,
            ci_low=low,
            ci_high=high,
            mean=mean,
            mean_std_error=error[:, 1],
            mean_low=mean - reach,
            mean_high=mean + reach,
            n=n.astype(np.int64),
            n_effective=effective,
        )
    )


def _distribution(domains: Domains, fit: Ratio, answers: np.ndarray) -> pd.DataFrame:
    shares = fit.estimate[:, 2:]
    table = domains.levels.loc[np.repeat(np.arange(domains.size), len(answers))].reset_index(drop=True)
    return table.assign(
        answer=np.tile(answers, domains.size),
        share=shares.ravel(),
        n=np.repeat(fit.n[:, 0].astype(np.int64), len(answers)),
    )
