"""What customers praise and what they complain about, topic by topic, and what goes with one complaint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import RECOMMEND, Column
from workbench.core.results import Note, Result
from workbench.estimation import Design, adjust_p, regression
from workbench.estimation.chosen import chosen_design
from workbench.estimation.comparisons import Adjust
from workbench.nps.code_frame import CodeFrame
from workbench.nps.columns import CHANGE_POINTS, CI_HIGH, CI_LOW, DEPARTMENT, P_ADJUSTED, TOPIC, N
from workbench.nps.comments import CodedComments, mention_shares, topics_in_words
from workbench.nps.text.clauses import clauses, sentences
from workbench.nps.text.reader import COMPLAINT, NEUTRAL, PRAISE, DictionaryReader, ToneReader
from workbench.nps.text.reading import distinct
from workbench.nps.topic_growth import topic_growth

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SCORE = "(score)"
KEPT = ("topic", "department", "mentions", "praise", "complaints", "unclear")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TopicTone(Result):
    """Praise and complaints by topic.

    Attributes
    ----------
    table
        One row per topic, what is complained about most first: ``topic``, ``department``, ``mentions`` (comments),
        ``praise``, ``complaints`` (comments with a clause of that tone on it; both are possible), ``unclear``
        (neither), ``estimate`` (share of commenters who complain about it), ``std_error``, ``ci_low``, ``ci_high``,
        ``change`` (of that share since the wave before), ``change_low``, ``change_high``, ``change_p`` (adjusted),
        ``cost`` (points of NPS that go with one complaint, other complaints alike), ``cost_low``, ``cost_high``,
        ``cost_p`` (adjusted), ``n`` (comments).
    praises, complaints
        The comments coded by topics they praise, and by topics they complain about.
    clauses
        ``comment`` (place of the row), ``clause``, ``tone``, and a column of booleans per topic. Personal.
    frame
        The code frame.
    from_scores
        Whether the reader of tone learned from the wave's own scores.
    """

    praises: CodedComments
    complaints: CodedComments
    clauses: pd.DataFrame
    frame: CodeFrame
    from_scores: bool

    caption: ClassVar[Message] = message("Praise and complaints by topic")
    columns: ClassVar[Mapping[str, Column]] = {
        "topic": TOPIC,
        "department": DEPARTMENT,
        "praise": Column(message("Praise it"), "some"),
        "complaints": Column(message("Complain about it"), "some"),
        "unclear": Column(message("Neither, or not clear"), "some"),
        "estimate": Column(message("Share who complain"), "pct1"),
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
        "change": CHANGE_POINTS,
        "change_p": Column(message("p-value of the change, adjusted"), "p"),
        "cost": Column(message("NPS that goes with one complaint"), "signed1"),
        "cost_low": CI_LOW.styled("signed1"),
        "cost_high": CI_HIGH.styled("signed1"),
        "cost_p": P_ADJUSTED,
        "n": N,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with topics and departments in `language`."""
        return topics_in_words(self.table, self.frame, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the share of commenters who complain about each topic, with its interval."""
        shown = self.shown_table(language or current_language())

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="topic", style="pct1", base="complaints", language=language)

        return charts.draw_figure(draw, height=max(2.0, 0.42 * len(shown) + 0.8))


def topic_tone(
    data: pd.DataFrame,
    coded: CodedComments,
    reader: ToneReader | None = None,
    design: Design | None = None,
    *,
    column: str | None = RECOMMEND,
    previous: tuple[pd.DataFrame, CodedComments] | None = None,
    designs: Design | tuple[Design, Design] | None = None,
    id: str | None = None,  # noqa: A002
    adjust: Adjust | None = "holm",
    minimum_base: int = 30,
) -> TopicTone:
    """Tell praise from complaint clause by clause, and add both up by topic.

    Parameters
    ----------
    data
        The rows that were coded.
    coded
        Their comments by topic (`code_comments`).
    reader
        Who reads the tone of a clause: that of `comment_sentiment`, or the dictionaries (by default).
    design
        The sampling design; commenters are a domain of it.
    column
        Answers 0–10; None where nobody was asked.
    previous
        Rows of the wave before and their comments, coded by the same frame, for the change.
    designs, id
        As in `topic_growth`.
    adjust
        ``holm`` or ``bh``, over the topics, of costs and of changes each.
    minimum_base
        Fewest complaints about a topic, and answers in all, for a cost.

    Returns
    -------
    TopicTone

    Notes
    -----
    A clause without a topic that praises or complains belongs to the topic of the clause before it in its sentence,
    unless that has a tone of its own. What one complaint costs: slopes of a regression of 100, 0 and -100 (promoters,
    passives, detractors) on complaints about each topic, among commenters, under the design; it is association. A
    reader that learned from scores reads each comment by a model that did not see it, so its own score does not decide.

    Examples
    --------
    >>> from workbench.nps import code_comments
    >>> data = pd.DataFrame({"c": ["价格不贵,但是排队太久", "没有排队", "价格太贵"], "recommend": [8, 10, 2]})
    >>> found = topic_tone(data, code_comments(data, "c"))
    >>> found.table[["topic", "praise", "complaints"]].head(2)
          topic  praise  complaints
    0     price       1           1
    1  checkout       1           1
    """
    chosen = chosen_design(design, lonely_psu="certainty")
    read = reader or DictionaryReader()
    parts, praised, blamed = _by_topic(coded, read)
    praises, complaints = (_recoded(data, coded, codes, chosen) for codes in (praised, blamed))
    table = complaints.table.rename(columns={"mentions": "complaints"})
    counts = pd.DataFrame(
        {
            "topic": [t.id for t in coded.frame.topics],
            "mentions": coded.codes.sum().to_numpy(),
            "praise": praised.sum(axis=0),
            "unclear": (coded.codes.to_numpy() & ~praised & ~blamed).sum(axis=0),
        }
    )
    table = table.merge(counts, on="topic")
    table = table[(table["mentions"] > 0) | (table["complaints"] > 0)].reset_index(drop=True)
    notes = [_reader_note(read)]
    if previous is not None:
        _, _, then = _by_topic(previous[1], read)
        before = _recoded(
            previous[0], previous[1], then, chosen_design(designs[0] if isinstance(designs, tuple) else designs)
        )
        table = table.merge(
            _changes((previous[0], before), (data, complaints), designs, id, adjust, minimum_base),
            on="topic",
            how="left",
        )
    if column is not None and column in data:
        costs = _costs(data, column, complaints, chosen, adjust, minimum_base)
        table = table.merge(costs, on="topic", how="left")
    wanted = ["estimate", "std_error", "ci_low", "ci_high", *_CHANGE, *_COST, "n"]
    table = table.reindex(columns=[*KEPT, *wanted])
    return TopicTone(
        level=coded.level,
        table=table,
        praises=praises,
        complaints=complaints,
        clauses=parts,
        frame=coded.frame,
        from_scores=read.from_scores,
        notes=tuple(notes),
    )


_CHANGE = ("change", "change_low", "change_high", "change_p")
_COST = ("cost", "cost_low", "cost_high", "cost_p")


def _by_topic(coded: CodedComments, reader: ToneReader) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return all clauses with tone and topics, and which rows praise and which complain about which topic."""
    place, once = distinct(coded.comments.tolist())
    said: list[tuple[int, int, str]] = []
    for i, text in enumerate(once):
        for s, sentence in enumerate(sentences(text)):
            said += [(i, s, c) for c in clauses(sentence)]
    words = [c for _, _, c in said]
    tones = np.array(reader.tones(words, [once[i] for i, _, _ in said]), dtype=object)
    topics = coded.frame.codes(words) if words else np.zeros((0, len(coded.frame.topics)), dtype=bool)
    topics = _inherited(topics, tones, [(i, s) for i, s, _ in said])
    owner = np.array([i for i, _, _ in said], dtype=np.int64)
    found = []
    for tone in (PRAISE, COMPLAINT):
        by_text = np.zeros((len(once), topics.shape[1]), dtype=bool)
        np.logical_or.at(by_text, owner[tones == tone], topics[tones == tone])
        found.append(by_text[place])
    first = pd.Series(np.arange(len(place))).groupby(place).first()
    names = [t.id for t in coded.frame.topics]
    parts = pd.DataFrame({"comment": first.reindex(owner).to_numpy(), "clause": words, "tone": tones})
    return parts.join(pd.DataFrame(topics, columns=names)), found[0], found[1]


def _inherited(topics: np.ndarray, tones: np.ndarray, sentence: Sequence[tuple[int, int]]) -> np.ndarray:
    """Give clauses with a tone and no topic the topic of the clause before, where that has no tone of its own."""
    given = topics.copy()
    told = np.isin(tones.astype(str), [PRAISE, COMPLAINT, NEUTRAL])
    for i in range(1, len(given)):
        if told[i] and not topics[i].any() and not told[i - 1] and sentence[i] == sentence[i - 1]:
            given[i] = given[i - 1]
    return given


def _recoded(data: pd.DataFrame, coded: CodedComments, codes: np.ndarray, design: Design) -> CodedComments:
    kept = pd.DataFrame(codes, index=coded.codes.index, columns=coded.codes.columns)
    return replace(coded, codes=kept, table=mention_shares(data, kept, coded, design))


def _changes(
    previous: tuple[pd.DataFrame, CodedComments],
    current: tuple[pd.DataFrame, CodedComments],
    designs: Design | tuple[Design, Design] | None,
    shared: str | None,
    adjust: Adjust | None,
    minimum_base: int,
) -> pd.DataFrame:
    names = dict(zip(("estimate", "ci_low", "ci_high", "p_adjusted"), _CHANGE, strict=True))
    if not (previous[1].codes.to_numpy().any() or current[1].codes.to_numpy().any()):
        return pd.DataFrame(columns=["topic", *_CHANGE])
    grown = topic_growth(
        previous,
        current,
        designs,
        id=shared,
        adjust=adjust,
        confidence=current[1].level or 0.95,
        minimum_base=minimum_base,
    )
    enough = grown.table[grown.table[["n", "n_previous"]].min(axis=1) >= minimum_base]
    return enough.rename(columns=names)[["topic", *_CHANGE]]


def _costs(
    data: pd.DataFrame,
    column: str,
    complaints: CodedComments,
    design: Design,
    adjust: Adjust | None,
    minimum_base: int,
) -> pd.DataFrame:
    scores = pd.to_numeric(data[column], errors="coerce")
    points = np.select([scores >= 9, scores <= 6], [100.0, -100.0], 0.0)
    there = (scores.notna() & (complaints.comments != "").to_numpy()).to_numpy()
    codes = complaints.codes[there]
    asked = [str(t) for t in codes if codes[t].sum() >= minimum_base]
    # two topics complained about in the same comments cannot be told apart
    kept: list[str] = []
    for topic in asked:
        tried = codes[[*kept, topic]].to_numpy(dtype=float)
        if np.linalg.matrix_rank(np.column_stack([np.ones(len(tried)), tried])) == tried.shape[1] + 1:
            kept.append(topic)
    empty = pd.DataFrame(columns=["topic", *_COST])
    if not kept or there.sum() - len(kept) < minimum_base:
        return empty
    marks = {f"({t})": complaints.codes[t].to_numpy(dtype=float) for t in kept}
    rows = data.assign(**{SCORE: np.where(there, points, np.nan)}).assign(**marks)
    slopes = regression(rows, SCORE, list(marks), design, confidence=complaints.level or 0.95).table
    slopes = slopes[slopes["term"] != "(intercept)"].assign(topic=kept)
    slopes["p_adjusted"] = adjust_p(slopes["p_value"].to_numpy(dtype=float), adjust)
    names = dict(zip(("estimate", "ci_low", "ci_high", "p_adjusted"), _COST, strict=True))
    return slopes.rename(columns=names)[["topic", *_COST]]


def _reader_note(reader: ToneReader) -> Note:
    if reader.from_scores:
        return Note(
            message("Tone is read clause by clause, by what this survey's scores taught and by small dictionaries.")
        )
    return Note(
        message(
            "Tone is read clause by clause by small dictionaries alone: about three comments in four are told right."
        ),
        "caution",
    )
