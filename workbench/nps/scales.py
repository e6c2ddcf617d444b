"""Batteries of ratings: whether the items belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import numpy as np
import pandas as pd
import scipy

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design
from workbench.estimation.chosen import chosen_design
from workbench.estimation.intervals import check_confidence
from workbench.estimation.sample import read_sample
from workbench.nps.agreement import krippendorff_alpha
from workbench.nps.columns import MEAN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MissingItems = Literal["pairwise", "complete"]
GOOD = 0.7


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
        "mean": MEAN,
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


@takes_columns(many=["items"])
def scale_reliability(
    data: pd.DataFrame,
    items: Sequence[str],
    design: Design | None = None,
    *,
    missing: MissingItems = "pairwise",
    confidence: float = 0.95,
    minimum_base: int = 30,
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
    minimum_base
        Fewest rows with two answers or more for which alphas are given; below it they are missing.

    Returns
    -------
    Reliability

    Raises
    ------
    InputError
        If there are fewer than two items that vary, or a pair of items was never answered together. An item that
        everybody answers alike is left out and named in a note.

    Notes
    -----
    Cronbach (1951), Psychometrika 16, 297–334; interval: Feldt, Woodruff and Salih (1987), Applied Psychological
    Measurement 11, 93–103, with the number of complete rows; as R's psych::alpha.

    Examples
    --------
    >>> data = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [1, 2, 3, 5, 4], "c": [2, 1, 3, 4, 5]})
    >>> round(scale_reliability(data, ["a", "b", "c"], minimum_base=5).alpha, 3)
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
    weights = read_sample(data, chosen_design(design, lonely_psu="certainty")).weights
    flat = [i for i, v in zip(items, values.T, strict=True) if np.unique(v[~np.isnan(v)]).size < 2]
    if len(items) - len(flat) < 2:
        raise InputError(
            "At least two items vary.", found=f"{', '.join(flat)} constant", fix="Name other items.", where="items"
        )
    left_out = tuple(
        Note(message("{item} is answered alike by everybody and left out.", item=i), "caution") for i in flat
    )
    values, items = values[:, [i not in flat for i in items]], [i for i in items if i not in flat]
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
    # around the alpha that is shown: answers without a gap may agree otherwise than all do
    low, high = _feldt(alpha, int(full.sum()), k, confidence)
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
    base = int(((~np.isnan(values[used])).sum(axis=1) >= 2).sum())
    if base < minimum_base:
        few = plural(
            "{n:int} answer is too few to say whether the questions belong together; it takes {minimum:int}.",
            "{n:int} answers are too few to say whether the questions belong together; it takes {minimum:int}.",
            n=base,
            minimum=minimum_base,
        )
        unknown = float("nan")
        hidden = table.assign(item_rest=unknown, alpha_without=unknown)
        return Reliability(
            table=hidden,
            alpha=unknown,
            alpha_low=unknown,
            alpha_high=unknown,
            standardised=unknown,
            krippendorff=unknown,
            notes=(*left_out, Note(few, "caution")),
        )
    return Reliability(
        table=table,
        alpha=alpha,
        alpha_low=low,
        alpha_high=high,
        standardised=_alpha(covariance / np.outer(spread, spread)),
        krippendorff=krippendorff_alpha(values[used].T),
        notes=(*left_out, *_notes(table, alpha, int(full.sum()), len(values))),
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


def _feldt(alpha: float, n: int, k: int, confidence: float) -> tuple[float, float]:
    if n < 3:
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    df1, df2 = n - 1, (n - 1) * (k - 1)
    return (
        float(1 - (1 - alpha) * scipy.stats.f.ppf(1 - tail, df1, df2)),
        float(1 - (1 - alpha) * scipy.stats.f.ppf(tail, df1, df2)),
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
