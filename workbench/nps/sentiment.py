"""Sentiment of comments, learned from the scores their own writers gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.nps.columns import CI_HIGH, CI_LOW

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST_COMMENTS = 100
WEAK = 0.05
MOST = 10_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Sentiment(Result):
    """Sentiment of comments and how far to trust it.

    Attributes
    ----------
    table
        One row: ``accuracy`` (cross-validated), ``ci_low``, ``ci_high``, ``base_rate`` (accuracy of always saying the
        more frequent class), ``auc``, ``n`` (labelled comments), ``positive`` (share of labels).
    sentiment
        Chance that each comment is positive, missing where there is no comment. For labelled comments it comes from
        models that did not see them.
    terms
        ``term``, ``weight``: what speaks most for and against.
    """

    sentiment: pd.Series
    terms: pd.DataFrame

    caption: ClassVar[Message] = message("Sentiment of comments")
    columns: ClassVar[Mapping[str, Column]] = {
        "accuracy": Column(message("Accuracy, cross-validated"), "pct1"),
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "base_rate": Column(message("Accuracy without reading"), "pct1"),
        "auc": Column(message("AUC"), "dec2"),
        "n": Column(message("Labelled comments"), "base"),
        "positive": Column(message("Positive labels"), "pct1"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw how sentiment is distributed over the comments."""
        values = self.sentiment.dropna().to_numpy(dtype=float)

        def draw(ax: Axes) -> None:
            ax.hist(values, bins=np.linspace(0, 1, 21).tolist(), color=charts.ACCENT)
            ax.set_xlabel(charts.text(message("Chance of being positive"), language))
            charts.format_axis(ax.xaxis, "pct", language)
            charts.format_axis(ax.yaxis, "int", language)

        return charts.draw_figure(draw)


def comment_sentiment(
    data: pd.DataFrame,
    column: str,
    label: str,
    *,
    positive: float = 9,
    negative: float = 6,
    folds: int = 5,
    confidence: float = 0.95,
    seed: int,
) -> Sentiment:
    """Learn from the project's own scores which words go with good and bad ones, and read all comments with that.

    Nothing is downloaded, and the model is not kept: it lives for this wave.

    Parameters
    ----------
    data
        One row per questionnaire.
    column
        Open text, Chinese or English.
    label
        Column of scores given with the comments, such as the 0–10 answer.
    positive, negative
        Scores from `positive` on are labels for good, up to `negative` for bad; those between teach nothing.
    folds
        Folds of the cross-validation. The same text is never in two folds.
    confidence
        Level of the interval of the accuracy.
    seed
        Seed of the folds, and of the choice of 10,000 labelled comments where there are more.

    Returns
    -------
    Sentiment

    Raises
    ------
    InputError
        If there are fewer than 100 different labelled comments, or fewer than ten of one class.

    Notes
    -----
    Character n-grams (1–4) with TF-IDF and logistic regression; accuracy from stratified, grouped cross-validation,
    its interval Wilson's.

    Examples
    --------
    >>> texts = [f"good {w}" for w in map(str, range(60))] + [f"bad {w}" for w in map(str, range(60))]
    >>> data = pd.DataFrame({"comment": texts, "recommend": [10] * 60 + [2] * 60})
    >>> comment_sentiment(data, "comment", "recommend", seed=1).table["accuracy"].item()
    1.0
    """
    from sklearn.metrics import roc_auc_score

    from workbench.estimation.intervals import wilson

    require_columns(map(str, data.columns), [column, label], where="data")
    scores = number_column(data, label, where="data")
    texts = data[column].astype(object).where(data[column].notna(), "").astype(str).str.strip().str[:5000]
    written = (texts != "").to_numpy()
    labelled = np.flatnonzero(written & ((scores >= positive) | (scores <= negative)))
    y = (scores[labelled] >= positive).astype(int)
    words = texts.to_numpy(dtype=object)
    _check(words[labelled], y, positive, negative)
    all_labels = len(labelled)
    if all_labels > MOST:
        # more labels teach little more and cost minutes
        keep = np.sort(np.random.default_rng(seed).choice(all_labels, MOST, replace=False))
        labelled, y = labelled[keep], y[keep]
    groups = pd.factorize(words[labelled])[0]
    out_of_fold = _cross_validate(words[labelled], y, groups, folds, seed)
    model, vectors = _fit(words[labelled], y)
    chance = np.full(len(data), np.nan)
    rest = np.setdiff1d(np.flatnonzero(written), labelled)
    if len(rest):
        chance[rest] = model.predict_proba(vectors.transform(words[rest]))[:, 1]
    chance[labelled] = out_of_fold
    n = len(labelled)
    accuracy = float(((out_of_fold >= 0.5) == (y == 1)).mean())
    base = float(max(y.mean(), 1 - y.mean()))
    low, high = wilson(np.array(accuracy), np.array(float(n)), confidence)
    table = pd.DataFrame(
        {
            "accuracy": [accuracy],
            "ci_low": [float(low)],
            "ci_high": [float(high)],
            "base_rate": [base],
            "auc": [float(roc_auc_score(y, out_of_fold))],
            "n": [n],
            "positive": [float(y.mean())],
        }
    )
    names, weights = vectors.get_feature_names_out(), np.asarray(model.coef_)[0]
    order = np.lexsort((names, -np.abs(weights)))[:40]
    terms = pd.DataFrame({"term": names[order], "weight": weights[order]})
    return Sentiment(
        level=confidence,
        table=table,
        sentiment=pd.Series(chance, index=data.index, name="sentiment"),
        terms=terms,
        notes=_notes(accuracy, base, n, all_labels),
    )


