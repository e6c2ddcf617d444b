"""One wave's side of a change: its sample, groups and fitted statistic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from workbench.core.checks import Codes, Floats, number_column
from workbench.core.errors import InputError
from workbench.core.results import Note
from workbench.estimation.design import PAIRS, Design
from workbench.estimation.domains import Domains, read_domains
from workbench.estimation.proportions import indicators
from workbench.estimation.ratios import Ratio, fit_ratio
from workbench.estimation.sample import Sample, read_sample
from workbench.estimation.scores import read_scale
from workbench.estimation.variance import unit_totals

Statistic = Literal["mean", "proportion", "nps"]


@dataclass(frozen=True, eq=False)
class WaveFit:
    """A wave's answers fitted by group: its sample, groups, fit, and which rows answered."""

    sample: Sample
    domains: Domains
    fit: Ratio
    seen: np.ndarray
    notes: tuple[Note, ...]

    @classmethod
    def read(
        cls,
        data: pd.DataFrame,
        column: str,
        design: Design,
        by: str | Sequence[str] | None,
        statistic: Statistic,
        level: object,
        not_answered: Sequence[float],
        name: str,
    ) -> WaveFit:
        """Fit a mean, a share or an NPS of one wave.

        Raises
        ------
        InputError
            If a column is missing or wrong, or a share is not that of one answer.
        """
        sample, domains = read_sample(data, design, where=name), read_domains(data, by, where=name)
        values, notes = answers_of(data, column, statistic, level, not_answered, name)
        return cls.fitted(sample, domains, values, column, notes if statistic == "nps" else None)

    @classmethod
    def fitted(
        cls, sample: Sample, domains: Domains, values: Floats, column: str, notes: tuple[Note, ...] | None = None
    ) -> WaveFit:
        """Fit the mean of values, NaN where there is none, by group; `notes` stand for those of the fit."""
        seen = ~np.isnan(values)[:, None]
        filled = np.where(seen, values[:, None], 0.0)
        fit = fit_ratio(sample, domains, filled, seen.astype(float), seen, [column])
        return cls(sample, domains, fit, seen[:, 0], fit.notes if notes is None else notes)

    def totals(self, groups: Codes) -> Floats:
        """Return the weighted score totals of first-stage units, units x groups."""
        return unit_totals(self.sample, self.fit.scores(self.domains), self.domains.code, self.domains.size)[:, groups]

    def present(self, groups: Codes) -> np.ndarray:
        """Say which first-stage units have answers in which group."""
        stage = self.sample.first
        unit = np.arange(len(stage.parent)) if stage.unit is None else stage.unit
        present = np.zeros((len(stage.parent), self.domains.size), dtype=bool)
        if self.domains.code is None:
            present[unit[self.seen], 0] = True
        else:
            inside = self.seen & (self.domains.code >= 0)
            present[unit[inside], self.domains.code[inside]] = True
        return np.asarray(present[:, groups])


def answers_of(
    data: pd.DataFrame, column: str, statistic: Statistic, level: object, not_answered: Sequence[float], where: str
) -> tuple[Floats, tuple[Note, ...]]:
    """Return what a statistic is the mean of, row by row, NaN where nobody answered; and notes on an NPS.

    Raises
    ------
    InputError
        If the column is missing or wrong, or a share is not that of one answer.

    Examples
    --------
    >>> answers_of(pd.DataFrame({"y": ["a", "b", None]}), "y", "proportion", "a", (), "data")[0].tolist()
    [1.0, 0.0, nan]
    """
    if statistic == "nps":
        answers = read_scale(data, column, not_answered=not_answered, where=where)
        return answers.points, answers.notes(column)
    if statistic == "mean":
        return number_column(data, column, where=where), ()
    number_or_level, levels = indicators(data, column, level)
    if len(levels) != 1:
        raise InputError(
            "A change in a share is that of one answer.",
            found=f"{len(levels)} answers in {column!r}",
            fix="Pass level=.",
            where="level",
        )
    return np.where(data[column].isna().to_numpy(), np.nan, number_or_level[:, 0]), ()


def designs_alike(designs: Sequence[Design]) -> list[Design]:
    """Return the designs of waves that are compared: all by the order of their lists, or all as drawn at random.

    Pairs of units that were formed for variances are other pairs in the next wave, and stand for themselves.

    Examples
    --------
    >>> [d.order for d in designs_alike([Design(order="place"), Design()])]
    [None, None]
    """
    ordered = all(d.order for d in designs)
    return [
        replace(d, order=d.order if ordered else None, collapse=None if d.collapse == PAIRS else d.collapse)
        for d in designs
    ]


