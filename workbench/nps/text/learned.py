"""Tone learned from a survey's own scores: words, characters and the dictionaries in one regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from workbench.core.checks import Floats
from workbench.nps.text.clauses import clauses, sentences
from workbench.nps.text.polarity import polarity
from workbench.nps.text.reading import has_chinese, tokens

_TURNS = frozenset(["不", "没", "没有", "未", "无", "别", "不是", "不够", "不太", "not", "no", "never", "without"])
_SCALE = 0.1  # weight of the dictionaries' counts beside words; chosen on public reviews (docs/tone.md)
_ENOUGH = 1500
_STRENGTH = 8.0
_FEATURES = 60_000
_TRIED = 120
_COUNTS = 5
SURE = 2 / 3  # outside the neutral zone a reading is right at least this often


@dataclass(frozen=True)
class Features:
    """What of texts a reader of tone looks at; it is found in all texts once, without their scores."""

    words: Any
    characters: Any
    scale: float

    @property
    def width(self) -> int:
        """How many columns of the matrix, the first ones, are words and pairs of words."""
        return len(self.words.vocabulary_)

    def matrix(self, texts: Sequence[Sequence[str]]) -> Any:
        """Return one row per text, each a list of clauses."""
        from scipy.sparse import csr_matrix, hstack

        counts = self.scale * np.array([_counted(t) for t in texts]).reshape(len(texts), _COUNTS)
        parts = [self.words.transform(texts)]
        parts += [self.characters.transform(texts)] if self.characters is not None else []
        return hstack([*parts, csr_matrix(counts)]).tocsr()

    def terms(self, regression: Any, count: int = 40) -> list[tuple[str, float]]:
        """Return the words that speak most for praise (positive weights) and for complaint."""
        names = self.words.get_feature_names_out()
        weights = np.asarray(regression.coef_)[0][: len(names)]
        order = [i for i in np.lexsort((names, -np.abs(weights))) if not set("_¬") & set(names[i])][:count]
        return [(str(names[i]), float(weights[i])) for i in order]


def cut(text: str) -> list[str]:
    """Return all clauses of a normalised text.

    Examples
    --------
    >>> cut("很好。就是贵")
    ['很好', '就是贵']
    """
    return [c for s in sentences(text) for c in clauses(s)]


def features(texts: Sequence[Sequence[str]]) -> Features:
    """Return what a reader looks at in texts like these: words and pairs, short runs of characters."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    shared: dict[str, Any] = {"sublinear_tf": True, "max_features": _FEATURES}
    fewest = 1 if len(texts) < 500 else 2
    words = TfidfVectorizer(analyzer=marked_words, min_df=fewest, **shared).fit(texts)
    try:
        characters = TfidfVectorizer(analyzer=_characters, min_df=fewest + 1, **shared).fit(texts)
    except ValueError:  # no run of characters comes twice
        characters = None
    # the more texts teach, the less the dictionaries need to say
    return Features(words, characters, _SCALE * min(1.0, float(np.sqrt(_ENOUGH / len(texts)))))


