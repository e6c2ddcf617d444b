"""Segments made by hand: a segmentation of stated conditions, which scores, saves and describes like a fitted one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.clustering.conditions import Conditions
from workbench.clustering.features import Features
from workbench.clustering.model import SegmentModel
from workbench.core.errors import InputError


def segments_by_rules(features: Features, conditions: Sequence[str]) -> SegmentModel:
    """Make a segmentation of stated conditions; it scores, saves and describes like a fitted one.

    Parameters
    ----------
    features
        Features to describe the segments by, with the raw rows they come from.
    conditions
        SQL conditions over the raw columns, in the order in which they are asked; an empty last one takes the rest.

    Returns
    -------
    SegmentModel
        Its segments are the conditions in their order; ``assign`` scores a DataFrame.

    Raises
    ------
    InputError
        If a condition cannot be evaluated, another than the last is empty, or a segment has no customer.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.clustering import build_features
    >>> raw = pd.DataFrame({"customer_id": list("abc"), "monetary": [10.0, 300, 20]})
    >>> segments_by_rules(build_features(raw), ["monetary >= 100", ""]).table["n"].tolist()
    [1, 2]
    """
    given = [c.strip() for c in conditions]
    if not given or "" in given[:-1]:
        raise InputError(
            "Every segment but the last has a condition.",
            found=f"{given}",
            fix="Put the segment that takes the rest at the end.",
            where="segments",
        )
    scorer = Conditions(tuple(given))
    labels = scorer.labels(features.rows)
    sizes = np.bincount(labels, minlength=len(given) + 1)[1:]
    if (sizes == 0).any():
        empty = ", ".join(f"{i + 1} ({given[i]!r})" for i in np.flatnonzero(sizes == 0))
        raise InputError(
            "Every segment has customers.",
            found=f"none in {empty} of {len(labels):,} rows",
            fix="Correct the condition, or its place.",
            where="segments",
        )
    return SegmentModel.of(
        features.rules, scorer, sizes.tolist(), categories=features.categories, seed=0, fitted_on=len(labels)
    )
