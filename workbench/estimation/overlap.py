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
    previous: pd.DataFrame, current: pd.DataFrame, samples: tuple[Sample, Sample], id_column: str
) -> Overlap:
    """Match the first-stage units of two waves by customer id, or by PSU where customers in them recur.

    Raises
    ------
    InputError
        If the id column is absent, or an id is missing or occurs twice within a wave.
    """
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
    first, second = place[rows], rows
    units = (samples[0].first.unit, samples[1].first.unit)
    if units[0] is None and units[1] is None:
        return Overlap(first.astype(np.int64), second.astype(np.int64))
    if units[0] is None or units[1] is None:
        raise InputError(
            "Both waves have the same kind of first-stage unit.",
            found="clusters in one wave, single customers in the other",
            fix="Describe both waves with or without psu, or compare them as independent with id=None.",
            where="designs",
        )
    labels = [d[s.design.stages[0]].to_numpy() for d, s in zip((previous, current), samples, strict=True)]
    same = labels[0][first] == labels[1][second]
    pairs = pd.DataFrame({"a": units[0][first[same]], "b": units[1][second[same]]}).drop_duplicates()
    pairs = pairs.sort_values(["a", "b"])
    return Overlap(pairs["a"].to_numpy(dtype=np.int64), pairs["b"].to_numpy(dtype=np.int64))


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
    enter with n₁₂ (1 - max f) s₁₂. A group with a single common unit, or none, says nothing about s₁₂ and counts
    as zero.

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
    s12 = np.where((n12 > 1)[:, None], product / np.maximum(n12 - 1, 1)[:, None], 0.0)
    same = _same_names(first.names, second.names)[a, b]
    f1, f2 = first.fraction[a], second.fraction[b]
    n1, n2 = first.taken[a].astype(float), second.taken[b].astype(float)
    finite = (f1 > 0) & (f2 > 0)
    larger = np.where(finite, np.maximum(n1 / np.where(finite, f1, 1.0), n2 / np.where(finite, f2, 1.0)), np.inf)
    coefficient = np.where(same, n12 - n1 * n2 / larger, n12 * (1 - np.where(finite, np.maximum(f1, f2), 0.0)))
    return np.asarray(coefficient @ s12, dtype=np.float64)


def _group_sums(values: Floats, group: Codes, groups: int) -> Floats:
    return np.stack([np.bincount(group, v, minlength=groups) for v in values.T], axis=1).astype(np.float64)


def _same_names(first: pd.DataFrame, second: pd.DataFrame) -> np.ndarray:
    a, b = (d.astype(str).agg("\x1f".join, axis=1).to_numpy(dtype=object) for d in (first, second))
    return np.asarray(a[:, None] == b[None, :])
