"""Topics that a code frame does not know: found in the comments themselves, with how stable they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.checks import Floats
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.progress import tracked
from workbench.core.results import Note, Result
from workbench.nps.columns import COMMENTS, COMMENTS_READ, SEED_AGREEMENT, TOPIC
from workbench.nps.text.reading import distinct, telling_words, written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST = 100
STABLE = 0.7
MOST = 10_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CommentTopics(Result):
    """Topics found in comments.

    Attributes
    ----------
    table
        One row per topic, largest first: ``topic`` (number), ``terms`` (its strongest words), ``comments``, ``share``,
        ``agreement`` (mean overlap of its words over other seeds, 0…1), ``n``.
    topics
        Topic of each row of the input; missing where there is no comment or it fits none.
    """

    topics: pd.Series

    caption: ClassVar[Message] = message("Topics found in the comments")
    columns: ClassVar[Mapping[str, Column]] = {
        "topic": TOPIC,
        "terms": Column(message("Words")),
        "comments": COMMENTS,
        "agreement": SEED_AGREEMENT,
        "n": COMMENTS_READ,
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the share of each topic with its words."""

        def draw(ax: Axes) -> None:
            charts.bar_rows(
                ax, self.table["terms"].tolist(), self.table["share"].tolist(), style="pct1", language=language
            )

        return charts.draw_figure(draw, height=max(2.0, 0.42 * len(self.table) + 0.8))


def comment_topics(data: pd.DataFrame, column: str, *, topics: int = 8, seed: int, seeds: int = 5) -> CommentTopics:
    """Find topics in comments, for instance in those that no topic of the frame fits.

    Parameters
    ----------
    data
        One row per questionnaire.
    column
        Open text. Chinese is brought to simplified characters and cut into words of a dictionary, so that every term
        shown is a word; other languages are cut at what is no letter.
    topics
        Number of topics.
    seed
        Seed of the other starts that the agreement is measured with, and of the choice of 10,000 comments to learn
        from where there are more.
    seeds
        Number of other starts.

    Returns
    -------
    CommentTopics

    Raises
    ------
    InputError
        If there are fewer than 100 different comments, or fewer than two topics are asked for.

    Notes
    -----
    Non-negative matrix factorisation of TF-IDF with the deterministic start NNDSVDa (Boutsidis and Gallopoulos 2008,
    Pattern Recognition 41, 1350–1362). Agreement: overlap (Jaccard) of a topic's ten strongest words with the best
    matching topic of a random start, averaged.

    Examples
    --------
    >>> texts = [f"long queue at till {i}" for i in range(60)] + [f"cold food again {i}" for i in range(60)]
    >>> found = comment_topics(pd.DataFrame({"c": texts}), "c", topics=2, seed=1)
    >>> sorted(found.table["comments"].tolist())
    [60, 60]
    """
    from sklearn.decomposition import NMF

    require_columns(map(str, data.columns), [column], where="data")
    words = written(data[column]).to_numpy(dtype=object)
    filled = np.flatnonzero(words != "")
    if topics < 2 or len(set(words[filled].tolist())) < FEWEST:
        raise InputError(
            f"At least two topics are sought in at least {FEWEST} different comments.",
            found=f"{topics} topics, {len(set(words[filled].tolist()))} different comments",
            fix="Use a code frame for few comments.",
            where="data",
        )
    matrix, names = _matrix(words[filled], topics)

    # beyond this many comments words are learned from a sample; every comment is still given its topic
    rows = np.arange(len(filled))
    if len(rows) > MOST:
        rows = np.sort(np.random.default_rng(seed).choice(len(rows), MOST, replace=False))

    def factorise(**start: Any) -> tuple[Any, Floats]:
        model = NMF(topics, max_iter=400, tol=1e-4, **start)
        # an exact fit leaves a residual that rounds below zero, of which sklearn takes the root
        with np.errstate(invalid="ignore"):
            model.fit(matrix[rows])
        return model, np.asarray(model.components_)

    model, loadings = factorise(init="nndsvda", random_state=0)
    strength = np.asarray(model.transform(matrix))
    best = _strongest(loadings)
    begun = tracked(range(seeds), message("Trying several starts"))
    others = [_strongest(factorise(init="random", random_state=seed + s)[1]) for s in begun]
    agreement = np.array([np.mean([max(_overlap(b, o) for o in other) for other in others]) for b in best])
    chosen = np.where(strength.max(axis=1) > 0, strength.argmax(axis=1), -1)
    counts = np.bincount(chosen[chosen >= 0], minlength=topics)
    order = np.lexsort((np.arange(topics), -counts))
    rank = np.empty(topics, dtype=np.int64)
    rank[order] = np.arange(1, topics + 1)
    table = pd.DataFrame(
        {
            "topic": np.arange(1, topics + 1),
            "terms": [" · ".join(_words(loadings[t], names)) for t in order],
            "comments": counts[order],
            "share": counts[order] / len(filled),
            "agreement": agreement[order],
            "n": len(filled),
        }
    )
    assigned = pd.array([pd.NA] * len(data), dtype="Int64")
    found = chosen >= 0
    assigned[filled[found]] = rank[chosen[found]]
    return CommentTopics(table=table, topics=pd.Series(assigned, index=data.index, name="topic"), notes=_notes(table))


def _matrix(words: np.ndarray, topics: int) -> tuple[Any, np.ndarray]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    place, once = distinct(words.tolist())
    told = [telling_words(t) for t in once]
    vectors = TfidfVectorizer(analyzer=list, max_df=0.5, min_df=3, max_features=8000, sublinear_tf=True)
    try:
        matrix, names = vectors.fit_transform([told[i] for i in place]), vectors.get_feature_names_out()
    except ValueError:
        # comments of emoji, of numbers, or all alike leave no words
        matrix, names = None, np.array([], dtype=object)
    if len(names) < topics:
        raise InputError(
            "Topics are sought in comments with more different words than topics.",
            found=f"{len(names)} words that occur in at least three comments and at most half of them",
            fix="Ask for fewer topics, or use a code frame.",
            where="data",
        )
    return matrix, names


def _strongest(loadings: Floats) -> list[set[int]]:
    return [set(np.argsort(-row, kind="stable")[:10].tolist()) for row in loadings]


def _overlap(a: set[int], b: set[int]) -> float:
    return len(a & b) / len(a | b)


def _words(loading: Floats, names: np.ndarray, count: int = 5) -> list[str]:
    """Return the strongest words, leaving out those that are part of a stronger one."""
    chosen: list[str] = []
    for i in np.argsort(-loading, kind="stable")[:30]:
        word = str(names[i])
        if not any(word in c or c in word for c in chosen):
            chosen.append(word)
        if len(chosen) == count:
            break
    return chosen


def _notes(table: pd.DataFrame) -> tuple[Note, ...]:
    shaky = int((table["agreement"] < STABLE).sum())
    if not shaky:
        return ()
    return (
        Note(
            message(
                "{n:int} of {all:int} topics come out differently from another start; read them as examples, not as "
                "findings.",
                n=shaky,
                all=len(table),
            ),
            "caution",
        ),
    )
