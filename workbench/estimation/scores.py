"""From answers on the 0–10 scale to the points an NPS averages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError
from workbench.core.language import message, plural
from workbench.core.results import Note
from workbench.core.scales import scale_meant, starts_at_one


@dataclass(frozen=True, eq=False)
class ScaleAnswers:
    """Answers on the 0–10 scale.

    Attributes
    ----------
    score
        The answer of each row, NaN where there is none.
    not_answered
        Rows with a code that stands for no answer.
    missing
        Rows without any entry.
    """

    score: Floats
    not_answered: int
    missing: int

    @property
    def points(self) -> Floats:
        """+100 for promoters (9, 10), 0 for passives (7, 8), -100 for detractors (0–6), NaN for no answer."""
        return np.where(
            np.isnan(self.score), np.nan, np.where(self.score >= 9, 100.0, np.where(self.score >= 7, 0.0, -100.0))
        )

    def notes(self, column: str) -> tuple[Note, ...]:
        """Say how many rows do not count, and why."""
        notes = []
        if self.not_answered:
            notes.append(
                Note(
                    plural(
                        "{n:int} answer to {column} is a code for “no answer” and is not counted.",
                        "{n:int} answers to {column} are codes for “no answer” and are not counted.",
                        n=self.not_answered,
                        column=column,
                    )
                )
            )
        notes += self._scale_notes(column)
        if self.missing:
            notes.append(
                Note(
                    plural(
                        "{n:int} row has no answer to {column}.",
                        "{n:int} rows have no answer to {column}.",
                        n=self.missing,
                        column=column,
                    )
                )
            )
        return tuple(notes)

    def _scale_notes(self, column: str) -> list[Note]:
        """Say where answers look like those of another scale; few answers never do."""
        values, found = np.unique(self.score[~np.isnan(self.score)], return_counts=True)
        counts = {float(v): int(n) for v, n in zip(values, found, strict=True)}
        meant = scale_meant(counts)
        if meant is not None:
            text = message(
                "The answers to {column} look like a scale from {low:int} to {high:int}, not from 0 to 10: an NPS of "
                "them means nothing.",
                column=column,
                low=meant[0],
                high=meant[1],
            )
            return [Note(text, "warning")]
        if starts_at_one(counts):
            text = message(
                "Nobody answered {column} with 0 and {n:int} did with 1: if the scale began at 1, the classes are the "
                "same and the mean is not one of 0 to 10.",
                column=column,
                n=counts[1.0],
            )
            return [Note(text, "caution")]
        return []


def read_scale(
    data: pd.DataFrame, column: str, *, not_answered: Sequence[float] = (), where: str = "data"
) -> ScaleAnswers:
    """Read a 0–10 column: valid answers are exactly the integers 0 to 10.

    Parameters
    ----------
    not_answered
        Codes outside 0–10 that stand for no answer (98, 99 …); they are counted, never scored.

    Raises
    ------
    InputError
        If anything else occurs (11, -1, 7.5, text), or nobody answered; the values are named with their counts.

    Examples
    --------
    >>> read_scale(pd.DataFrame({"recommend": [10, 7, 99]}), "recommend", not_answered=[99]).points.tolist()
    [100.0, 0.0, nan]
    """
    inside = [c for c in not_answered if 0 <= c <= 10 and float(c).is_integer()]
    if inside:
        raise InputError(
            "A code for no answer lies outside 0–10.",
            found=", ".join(map(str, inside)),
            fix="Recode it in the data first, if it does not mean a score.",
            where="not_answered",
        )
    values = number_column(data, column, where=where)
    missing = np.isnan(values)
    coded = np.isin(values, np.asarray(list(not_answered), dtype=float))
    valid = ~missing & ~coded & (values >= 0) & (values <= 10) & (values == np.floor(values))
    wrong = ~missing & ~coded & ~valid
    if wrong.any():
        found, counts = np.unique(values[wrong], return_counts=True)
        listed = ", ".join(f"{v:g} ({c} rows)" for v, c in zip(found[:8], counts[:8], strict=True))
        hint = (
            "These look like a 0–100 scale: rescale knowingly, or name the 0–10 column."
            if found.max() > 20 and len(found) > 8
            else f"Correct them, or pass codes for no answer as not_answered=({found[0]:g}, …)."
        )
        raise InputError(
            f"Answers to {column!r} are whole numbers from 0 to 10.",
            found=listed + (f" and {len(found) - 8} more values" if len(found) > 8 else ""),
            fix=hint,
            where=where,
        )
    if not valid.any():
        raise InputError(
            message("There is at least one answer."),
            found=message(
                "'{column}': {missing:int} missing, {coded:int} coded as no answer",
                column=column,
                missing=int(missing.sum()),
                coded=int(coded.sum()),
            ),
            fix=message("Choose another column, or wait for answers."),
            where=where,
        )
    return ScaleAnswers(np.where(valid, values, np.nan), int(coded.sum()), int(missing.sum()))
