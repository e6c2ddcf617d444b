"""Chapter 50, comments: what customers write about, what grew, how they feel, and what they say in their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import Language, Message, Spoken, message
from workbench.core.names import Column
from workbench.estimation import Design
from workbench.nps import (
    CodedComments,
    CommentTopics,
    Sentiment,
    TopicGrowth,
    TopicScores,
    code_comments,
    comment_sentiment,
    comment_topics,
    topic_growth,
    topic_scores,
)
from workbench.report.site.blocks import Finding
from workbench.store import Wave

if TYPE_CHECKING:
    from matplotlib.figure import Figure

READY = ("retail", "retail_zh", "retail_en")
CLASS = "score_class"
CLASSES: Mapping[str, Message] = {
    "promoters": message("Promoters"),
    "passives": message("Passives"),
    "detractors": message("Detractors"),
}
FEWEST_COMMENTS = 30
MOST_TOPICS = 10
MOST_DRAWN = 8
GROWTH_SHOWN = ("topic", "department", "previous", "current", "estimate", "ci_low", "ci_high", "p_adjusted", "verdict")
SCORE_SHOWN = ("topic", "nps", "other", "estimate", "ci_low", "ci_high", "p_adjusted", "verdict", "mentions")
TOPIC_SHOWN = ("topic", "department", "mentions", "estimate", "ci_low", "ci_high", "n")
QUOTE_COLUMNS = {
    "topic": Column(message("Topic")),
    "class": Column(message("Written by")),
    "quote": Column(message("In their words (personal details masked)")),
}


@dataclass(frozen=True)
class Comments:
    """Everything the chapter says about comments; parts are None where there is too little to read."""

    answers: pd.DataFrame
    coded: CodedComments
    growth: TopicGrowth | None
    scores: TopicScores
    sentiment: Sentiment | None
    topics: CommentTopics | None


def frame_source(wave: Wave) -> str:
    """Return the code frame of a wave: a ready one, or a file of the wave's folder."""
    name = wave.config.loyalty.code_frame
    return name if name in READY else str(wave.folder / name)


def read_comments(
    wave: Wave,
    answers: pd.DataFrame,
    design: Design,
    before: pd.DataFrame | None,
    designs: tuple[Design, Design] | None,
    *,
    id_column: str | None,
    seed: int,
) -> Comments | None:
    """Code the comments, test what changed, and learn sentiment from the scores; None without enough comments."""
    column = wave.config.loyalty.comment
    if written(answers, column) < FEWEST_COMMENTS:
        return None
    coded = code_comments(answers, column, frame_source(wave), design)
    growth = None
    if before is not None and designs is not None and written(before, column) >= FEWEST_COMMENTS:
        earlier = code_comments(before, column, coded.frame, designs[0])
        growth = topic_growth((before, earlier), (answers, coded), designs, id=id_column)
    classed = answers.assign(**{CLASS: score_class(answers["recommend"])})
    return Comments(
        answers=classed,
        coded=coded,
        growth=growth,
        scores=topic_scores(answers, coded, design),
        sentiment=_sentiment(answers, column, seed),
        topics=_rest(answers, coded, column, seed),
    )


def written(answers: pd.DataFrame, column: str) -> int:
    """Return how many comments there are."""
    if column not in answers:
        return 0
    return int((answers[column].fillna("").astype(str).str.strip() != "").sum())


def score_class(scores: pd.Series) -> pd.Series:
    """Return promoters, passives and detractors, missing where there is no score."""
    classes = np.where(scores >= 9, "promoters", np.where(scores >= 7, "passives", "detractors"))
    return pd.Series(classes, index=scores.index, dtype=object).where(scores.notna())


def _sentiment(answers: pd.DataFrame, column: str, seed: int) -> Sentiment | None:
    try:
        return comment_sentiment(answers, column, "recommend", seed=seed)
    except InputError:
        # fewer labelled comments than a model can learn from; the page says so
        return None


def _rest(answers: pd.DataFrame, coded: CodedComments, column: str, seed: int) -> CommentTopics | None:
    rest = answers[~coded.codes.any(axis=1).to_numpy()]
    try:
        return comment_topics(rest, column, topics=6, seed=seed)
    except InputError:
        return None