def steady_degrees(df: Floats, variances: Sequence[Floats], each: Sequence[Floats]) -> Floats:
    """Return the degrees of freedom of waves together, Satterthwaite's where nearly all of the error is of one of them.

    Parameters
    ----------
    df
        Those of all units that are in one of the waves.
    variances, each
        What each wave brings to the variance, and its own degrees of freedom.

    Notes
    -----
    Satterthwaite (1946), Biometrics Bulletin 2, 110–114: (Σ v)² / Σ v²/ν, taken where it is less than half of `df`.

    Examples
    --------
    >>> nearly_all = [np.array([9.0]), np.array([0.1])]
    >>> steady_degrees(np.array([509.0]), nearly_all, [np.array([10.0]), np.array([500.0])]).round(1).tolist()
    [10.2]
    """
    squares = sum(v**2 / np.maximum(f, 1e-9) for v, f in zip(variances, each, strict=True))
    whole = np.asarray(sum(variances), dtype=float) ** 2
    own = np.where(squares > 0, whole / np.where(squares > 0, squares, 1.0), df)
    return np.where(own < df / 2, np.maximum(own, np.minimum(df, 1.0)), df)


def pair_replicates(samples: tuple[Sample, Sample]) -> bool:
    """Tell whether the waves have replicates that can span both.

    Raises
    ------
    InputError
        If there are two sets that cannot belong together.
    """
    first, second = (s.replicates for s in samples)
    if first is None or second is None or first.alone or second.alone:
        return False
    if not first.goes_with(second):
        raise InputError(
            "Replicates that span two waves are as many in both and made alike.",
            found=f"{first.weights.shape[1]} and {second.weights.shape[1]} replicates, "
            f"scales {first.scale:g} and {second.scale:g}",
            fix="Deliver both waves with one set of replicates, or pass id=None for waves drawn independently.",
            where="designs",
        )
    return True


def sum_over_waves(samples: tuple[Sample, Sample], scores: tuple[Floats, Floats]) -> Floats:
    """Return the variances of Σ w u over both waves from replicates that span them, one for each column of the scores.

    Examples
    --------
    >>> from workbench.estimation.replicates import ReplicateWeights
    >>> made = ReplicateWeights(np.array([[0.0, 2.0], [2.0, 0.0]]), 0.5, np.ones(2), 1)
    >>> sample = read_sample(pd.DataFrame({"y": [1.0, 3.0]}), Design(replicates=made))
    >>> u = np.array([[1.0], [3.0]])
    >>> sum_over_waves((sample, sample), (u, -u)).tolist()
    [0.0]
    """
    first, second = (s.replicates for s in samples)
    assert first is not None and second is not None
    totals = first.weights.T @ scores[0] + second.weights.T @ scores[1]
    whole = samples[0].weights @ scores[0] + samples[1].weights @ scores[1]
    return np.asarray(np.diag(second.spread(totals, whole)), dtype=np.float64)


def common_groups(first: Domains, second: Domains) -> tuple[tuple[Codes, Codes], int]:
    """Return the groups that occur in both waves, as places in each, and how many occur in one only.

    Raises
    ------
    InputError
        If no group occurs in both.
    """
    if not first.levels.shape[1]:
        zero = np.zeros(1, dtype=np.int64)
        return (zero, zero), 0
    a, b = (pd.MultiIndex.from_frame(d.levels) for d in (first, second))
    place = b.get_indexer(a)
    keep = np.flatnonzero(place >= 0)
    if not len(keep):
        raise InputError(
            "At least one group occurs in both waves.",
            found=f"{list(a)[:3]} and {list(b)[:3]}",
            fix="Use the same spelling of the groups in both waves.",
            where="by",
        )
    return (keep.astype(np.int64), place[keep].astype(np.int64)), len(a) + len(b) - 2 * len(keep)


def rows_in_both(ids: tuple[pd.Series, pd.Series], waves: Sequence[WaveFit], groups: tuple[Codes, Codes]) -> Codes:
    """Count for each group the customers who answered in it in both waves."""
    first = pd.Index(ids[0])
    place = first.get_indexer(ids[1]) if first.is_unique else np.full(len(ids[1]), -1)
    rows = np.flatnonzero(place >= 0)
    there = [_groups_of(w, g)[r] for w, g, r in zip(waves, groups, (place[rows], rows), strict=True)]
    met = (there[0] == there[1]) & (there[0] >= 0)
    return np.bincount(there[0][met], minlength=len(groups[0])).astype(np.int64)


def _groups_of(wave: WaveFit, groups: Codes) -> Codes:
    code = np.zeros(len(wave.seen), dtype=np.int64) if wave.domains.code is None else wave.domains.code
    place = np.full(wave.domains.size + 1, -1, dtype=np.int64)
    place[groups] = np.arange(len(groups))
    return np.where(wave.seen, place[code], -1)
