"""Several waves side by side: the same question on the same rows, the same groups in the same columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.language import Spoken
from workbench.estimation.design import Design
from workbench.tabulation.columns import Banner, Columns, read_columns
from workbench.tabulation.filters import rows_where
from workbench.tabulation.measured import Base, Measured, Rows
from workbench.tabulation.ratings import Nps, Scale

EXPECTED = 10.0  # mentions that a wave would have: where there is none at all, the answer was not offered


@dataclass(frozen=True, eq=False)
class WaveAnswers:
    """The answers of a wave.

    Attributes
    ----------
    name
        What the wave is called.
    data
        One row per respondent.
    design
        How the sample was drawn and weighted; None counts every answer once.
    ended
        Last day of fieldwork, by which the same season of another year is found.
    changed
        Question → what changed in it before this wave: nothing is compared across it.
    recipe
        How the weights were made, in any words that are the same where it is the same.
    """

    name: str
    data: pd.DataFrame
    design: Design | None = None
    ended: dt.date | None = None
    changed: Mapping[str, Spoken | str] = field(default_factory=dict)
    recipe: str = ""


@dataclass(frozen=True, eq=False)
class AlignedRows:
    """A question in several waves.

    Attributes
    ----------
    waves
        Its rows as numbers, one entry for each wave, all with the rows of the newest that has it.
    missing
        Waves × rows: which answers a wave did not offer.
    """

    waves: tuple[Measured, ...]
    missing: np.ndarray


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return tables below each other, by the columns that one of them has; what a table does not have is missing.

    Examples
    --------
    >>> stacked([pd.DataFrame({"q": [1.0, 2.0]}), pd.DataFrame({"q": ["1"], "new": [5]})])["q"].tolist()
    ['1', '2', '1']
    """
    names = dict.fromkeys(c for frame in reversed(frames) for c in frame.columns)
    return pd.DataFrame({c: _one_below_the_other(c, frames) for c in names})


def _one_below_the_other(column: Any, frames: Sequence[pd.DataFrame]) -> np.ndarray | pd.api.extensions.ExtensionArray:
    there = [f[column] for f in frames if column in f]
    plain = all(pd.api.types.is_numeric_dtype(s) and not pd.api.types.is_bool_dtype(s) for s in there)
    if plain:
        parts = [
            f[column].to_numpy(dtype=float, na_value=np.nan) if column in f else np.full(len(f), np.nan) for f in frames
        ]
        return np.concatenate(parts)
    alike = {str(s.dtype) for s in there}
    texts = len(alike) > 1
    return np.concatenate(
        [_objects(f[column], as_text=texts) if column in f else np.full(len(f), None) for f in frames]
    )


def _objects(series: pd.Series, *, as_text: bool) -> np.ndarray:
    """Return values as objects; whole numbers as such, so that 1.0 in one wave is the '1' of another."""
    known = series.notna().to_numpy()
    if as_text and pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        values = [f"{v:g}" if k else None for v, k in zip(series, known, strict=True)]
    else:
        values = [v if k else None for v, k in zip(series, known, strict=True)]
    found = np.empty(len(series), dtype=object)
    found[:] = values
    return found