def fit(matrix: Any, good: np.ndarray) -> Any:
    """Return a regression of good scores on the features of texts."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, solver="liblinear", class_weight="balanced", random_state=0)
    return model.fit(matrix, good)


def folds_of(good: np.ndarray, groups: np.ndarray, *, folds: int, seed: int) -> np.ndarray:
    """Return the fold of each text; equal texts are in one fold."""
    from sklearn.model_selection import StratifiedGroupKFold

    fold = np.zeros(len(good), dtype=np.int64)
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(good, good, groups)
    for k, (_, judge) in enumerate(split):
        fold[judge] = k
    return fold


def fold_models(matrix: Any, good: np.ndarray, fold: np.ndarray) -> list[Any]:
    """Return a regression for each fold, fitted to the texts of all others."""
    return [fit(matrix[fold != k], good[fold != k]) for k in range(int(fold.max()) + 1)]


def out_of_fold(matrix: Any, fold: np.ndarray, models: Sequence[Any]) -> Floats:
    """Return log odds of praise, both kinds weighing the same, by readers that did not see the text.

    A fold below zero is read by the last model.
    """
    read = np.zeros(len(fold))
    for k in np.unique(fold):
        mine = fold == k
        read[mine] = models[k].decision_function(matrix[mine])
    return read


def best_threshold(read: Floats, good: np.ndarray) -> float:
    """Return the threshold with the greatest macro-F1: the mean of the F1 of praise and of complaint.

    Examples
    --------
    >>> -1 <= best_threshold(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0, 0, 1, 1])) < 1
    True
    """
    tried = np.unique(np.quantile(read, np.linspace(0.005, 0.995, _TRIED)))
    return float(max(tried, key=lambda t: (macro_f1(read > t, good)[0], -abs(t))))


def crossed_calls(read: Floats, good: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Return calls of praise by thresholds that were chosen on the other folds, so that they are judged honestly."""
    called = np.zeros(len(read), dtype=bool)
    for k in np.unique(fold):
        mine = fold == k
        called[mine] = read[mine] > best_threshold(read[~mine], good[~mine])
    return called


def macro_f1(called: np.ndarray, good: np.ndarray) -> tuple[float, float]:
    """Return macro-F1, and the F1 of complaints.

    Notes
    -----
    F1 = 2·hits/(2·hits + false + missed) of each kind; macro-F1 is the mean of both, so that a rare kind counts as
    much as a frequent one.

    Examples
    --------
    >>> macro_f1(np.array([True, True, False]), np.array([1, 1, 0]))
    (1.0, 1.0)
    """
    truth = good.astype(bool)
    each = []
    for kind in (True, False):
        hits = float(((called == kind) & (truth == kind)).sum())
        wrong = float((called != truth).sum())
        each.append(2 * hits / (2 * hits + wrong) if hits + wrong else 0.0)
    return float(np.mean(each)), each[1]


def neutral_width(read: Floats, good: np.ndarray, threshold: float) -> float:
    """Return how far around the threshold readings are right less than two times in three; kinds weigh the same.

    Examples
    --------
    >>> neutral_width(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0, 0, 1, 1]), 0.0)
    0.0
    """
    apart, right = np.abs(read - threshold), (read > threshold) == good.astype(bool)
    share = good.mean()
    weight = np.where(good == 1, 0.5 / max(share, 1e-9), 0.5 / max(1 - share, 1e-9))
    widest = 0.0
    for width in np.quantile(apart, np.linspace(0.02, 0.3, 15)):
        inside = apart <= width
        if (weight * right)[inside].sum() < SURE * weight[inside].sum():
            widest = float(width)
    return widest


def marked_words(parts: Sequence[str]) -> list[str]:
    """Return words and pairs of words of clauses; after a negation two words (three in English) are marked with ¬.

    Examples
    --------
    >>> marked_words(["没有排队"])
    ['没有', '¬排队', '没有_¬排队']
    """
    found: list[str] = []
    for part in parts:
        words: list[str] = []
        left = 0
        for word in tokens(part):
            if word in _TURNS or word.endswith("n't"):
                words.append(word)
                left = 2 if has_chinese(word) else 3
            else:
                words.append("¬" + word if left else word)
                left = max(0, left - 1)
        found += words + [f"{a}_{b}" for a, b in pairwise(words)]
    return found


def _characters(parts: Sequence[str]) -> list[str]:
    text = " ".join(parts).lower()
    sizes = (1, 2) if has_chinese(text) else (3, 4)
    return [text[i : i + size] for size in sizes for i in range(len(text) - size + 1)]


def _counted(parts: Sequence[str]) -> list[float]:
    found = [polarity(p) for p in parts]
    praise, complaint = sum(f.praise for f in found), sum(f.complaint for f in found)
    first, last = (found[0].value, found[-1].value) if found else (0.0, 0.0)
    balance = (praise - complaint) / (praise + complaint + 1)
    return [float(np.log1p(praise)), float(np.log1p(complaint)), balance, first, last]
