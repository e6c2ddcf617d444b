"""In customers' words: what promoters and detractors write about each topic, masked, in the language most write in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.nps.code_frame import CodeFrame
from workbench.nps.columns import TOPIC
from workbench.nps.comments import CodedComments, topics_in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PROMOTERS, PASSIVES, DETRACTORS = "promoters", "passives", "detractors"
CLASSES: Mapping[str, Message] = {
    PROMOTERS: message("Promoters"),
    PASSIVES: message("Passives"),
    DETRACTORS: message("Detractors"),
}
EVERYBODY = ""
TRIED = 8  # quotes of a topic that are tried until one is new and in the language wanted


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TypicalQuotes(Result):
    """Comments of middling length, one for each topic and class of customers.

    Attributes
    ----------
    table
        ``topic``, ``class`` (empty where nobody was told apart), ``quote`` (personal details masked).
    frame
        The code frame, which names the topics.
    """

    frame: CodeFrame

    caption: ClassVar[Message] = message("In customers' words")
    columns: ClassVar[Mapping[str, Column]] = {
        "topic": TOPIC,
        "class": Column(message("Written by")),
        "quote": Column(message("In their words (personal details masked)")),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with topics and classes in words."""
        said = [CLASSES[c].text(language) if c in CLASSES else "–" for c in self.table["class"]]
        return topics_in_words(self.table, self.frame, language).assign(**{"class": said})

    def plot(self, language: Language | None = None) -> Figure:
        """Draw how many quotes each topic has."""
        counts = self.shown_table(language or current_language())["topic"].value_counts(sort=False)
        labels = [str(topic) for topic in counts.index]
        return charts.draw_figure(
            lambda ax: charts.bar_rows(ax, labels, counts.tolist(), style="int", language=language),
            height=1.0 + 0.42 * len(labels),
        )


def score_classes(scores: pd.Series) -> pd.Series:
    """Tell promoters (9 and 10), passives (7 and 8) and detractors (0 to 6) apart.

    Parameters
    ----------
    scores
        Answers from 0 to 10.

    Returns
    -------
    Series
        ``promoters``, ``passives``, ``detractors``; missing where there is no score.

    Raises
    ------
    InputError
        If an answer is not a number from 0 to 10.

    Examples
    --------
    >>> score_classes(pd.Series([10, 7, 6, None])).tolist()
    ['promoters', 'passives', 'detractors', nan]
    """
    numbers = pd.to_numeric(scores, errors="coerce")
    wrong = scores.notna() & ~numbers.between(0, 10)
    if wrong.any():
        raise InputError(
            message("Answers to the recommendation question are numbers from 0 to 10."),
            found=repr(scores[wrong].iloc[0]),
            fix=message("Correct these answers, or leave them empty."),
            where="scores",
        )
    known = numbers.to_numpy(dtype=float, na_value=np.nan)
    classes = np.where(known >= 9, PROMOTERS, np.where(known >= 7, PASSIVES, DETRACTORS))
    return pd.Series(classes, index=scores.index, dtype=object).where(numbers.notna())


def typical_quotes(
    coded: CodedComments,
    classes: pd.Series | None = None,
    *,
    mask: Callable[[str], str],
    topics: int = 6,
    told: Sequence[str] = (PROMOTERS, DETRACTORS),
    each: int = 1,
) -> TypicalQuotes:
    """Choose comments for each of the most frequent topics and each class of customers.

    Parameters
    ----------
    coded
        The comments by topic (`code_comments`).
    classes
        Class of the customer of each comment, in the order of the rows (`score_classes`); without it one comment of
        each topic stands by itself.
    mask
        Makes a text one that others may read, such as `workbench.privacy.masking.Masker`.
    topics
        How many topics.
    told
        The classes that are told of.
    each
        How many comments of a topic and class; more than one gives a person who releases them a choice.

    Returns
    -------
    TypicalQuotes
        Quotes are in the language that most comments are written in (Chinese or not), and none comes twice; a topic
        without such a comment has no row. The first of a topic and class is the same whatever `each` is.

    Raises
    ------
    InputError
        If there is not one class for each comment.

    Examples
    --------
    >>> from workbench.nps import code_comments
    >>> data = pd.DataFrame({"comment": ["价格太贵", "服务很好", None], "score": [3, 10, 9]})
    >>> coded = code_comments(data, "comment")
    >>> typical_quotes(coded, score_classes(data["score"]), mask=str).table.iloc[0].tolist()
    ['staff', 'promoters', '服务很好']
    """
    if classes is not None and len(classes) != len(coded.comments):
        raise InputError(
            "Every comment has its customer's class.",
            found=f"{len(classes)} classes, {len(coded.comments)} rows",
            fix="Take both from the same table.",
            where="classes",
        )
    written = coded.comments[coded.comments != ""]
    # most readers read the language that most customers write
    chinese = bool(written.map(in_chinese).mean() > 0.5)
    tried: dict[tuple[str, str], list[str]] = {}
    for topic in coded.table["topic"].drop_duplicates().head(topics):
        for name in told if classes is not None else (EVERYBODY,):
            mine = np.ones(len(coded.comments), bool) if classes is None else (classes == name).to_numpy(bool)
            part = replace(coded, codes=coded.codes[mine], comments=coded.comments[mine])
            tried[topic, name] = [q for q in part.quotes(topic, mask=mask, count=TRIED) if in_chinese(q) == chinese]
    chosen: dict[tuple[str, str], list[str]] = {cell: [] for cell in tried}
    used: set[str] = set()
    # in rounds, so that a second quote of one topic does not take the first of another
    for _ in range(each):
        for cell, texts in tried.items():
            quote = next((q for q in texts if q not in used), None)
            if quote is not None:
                used.add(quote)
                chosen[cell].append(quote)
    rows = [(topic, name, quote) for (topic, name), texts in chosen.items() for quote in texts]
    table = pd.DataFrame(rows, columns=list(TypicalQuotes.columns), dtype=object)
    return TypicalQuotes(table=table, frame=coded.frame)


def in_chinese(text: str) -> bool:
    """Tell whether a comment is written in Chinese: more than half of its letters are.

    Examples
    --------
    >>> in_chinese("很好 OK"), in_chinese("OK")
    (False, False)
    """
    letters = [c for c in text if c.isalpha()]
    return sum("\u4e00" <= c <= "\u9fff" for c in letters) > 0.5 * len(letters)
