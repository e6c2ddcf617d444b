"""Batteries of ratings: whether the items belong together, and whether people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import charts
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design
from workbench.estimation.intervals import check_confidence
from workbench.estimation.sample import read_sample
from workbench.nps.agreement import krippendorff_alpha
from workbench.nps.wording import in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MissingItems = Literal["pairwise", "complete"]
GOOD = 0.7
CHECKS: Mapping[str, Message] = {
    "straight_lining": message("The same answer throughout"),
    "speeding": message("Much faster than others"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Reliability(Result):
    """Reliability of a battery.

    Attributes
    ----------
    table
        One row per item: ``item``, ``mean``, ``item_rest`` (correlation with the sum of the others),
        ``alpha_without`` (alpha of the others), ``n``.
    alpha
        Cronbach's alpha of all items.
    alpha_low, alpha_high
        Feldt's interval, from the rows with all answers.
    standardised
        Alpha of the standardised items.
    krippendorff
        Krippendorff's ordinal alpha, items as raters: whether the items say the same, not only move together.
    """

    alpha: float
    alpha_low: float
    alpha_high: float
    standardised: float
    krippendorff: float

    caption: ClassVar[Message] = message("Reliability of the battery")
    columns: ClassVar[Mapping[str, Column]] = {
        "item": Column(message("Item")),
        "mean": Column(message("Mean"), "dec2"),
        "item_rest": Column(message("Correlation with the rest"), "dec2"),
        "alpha_without": Column(message("Alpha without the item"), "dec3"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each item's correlation with the rest."""

        def draw(ax: Axes) -> None:
            charts.bar_rows(
                ax,
                [str(i) for i in self.table["item"]],
                self.table["item_rest"].tolist(),
                style="dec2",
                language=language,
            )
            ax.set_xlabel(charts.text(message("Correlation with the rest"), language))

        return charts.draw_figure(draw)


def scale_reliability(
    data: pd.DataFrame,
    items: Sequence[str],
    design: Design | None = None,
    *,
    missing: MissingItems = "pairwise",
    confidence: float = 0.95,
) -> Reliability:
    """Say how well a battery of items measures one thing.

    Parameters
    ----------
    data
        One row per questionnaire.
    items
        Columns of ratings on the same scale, all pointing the same way.
    design
        Its weights are used; clusters do not matter to a description.
    missing
        ``pairwise`` (each covariance from the rows that have both answers) or ``complete``.
    confidence
        Coverage of the interval of alpha.

    Returns
    -------
    Reliability

    Raises
    ------
    InputError
        If there are fewer than two items, an item is constant, or a pair of items was never answered together.

    Notes
    -----
    Cronbach (1951), Psychometrika 16, 297–334; interval: Feldt, Woodruff and Salih (1987), Applied Psychological
    Measurement 11, 93–103; as R's psych::alpha.

    Examples
    --------
    >>> data = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [1, 2, 3, 5, 4], "c": [2, 1, 3, 4, 5]})
    >>> round(scale_reliability(data, ["a", "b", "c"]).alpha, 3)
    0.951
    """
    check_confidence(confidence)
    if missing not in get_args(MissingItems):
        raise InputError(
            "The rule for missing answers is pairwise or complete.",
            found=repr(missing),
            fix="Choose one.",
            where="missing",
        )
    if len(items) < 2 or len(set(items)) < len(items):
        raise InputError(
            "A battery has at least two different items.", found=str(list(items)), fix="Name them.", where="items"
        )
    values = np.column_stack([number_column(data, i, where="data") for i in items])
    weights = read_sample(data, design or Design(lonely_psu="certainty")).weights
    full = ~np.isnan(values).any(axis=1)
    used = full if missing == "complete" else np.ones(len(values), dtype=bool)
    covariance = _covariance(values[used], weights[used], items)
    k = len(items)
    alpha = _alpha(covariance)
    spread = np.sqrt(np.diag(covariance))
    rest = covariance.sum(axis=1) - np.diag(covariance)
    total = covariance.sum()
    others = np.sqrt(total - 2 * covariance.sum(axis=1) + np.diag(covariance))
    without = [_alpha(np.delete(np.delete(covariance, i, 0), i, 1)) if k > 2 else float("nan") for i in range(k)]
    low, high = _feldt(values[full], weights[full], items, confidence)
    known = ~np.isnan(values[used])
    mean = (np.where(known, values[used], 0.0) * weights[used][:, None]).sum(axis=0) / (
        known * weights[used][:, None]
    ).sum(axis=0)
    table = pd.DataFrame(
        {
            "item": list(items),
            "mean": mean,
            "item_rest": rest / (spread * others),
            "alpha_without": without,
            "n": known.sum(axis=0),
        }
    )
    return Reliability(
        table=table,
        alpha=alpha,
        alpha_low=low,
        alpha_high=high,
        standardised=_alpha(covariance / np.outer(spread, spread)),
        krippendorff=krippendorff_alpha(values[used].T),
        notes=_notes(table, alpha, int(full.sum()), len(values)),
    )


