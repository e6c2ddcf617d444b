"""Gradient boosting of small trees, kept as plain tables so that millions of customers are asked without scikit-learn.

Of each tree a customer's answers to its seven questions make one number, which is looked up: what the leaf says,
divided among the themes of the questions on the way to it (Saabas 2014, *Interpreting random forests*).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from workbench.core.language import Message, message
from workbench.learning.candidates.candidate import THEMES, Candidate, Sample, theme_index
from workbench.learning.features import Floats

LEAVES: Final = 8  # seven questions: their answers fit into a byte
TREES: Final = 60
RATE: Final = 0.1
_SMALLEST: Final = 20


@dataclass(frozen=True, eq=False)
class Tree:
    """One tree.

    Attributes
    ----------
    questions
        Feature, threshold and whether a missing value says yes; so does a value of at most the threshold.
    told
        Theme → what it says for each of the 2^questions numbers that the answers make.
    """

    questions: tuple[tuple[int, float, bool], ...]
    told: tuple[tuple[int, Floats], ...]


@dataclass(frozen=True, eq=False)
class BoostedTrees(Candidate):
    """Trees, one after another.

    Attributes
    ----------
    trees
        The trees.
    """

    key: ClassVar[str] = "trees"
    label: ClassVar[Message] = message("Boosted trees")

    trees: tuple[Tree, ...]

    def contributions(self, X: Floats) -> Floats:
        """Return what all trees say, added up by theme."""
        found = np.zeros((len(THEMES), len(X)))
        columns = np.ascontiguousarray(X.T)
        code, answer = np.empty(len(X), dtype=np.uint8), np.empty(len(X), dtype=np.uint8)
        for tree in self.trees:
            code.fill(0)
            for place, (feature, threshold, missing) in enumerate(tree.questions):
                column = columns[feature]
                yes = ~(column > threshold) if missing else column <= threshold
                np.left_shift(yes.view(np.uint8), place, out=answer)
                np.bitwise_or(code, answer, out=code)
            for theme, table in tree.told:
                found[theme] += table[code]
        return found.T


def fit_boosted_trees(sample: Sample, *, seed: int = 1) -> BoostedTrees:
    """Fit gradient boosting of trees with eight leaves.

    Parameters
    ----------
    sample
        What it learns from.
    seed
        Seed of scikit-learn.

    Returns
    -------
    BoostedTrees
        Up to 60 trees; fewer where further ones tell customers left out no better.

    Notes
    -----
    Friedman (2001), Annals of Statistics 29(5), algorithm 5; histograms as in Ke et al. (2017), LightGBM.

    Examples
    --------
    >>> silent = np.arange(400.0)
    >>> known = Sample(silent[:, None], ("silent_days",), {"silent_days": "silence"}, (silent < 150) * 1.0, 30)
    >>> told = fit_boosted_trees(known).probability(np.array([[5.0], [390.0]]))
    >>> bool(told[0] > 0.9 > 0.1 > told[1])
    True
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with_values = ~np.isnan(sample.X).all(axis=0)
    learner: Any = HistGradientBoostingClassifier(
        learning_rate=RATE,
        max_iter=TREES,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=_SMALLEST,
        l2_regularization=1.0,
        max_bins=64,
        early_stopping=len(sample.bought) >= 500,
        validation_fraction=0.15,
        n_iter_no_change=10,
        random_state=seed,
    )
    with threadpool_limits(limits=1):  # threads that wait cost more than they bring
        learner.fit(np.where(with_values, sample.X, 0.0), sample.bought)
    place = theme_index(sample.names, sample.themes)
    trees = [_tree(stage[0].nodes, place) for stage in learner._predictors]
    base = float(np.ravel(learner._baseline_prediction)[0]) + sum(start for _, start in trees)
    return BoostedTrees(sample.names, base, trees=tuple(t for t, _ in trees))


def _tree(nodes: Any, place: list[int]) -> tuple[Tree, float]:
    """Return a tree as a table, and the mean of its leaves, from which what it says is counted."""
    fields = ("is_leaf", "left", "right", "feature_idx", "num_threshold", "missing_go_to_left")
    leaf, left, right, feature, threshold, missing = (nodes[name].tolist() for name in fields)
    inner = [i for i, last in enumerate(leaf) if not last]
    bit = {node: position for position, node in enumerate(inner)}
    worth = _means(nodes)
    questions = tuple((feature[i], threshold[i], bool(missing[i])) for i in inner)
    told: dict[int, Floats] = {}
    for code in range(1 << len(inner)):
        node = 0
        while not leaf[node]:
            after = left[node] if code >> bit[node] & 1 else right[node]
            theme = place[feature[node]]
            if theme not in told:
                told[theme] = np.zeros(1 << len(inner))
            told[theme][code] += worth[after] - worth[node]
            node = after
    padded = tuple((theme, np.resize(table, 256)) for theme, table in told.items())
    return Tree(questions, padded), float(worth[0])


def _means(nodes: Any) -> list[float]:
    """Return the mean of the leaves under each node, by how many customers learnt from are in them."""
    leaf, left, right, worth, count = (nodes[n].tolist() for n in ("is_leaf", "left", "right", "value", "count"))
    for i in range(len(nodes) - 1, -1, -1):  # children come after their parents
        if not leaf[i]:
            sides = left[i], right[i]
            worth[i] = sum(count[s] * worth[s] for s in sides) / sum(count[s] for s in sides)
    return list(worth)
