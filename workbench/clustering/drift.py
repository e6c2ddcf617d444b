"""From wave to wave: the frozen segments beside a refit, how far both moved apart, and whether it is time to refit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clustering.feature_rules import apply_rules
from workbench.clustering.features import Features
from workbench.clustering.matching import adjusted_rand, cross_table, match_labels
from workbench.clustering.model import SegmentModel
from workbench.core import charts
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import SEGMENT, Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AGREEMENT: Final = 0.8
CENTRE_SHIFT: Final = 0.5
SIZE_SHIFT: Final = 0.05


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Drift(Result):
    """A frozen segmentation beside a refit on a new wave.

    Attributes
    ----------
    table
        One row per segment: ``segment``, ``fitted_share`` (at the fit), ``frozen_share`` (the frozen rules in this
        wave), ``refit_share`` (the matched segment of the refit), ``centre_shift`` (from the frozen centre to the
        mean of this wave's customers of the segment, in standard deviations), ``refit_shift`` (to those of the
        refitted segment), ``kept`` (share of the frozen segment's customers that the refit puts into its counterpart).
    agreement
        Share of the customers in matched segments.
    adjusted_rand
        Adjusted Rand index of both segmentations.
    explained_frozen, explained_refit
        Share of this wave's spread that each explains.
    refit
        Whether the numbers say: refit.
    verdict
        The same in words.
    """

    agreement: float
    adjusted_rand: float
    explained_frozen: float
    explained_refit: float
    refit: bool
    verdict: Message

    caption: ClassVar[Message] = message("Frozen segments beside a refit")
    columns: ClassVar[Mapping[str, Column]] = {
        "fitted_share": Column(message("Share when fitted"), "pct1"),
        "frozen_share": Column(message("Share now, frozen rules"), "pct1"),
        "refit_share": Column(message("Share now, refitted"), "pct1"),
        "centre_shift": Column(message("Shift of the centre (standard deviations)"), "dec2"),
        "refit_shift": Column(message("Shift to the refitted centre"), "dec2"),
        "kept": Column(message("Same segment in both"), "pct"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the shares at the fit, now by the frozen rules, and now refitted."""

        def draw(ax: Axes) -> None:
            rows = np.arange(len(self.table))[::-1]
            looks = (
                ("fitted_share", "o", charts.PAPER),
                ("frozen_share", "o", charts.INK),
                ("refit_share", "D", charts.ACCENT),
            )
            for column, marker, face in looks:
                ax.plot(
                    self.table[column],
                    rows,
                    marker,
                    color=face,
                    markeredgecolor=charts.INK,
                    markersize=8,
                    label=self.columns[column].label.text(language or current_language()),
                )
            both = self.table[["fitted_share", "frozen_share", "refit_share"]].to_numpy(dtype=float)
            ax.hlines(rows, np.nanmin(both, axis=1), np.nanmax(both, axis=1), color=charts.MUTED, linewidth=1)
            ax.set_yticks(rows, [charts.text(message("Segment {n:int}", n=s), language) for s in self.table[SEGMENT]])
            ax.set_xlim(left=0)
            charts.format_axis(ax.xaxis, "pct", language)
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=1)

        return charts.draw_figure(draw, height=1.8 + 0.45 * len(self.table))


