"""Chapter 50, comments: what customers write about, what grew, how they feel, and what they say in their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core.findings import Evidence, Finding, Tone, state_of
from workbench.core.language import Language, Message, Spoken, message, plural
from workbench.core.names import RECOMMEND, Column
from workbench.core.people import is_few
from workbench.estimation import Design
from workbench.nps import (
    CodedComments,
    TopicGrowth,
    TopicScores,
    choose_frame,
    code_comments,
    score_classes,
    typical_quotes,
)
from workbench.nps.code_frame import BOTH, CodeFrame, read_frame
from workbench.nps.code_frame import READY as READY_FRAMES
from workbench.nps.quotes import CLASSES
from workbench.report.chapters.loyalty.chapter import Asked
from workbench.report.chapters.loyalty.titles import title_of
from workbench.report.masking import masker_of
from workbench.report.quotes import shown_quotes
from workbench.store import Wave

if TYPE_CHECKING:
    pass

AUTO = "auto"
CLASS = "score_class"
FEWEST_COMMENTS = 30
MOST_TOPICS = 10
CANDIDATES = 3  # quotes of a topic and class that a person may choose from
KEPT = (
    "topic",
    "en",
    "zh",
    "owner_en",
    "owner_zh",
    "mentions",
    "estimate",
    "ci_low",
    "ci_high",
    "n",
    "gap",
    "gap_low",
    "gap_high",
    "gap_p",
    "gap_state",
    "change",
    "change_p",
    "change_state",
)


def frame_of(wave: Wave, rows: pd.DataFrame | None = None, column: str | None = None) -> CodeFrame:
    """Return the code frame of a wave: the ready one that fits its words, one it names, or a file of its folder.

    Parameters
    ----------
    wave
        The wave.
    rows, column
        Words to fit a frame to where `wave.yaml` leaves the choice; the comments of the answers by default.

    Raises
    ------
    InputError
        If no ready frame fits, or the file is not valid.
    """
    name = wave.config.loyalty.code_frame
    if name != AUTO:
        return read_frame(name if name in (BOTH, *READY_FRAMES) else wave.folder / name)
    comment = wave.config.loyalty.comment
    if comment in wave.columns("respondents"):
        said = wave.read("respondents", columns=[comment])
        if written(said, comment):
            return choose_frame(said, comment).frame
    if rows is None or column is None:
        return read_frame(BOTH)
    return choose_frame(rows, column).frame


def coded_by_hand(wave: Wave) -> pd.DataFrame | None:
    """Return the comments that a person coded, as `workbench frame --sample` wrote them; None where there are none."""
    name = wave.config.loyalty.hand_codes
    return None if name is None else pd.read_csv(wave.folder / name, encoding="utf-8-sig")


def scored(
    method: Callable[..., TopicScores], answers: pd.DataFrame, coded: CodedComments, design: Design
) -> TopicScores | None:
    """Return how those who mention a topic score against the others, where anybody was asked for a score."""
    return method(answers, coded, design, confidence=coded.level) if RECOMMEND in answers else None


def grown(
    wave: Wave,
    asked: Asked,
    coded: CodedComments,
    code: Callable[..., CodedComments],
    method: Callable[..., TopicGrowth],
) -> TopicGrowth | None:
    """Return which topics grew since the wave before, where it has comments enough."""
    column = wave.config.loyalty.comment
    if asked.before is None or written(asked.before, column) < FEWEST_COMMENTS:
        return None
    if written(asked.answers, column) < FEWEST_COMMENTS:
        return None
    earlier = code(asked.before, column, coded.frame, asked.designs[0])
    return method(
        (asked.before, earlier), (asked.answers, coded), asked.designs, id=asked.shared, confidence=coded.level
    )


def with_classes(answers: pd.DataFrame) -> pd.DataFrame:
    """Return answers with promoters, passives and detractors told apart, where anybody was asked."""
    if RECOMMEND not in answers:
        return answers
    return answers.assign(**{CLASS: score_classes(answers[RECOMMEND])})


def written(answers: pd.DataFrame, column: str) -> int:
    """Return how many comments there are."""
    if column not in answers:
        return 0
    return int((answers[column].fillna("").astype(str).str.strip() != "").sum())


def topic_shares(
    answers: pd.DataFrame,
    coded: CodedComments,
    design: Design,
    by: Sequence[str],
    names: Mapping[str, Mapping[Any, Spoken]],
) -> tuple[pd.DataFrame, dict[str, Column]]:
    """Return the share of commenters by topic (rows) and by the groups of several columns, with the groups' names.

    Groups with few comments are left out.
    """
    said = {t.id: TopicName(t.labels) for t in coded.frame.topics}
    top = coded.table["topic"].head(MOST_TOPICS).tolist()
    shares: dict[str, Any] = {"topic": pd.Series([said[t] for t in top], dtype=object)}
    columns = {"topic": Column(message("Topic"))}
    for column in by:
        if not answers[column].notna().any():
            continue
        source = str(coded.comments.name)
        table = code_comments(answers, source, coded.frame, design, by=column).table
        table = table[table["n"] >= FEWEST_COMMENTS]
        # a share of a known number of comments is a count
        table = table.assign(estimate=table["estimate"].where(~table["mentions"].map(is_few).astype(bool)))
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


def quotes_kept(wave: Wave, answers: pd.DataFrame, coded: CodedComments, *, topics: int = 6) -> pd.DataFrame:
    """Return comments of promoters and detractors on each of the most frequent topics, masked, for a person to read.

    Where nobody was asked for a score, the comments of each topic stand by themselves.

    Returns
    -------
    DataFrame
        ``topic``, ``class``, ``quote``; the one to be shown first where all may be.
    """
    mask = masker_of(wave, coded.comments)
    return typical_quotes(coded, answers.get(CLASS), mask=mask, topics=topics, each=CANDIDATES).table


def quote_table(wave: Wave, coded: CodedComments, kept: pd.DataFrame) -> pd.DataFrame:
    """Return the quotes that a page shows, those that may be, in words; rows are known by the index of `kept`."""
    table = shown_quotes(wave, kept)
    labels = {t.id: TopicName(t.labels) for t in coded.frame.topics}
    names = pd.Series([labels[t] for t in table["topic"]], index=table.index, dtype=object)
    classes: list[Message | str] = [CLASSES.get(c, "–") for c in table["class"]]
    return table.assign(topic=names, **{"class": pd.Series(classes, index=table.index, dtype=object)})


@dataclass(frozen=True)
class TopicName:
    """A topic's name, as its frame gives it."""

    labels: Mapping[str, str]

    def text(self, language: Language) -> str:
        """Return the name in `language`, or the first there is."""
        return self.labels.get(language, next(iter(self.labels.values()), ""))

    def __str__(self) -> str:
        return self.text("en")