class WaveTables:
    """The answers of several waves as one table, of which every wave knows its rows."""

    def __init__(self, waves: Sequence[WaveAnswers], *, filter: str | None = None) -> None:  # noqa: A002
        self.waves = tuple(waves)
        self.guessed: set[str] = set()
        self.data = stacked([w.data for w in waves])
        ends = np.cumsum([len(w.data) for w in waves])
        self.rows = [slice(int(e) - len(w.data), int(e)) for e, w in zip(ends, waves, strict=True)]
        self.inside = np.ones(len(self.data), dtype=bool) if filter is None else rows_where(self.data, filter)

    def columns(self, banner: Iterable[Banner], newest: Columns) -> list[Columns]:
        """Return the columns of the newest wave in every wave; where a wave does not have one, nobody is in it."""
        read = read_columns(self.data, banner, self.inside)
        place = {k: i for i, k in enumerate(zip(read.key["group"], read.key["column"], strict=True))}
        wanted = [place.get(k, -1) for k in zip(newest.key["group"], newest.key["column"], strict=True)]
        members = np.column_stack([read.members, np.zeros(len(self.data), dtype=bool)])[:, wanted]
        return [Columns(newest.key, newest.labels, members[r], newest.group) for r in self.rows]

    def align(self, question: Rows, newest: Measured, base: Base) -> AlignedRows:
        """Return a question in every wave on the rows that it has in the newest.

        Parameters
        ----------
        question, newest
            The question, and what it is in the newest wave that has it.
        base
            As of `workbench.tabulation.tabulate`.
        """
        measured = question.measure(self.data, base)
        place = {name: i for i, name in reversed(list(enumerate(measured.names)))}
        chosen = np.array([place.get(name, -1) for name in newest.names])
        inside = self.inside[:, None]
        values = np.where(chosen >= 0, measured.values[:, chosen], 0.0) * inside
        bases = (measured.base if measured.base.shape[1] == 1 else measured.base[:, chosen]) * inside
        people = None if measured.people is None else measured.people * inside
        waves = tuple(
            Measured(
                newest.labels,
                newest.kinds,
                values[r],
                bases[r],
                newest.part_of,
                None if people is None else people[r],
            )
            for r in self.rows
        )
        absent = np.repeat((chosen < 0)[None, :], len(waves), axis=0)
        absent |= _columns_not_there(question, newest, self.waves)
        nobody = _not_offered(waves, newest)
        if isinstance(question, Scale):
            # a rating on other steps is another rating, its boxes and mean too; one step that nobody takes is not, nor
            # are several where the ends of the scale were told
            other = self._off_the_scale(question)
            if question.column in self.guessed:
                other = other | np.asarray(nobody.sum(axis=1) > 1)
            return AlignedRows(waves, absent | other[:, None])
        # that nobody is a detractor is an answer
        return AlignedRows(waves, absent if isinstance(question, Nps) else absent | nobody)

    def one_scale(self, question: Rows) -> Rows:
        """Return a rating with the ends that all waves use; an end that the newest wave has not may be one step off."""
        if not isinstance(question, Scale) or (question.low is not None and question.high is not None):
            return question
        every = pd.to_numeric(self.data[question.column], errors="coerce")
        mine = every.iloc[self.rows[-1]].dropna()
        if mine.empty:
            return question
        self.guessed.add(question.column)
        low, high = float(mine.min()), float(mine.max())
        low = int(max(every.min(), low - 1)) if question.low is None else question.low
        high = int(min(every.max(), high + 1)) if question.high is None else question.high
        return replace(question, low=low, high=high)

    def _off_the_scale(self, question: Scale) -> np.ndarray:
        """Say which waves have answers beyond the ends of a rating."""
        given = pd.to_numeric(self.data[question.column], errors="coerce").to_numpy(dtype=float)
        low = -np.inf if question.low is None else question.low
        high = np.inf if question.high is None else question.high
        return np.array([bool(((given[r] < low) | (given[r] > high)).any()) for r in self.rows])


def _columns_not_there(question: Rows, newest: Measured, waves: Sequence[WaveAnswers]) -> np.ndarray:
    """Say which choices with a column of their own a wave has no column for."""
    choices = getattr(question, "choices", None)
    columns = choices if isinstance(choices, Mapping) else {}
    there = [{n for n, c in columns.items() if c in w.data and w.data[c].notna().any()} for w in waves]
    return np.array([[n in columns and n not in known for n in newest.names] for known in there])


def _not_offered(waves: Sequence[Measured], newest: Measured) -> np.ndarray:
    """Say which answers nobody gave in a wave although, going by the others, at least ten people would have."""
    answers = np.array([k == "answer" for k in newest.kinds]) & newest.are_shares
    given = np.array([(m.values > 0).sum(axis=0) for m in waves], dtype=float)
    people = np.array([m.answered.sum() for m in waves], dtype=float)
    having = ((given > 0) * people[:, None]).sum(axis=0)
    share = given.sum(axis=0) / np.maximum(having, 1.0)
    return np.asarray(answers & (given == 0) & (people[:, None] * share >= EXPECTED))