def topic_shares(
    comments: Comments, design: Design, by: Sequence[str], names: Mapping[str, Mapping[Any, Spoken]]
) -> tuple[pd.DataFrame, dict[str, Column]]:
    """Return the share of commenters by topic (rows) and by the groups of several columns, with the groups' names.

    Groups with few comments are left out.
    """
    said = {t.id: TopicName(t.labels) for t in comments.coded.frame.topics}
    top = comments.coded.table["topic"].head(MOST_TOPICS).tolist()
    shares: dict[str, Any] = {"topic": pd.Series([said[t] for t in top], dtype=object)}
    columns = {"topic": Column(message("Topic"))}
    for column in by:
        if not comments.answers[column].notna().any():
            continue
        source = str(comments.coded.comments.name)
        table = code_comments(comments.answers, source, comments.coded.frame, design, by=column).table
        table = table[table["n"] >= FEWEST_COMMENTS]
        there = table[column].unique().tolist()
        known: Mapping[Any, Spoken] = CLASSES if column == CLASS else names.get(column, {})
        for group in CLASSES if column == CLASS else sorted(there, key=str):
            if group in there:
                mine = table[table[column] == group].set_index("topic")["estimate"]
                shares[f"{column}={group}"] = mine.reindex(top).to_numpy()
                columns[f"{column}={group}"] = Column(known.get(group, Message(_plain(group))), "pct")
    return pd.DataFrame(shares), columns


def _plain(name: object) -> str:
    # braces would be read as places of a sentence
    return str(name).replace("{", "(").replace("}", ")")


def draw_topics(comments: Comments, language: Language) -> Figure:
    """Draw the shares of the most frequent topics."""
    return replace(comments.coded, table=comments.coded.table.head(MOST_DRAWN)).plot(language)


def in_chinese(text: str) -> bool:
    """Tell whether a comment is written in Chinese."""
    letters = [c for c in text if c.isalpha()]
    return sum("\u4e00" <= c <= "\u9fff" for c in letters) > 0.5 * len(letters)


def quote_table(comments: Comments, *, topics: int = 6) -> pd.DataFrame:
    """Return one comment of promoters and one of detractors for each of the most frequent topics, masked.

    Quotes are in the language that most comments are written in, and none comes twice.
    """
    rows: list[dict[str, object]] = []
    used: set[str] = set()
    # most readers read the language that most customers write
    texts = comments.coded.comments[comments.coded.comments != ""]
    chinese = bool(texts.map(in_chinese).mean() > 0.5)
    labels = {t.id: t for t in comments.coded.frame.topics}
    for topic in comments.coded.table["topic"].head(topics):
        for name in ("promoters", "detractors"):
            mine = (comments.answers[CLASS] == name).to_numpy()
            part = CodedComments(
                table=comments.coded.table,
                codes=comments.coded.codes[mine],
                frame=comments.coded.frame,
                comments=comments.coded.comments[mine],
            )
            quote = next((q for q in part.quotes(topic, count=8) if q not in used and in_chinese(q) == chinese), None)
            if quote is not None:
                used.add(quote)
                rows.append({"topic": TopicName(labels[topic].labels), "class": CLASSES[name], "quote": quote})
    return pd.DataFrame(rows, columns=list(QUOTE_COLUMNS), dtype=object)


@dataclass(frozen=True)
class TopicName:
    """A topic's name, as its frame gives it."""

    labels: Mapping[str, str]

    def text(self, language: Language) -> str:
        """Return the name in `language`, or the first there is."""
        return self.labels.get(language, next(iter(self.labels.values()), ""))

    def __str__(self) -> str:
        return self.text("en")


def comment_findings(comments: Comments | None) -> list[Finding]:
    """Say what commenters write about most, what grew, and which topic goes with the lowest scores."""
    if comments is None:
        return []
    names = {t.id: TopicName(t.labels) for t in comments.coded.frame.topics}
    first = comments.coded.table.iloc[0]
    text = message(
        "Customers write most about {topic} ({share:pct} of {n:int} comments).",
        topic=names[first["topic"]],
        share=first["estimate"],
        n=first["n"],
    )
    found = [Finding(text)]
    if comments.growth is not None:
        for _, row in comments.growth.table[comments.growth.table["verdict"] == "up"].head(2).iterrows():
            text = message(
                "{topic} is mentioned more often than in the previous wave: {now:pct} instead of {before:pct} of "
                "comments ({p:p_is} after correction).",
                topic=names[row["topic"]],
                now=row["current"],
                before=row["previous"],
                p=row["p_adjusted"],
            )
            found.append(Finding(text, "bad"))
    low = comments.scores.table[comments.scores.table["verdict"] == "lower"].head(1)
    for _, row in low.iterrows():
        text = message(
            "Those who mention {topic} score {points:dec0} points of NPS lower than other commenters.",
            topic=names[row["topic"]],
            points=abs(row["estimate"]),
        )
        found.append(Finding(text, "bad"))
    return found


def topics_kept(comments: Comments | None) -> pd.DataFrame:
    """Return the shares of topics and how they changed, to be kept."""
    columns = [
        "topic",
        "department",
        "mentions",
        "estimate",
        "ci_low",
        "ci_high",
        "n",
        "change",
        "p_adjusted",
        "verdict",
    ]
    if comments is None:
        return pd.DataFrame(columns=columns)
    table = comments.coded.table
    if comments.growth is not None:
        grown = comments.growth.table.rename(columns={"estimate": "change"})
        table = table.merge(grown[["topic", "change", "p_adjusted", "verdict"]], on="topic", how="left")
    return table.reindex(columns=columns)