def _covariance(values: Floats, weights: Floats, items: Sequence[str]) -> Floats:
    seen = ~np.isnan(values)
    filled = np.where(seen, values - np.nanmean(values, axis=0), 0.0)
    known = seen.astype(float)
    w = weights[:, None]
    mass, pairs = (known * w).T @ known, known.T @ known
    if pairs.min() < 2:
        a, b = np.unravel_index(int(pairs.argmin()), pairs.shape)
        raise InputError(
            "Every pair of items was answered together at least twice.",
            found=f"{items[int(a)]} and {items[int(b)]}: {int(pairs.min())} rows",
            fix="Leave one of them out.",
            where="items",
        )
    first = (filled * w).T @ known
    covariance = ((filled * w).T @ filled - first * first.T / mass) / mass * pairs / (pairs - 1)
    flat = np.flatnonzero(np.diag(covariance) <= 1e-12)
    if len(flat):
        raise InputError(
            "Every item varies.", found=f"{items[flat[0]]} is constant", fix="Leave it out.", where="items"
        )
    return np.asarray(covariance, dtype=np.float64)


def _alpha(covariance: Floats) -> float:
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _feldt(values: Floats, weights: Floats, items: Sequence[str], confidence: float) -> tuple[float, float]:
    n, k = values.shape
    if n < 3:
        return float("nan"), float("nan")
    alpha = _alpha(_covariance(values, weights, items))
    tail = (1 - confidence) / 2
    df1, df2 = n - 1, (n - 1) * (k - 1)
    return (
        float(1 - (1 - alpha) * stats.f.ppf(1 - tail, df1, df2)),
        float(1 - (1 - alpha) * stats.f.ppf(tail, df1, df2)),
    )


def _notes(table: pd.DataFrame, alpha: float, complete: int, rows: int) -> tuple[Note, ...]:
    notes = []
    if complete < rows:
        notes.append(Note(message("{n:int} of {all:int} rows have all items answered.", n=complete, all=rows)))
    if alpha < GOOD:
        notes.append(
            Note(
                message(
                    "Alpha is {alpha:dec2}: the items hardly measure one thing; report them one by one.", alpha=alpha
                ),
                "caution",
            )
        )
    worst = int(np.argmin(table["item_rest"].to_numpy()))
    if table["item_rest"].iloc[worst] < 0:
        notes.append(
            Note(
                message("{item} runs against the others: is its scale reversed?", item=str(table["item"].iloc[worst])),
                "warning",
            )
        )
    return tuple(notes)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class AnswerQuality(Result):
    """Signs of careless answering.

    Attributes
    ----------
    table
        One row per check: ``check``, ``flagged`` (rows), ``share``, ``n`` (rows that could be checked).
    flags
        One row per row of the input: ``straight_lining``, ``speeding``.
    """

    flags: pd.DataFrame

    caption: ClassVar[Message] = message("Signs of careless answering")
    columns: ClassVar[Mapping[str, Column]] = {
        "check": Column(message("Check")),
        "flagged": Column(message("Flagged"), "int"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, "check", CHECKS, language)


def answer_quality(
    data: pd.DataFrame,
    items: Sequence[str],
    *,
    seconds: str | None = None,
    speeding: float = 0.33,
    minimum_items: int = 4,
) -> AnswerQuality:
    """Flag rows that give the same answer to every item, or finish much faster than the others.

    A flag is a question, not a verdict: a satisfied customer may tick 5 throughout. Compare results with and without.

    Parameters
    ----------
    data
        One row per questionnaire.
    items
        Ratings of one battery.
    seconds
        Column of the time taken; None to check the answers only.
    speeding
        Fraction of the median time below which a row is flagged.
    minimum_items
        Fewest answered items for a row to be checked for straight-lining.

    Returns
    -------
    AnswerQuality

    Raises
    ------
    InputError
        If a column is missing or not a number, or fewer items than `minimum_items` are given.

    Notes
    -----
    Greszki, Meyer and Schoen (2015), Public Opinion Quarterly 79, 471–503, for a third of the median time.

    Examples
    --------
    >>> data = pd.DataFrame({"a": [5, 5], "b": [5, 4], "c": [5, 3], "d": [5, 5], "t": [20, 100]})
    >>> answer_quality(data, list("abcd"), seconds="t").table[["check", "flagged"]]
                 check  flagged
    0  straight_lining        1
    1         speeding        0
    """
    if len(items) < minimum_items:
        raise InputError(
            f"Straight-lining shows in at least {minimum_items} items.",
            found=f"{len(items)} items",
            fix="Pass the whole battery.",
            where="items",
        )
    values = np.column_stack([number_column(data, i, where="data") for i in items])
    answered = (~np.isnan(values)).sum(axis=1)
    filled_low = np.where(np.isnan(values), np.inf, values).min(axis=1)
    filled_high = np.where(np.isnan(values), -np.inf, values).max(axis=1)
    checked = answered >= minimum_items
    straight = checked & (filled_low == filled_high)
    rows = [("straight_lining", straight, checked)]
    if seconds is not None:
        time = number_column(data, seconds, where="data")
        known = ~np.isnan(time)
        limit = speeding * float(np.median(time[known])) if known.any() else np.nan
        rows.append(("speeding", known & (time < limit), known))
    table = pd.DataFrame(
        {
            "check": [r[0] for r in rows],
            "flagged": [int(r[1].sum()) for r in rows],
            "share": [float(r[1].sum() / r[2].sum()) if r[2].any() else np.nan for r in rows],
            "n": [int(r[2].sum()) for r in rows],
        }
    )
    flags = pd.DataFrame({name: flag for name, flag, _ in rows}, index=data.index)
    return AnswerQuality(table=table, flags=flags)
