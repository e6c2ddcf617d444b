"""Signs of careless answering: whether people read the questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.checks import number_column
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.nps.wording import in_words

CHECKS: Mapping[str, Message] = {
    "straight_lining": message("The same answer throughout"),
    "speeding": message("Much faster than others"),
}


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
        "flagged": Column(message("Flagged"), "people"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, "check", CHECKS, language)


@takes_columns("seconds", many=["items"])
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
