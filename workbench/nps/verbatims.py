"""What customers wrote, word by word and masked, to be read by topic, score, group and tone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError, nearest
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import RECOMMEND, Column
from workbench.core.results import Result
from workbench.nps.code_frame import CodeFrame
from workbench.nps.columns import TOPIC
from workbench.nps.quotes import CLASSES, score_classes
from workbench.nps.text.reader import COMPLAINT, NEUTRAL, NOTHING, PRAISE, UNKNOWN
from workbench.nps.topic_tone import TopicTone

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIXED = "mixed"
TONE_WORDS: Mapping[str, Message] = {
    PRAISE: message("praise"),
    COMPLAINT: message("complaint"),
    MIXED: message("both"),
    NEUTRAL: message("neutral"),
    UNKNOWN: message("not told"),
    NOTHING: message("says nothing"),
}
SHOWN = 50
WORDS, SCORE, CLASS, TOPICS, TONE = "words", "score", "class", "topics", "tone"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Verbatims(Result):
    """Comments of a wave, masked.

    Attributes
    ----------
    table
        One row per comment, in the order of the answers: ``words`` (personal details masked), ``score`` and ``class``
        where anybody was asked, ``topics`` (ids, joined by commas), ``tone`` (``praise``, ``complaint``, ``mixed``,
        ``neutral``, ``unknown``, ``nothing``), and a column for each group.
    on_topic
        Tone on each topic: one column per topic of the frame, empty where a comment does not mention it.
    frame
        The code frame.
    groups
        Columns of groups.
    """

    on_topic: pd.DataFrame
    frame: CodeFrame
    groups: tuple[str, ...] = ()

    caption: ClassVar[Message] = message("What customers wrote (personal details masked)")
    columns: ClassVar[Mapping[str, Column]] = {
        WORDS: Column(message("In their words")),
        SCORE: Column(message("Score"), "int"),
        CLASS: Column(message("Class")),
        TOPICS: TOPIC,
        TONE: Column(message("Tone")),
    }

    def __len__(self) -> int:
        return len(self.table)

    def filter(
        self,
        topic: str | Sequence[str] | None = None,
        score: int | str | Sequence[int | str] | None = None,
        group: Mapping[str, object] | None = None,
        tone: str | Sequence[str] | None = None,
        words: str | None = None,
    ) -> Verbatims:
        """Return the comments that fit all that is asked for.

        Parameters
        ----------
        topic
            Ids of topics, one of which a comment mentions.
        score
            Answers from 0 to 10, or ``promoters``, ``passives``, ``detractors``.
        group
            Column of a group → its value, or a list of values.
        tone
            Of the comment; with `topic`, of what it says on that topic.
        words
            A piece of text that it holds.

        Raises
        ------
        InputError
            If there is no such topic, tone, class or group.
        """
        kept = pd.Series(True, index=self.table.index)
        topics = _list(topic, self.on_topic.columns, "topic")
        tones = _list(tone, TONE_WORDS, "tone")
        if topics:
            said = self.on_topic[topics]
            kept &= ((said != "") if not tones else said.isin(tones)).any(axis=1)
        elif tones:
            kept &= self.table[TONE].isin(tones)
        if score is not None:
            asked = [score] if isinstance(score, int | str) else list(score)
            classes = _list([s for s in asked if isinstance(s, str)], CLASSES, "score")
            if SCORE not in self.table:
                raise InputError(
                    message("Comments are chosen by a score that was asked for."),
                    found=message("no scores"),
                    fix=message("Leave the score out."),
                    where="score",
                )
            kept &= self.table[SCORE].isin([s for s in asked if not isinstance(s, str)]) | self.table[CLASS].isin(
                classes
            )
        for column, wanted in (group or {}).items():
            _list(column, self.groups, "group")
            kept &= self.table[column].isin(wanted if isinstance(wanted, list | tuple | set) else [wanted])
        if words:
            kept &= self.table[WORDS].str.contains(words, case=False, regex=False)
        rows = kept.to_numpy()
        return replace(
            self,
            table=self.table[rows].reset_index(drop=True),
            on_topic=self.on_topic[rows].reset_index(drop=True),
        )

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the first 50 comments with topics, classes and tones in words."""
        names = {t.id: t.label(language) for t in self.frame.topics}
        table = self.table.head(SHOWN)
        said = {
            TOPICS: [", ".join(names[t] for t in str(row).split(",") if t) for row in table[TOPICS]],
            TONE: [TONE_WORDS[t].text(language) for t in table[TONE]],
        }
        if CLASS in table:
            said[CLASS] = [CLASSES[c].text(language) if c in CLASSES else "–" for c in table[CLASS]]
        return table.assign(**said)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw how many comments there are of each tone."""
        counts = self.table[TONE].value_counts()
        there = [t for t in TONE_WORDS if t in counts]
        labels = [TONE_WORDS[t].text(language or current_language()) for t in there]
        values = [int(counts[t]) for t in there]
        return charts.draw_figure(
            lambda ax: charts.bar_rows(ax, labels, values, style="int", language=language),
            height=1.0 + 0.42 * max(len(labels), 1),
        )


def verbatims(
    data: pd.DataFrame,
    tones: TopicTone,
    *,
    mask: Callable[[str], str],
    groups: Sequence[str] = (),
    column: str = RECOMMEND,
) -> Verbatims:
    """Put comments with their topics, tones, scores and groups into one table that can be filtered.

    Parameters
    ----------
    data
        The rows that were coded.
    tones
        Their praise and complaints (`topic_tone`).
    mask
        Makes a text one that others may read, such as `workbench.privacy.masking.Masker`.
    groups
        Columns of `data` to choose by.
    column
        Answers 0–10; left out where nobody was asked.

    Returns
    -------
    Verbatims

    Examples
    --------
    >>> from workbench.nps import code_comments, topic_tone
    >>> data = pd.DataFrame({"c": ["价格不贵,但是排队太久", "没有排队", None], "recommend": [8, 10, 2]})
    >>> found = verbatims(data, topic_tone(data, code_comments(data, "c")), mask=str)
    >>> found.filter(topic="checkout", tone="complaint").table["words"].tolist()
    ['价格不贵,但是排队太久']
    """
    comments = tones.complaints.comments
    there = (comments != "").to_numpy()
    topics = tones.praises.codes.columns
    praised, blamed = (c.codes.to_numpy() for c in (tones.praises, tones.complaints))
    named = np.zeros_like(praised)
    parts = tones.clauses
    first = dict(zip(comments.iloc[parts["comment"].unique()], parts["comment"].unique(), strict=True))
    place = comments.map(first).to_numpy(dtype=float)
    said = parts.groupby("comment")
    by_comment = said[list(topics)].any()
    known = ~np.isnan(place)
    named[known] = by_comment.reindex(place[known]).to_numpy(dtype=bool)
    heard = said["tone"].agg(set)
    whole = np.full(len(comments), UNKNOWN, dtype=object)
    whole[known] = [whole_tone(heard[p]) for p in place[known]]
    cells = np.where(praised & blamed, MIXED, np.where(blamed, COMPLAINT, np.where(praised, PRAISE, "")))
    cells = np.where((cells == "") & named, NEUTRAL, cells)
    on_topic = pd.DataFrame(cells[there], columns=topics)
    table = pd.DataFrame({WORDS: [mask(t) for t in comments[there]]})
    if column in data:
        scores = pd.to_numeric(data[column], errors="coerce")[there]
        table[SCORE] = scores.astype("Int64").to_numpy()
        table[CLASS] = score_classes(scores).to_numpy()
    table[TOPICS] = [",".join(topics[row != ""]) for row in cells[there]]
    table[TONE] = whole[there]
    for name in groups:
        table[name] = data[name].to_numpy()[there]
    return Verbatims(table=table, on_topic=on_topic, frame=tones.frame, groups=tuple(groups))


def whole_tone(heard: Collection[str]) -> str:
    """Return the tone of a comment from those of its clauses.

    Examples
    --------
    >>> whole_tone(["praise", "complaint"]), whole_tone(["neutral", "praise"]), whole_tone([])
    ('mixed', 'praise', 'nothing')
    """
    if {PRAISE, COMPLAINT} <= set(heard):
        return MIXED
    return next((t for t in (COMPLAINT, PRAISE, NEUTRAL, UNKNOWN) if t in heard), NOTHING)


def _list(wanted: object, known: object, where: str) -> list[str]:
    asked = [wanted] if isinstance(wanted, str) else list(wanted or [])  # type: ignore[call-overload]
    names = [str(k) for k in known]  # type: ignore[attr-defined]
    for name in asked:
        if name not in names:
            raise InputError(
                message("Comments are chosen by what there is."),
                found=repr(name),
                fix=message("Choose one of {known}", known=", ".join(names) + nearest(str(name), names)),
                where=where,
            )
    return asked