def topics_kept(coded: CodedComments, scores: TopicScores | None, growth: TopicGrowth | None) -> pd.DataFrame:
    """Return each topic's share, how those who mention it score against the others, and how its share moved.

    Returns
    -------
    DataFrame
        One row per topic, the most frequent first; names in both languages; states as `state_of` gives them.
    """
    table = coded.table.copy()
    names = {t.id: TopicName(t.labels) for t in coded.frame.topics}
    table["en"] = [names[t].text("en") for t in table["topic"]]
    table["zh"] = [names[t].text("zh-CN") for t in table["topic"]]
    owners = {t.id: t for t in coded.frame.topics}
    table["owner_en"] = [owners[t].owner("en") for t in table["topic"]]
    table["owner_zh"] = [owners[t].owner("zh-CN") for t in table["topic"]]
    if scores is not None:
        gaps = scores.table.rename(
            columns={"estimate": "gap", "ci_low": "gap_low", "ci_high": "gap_high", "p_adjusted": "gap_p"}
        )
        table = table.merge(gaps[["topic", "gap", "gap_low", "gap_high", "gap_p"]], on="topic", how="left")
        table["gap_state"] = [state_of(p) for p in table["gap_p"]]
    if growth is not None:
        grown = growth.table.rename(columns={"estimate": "change", "p_adjusted": "change_p"})
        table = table.merge(grown[["topic", "change", "change_p"]], on="topic", how="left")
        table["change_state"] = [state_of(p) for p in table["change_p"]]
    return table.reindex(columns=list(KEPT))


