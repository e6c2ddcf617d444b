"""Change between two waves, with the covariance that common customers bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, get_args

import numpy as np
import pandas as pd
import scipy

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Codes
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation.chosen import two_designs
from workbench.estimation.columns import CI_HIGH, CI_LOW, P_ADJUSTED, VERDICT
from workbench.estimation.comparisons import Adjust, adjust_p
from workbench.estimation.design import Design
from workbench.estimation.intervals import check_confidence, quantile_t
from workbench.estimation.mean_test import mean_sides, means_alike
from workbench.estimation.overlap import Overlap, cross_covariance, find_overlap
from workbench.estimation.share_test import share_sides, shares_alike
from workbench.estimation.wave_fit import (
    Statistic,
    WaveFit,
    common_groups,
    designs_alike,
    pair_replicates,
    rows_in_both,
    steady_degrees,
)
from workbench.estimation.words import DOWN, UNCLEAR, UP, in_words, verdicts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POWER = 0.8


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Change(Result):
    """Change from one wave to the next.

    Attributes
    ----------
    table
        Columns of `by`, ``variable``, ``previous``, ``current``, ``estimate`` (current minus previous),
        ``std_error``, ``ci_low``, ``ci_high``, ``n`` (answers in the current wave), ``n_previous``, ``n_overlap``
        (sampling units in both waves), ``n_effective`` (current wave), ``p_value``, ``p_adjusted``, ``detectable``
        (smallest change found in 80 % of such waves), ``verdict`` (``up``, ``down``, ``no clear change``,
        ``base too small``).
    """

    caption: ClassVar[Message] = message("Change since the previous wave")
    columns: ClassVar[Mapping[str, Column]] = {
        "previous": Column(message("Previous wave"), "dec2"),
        "current": Column(message("Current wave"), "dec2"),
        "estimate": Column(message("Change"), "signed2"),
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "n_previous": Column(message("Base, previous wave"), "base"),
        "n_overlap": Column(message("In both waves"), "base"),
        "p_adjusted": P_ADJUSTED,
        "detectable": Column(message("Detectable change"), "dec2"),
        "verdict": VERDICT,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its verdicts in `language`."""
        return in_words(self.table, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each change with its interval and a line at zero."""
        stop = list(self.table.columns).index("variable")
        names = list(self.table.columns[:stop]) or ["variable"]
        shown = self.table.assign(label=self.table[names].astype(str).agg(" · ".join, axis=1))

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style="signed1", reference=0.0, language=language)

        return charts.draw_figure(draw, height=max(1.8, 0.5 * len(shown) + 0.8))


@takes_columns("column", "id", many=["by"])
def estimate_change(
    previous: pd.DataFrame,
    current: pd.DataFrame,
    column: str,
    designs: Design | tuple[Design, Design],
    *,
    id: str | None = "customer_id",  # noqa: A002
    by: str | Sequence[str] | None = None,
    statistic: Statistic = "mean",
    level: object = None,
    adjust: Adjust | None = "holm",
    confidence: float = 0.95,
    minimum_base: int = 30,
    not_answered: Sequence[float] = (),
) -> Change:
    """Estimate how a mean, share or NPS changed, counting what common customers and a finite population do to it.

    Parameters
    ----------
    previous, current
        All rows of each wave.
    column
        The answer, under the same name in both waves.
    designs
        Design of each wave, or one for both.
    id
        Column of customer ids, by which common customers are found; None where customers were drawn independently.
        First-stage units (``psu``) that are in both waves are found by their labels, whatever customers they have;
        without ids not those whose labels start anew in each stratum (``psu_labels="within_stratum"``).
    by
        Groups; those that occur in one wave only are left out and noted.
    statistic
        ``mean``; ``proportion`` (of `level`, or of 1 in a 0/1 column); ``nps`` (points of the 0–10 scale).
    level
        The answer whose share is compared.
    adjust
        How p-values are adjusted over all lines of the table, which is the family.
    confidence
        Coverage of the intervals.
    minimum_base
        Fewest answers per wave for a verdict.
    not_answered
        For ``nps``: codes for no answer.

    Returns
    -------
    Change

    Raises
    ------
    InputError
        If a column is missing or wrong, ids repeat within a wave, or no group occurs in both waves.

    Notes
    -----
    With replicate weights in both designs V(d) comes from the changes of the replicates, which must span both waves
    (replicate r leaves out the same customers in each); with id=None, or replicates in one wave only, they count as
    independent. Else
    V(d) = V₁ + V₂ - 2 Cov, the covariance as in `workbench.estimation.overlap.cross_covariance`. Shares are tested by
    `workbench.estimation.share_test.shares_alike`, means and NPS by `workbench.estimation.mean_test.means_alike`; the
    interval takes their error where it is the larger one. Degrees of freedom: distinct first-stage
    units with answers in the group minus their strata minus one, Satterthwaite's (1946) where they are less than half
    of that, because one wave has nearly all of the error; for shares those of the thinner wave; no test where a wave
    has none. Stacking both waves and treating customers as clusters loses the finite population; treating the waves as
    independent loses the overlap.

    Examples
    --------
    >>> wave = pd.DataFrame({"customer_id": ["a", "b", "c"], "y": [1.0, 2.0, 3.0], "w": 1.0})
    >>> again = wave.assign(y=wave["y"] + 1)
    >>> change = estimate_change(wave, again, "y", Design(weight="w"))
    >>> change.table[["estimate", "std_error", "n_overlap", "verdict"]].round(6)
       estimate  std_error  n_overlap         verdict
    0       1.0        0.0          3  base too small
    """
    check_confidence(confidence)
    if statistic not in get_args(Statistic):
        raise InputError(
            "The statistic is mean, proportion or nps.", found=repr(statistic), fix="Choose one.", where="statistic"
        )
    pair = two_designs(designs)
    if id is not None and (pair[0].replicates is None) != (pair[1].replicates is None):
        raise InputError(
            "Both waves have replicate weights, or neither has; else nothing says what both have in common.",
            found="replicates in one wave",
            fix="Give both designs replicates=, leave it out of both, or pass id=None for waves drawn independently.",
            where="designs",
        )
    systematic, ordered = any(d.order for d in pair), all(d.order for d in pair)
    first, second = designs_alike(pair)
    waves = [
        WaveFit.read(data, column, design, by, statistic, level, not_answered, name)
        for data, design, name in ((previous, first, "previous wave"), (current, second, "current wave"))
    ]
    groups, left_out = common_groups(waves[0].domains, waves[1].domains)
    samples = (waves[0].sample, waves[1].sample)
    paired = id is not None and pair_replicates(samples)
    overlap = None if any(s.replicates is not None for s in samples) else find_overlap(previous, current, samples, id)
    table = _table(
        waves, groups, overlap, column, confidence, minimum_base, share=statistic == "proportion", paired=paired
    )
    if paired and id is not None:
        table["n_overlap"] = rows_in_both((previous[id], current[id]), waves, groups)
    enough = ((table["n"] >= minimum_base) & (table["n_previous"] >= minimum_base)).to_numpy()
    # a change that gets no verdict belongs to no family
    table["p_adjusted"] = adjust_p(np.where(enough, table["p_value"], np.nan), adjust)
    table["verdict"] = verdicts(
        table["estimate"].to_numpy(), table["p_adjusted"].to_numpy(), enough, confidence, (UP, DOWN, UNCLEAR)
    )
    notes = _notes(waves, table, left_out, overlap, adjust, minimum_base, paired=paired)
    if systematic and not ordered:
        as_random = message(
            "Systematic samples count as drawn at random here: on a sorted list the error is a little too large."
        )
        notes = (*notes, Note(as_random))
    return Change(level=confidence, table=table, notes=notes)


def _table(
    waves: list[WaveFit],
    groups: tuple[Codes, Codes],
    overlap: Overlap | None,
    column: str,
    confidence: float,
    minimum: int,
    *,
    share: bool,
    paired: bool,
) -> pd.DataFrame:
    fits = [w.fit for w in waves]
    before, after = (f.estimate[g, 0] for f, g in zip(fits, groups, strict=True))
    parts = [np.diag(f.covariance)[g] for f, g in zip(fits, groups, strict=True)]
    variance = parts[0] + parts[1]
    apart = [f.df[g, 0] for f, g in zip(fits, groups, strict=True)]
    thinner = np.minimum(*apart)
    df = apart[0] + apart[1] - 1
    common = np.zeros(len(groups[0]), dtype=np.int64)
    first, second = (f.replicated for f in fits)
    replicates = waves[1].sample.replicates
    if paired and first is not None and second is not None and replicates is not None:
        # replicate r leaves out the same units in both waves, so that its change shows what they have in common
        variance = np.diag(replicates.spread(second[:, groups[1]] - first[:, groups[0]], after - before))
        df = thinner
    if overlap is not None and len(overlap):
        totals = (waves[0].totals(groups[0]), waves[1].totals(groups[1]))
        samples = (waves[0].sample, waves[1].sample)
        variance = variance - 2 * cross_covariance(samples, totals, overlap)
        present = [w.present(g) for w, g in zip(waves, groups, strict=True)]
        both = present[0][overlap.previous] & present[1][overlap.current]
        common = both.sum(axis=0)
        strata = [len(np.unique(waves[0].sample.first.parent[overlap.previous][b])) for b in both.T]
        df = np.maximum(thinner - 1, df - common + np.array(strata))
    # a wave that knows nothing of its own error leaves a change without one
    df = np.where(thinner < 1, 0.0, steady_degrees(df, parts, apart))
    error = np.sqrt(np.clip(np.asarray(variance, dtype=float), 0.0, None))
    change = after - before
    t = quantile_t(confidence, df)
    if share:
        sides = [share_sides(w.sample, w.domains, w.fit).take(g) for w, g in zip(waves, groups, strict=True)]
        tested, p = shares_alike(sides[0], sides[1], np.nan_to_num(np.asarray(variance, dtype=float)), thinner)
        used = np.asarray(np.fmax(error, tested))
    else:
        means = [mean_sides(w.sample, w.domains, w.fit).take(g) for w, g in zip(waves, groups, strict=True)]
        enough = np.minimum(*(f.n[g, 0] for f, g in zip(fits, groups, strict=True))) >= minimum
        tested, p = means_alike(means[0], means[1], np.asarray(variance), df, enough, family=int(enough.sum()))
        used = np.asarray(np.fmax(error, tested))
    current = fits[1]
    v = np.diag(current.covariance)[groups[1]]
    spread = current.element_variance[groups[1], 0]
    n = current.n[groups[1], 0].astype(np.int64)
    kish = np.where(n > 0, current.kish[groups[1], 0], np.nan)
    table = waves[1].domains.levels.iloc[groups[1]].reset_index(drop=True)
    if not waves[1].domains.levels.shape[1]:
        table = pd.DataFrame(index=range(1))
    return table.assign(
        variable=column,
        previous=before,
        current=after,
        estimate=change,
        std_error=error,
        ci_low=change - t * used,
        ci_high=change + t * used,
        n=n,
        n_previous=fits[0].n[groups[0], 0].astype(np.int64),
        n_overlap=common,
        n_effective=np.where(v > 1e-20, spread / np.where(v > 1e-20, v, 1.0), kish),
        p_value=p,
        detectable=(t + scipy.stats.norm.ppf(POWER)) * used,
    )


def _notes(
    waves: list[WaveFit],
    table: pd.DataFrame,
    left_out: int,
    overlap: Overlap | None,
    adjust: Adjust | None,
    minimum: int,
    *,
    paired: bool,
) -> tuple[Note, ...]:
    notes = [n for w in waves for n in (*w.notes, *w.domains.notes)]
    if paired:
        text = message("Replicates span both waves: each counts with the change that it shows.")
        notes.append(Note(text))
    elif overlap is None:
        notes.append(Note(message("The waves are taken as drawn independently of each other.")))
    elif len(overlap):
        notes.append(
            Note(
                message(
                    "{n:int} sampling units are in both waves; the error of the change counts how alike they answered.",
                    n=len(overlap),
                )
            )
        )
    if left_out:
        notes.append(
            Note(
                plural(
                    "{n:int} group occurs in one wave only and is left out.",
                    "{n:int} groups occur in one wave only and are left out.",
                    n=left_out,
                ),
                "caution",
            )
        )
    small = int(((table["n"] < minimum) | (table["n_previous"] < minimum)).sum())
    if small:
        notes.append(
            Note(
                plural(
                    "{n:int} group has fewer than {minimum:int} answers in a wave and gets no verdict.",
                    "{n:int} groups have fewer than {minimum:int} answers in a wave and get no verdict.",
                    n=small,
                    minimum=minimum,
                ),
                "caution",
            )
        )
    family = int(table["p_adjusted"].notna().sum())
    if adjust and family > 1:
        name = message("Holm") if adjust == "holm" else message("Benjamini–Hochberg")
        notes.append(
            Note(
                message(
                    "p-values are adjusted over the {n:int} comparisons of this table ({method}).",
                    n=family,
                    method=name,
                )
            )
        )
    return tuple(notes)
