"""Columns against the rest of the table, and against themselves in the wave before."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.errors import InputError
from workbench.estimation.comparisons import Adjust, adjust_p
from workbench.estimation.design import Design
from workbench.estimation.sample import Sample
from workbench.tabulation.cells import CellMaker
from workbench.tabulation.columns import Banner, Columns
from workbench.tabulation.comparisons import PREVIOUS, REST, Compared, Test, compare
from workbench.tabulation.lines import Comparisons
from workbench.tabulation.measured import Base, Measured, Rows
from workbench.tabulation.wave_rows import WaveSamples
from workbench.tabulation.wave_tests import change_between
from workbench.tabulation.waves import WaveAnswers, WaveTables


class TheRest:
    """Compares every column with everybody in the table who is not in it, one question after the other.

    Parameters
    ----------
    sample, columns
        The sample and the columns of the table.
    """

    def __init__(self, sample: Sample, columns: Columns) -> None:
        self.places = np.flatnonzero(columns.group > 0)
        beside = columns.beside_the_rest()
        first = np.arange(0, 2 * len(self.places), 2)
        self.maker = CellMaker(sample, beside, pairs=(first, first + 1))

    def compare(self, measured: Measured, *, test: Test, minimum_base: int, correction: Adjust | None) -> Comparisons:
        """Return the columns of a question against the rest, corrected over the columns of each row."""
        maker = self.maker
        found = compare(
            maker.cells(measured),
            maker.first,
            maker.second,
            measured.are_shares,
            test=test,
            minimum_base=minimum_base,
        )
        adjusted = _by_row(found.p_value, np.arange(len(self.places)), correction)
        return Comparisons(REST, self.places, np.full(len(self.places), -1), found, adjusted)


class TheWaveBefore:
    """Compares every column with itself in the wave before, one question after the other.

    Parameters
    ----------
    data, design
        This wave.
    previous
        The wave before: its answers, and its design.
    banner, columns
        The banner, and the columns that it has in this wave.
    filter, id
        As of `workbench.tabulation.tabulate`.

    Raises
    ------
    InputError
        If the wave before is not given, or the id repeats within a wave.
    """

    def __init__(
        self,
        data: pd.DataFrame,
        design: Design,
        previous: tuple[pd.DataFrame, Design | None] | None,
        banner: Iterable[Banner],
        columns: Columns,
        *,
        filter: str | None,  # noqa: A002
        id: str | None,  # noqa: A002
    ) -> None:
        if previous is None:
            raise InputError(
                "A table against the previous wave is given its answers.",
                found="against='previous' without previous=",
                fix="Pass previous=(answers, design) of the wave before.",
                where="previous",
            )
        waves = [WaveAnswers("previous wave", *previous), WaveAnswers("current wave", data, design)]
        self.tables = WaveTables(waves, filter=filter)
        read = self.tables.columns(banner, columns)
        # the same columns as in the table: who is in them there is in them here
        self.samples = WaveSamples(waves, [read[0], columns], id)
        self.total = np.flatnonzero(columns.group == 0)
        self.groups = np.flatnonzero(columns.group > 0)

    def on_its_scale(self, question: Rows) -> Rows:
        """Return a rating on the scale of both waves."""
        return self.tables.one_scale(question)

    def compare(
        self,
        question: Rows,
        measured: Measured,
        *,
        base: Base,
        test: Test,
        minimum_base: int,
        correction: Adjust | None,
    ) -> Comparisons:
        """Return the changes of a question's columns, corrected over those of each row; the total is by itself."""
        rows = self.samples.fit(self.tables.align(question, measured, base))
        families = [f for f in (self.total, self.groups) if len(f)]
        found: Compared = change_between(rows, 0, 1, test=test, minimum_base=minimum_base, families=families)
        places = np.arange(len(self.total) + len(self.groups))
        adjusted = found.p_value.copy()
        adjusted[self.groups] = _by_row(found.p_value, self.groups, correction)
        return Comparisons(PREVIOUS, places, np.full(len(places), -1), found, adjusted)


def _by_row(p: Floats, columns: np.ndarray, correction: Adjust | None) -> Floats:
    if not len(columns):
        return np.asarray(p[columns])
    return np.asarray(np.column_stack([adjust_p(row, correction) for row in p[columns].T]), dtype=np.float64)
