"""Change between two waves, with the covariance that common customers bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, get_args

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation.columns import CI_HIGH, CI_LOW, P_ADJUSTED, VERDICT
from workbench.estimation.comparisons import Adjust, adjust_p
from workbench.estimation.design import Design
from workbench.estimation.intervals import check_confidence
from workbench.estimation.two_waves import NAMES, TwoWaves
from workbench.estimation.wave_fit import Statistic, WaveFit, answers_of
from workbench.estimation.words import DOWN, UNCLEAR, UP, in_words, verdicts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


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
    waves = TwoWaves.read(previous, current, designs, id=id, by=by)
    values, notes = zip(
        *(
            answers_of(data, column, statistic, level, not_answered, name)
            for data, name in ((previous, NAMES[0]), (current, NAMES[1]))
        ),
        strict=True,
    )
    fits = waves.fits(values, column, notes if statistic == "nps" else None)
    share = statistic == "proportion"
    numbers = waves.numbers(fits, confidence=confidence, minimum_base=minimum_base, share=share)
    table = waves.levels().assign(variable=column, **numbers)
    enough = ((table["n"] >= minimum_base) & (table["n_previous"] >= minimum_base)).to_numpy()
    # a change that gets no verdict belongs to no family
    table["p_adjusted"] = adjust_p(np.where(enough, table["p_value"], np.nan), adjust)
    table["verdict"] = verdicts(
        table["estimate"].to_numpy(), table["p_adjusted"].to_numpy(), enough, confidence, (UP, DOWN, UNCLEAR)
    )
    told = _notes(waves, fits, table, adjust, minimum_base)
    return Change(level=confidence, table=table, notes=told)


def _notes(
    waves: TwoWaves, fits: Sequence[WaveFit], table: pd.DataFrame, adjust: Adjust | None, minimum: int
) -> tuple[Note, ...]:
    notes = [n for w in fits for n in (*w.notes, *w.domains.notes)]
    overlap, left_out = waves.overlap, waves.left_out
    if waves.ids is not None:
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
    if waves.as_random:
        as_random = message(
            "Systematic samples count as drawn at random here: on a sorted list the error is a little too large."
        )
        notes.append(Note(as_random))
    return tuple(notes)
