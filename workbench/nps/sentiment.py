"""Sentiment of comments, learned from the scores their own writers gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.nps.columns import CI_HIGH, CI_LOW
from workbench.nps.text import learned
from workbench.nps.text.reader import LearnedReader
from workbench.nps.text.reading import distinct, written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST_COMMENTS = 100
FEWEST_RARER = 10
MOST = 10_000
STACKED = 2_000
WEAK_AUC = 0.6


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Sentiment(Result):
    """Sentiment of comments and how far to trust it.

    Attributes
    ----------
    table
        One row: ``macro_f1`` (of comments not seen, the threshold chosen without them), ``ci_low``, ``ci_high``,
        ``base_f1`` (always saying the more frequent kind), ``f1_negative`` (of bad ones alone), ``auc``, ``threshold``
        (log odds from which a comment counts as good), ``n`` (labelled comments), ``positive`` (share of labels).
    sentiment
        Chance that each comment is positive, both kinds weighing the same; missing where there is no comment. For
        labelled comments it comes from models that did not see them.
    calls
        ``good``, ``unclear`` (near the threshold) or ``bad`` for each comment.
    terms
        ``term``, ``weight``: words that speak most for and against.
    reader
        Reads the tone of any clause (`workbench.nps.topic_tone`).
    """

    sentiment: pd.Series
    calls: pd.Series
    terms: pd.DataFrame
    reader: LearnedReader

    caption: ClassVar[Message] = message("Sentiment of comments")
    columns: ClassVar[Mapping[str, Column]] = {
        "macro_f1": Column(message("Macro-F1, cross-validated"), "dec2"),
        "ci_low": CI_LOW.styled("dec2"),
        "ci_high": CI_HIGH.styled("dec2"),
        "base_f1": Column(message("Macro-F1 without reading"), "dec2"),
        "f1_negative": Column(message("F1 of bad comments"), "dec2"),
        "auc": Column(message("AUC"), "dec2"),
        "threshold": Column(message("Threshold"), "dec2"),
        "n": Column(message("Labelled comments"), "base"),
        "positive": Column(message("Positive labels"), "pct1"),
    }

    @property
    def useful(self) -> bool:
        """Whether it reads clearly better than guessing."""
        row = self.table.iloc[0]
        return bool(row["auc"] >= WEAK_AUC and row["ci_low"] > row["base_f1"])

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
        Level of the interval of macro-F1.
    seed
        Seed of the folds, of the interval, and of the choice of 10,000 labelled comments where there are more.

    Returns
    -------
    Sentiment

    Raises
    ------
    InputError
        If there are fewer than 100 different labelled comments, or fewer than ten of one class.

    Notes
    -----
    Words and pairs of words after one spelling, with marks after negations, short runs of characters, and what the
    dictionaries of tone count, in a logistic regression in which both kinds weigh the same. Judged by macro-F1 and the
    area under the curve, since where 96 % are good, saying “good” always is right in 96 %. The threshold has the
    greatest macro-F1 in cross-validation; what is said of it comes from thresholds chosen on other folds. Interval:
    2,000 draws of the four counts of right and wrong from their multinomial distribution. Near the threshold a reading
    is right less than two times in three, and is not used (``unclear``).

    Examples
    --------
    >>> texts = [f"good {w}" for w in map(str, range(60))] + [f"bad {w}" for w in map(str, range(60))]
    >>> data = pd.DataFrame({"comment": texts, "recommend": [10] * 60 + [2] * 60})
    >>> comment_sentiment(data, "comment", "recommend", seed=1).table["macro_f1"].item()
    1.0
    """
    from sklearn.metrics import roc_auc_score

    require_columns(map(str, data.columns), [column, label], where="data")
    scores = number_column(data, label, where="data")
    words = written(data[column]).to_numpy(dtype=object)
    filled = words != ""
    labelled = np.flatnonzero(filled & ((scores >= positive) | (scores <= negative)))
    _check(words[labelled], (scores[labelled] >= positive).astype(int), positive, negative)
    all_labels = len(labelled)
    if all_labels > MOST:
        # more labels teach little more and cost minutes
        labelled = np.sort(np.random.default_rng(seed).choice(labelled, MOST, replace=False))
    good = (scores[labelled] >= positive).astype(int)
    place, once = distinct(words[labelled].tolist())
    cut = [learned.cut(t) for t in once]
    texts = [cut[i] for i in place]
    found = learned.features(texts)
    matrix = found.matrix(texts)
    fold = learned.folds_of(good, place, folds=folds, seed=seed)
    models = [*learned.fold_models(matrix, good, fold), learned.fit(matrix, good)]
    unseen = learned.out_of_fold(matrix, fold, models)
    threshold = learned.best_threshold(unseen, good)
    width = learned.neutral_width(unseen, good, threshold)
    read = np.full(len(data), np.nan)
    rest = np.setdiff1d(np.flatnonzero(filled), labelled)
    if len(rest):
        other, different = distinct(words[rest].tolist())
        new = models[-1].decision_function(found.matrix([learned.cut(t) for t in different]))
        read[rest] = np.asarray(new)[other]
    read[labelled] = unseen
    called = learned.crossed_calls(unseen, good, fold)
    macro, negatives = learned.macro_f1(called, good)
    low, high = _interval(called, good, confidence, seed)
    auc = float(roc_auc_score(good, unseen))
    table = pd.DataFrame(
        {
            "macro_f1": [macro],
            "ci_low": [low],
            "ci_high": [high],
            "base_f1": [learned.macro_f1(np.full(len(good), good.mean() >= 0.5), good)[0]],
            "f1_negative": [negatives],
            "auc": [auc],
            "threshold": [threshold],
            "n": [len(labelled)],
            "positive": [float(good.mean())],
        }
    )
    return Sentiment(
        level=confidence,
        table=table,
        sentiment=pd.Series(1 / (1 + np.exp(-np.clip(read, -50, 50))), index=data.index, name="sentiment"),
        calls=_calls(read, threshold, width, data.index),
        terms=pd.DataFrame(found.terms(models[-1]), columns=["term", "weight"]),
        reader=_reader(found, models, [(once[i], cut[i]) for i in place], good, fold, seed),
        notes=_notes(table.iloc[0], all_labels),
    )