def _check(words: np.ndarray, y: np.ndarray, positive: float, negative: float) -> None:
    distinct = len(set(words.tolist()))
    rarer = int(min(y.sum(), len(y) - y.sum()))
    if distinct < FEWEST_COMMENTS or rarer < 10:
        raise InputError(
            f"Sentiment is learned from at least {FEWEST_COMMENTS} different comments with a score, ten of each kind.",
            found=f"{distinct} different comments with a score from {positive:g} on or up to {negative:g}, "
            f"{rarer} of the rarer kind",
            fix="Use the code frame only, or learn from several waves together.",
            where="data",
        )


def _cross_validate(words: np.ndarray, y: np.ndarray, groups: np.ndarray, folds: int, seed: int) -> Floats:
    from sklearn.model_selection import StratifiedGroupKFold

    result = np.zeros(len(y))
    for learn, judge in StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(words, y, groups):
        model, vectors = _fit(words[learn], y[learn])
        result[judge] = model.predict_proba(vectors.transform(words[judge]))[:, 1]
    return result


def _fit(words: np.ndarray, y: np.ndarray):  # type: ignore[no-untyped-def]
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(1, 4),
        min_df=2 if len(words) < 5000 else 3,
        max_features=60_000,
        sublinear_tf=True,
        dtype=np.float64,
    )
    model = LogisticRegression(C=4.0, solver="liblinear", class_weight="balanced", random_state=0)
    return model.fit(vectors.fit_transform(words), y), vectors


def _notes(accuracy: float, base: float, n: int, labels: int) -> tuple[Note, ...]:
    notes = [
        Note(
            message(
                "Read by a model that learned from {n:int} comments of this survey; it is right in {accuracy:pct} of "
                "comments it has not seen, against {base:pct} without reading.",
                n=n,
                accuracy=accuracy,
                base=base,
            )
        )
    ]
    if labels > n:
        notes.append(Note(message("It learned from a random {n:int} of {all:int} labelled comments.", n=n, all=labels)))
    if accuracy < base + WEAK:
        notes.append(Note(message("The model hardly reads better than guessing: do not use its sentiment."), "warning"))
    return tuple(notes)
