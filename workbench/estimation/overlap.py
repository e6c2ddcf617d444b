"""Covariance of two waves that share customers, under coordinated samples and a finite population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.checks import Codes, Floats
from workbench.core.errors import InputError, require_columns
from workbench.estimation.sample import Sample


@dataclass(frozen=True, eq=False)
class Overlap:
    """Units drawn in both waves.

    Attributes
    ----------
    previous, current
        First-stage unit in each wave, pair by pair.
    """

    previous: Codes
    current: Codes

    def __len__(self) -> int:
        return len(self.previous)


def find_overlap(
    previous: pd.DataFrame, current: pd.DataFrame, samples: tuple[Sample, Sample], id_column: str | None
) -> Overlap | None:
    """Match the first-stage units of two waves: clusters by their labels, single customers by their ids.

    A cluster that was drawn for both waves is one cluster, whether or not the same customers answered in it. Labels
    that start anew in each stratum are running numbers, which say nothing from wave to wave: such clusters are met
    again only where customers are matched.

    Parameters
    ----------
    previous, current
        The rows of each wave.
    samples
        Their designs, read.
    id_column
        Column of customer ids; None where customers were drawn independently.

    Returns
    -------
    Overlap or None
        None for customers drawn independently.

    Raises
    ------
    InputError
        If customers are to be matched and the id column is absent, an id is missing or occurs twice within a wave, or
        only one of the waves has clusters.
    """
    if id_column is not None and any(s.second is not None for s in samples):
        raise InputError(
            "Waves drawn in two phases are compared as independent of each other.",
            found=f"a design with second_phase=, and customers matched by {id_column!r}",
            fix="Pass id=None.",
            where="designs",
        )
    units = (samples[0].first.unit, samples[1].first.unit)
    anew = any(s.design.psu_labels == "within_stratum" for s in samples)
    if units[0] is not None and units[1] is not None and not (anew and id_column is None):
        return _common_clusters((previous, current), samples)
    if id_column is None:
        return None
    if units[0] is not None or units[1] is not None:
        raise InputError(
            "Both waves have the same kind of first-stage unit.",
            found="clusters in one wave, single customers in the other",
            fix="Describe both waves with or without psu, or compare them as independent with id=None.",
            where="designs",
        )
    ids = []
    for data, name in ((previous, "previous wave"), (current, "current wave")):
        require_columns(map(str, data.columns), [id_column], where=name)
        column = data[id_column]
        if column.isna().any() or column.duplicated().any():
            raise InputError(
                "Each customer occurs once per wave.",
                found=f"{int(column.isna().sum())} rows without {id_column!r}, "
                f"{int(column.duplicated().sum())} repeated",
                fix="Keep one row per customer; for waves without common customers pass id=None.",
                where=name,
            )
        ids.append(pd.Index(column))
    place = ids[0].get_indexer(ids[1])
    rows = np.flatnonzero(place >= 0)
    return Overlap(place[rows].astype(np.int64), rows.astype(np.int64))


def _common_clusters(waves: tuple[pd.DataFrame, pd.DataFrame], samples: tuple[Sample, Sample]) -> Overlap:
    sides = []
    for data, sample in zip(waves, samples, strict=True):
        design, unit = sample.design, sample.first.unit
        assert unit is not None
        rows = pd.Series(unit).drop_duplicates()
        # labels that start anew in each stratum name a cluster only together with it
        anew = design.psu_labels == "within_stratum" and design.stratum is not None
        columns = [*([design.stratum] if anew and design.stratum else []), design.stages[0]]
        named = data[columns].iloc[rows.index].astype(object)
        sides.append((pd.MultiIndex.from_frame(named.set_axis(range(len(columns)), axis=1)), rows.to_numpy()))
    (first, at), (second, now) = sides
    if first.nlevels != second.nlevels:
        return Overlap(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    place = first.get_indexer(second)
    met = np.flatnonzero(place >= 0)
    pairs = sorted(zip(at[place[met]], now[met], strict=True))
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Overlap(both[:, 0], both[:, 1])


def cross_covariance(samples: tuple[Sample, Sample], totals: tuple[Floats, Floats], overlap: Overlap) -> Floats:
    """Estimate Cov(t₁, t₂) column by column from the units in both waves.

    Parameters
    ----------
    totals
        Weighted score totals of the first-stage units of each wave (units x groups).

    Returns
    -------
    ndarray
        One covariance per column.

    Notes
    -----
    In a stratum with n₁ and n₂ units drawn, n₁₂ of them in both waves, from a population of N:
    Cov = (n₁₂ - n₁n₂/N) s₁₂, with s₁₂ the covariance of the scores over the common units (Tam 1984, The American
    Statistician 38, 288–289; Nordberg 2000, Journal of Official Statistics 16, 363–378). Where populations differ
    between the waves, N is the larger one. Common units whose stratum changed are grouped by their pair of strata and
    enter with n₁₂ (1 - max f) s₁₂. Where both waves are systematic samples s₁₂ comes from the steps between successive
    common units of the current list, as their own variances do. A group with a single common unit, or none, says
    nothing about s₁₂ and counts as zero.

    Examples
    --------
    The wave room's own tests compare it with a Monte Carlo of 20,000 redraws.
    """
    columns = totals[0].shape[1]
    if len(overlap) < 2:
        return np.zeros(columns)
    first, second = samples[0].first, samples[1].first
    h1, h2 = first.parent[overlap.previous], second.parent[overlap.current]
    z1, z2 = totals[0][overlap.previous], totals[1][overlap.current]
    key = h1 * len(second.taken) + h2
    seen, group = np.unique(key, return_inverse=True)
    a, b = seen // len(second.taken), seen % len(second.taken)
    n12 = np.bincount(group).astype(float)
    mean1 = _group_sums(z1, group, len(seen)) / n12[:, None]
    mean2 = _group_sums(z2, group, len(seen)) / n12[:, None]
    product = _group_sums((z1 - mean1[group]) * (z2 - mean2[group]), group, len(seen))
    if first.order is not None and second.order is not None:
        product = _along_the_list(z1, z2, group, overlap.current, second.order, len(seen))
    s12 = np.where((n12 > 1)[:, None], product / np.maximum(n12 - 1, 1)[:, None], 0.0)
    same = _same_names(first.names, second.names)[a, b]
    f1, f2 = first.fraction[a], second.fraction[b]
    n1, n2 = first.taken[a].astype(float), second.taken[b].astype(float)
    finite = (f1 > 0) & (f2 > 0)
    larger = np.where(finite, np.maximum(n1 / np.where(finite, f1, 1.0), n2 / np.where(finite, f2, 1.0)), np.inf)
    coefficient = np.where(same, n12 - n1 * n2 / larger, n12 * (1 - np.where(finite, np.maximum(f1, f2), 0.0)))
    return np.asarray(coefficient @ s12, dtype=np.float64)


def _along_the_list(z1: Floats, z2: Floats, group: Codes, unit: Codes, order: Codes, groups: int) -> Floats:
    """Return half of the sums of products of both waves' steps from one common unit to the next."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    row = np.lexsort((place[unit], group))
    step = np.diff(z1[row], axis=0) * np.diff(z2[row], axis=0) / 2
    same = np.diff(group[row]) == 0
    return _group_sums(step[same], group[row][1:][same], groups)


def _group_sums(values: Floats, group: Codes, groups: int) -> Floats:
    return np.stack([np.bincount(group, v, minlength=groups) for v in values.T], axis=1).astype(np.float64)


def _same_names(first: pd.DataFrame, second: pd.DataFrame) -> np.ndarray:
    a, b = (
        np.array(["\x1f".join(row) for row in zip(*(d[c].astype(str) for c in d), strict=True)], dtype=object)
        for d in (first, second)
    )
    return np.asarray(a[:, None] == b[None, :])
