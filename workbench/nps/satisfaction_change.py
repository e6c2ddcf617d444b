"""How the share of good ratings changed since the wave before, question by question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.errors import InputError
from workbench.core.findings import state_of
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design, adjust_p
from workbench.estimation.two_waves import TwoWaves
from workbench.nps.columns import CURRENT, PREVIOUS


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SatisfactionChange(Result):
    """Changes of the share of good ratings.

    Attributes
    ----------
    table
        One row per question that both waves asked on the same scale: ``question``, ``previous``, ``current``,
        ``estimate``, ``std_error``, ``ci_low``, ``ci_high``, ``n``, ``n_previous``, ``p_value``, ``p_adjusted``,
        ``state`` (``clear``, ``watch``, ``chance``, ``unknown``).
    family
        Questions that p-values were corrected for.
    """

    family: int

    caption: ClassVar[Message] = message("Change of good ratings")
    columns: ClassVar[Mapping[str, Column]] = {
        "question": Column(message("Question")),
        "previous": PREVIOUS,
        "current": CURRENT,
        "estimate": Column(message("Change, points"), "signedpoints1"),
        "ci_low": Column(message("Change, low ({level:level})"), "signedpoints1"),
        "ci_high": Column(message("Change, high ({level:level})"), "signedpoints1"),
    }


def satisfaction_change(
    previous: pd.DataFrame,
    current: pd.DataFrame,
    designs: tuple[Design, Design],
    tops: Mapping[str, float],
    *,
    first: str | None = None,
    id: str | None = None,  # noqa: A002
    confidence: float = 0.95,
    minimum_base: int = 30,
) -> SatisfactionChange:
    """Estimate how the share of good ratings changed since the previous wave.

    Parameters
    ----------
    previous, current
        All rows of each wave.
    designs
        Design of the wave before and of this one.
    tops
        Question → lowest rating that is good. Questions that a wave did not ask are left out.
    first
        The headline question; it is asked about by itself and not corrected, the others are (Holm).
    id
        Column of customer ids where the waves share customers.
    confidence
        Coverage of the intervals.
    minimum_base
        Fewest answers per wave for a verdict.

    Returns
    -------
    SatisfactionChange

    Raises
    ------
    InputError
        If no question was asked in both waves.

    Examples
    --------
    >>> before = pd.DataFrame({"service": [5] * 50 + [2] * 50})
    >>> after = pd.DataFrame({"service": [5] * 80 + [2] * 20})
    >>> one = Design(lonely_psu="certainty")
    >>> satisfaction_change(before, after, (one, one), {"service": 4}).table[["question", "estimate", "state"]]
      question  estimate  state
    0  service       0.3  clear
    """
    both = [
        q for q in tops if q in previous and q in current and previous[q].notna().any() and current[q].notna().any()
    ]
    if not both:
        raise InputError(
            message("Both waves asked a question on the same scale."),
            found=message("no rating question stands in both waves"),
            fix=message("Nothing has to be done: changes start with the next wave that asks the same questions."),
            where="previous",
        )
    waves = TwoWaves.read(previous, current, designs, id=id)
    wanted = ("previous", "current", "estimate", "std_error", "ci_low", "ci_high", "n", "n_previous", "p_value")
    lines = []
    for q in both:
        fits = waves.fits((_good(previous, q, tops[q]), _good(current, q, tops[q])), q)
        numbers = waves.numbers(fits, confidence=confidence, minimum_base=minimum_base, share=True)
        lines.append({"question": q, **{name: numbers[name][0] for name in wanted}})
    table = pd.DataFrame(lines)
    table["p_adjusted"] = _corrected(table, [first] if first in both else [])
    enough = (table[["n", "n_previous"]] >= minimum_base).all(axis=1)
    table["state"] = [state_of(p, enough=bool(e)) for p, e in zip(table["p_adjusted"], enough, strict=True)]
    note = Note(message("A rating is good from the answer on that wave.yaml names as 'top_box'."))
    return SatisfactionChange(level=confidence, table=table, family=max(len(both) - (first in both), 1), notes=(note,))


def _good(data: pd.DataFrame, question: str, top: float) -> Floats:
    said = data[question]
    good = (said >= top).to_numpy(dtype=float, na_value=0.0)
    return np.where(said.isna().to_numpy(), np.nan, good)


def _corrected(table: pd.DataFrame, alone: Sequence[str]) -> np.ndarray:
    p = table["p_value"].to_numpy(dtype=float)
    single = table["question"].isin(list(alone)).to_numpy()
    return np.where(single, p, adjust_p(np.where(single, np.nan, p), "holm"))
