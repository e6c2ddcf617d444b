"""Labels that mean the same: Hungarian matching of two segmentations, and how far they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from workbench.clustering.feature_rules import Floats, apply_rules
from workbench.clustering.model import SegmentModel
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Matching(Result):
    """Which segment of one segmentation is which of the other.

    Attributes
    ----------
    table
        One row per segment of the first: ``segment``, ``matched`` (missing where the other has fewer), and ``distance``
        between the centres (of models) or ``customers`` in both and ``jaccard`` (of labels).
    mapping
        Segment of the second → segment of the first.
    total
        Sum of the distances, or of the customers in matched segments.
    """

    mapping: Mapping[int, int]
    total: float

    caption: ClassVar[Message] = message("Segments matched")
    columns: ClassVar[Mapping[str, Column]] = {
        "matched": Column(message("Matched with")),
        "distance": Column(message("Distance of the centres"), "dec2"),
        "jaccard": Column(message("Overlap (Jaccard)"), "dec2"),
    }

    def relabel(self, labels: pd.Series) -> pd.Series:
        """Return labels of the second segmentation under the numbers of the first; unmatched ones follow after."""
        return labels.map(self.mapping)


def match_labels(
    first: SegmentModel | pd.Series, second: SegmentModel | pd.Series, *, rows: pd.DataFrame | None = None
) -> Matching:
    """Match the segments of two segmentations one to one.

    Parameters
    ----------
    first, second
        Two models, matched by the distance of their centres on the scale of the first; or two series of labels of the
        same customers (same index), matched by the number of customers in both.
    rows
        Raw rows to match models by the customers they share instead, needed where they have no centres.

    Returns
    -------
    Matching
        One to one, with the least sum of distances or the most customers in matched segments.

    Raises
    ------
    InputError
        If a model is matched with labels, models differ in their features, or labels have no customer in common.

    Notes
    -----
    Kuhn (1955), Naval Research Logistics 2, 83–97.

    Examples
    --------
    >>> one, other = pd.Series([1, 1, 2, 2, 2]), pd.Series([2, 2, 1, 1, 2])
    >>> dict(match_labels(one, other).mapping)
    {2: 1, 1: 2}
    """
    if isinstance(first, SegmentModel) and isinstance(second, SegmentModel):
        if rows is not None:
            return _by_customers(first.assign(rows), second.assign(rows), first.k, second.k)
        return _by_centres(first, second)
    if isinstance(first, pd.Series) and isinstance(second, pd.Series):
        both = first.index.intersection(second.index)
        if not len(both) or first.index.has_duplicates or second.index.has_duplicates:
            raise InputError(
                "Both label the same customers, each once.",
                found=f"{len(both):,} customers in common",
                fix="Give both series the customers' ids as index.",
                where="match_labels",
            )
        return _by_customers(first.loc[both], second.loc[both], int(first.max()), int(second.max()))
    raise InputError(
        "Two models or two series of labels are matched.",
        found=f"{type(first).__name__} and {type(second).__name__}",
        fix="Pass model.assign(rows) of the model.",
        where="match_labels",
    )


def match_centres(first: Floats, second: Floats) -> tuple[list[tuple[int, int]], Floats]:
    """Return the pairs (row of `first`, row of `second`) of least total distance, and all distances.

    Examples
    --------
    >>> match_centres(np.array([[0.0], [5.0]]), np.array([[6.0], [0.5]]))[0]
    [(0, 1), (1, 0)]
    """
    from scipy.optimize import linear_sum_assignment

    apart = np.sqrt(((first[:, None] - second[None]) ** 2).sum(axis=2))
    one, other = linear_sum_assignment(apart)
    return [(int(i), int(j)) for i, j in zip(one, other, strict=True)], apart


def adjusted_rand(counts: Floats) -> float:
    """Return the adjusted Rand index of a table of two partitions: 1 is the same, 0 what chance gives.

    Source: Hubert & Arabie (1985), Journal of Classification 2, 193–218.

    Examples
    --------
    >>> adjusted_rand(np.array([[3.0, 0.0], [0.0, 2.0]]))
    1.0
    """

    def pairs(n: Floats) -> float:
        return float((n * (n - 1) / 2).sum())

    total = float(counts.sum())
    rows, columns = pairs(counts.sum(axis=1)), pairs(counts.sum(axis=0))
    every = total * (total - 1) / 2
    expected = rows * columns / every if every else 0.0
    most = (rows + columns) / 2
    return (pairs(counts) - expected) / (most - expected) if most != expected else 1.0


def cross_table(first: pd.Series, second: pd.Series, k: int, other: int) -> Floats:
    """Return the number of rows in each pair of segments, 1 … k by 1 … other."""
    place = (first.to_numpy(dtype=np.int64) - 1) * other + second.to_numpy(dtype=np.int64) - 1
    return np.bincount(place, minlength=k * other).reshape(k, other).astype(float)


def _by_centres(first: SegmentModel, second: SegmentModel) -> Matching:
    names = [r.name for r in first.rules]
    same = names == [r.name for r in second.rules] and bool(names)
    if not same or len(first.centres[0]) != len(names) or len(second.centres[0]) != len(names):
        raise InputError(
            "Models are matched by the centres of the same features.",
            found=f"{', '.join(names) or 'none'} and {', '.join(r.name for r in second.rules) or 'none'}",
            fix="Pass rows=... to match them by the customers they share.",
            where="match_labels",
        )
    raw = pd.DataFrame({r.name: r.undo(second.centres[:, j]) for j, r in enumerate(second.rules)})
    pairs, apart = match_centres(first.centres, apply_rules(first.rules, raw))
    table = _table(pairs, first.k).assign(distance=np.nan)
    for i, j in pairs:
        table.loc[i, "distance"] = apart[i, j]
    return _matching(table, pairs, second.k, float(sum(apart[p] for p in pairs)))


def _by_customers(first: pd.Series, second: pd.Series, k: int, other: int) -> Matching:
    from scipy.optimize import linear_sum_assignment

    counts = cross_table(first, second, k, other)
    one, two = linear_sum_assignment(-counts)
    pairs = [(int(i), int(j)) for i, j in zip(one, two, strict=True)]
    union = counts.sum(axis=1)[:, None] + counts.sum(axis=0)[None, :] - counts
    table = _table(pairs, k).assign(customers=0, jaccard=np.nan)
    for i, j in pairs:
        table.loc[i, "customers"] = int(counts[i, j])
        table.loc[i, "jaccard"] = counts[i, j] / max(union[i, j], 1.0)
    return _matching(table, pairs, other, float(sum(counts[p] for p in pairs)))


def _table(pairs: list[tuple[int, int]], k: int) -> pd.DataFrame:
    matched = {i: j + 1 for i, j in pairs}
    numbers = pd.array([matched.get(i) for i in range(k)], dtype="Int64")
    return pd.DataFrame({"segment": np.arange(1, k + 1), "matched": numbers})


def _matching(table: pd.DataFrame, pairs: list[tuple[int, int]], other: int, total: float) -> Matching:
    mapping = {j + 1: i + 1 for i, j in pairs}
    left = [j for j in range(1, other + 1) if j not in mapping]
    mapping |= {j: len(table) + 1 + n for n, j in enumerate(left)}
    notes: tuple[Note, ...] = ()
    if left or table["matched"].isna().any():
        text = message(
            "One segmentation has {n:int} segments more than the other; they have no counterpart.",
            n=abs(len(table) - other),
        )
        notes = (Note(text, "caution"),)
    return Matching(table=table, mapping=mapping, total=total, notes=notes)
