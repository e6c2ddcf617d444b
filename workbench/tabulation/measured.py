"""What a question brings into a table: its rows as numbers, and what they are divided by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.errors import InputError
from workbench.core.language import Spoken
from workbench.tabulation.filters import rows_where

Kind = Literal["answer", "net", "mean", "nps"]
Base = Literal["answered", "asked", "all"]


@dataclass(frozen=True, eq=False)
class Measured:
    """The rows of one question as numbers, row of the sample by row of the table.

    Attributes
    ----------
    labels, kinds
        Name and kind of each row of the table.
    values
        Of each respondent for each of them: 0 or 1 for shares, any number for means.
    base
        What the values are divided by: 1 for those who count, 0 for others; mentions for shares of answers.
    part_of
        Row → the rows it is the sum of.
    people
        1 for each respondent who counts, where `base` counts something else.
    """

    labels: tuple[Spoken | str, ...]
    kinds: tuple[Kind, ...]
    values: Floats
    base: Floats
    part_of: Mapping[int, frozenset[int]] = field(default_factory=dict)
    people: Floats | None = None

    @property
    def names(self) -> list[str]:
        """Names of the rows in the tables of numbers, which are in English."""
        return [n if isinstance(n, str) else n.text("en") for n in self.labels]

    @property
    def answered(self) -> np.ndarray:
        """Which respondents count."""
        return np.asarray(((self.base if self.people is None else self.people) > 0).any(axis=1))

    @property
    def are_shares(self) -> np.ndarray:
        """Which rows are shares of people."""
        return np.array([k in ("answer", "net") and self.people is None for k in self.kinds])

    @property
    def heads(self) -> Measured:
        """The rows without anybody's answers: all that is left to be known once they were counted."""
        nobody = np.zeros((0, len(self.labels)))
        return Measured(self.labels, self.kinds, nobody, nobody, self.part_of, None if self.people is None else nobody)

    def only(self, inside: np.ndarray) -> Measured:
        """Return the rows with nobody in them but those named."""
        if inside.all():
            return self
        rows = inside[:, None]
        people = None if self.people is None else self.people * rows
        return Measured(self.labels, self.kinds, self.values * rows, self.base * rows, self.part_of, people)


class Rows(Protocol):
    """What can stand in the rows of a table; another kind of question is another class with these members."""

    @property
    def name(self) -> str:
        """Its name in the table."""

    @property
    def label(self) -> Spoken | str | None:
        """The question as readers know it, where it is known."""

    def measure(self, data: pd.DataFrame, base: Base) -> Measured:
        """Return its rows as numbers."""


def counting(data: pd.DataFrame, answered: np.ndarray, asked: str | None, base: Base) -> Floats:
    """Return 1 for each row that is in the base.

    Raises
    ------
    InputError
        If shares are to be of those asked and the question does not say who was.

    Examples
    --------
    >>> data = pd.DataFrame({"visits": [0, 2]})
    >>> counting(data, np.array([True, True]), "visits > 0", "asked")[:, 0].tolist()
    [0.0, 1.0]
    """
    if base == "all":
        return np.ones((len(data), 1))
    if base == "answered":
        inside = answered if asked is None else answered & rows_where(data, asked)
        return inside.astype(float)[:, None]
    if asked is None:
        raise InputError(
            "A table on the base of those asked says who was asked.",
            found="base='asked' and a question without a condition",
            fix="Name it: asked='visits > 0'.",
            where="base",
        )
    return rows_where(data, asked).astype(float)[:, None]