def _check(words: np.ndarray, y: np.ndarray, positive: float, negative: float) -> None:
    different = len(set(words.tolist()))
    rarer = int(min(y.sum(), len(y) - y.sum()))
    if different < FEWEST_COMMENTS or rarer < FEWEST_RARER:
        raise InputError(
            f"Sentiment is learned from at least {FEWEST_COMMENTS} different comments with a score, ten of each kind.",
            found=f"{different} different comments with a score from {positive:g} on or up to {negative:g}, "
            f"{rarer} of the rarer kind",
            fix="Use the dictionaries only, or learn from several waves together.",
            where="data",
        )


def _reader(
    found: learned.Features,
    models: list[Any],
    texts: list[tuple[str, list[str]]],
    good: np.ndarray,
    fold: np.ndarray,
    seed: int,
) -> LearnedReader:
    # a threshold needs no more comments than this
    chosen = np.arange(len(good))
    if len(chosen) > STACKED:
        chosen = np.sort(np.random.default_rng(seed).choice(chosen, STACKED, replace=False))
    return LearnedReader.made(found, models, texts, good, fold, chosen)


def _calls(read: Floats, threshold: float, width: float, index: pd.Index) -> pd.Series:
    apart = read - threshold
    words = np.where(np.abs(apart) <= width, "unclear", np.where(apart > 0, "good", "bad")).astype(object)
    return pd.Series(words, index=index, name="call", dtype=object).where(~np.isnan(read))


def _interval(called: np.ndarray, good: np.ndarray, confidence: float, seed: int) -> tuple[float, float]:
    truth = good.astype(bool)
    counts = np.array(
        [(called & truth).sum(), (called & ~truth).sum(), (~called & truth).sum(), (~called & ~truth).sum()]
    )
    drawn = np.random.default_rng(seed).multinomial(counts.sum(), counts / counts.sum(), 2000).astype(float)
    hit, false, missed, rejected = drawn.T
    wrong = false + missed
    each = [2 * right / np.maximum(2 * right + wrong, 1.0) for right in (hit, rejected)]
    low, high = np.quantile(np.mean(each, axis=0), [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _notes(row: pd.Series, labels: int) -> tuple[Note, ...]:
    n = int(row["n"])
    notes = [
        Note(
            message(
                "Read by a model that learned from {n:int} comments of this survey; in comments it has not seen its "
                "macro-F1 is {f1:dec2} (1 is perfect; always saying the more frequent kind has {base:dec2}).",
                n=n,
                f1=float(row["macro_f1"]),
                base=float(row["base_f1"]),
            )
        )
    ]
    if labels > n:
        notes.append(Note(message("It learned from a random {n:int} of {all:int} labelled comments.", n=n, all=labels)))
    if row["auc"] < WEAK_AUC or row["ci_low"] <= row["base_f1"]:
        notes.append(Note(message("The model hardly reads better than guessing: do not use its sentiment."), "warning"))
    return tuple(notes)
