"""Who reads the tone of a clause: the dictionaries alone, or with what a wave's own scores taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.nps.text import learned
from workbench.nps.text.lists import tone_words
from workbench.nps.text.polarity import polarity, written_in

PRAISE, NEUTRAL, COMPLAINT, UNKNOWN, NOTHING = "praise", "neutral", "complaint", "unknown", "nothing"
TONES: Final = (PRAISE, NEUTRAL, COMPLAINT, UNKNOWN, NOTHING)
_BALANCED = 1 / 3  # a clause whose praise and complaint nearly weigh the same is neutral


class ToneReader(Protocol):
    """Whatever reads the tone of clauses; a model of one's own fits in here."""

    @property
    def from_scores(self) -> bool:
        """Whether it learned from scores."""
        ...

    def tones(self, parts: Sequence[str], of: Sequence[str] | None = None) -> list[str]:
        """Return one of `TONES` for each clause; `of` is the normalised text that each clause comes from."""
        ...


def says_nothing(clause: str) -> bool:
    """Tell whether somebody only says that there is nothing to say.

    Examples
    --------
    >>> says_nothing("没意见"), says_nothing("Don't know"), says_nothing("很好")
    (True, True, False)
    """
    plain = clause.lower().strip(" .,!?~-、/。，！？").replace("’", "'")
    return not plain or plain in tone_words(written_in(clause)).nothing


@dataclass(frozen=True)
class DictionaryReader:
    """Reads by the dictionaries alone: a start where there are no scores to learn from."""

    from_scores: bool = False

    def tones(self, parts: Sequence[str], of: Sequence[str] | None = None) -> list[str]:  # noqa: ARG002 (as readers do)
        """Return the tone of each clause; ``unknown`` where no word is known.

        Examples
        --------
        >>> DictionaryReader().tones(["价格不贵", "排队太久", "三点到", "无", "贵但好吃"])
        ['praise', 'complaint', 'unknown', 'nothing', 'neutral']
        """
        return [_by_dictionary(p) for p in parts]


def _by_dictionary(clause: str) -> str:
    if says_nothing(clause):
        return NOTHING
    found = polarity(clause)
    if not found.known:
        return NEUTRAL if found.wish else UNKNOWN
    if abs(found.value) < _BALANCED:
        return NEUTRAL
    return PRAISE if found.value > 0 else COMPLAINT


@dataclass(frozen=True)
class LearnedReader:
    """Reads by what scores taught; the dictionaries decide where that is not sure, and where a negation turns a word.

    Attributes
    ----------
    features, models
        What was learned: a model for each fold that did not see its comments, and one from all.
    folds
        Fold of each normalised comment that was learned from.
    threshold, width
        A clause is praise above the threshold, complaint below it, not sure within the width of it.
    """

    features: learned.Features
    models: tuple[Any, ...]
    folds: Mapping[str, int]
    threshold: float
    width: float
    from_scores: bool = True

    @classmethod
    def made(
        cls,
        features: learned.Features,
        models: Sequence[Any],
        texts: Sequence[tuple[str, Sequence[str]]],
        good: np.ndarray,
        fold: np.ndarray,
        chosen: np.ndarray,
    ) -> LearnedReader:
        """Choose threshold and width by the means over the clauses of texts that the models did not see.

        Parameters
        ----------
        features, models
            As of the reader.
        texts
            Each text and its clauses.
        good, fold
            Label and fold of each text.
        chosen
            Places of the texts to choose with.
        """
        owner = np.repeat(chosen, [len(texts[i][1]) for i in chosen])
        parts = [c for i in chosen for c in texts[i][1]]
        told = learned.out_of_fold(features.matrix([[p] for p in parts]), fold[owner], models)
        count = np.maximum(np.bincount(owner, minlength=len(texts)), 1)
        read = (np.bincount(owner, told, len(texts)) / count)[chosen]
        threshold = learned.best_threshold(read, good[chosen])
        width = learned.neutral_width(read, good[chosen], threshold)
        folds = {text: int(k) for (text, _), k in zip(texts, fold, strict=True)}
        return cls(features, tuple(models), folds, threshold, width)

    def scores(self, parts: Sequence[str], of: Sequence[str] | None = None) -> Floats:
        """Return how far above (praise) or below (complaint) the threshold clauses are.

        A clause of a comment that was learned from is read by a model that did not see the comment.
        """
        return self._scores(self.features.matrix([[p] for p in parts]), of) if len(parts) else np.zeros(0)

    def _scores(self, matrix: Any, of: Sequence[str] | None) -> Floats:
        rows = matrix.shape[0]
        fold = np.array([self.folds.get(t, -1) for t in of] if of is not None else [-1] * rows)
        return learned.out_of_fold(matrix, fold, self.models) - self.threshold

    def tones(self, parts: Sequence[str], of: Sequence[str] | None = None) -> list[str]:
        """Return the tone of each clause; ``unknown`` where no word of it was ever seen or is in a dictionary."""
        if not len(parts):
            return []
        # customers repeat each other: each different clause is looked at once
        place, once = pd.factorize(np.asarray(parts, dtype=object))
        matrix = self.features.matrix([[p] for p in once])
        words = matrix[:, : self.features.width]
        seen = np.asarray((words > 0).sum(axis=1)).ravel() > 0
        scores = self._scores(matrix[place], of)
        return [
            self._tone(part, float(score), bool(known))
            for part, score, known in zip(parts, scores, seen[place], strict=True)
        ]

    def _tone(self, part: str, score: float, seen: bool) -> str:
        if says_nothing(part):
            return NOTHING
        found = polarity(part)
        sure = abs(score) > self.width
        if found.known and (not sure or (found.turned and found.value * score < 0)):
            return _by_dictionary(part)
        if not seen:
            return _by_dictionary(part)
        return (PRAISE if score > 0 else COMPLAINT) if sure else NEUTRAL