def compare_waves(frozen: SegmentModel, refit: SegmentModel, features: Features | pd.DataFrame) -> Drift:
    """Score a wave with the frozen segmentation and with a refit, and say whether it is time to refit.

    Parameters
    ----------
    frozen
        The segmentation of an earlier wave.
    refit
        A segmentation of this wave's customers.
    features
        This wave's customers; of `Features` the raw rows are taken.

    Returns
    -------
    Drift
        Shares, centres and agreement.

    Raises
    ------
    InputError
        If there is no row, or a column is missing.

    Notes
    -----
    It is time to refit where the adjusted Rand index is below 0.8 and the refit explains at least two points more, or a
    centre has moved by half a standard deviation, or the sizes have moved by more than five points where the refit
    explains more. A segment that is only larger or smaller is a result, not a fault of the segments.

    Examples
    --------
    >>> from workbench.clustering import fit_segments
    >>> data = pd.DataFrame({"frequency": [0.1, 0.2, 3.0, 3.1], "monetary": [0.0, 0.1, 4.0, 4.2]})
    >>> model = fit_segments(data, k=2, seed=1)
    >>> compare_waves(model, model, data).agreement
    1.0
    """
    rows = features.rows if isinstance(features, Features) else features
    if not len(rows):
        raise InputError(
            "There are customers to score.", found="no row", fix="Pass this wave's customers.", where="compare_waves"
        )
    old, new = frozen.assign(rows), refit.assign(rows)
    matched = match_labels(frozen, refit, rows=rows)
    counts = cross_table(old, matched.relabel(new), frozen.k, max(frozen.k, refit.k))
    own, other = counts.sum(axis=1), counts.sum(axis=0)[: frozen.k]
    n = counts.sum()
    values = _scaled(frozen, rows)
    table = pd.DataFrame(
        {
            SEGMENT: np.arange(1, frozen.k + 1),
            "fitted_share": frozen.table["share"].to_numpy(dtype=float),
            "frozen_share": own / n,
            "refit_share": other / n,
            "centre_shift": _shifts(frozen, values, old),
            "refit_shift": _shifts(frozen, values, matched.relabel(new)),
            "kept": np.divide(np.diag(counts)[: frozen.k], own, out=np.full(frozen.k, np.nan), where=own > 0),
        }
    )
    rand = adjusted_rand(counts)
    agreement = float(np.trace(counts[:, : frozen.k]) / n)
    before, after = _explained(values, old), _explained(values, new)
    moved = float(np.nanmax(table["centre_shift"])) if table["centre_shift"].notna().any() else 0.0
    resized = float((table["frozen_share"] - table["fitted_share"]).abs().max())
    better = after - before >= 0.02
    needed = (rand < AGREEMENT and better) or moved >= CENTRE_SHIFT or (resized > SIZE_SHIFT and better)
    return Drift(
        table=table,
        agreement=agreement,
        adjusted_rand=rand,
        explained_frozen=before,
        explained_refit=after,
        refit=needed,
        verdict=_verdict(needed, agreement, rand, moved, before, after),
        notes=_notes(resized, moved),
    )


def _scaled(model: SegmentModel, rows: pd.DataFrame) -> np.ndarray:
    return apply_rules(model.rules, rows)


def _shifts(model: SegmentModel, values: np.ndarray, labels: pd.Series) -> np.ndarray:
    if not values.shape[1] or model.centres.shape[1] != values.shape[1]:
        return np.full(model.k, np.nan)
    found = np.full(model.k, np.nan)
    for g in range(model.k):
        mine = values[labels.to_numpy() == g + 1]
        if len(mine):
            found[g] = float(np.sqrt(((np.nanmean(mine, axis=0) - model.centres[g]) ** 2).mean()))
    return found


def _explained(values: np.ndarray, labels: pd.Series) -> float:
    if not values.shape[1]:
        return float("nan")
    filled = np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
    total = ((filled - filled.mean(axis=0)) ** 2).sum()
    frame = pd.DataFrame(filled).groupby(labels.to_numpy())
    within = float(((filled - frame.transform("mean").to_numpy()) ** 2).sum())
    return float(1 - within / total) if total else 0.0


def _verdict(needed: bool, agreement: float, rand: float, moved: float, before: float, after: float) -> Message:
    if not needed:
        return message(
            "The frozen segments still fit: {agree:pct} of the customers fall into the same segment when refitted, and "
            "the refit explains {after:pct1} of the differences instead of {before:pct1}.",
            agree=agreement,
            after=after,
            before=before,
        )
    return message(
        "It is time to refit: {agree:pct} of the customers fall into the same segment when refitted (adjusted Rand "
        "index {rand:dec2}), a centre has moved by {moved:dec2} standard deviations, and the refit explains "
        "{after:pct1} of the differences instead of {before:pct1}.",
        agree=agreement,
        rand=rand,
        moved=moved,
        after=after,
        before=before,
    )


def _notes(resized: float, moved: float) -> tuple[Note, ...]:
    text = message(
        "Refitting is advised where segments agree in less than {rand:dec1} (adjusted Rand index) or change size by "
        "more than {size:pct} and the refit explains two points more, or where a centre moves by {shift:dec1} standard "
        "deviations; here the largest changes are {resized:pct1} and {moved:dec2}.",
        rand=AGREEMENT,
        size=SIZE_SHIFT,
        shift=CENTRE_SHIFT,
        resized=resized,
        moved=moved,
    )
    return (Note(text),)
