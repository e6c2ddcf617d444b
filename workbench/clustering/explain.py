"""Segments as plain rules: a shallow decision tree, how often it is right, and its branches in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clustering.categories import one_hot
from workbench.clustering.columns import CI_HIGH, CI_LOW
from workbench.clustering.features import Features
from workbench.clustering.model import SegmentModel
from workbench.clustering.words import joined, label_of, number
from workbench.core.errors import InputError
from workbench.core.language import Message, Spoken, message
from workbench.core.names import SEGMENT, Column
from workbench.core.results import Note, Result
from workbench.estimation.intervals import wilson

_FOLDS: Final = 5


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SegmentRules(Result):
    """A decision tree that tells the segments apart.

    Attributes
    ----------
    table
        One row per rule: ``rule`` in words, ``segment`` it says, ``n`` (customers of the sample it applies to),
        ``share``, ``right`` (share of them who are in the segment) with ``ci_low`` and ``ci_high`` (Wilson).
    accuracy
        Share of customers the tree puts into their segment, in customers it was not grown on (5-fold).
    ci_low, ci_high
        Its interval (Wilson).
    baseline
        Share of the largest segment: what naming it always would reach.
    """

    accuracy: float
    ci_low: float
    ci_high: float
    baseline: float

    caption: ClassVar[Message] = message("The segments as rules")
    columns: ClassVar[Mapping[str, Column]] = {
        "rule": Column(message("Rule")),
        "right": Column(message("Right"), "pct"),
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
    }


def explain_segments(
    model: SegmentModel, features: Features, *, depth: int = 3, confidence: float = 0.95
) -> SegmentRules:
    """Grow a shallow decision tree on the raw features and write its branches as rules.

    Parameters
    ----------
    model
        The segmentation.
    features
        A sample of customers with their raw rows.
    depth
        Most conditions in a rule.
    confidence
        Level of the intervals.

    Returns
    -------
    SegmentRules
        At most 2^depth rules, those of the first segment first.

    Raises
    ------
    InputError
        If there are fewer than 10 customers or only one segment among them.

    Notes
    -----
    Breiman et al. (1984), Classification and Regression Trees; a leaf holds at least one customer in a hundred.

    Examples
    --------
    >>> from workbench.clustering import build_features, fit_segments
    >>> raw = pd.DataFrame({"customer_id": [str(i) for i in range(40)], "frequency": [1, 2] * 10 + [20, 30] * 10})
    >>> features = build_features(raw)
    >>> print(explain_segments(fit_segments(features, k=2, seed=1), features).table["rule"][0])
    Days with a purchase above 11
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    labels = model.assign(features).to_numpy()
    n, sizes = len(labels), np.bincount(labels)
    folds = min(_FOLDS, int(sizes[sizes > 0].min()))
    if n < 10 or (sizes > 0).sum() < 2 or folds < 2:
        raise InputError(
            message("Rules tell at least two segments apart, each with two customers or more."),
            found=message("{n:int} customers, {k:int} segments", n=n, k=int((sizes > 0).sum())),
            fix=message("Pass a larger sample."),
            where="explain_segments",
        )
    matrix, names = _matrix(features)
    tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=max(1, n // 100), random_state=0)
    held_out = cross_val_predict(tree, matrix, labels, cv=StratifiedKFold(folds, shuffle=True, random_state=0))
    right = float((held_out == labels).mean())
    low, high = wilson(np.array([right]), np.array([float(n)]), confidence)
    grown = tree.fit(matrix, labels).tree_
    table = _rules(grown, matrix, labels, (names, tree.classes_), confidence)
    baseline = float(sizes.max() / n)
    text = message(
        "The rules put {right:pct1} of the customers into their segment ({low:pct1} to {high:pct1}, customers they "
        "were not made from); always naming the largest would reach {base:pct1}.",
        right=right,
        low=float(low[0]),
        high=float(high[0]),
        base=baseline,
    )
    return SegmentRules(
        table=table,
        accuracy=right,
        ci_low=float(low[0]),
        ci_high=float(high[0]),
        baseline=baseline,
        level=confidence,
        notes=(Note(text),),
    )


@dataclass(frozen=True)
class _Split:
    """A column a tree splits: its name, the level where it is one of a category, and whether it is whole numbers."""

    name: Spoken | str
    level: str | None
    whole: bool


def _matrix(features: Features) -> tuple[np.ndarray, list[_Split]]:
    columns, names = [], []
    for rule in features.rules:
        raw = features.rows[rule.name].to_numpy(dtype=float, na_value=np.nan)
        filled = np.where(np.isnan(raw), np.nanmedian(raw), raw)
        columns.append(filled)
        names.append(_Split(label_of(rule.name), None, bool((filled == np.floor(filled)).all())))
    for j, category in enumerate(features.categories):
        hot = one_hot(features.codes[:, [j]], [len(category.levels)])[:, : len(category.levels)]
        columns += list(hot.T)
        names += [_Split(label_of(category.name), level, True) for level in category.levels]
    return np.column_stack(columns), names


def _rules(
    grown: Any, matrix: np.ndarray, labels: np.ndarray, named: tuple[list[_Split], np.ndarray], confidence: float
) -> pd.DataFrame:
    names, classes = named
    leaves = grown.apply(matrix.astype(np.float32))
    rows = []
    for node, bounds in _leaves(grown, 0, {}):
        mine = labels[leaves == node]
        segment = int(classes[int(grown.value[node][0].argmax())])
        share = float((mine == segment).mean())
        low, high = wilson(np.array([share]), np.array([float(len(mine))]), confidence)
        rows.append(
            {
                "rule": joined([_condition(names[c], *b) for c, b in bounds.items()]),
                SEGMENT: segment,
                "n": len(mine),
                "share": len(mine) / len(labels),
                "right": share,
                "ci_low": float(low[0]),
                "ci_high": float(high[0]),
            }
        )
    return pd.DataFrame(rows).sort_values([SEGMENT, "n"], ascending=[True, False], ignore_index=True)


def _leaves(
    grown: Any, node: int, bounds: dict[int, tuple[float, float]]
) -> list[tuple[int, dict[int, tuple[float, float]]]]:
    if grown.children_left[node] < 0:
        return [(node, bounds)]
    column, cut = int(grown.feature[node]), float(grown.threshold[node])
    low, high = bounds.get(column, (-np.inf, np.inf))
    return [
        *_leaves(grown, int(grown.children_left[node]), {**bounds, column: (low, min(high, cut))}),
        *_leaves(grown, int(grown.children_right[node]), {**bounds, column: (max(low, cut), high)}),
    ]


def _condition(split: _Split, low: float, high: float) -> Message:
    if split.level is not None:
        if high < 1:
            return message("{column} is not {level}", column=split.name, level=split.level)
        return message("{column} is {level}", column=split.name, level=split.level)
    if split.whole:
        low, high = np.floor(low), np.floor(high)
    if np.isinf(low):
        return message("{column} up to {high}", column=split.name, high=number(high))
    if np.isinf(high):
        return message("{column} above {low}", column=split.name, low=number(low))
    return message("{column} above {low} and up to {high}", column=split.name, low=number(low), high=number(high))