def topic_findings(kept: pd.DataFrame) -> list[Finding]:
    """Say what most is written about, which topic goes with clearly lower scores, and which clearly grew."""
    mentioned = kept[kept["mentions"] > 0]
    if not len(mentioned):
        return []
    first = mentioned.iloc[0]
    proof = Evidence(
        source="topics",
        row=str(first["topic"]),
        estimate=first["estimate"],
        ci_low=first["ci_low"],
        ci_high=first["ci_high"],
        n=int(first["n"]),
    )
    # the most frequent topic is named only where its interval lies above that of the next one
    leads = len(mentioned) == 1 or first["ci_low"] > mentioned["estimate"].iloc[1]
    values = {"topic": topic_name(first), "share": first["estimate"], "n": first["n"]}
    text = (
        message("Most is written about {topic} ({share:pct} of {n:int} comments).")
        if leads
        else message("{topic} is among what most is written about ({share:pct} of {n:int} comments).")
    )
    found = [
        Finding(
            id="topic.most",
            message=Message(text.template, values),
            evidence=proof,
            claim="estimate",
            importance=50,
        )
    ]
    for column, name in (("gap", "topic.score"), ("change", "topic.moved")):
        tested = mentioned.dropna(subset=[f"{column}_p"]).sort_values(f"{column}_p", kind="stable")
        for _, row in tested.iterrows():
            found.append(_topic_finding(row, column, name, family=len(tested)))
    return found


def _topic_finding(row: pd.Series, column: str, name: str, *, family: int) -> Finding:
    up = row[column] > 0
    texts = {
        ("gap", True): message("Those who mention {topic} score {points:dec0} points of NPS above other commenters."),
        ("gap", False): message("Those who mention {topic} score {points:dec0} points of NPS below other commenters."),
        ("change", True): message("{topic} is mentioned more often than last wave ({now:pct} of comments)."),
        ("change", False): message("{topic} is mentioned less often than last wave ({now:pct} of comments)."),
    }
    values = {"topic": topic_name(row), "points": abs(row[column]), "now": row["estimate"]}
    proof = Evidence(
        source="topics",
        row=str(row["topic"]),
        estimate=row[column],
        p_value=row[f"{column}_p"],
        family=family,
        n=int(row["n"]),
    )
    tone: Tone = "neutral" if column == "change" else "good" if up else "bad"
    return Finding(
        id=f"{name}:{row['topic']}",
        message=Message(texts[column, up].template, values),
        evidence=proof,
        claim="difference",
        importance=60 if column == "gap" and not up else 40,
        tone=tone,
    )


def topic_name(row: pd.Series) -> TopicName:
    """Return the name of the topic of a kept row, as readers know it."""
    return TopicName({"en": str(row["en"]), "zh-CN": str(row["zh"])})


def topics_title(findings: Sequence[Finding]) -> Message:
    """Return what is most worth knowing of the topics."""
    wanted = ("topic.score", "topic.moved", "topic.most")
    return title_of(findings, *wanted, otherwise=message("What customers write about"))


def topics_measure(topics: pd.DataFrame) -> Message:
    """Say what the panel of topics shows, and on how many comments."""
    return plural(
        "{n:int} comment; dot = NPS of those who mention it less that of the others",
        "{n:int} comments; dot = NPS of those who mention it less that of the others",
        n=topics["n"].max(),
    )
