"""Chapter 50, outside: what posts, reviews and interviews say, where, when, and of which rivals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.core.findings import Evidence, Finding
from workbench.core.language import Message, message, plural
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.people import is_few
from workbench.nps import PostVoices, code_comments
from workbench.nps.code_frame import CodeFrame
from workbench.nps.columns import CI_HIGH, CI_LOW, SHARE
from workbench.nps.quotes import CLASSES
from workbench.report.chapters.loyalty.comments import FEWEST_COMMENTS, TopicName, written
from workbench.report.chapters.loyalty.interactions import interactions_of
from workbench.store import Wave

KINDS = ("text", "posted_at", "platform", "stars", "competitor", CUSTOMER_ID)
MOST_MONTHS = 24
MORE = message("{topic}: more outside ({out:pct1} of posts) than in the survey ({ours:pct1} of comments).")
LESS = message("{topic}: less outside ({out:pct1} of posts) than in the survey ({ours:pct1} of comments).")


def kinds_of(wave: Wave) -> dict[str, list[str]]:
    """Return what counts as word of mouth in a wave's interactions."""
    plan = wave.config.loyalty
    return {"referral": plan.referral_kinds, "post": plan.post_kinds}


def posts_of(wave: Wave) -> pd.DataFrame:
    """Return posts, and interactions that are posts or interviews and have a text, as one table.

    Returns
    -------
    DataFrame
        ``text``, ``posted_at``, ``platform`` (of an interaction its kind), ``stars``, ``competitor``, ``customer_id``.
    """
    plan, parts = wave.config.loyalty, []
    if "text" in wave.columns("posts"):
        parts.append(wave.read("posts"))
    if {"text", "kind"} <= set(wave.columns("interactions")):
        rows = interactions_of(wave, kinds=[*plan.post_kinds, *plan.interview_kinds])
        assert rows is not None
        rows = rows[rows["text"].notna()]
        named = {"opened_at": "posted_at", "kind": "platform"}
        parts.append(rows.drop(columns="platform", errors="ignore").rename(columns=named))
    table = pd.concat([p.reindex(columns=[c for c in KINDS if c in p]) for p in parts], ignore_index=True)
    return table.reindex(columns=[c for c in KINDS if c in table])


def inside(wave: Wave, answers: pd.DataFrame, frame: CodeFrame) -> pd.DataFrame | None:
    """Return the topics of the survey's own comments, to compare with; None with too few."""
    column = wave.config.loyalty.comment
    return code_comments(answers, column, frame).table if written(answers, column) >= FEWEST_COMMENTS else None


def shown(voices: PostVoices) -> tuple[str, ...]:
    """Return the columns of the table of topics that hold something."""
    there = ("topic", "posts", "share", "ci_low", "ci_high", "praise", "complaints", "answers", "p_adjusted")
    return tuple(c for c in there if voices.table[c].notna().any())


def topics_shown(voices: PostVoices) -> pd.DataFrame:
    """Return the topics that anybody writes of, outside or in the survey, in words."""
    names = {t.id: TopicName(t.labels) for t in voices.frame.topics}
    rows = voices.table[(voices.table["posts"] > 0) | (voices.table["answers"].fillna(0).astype(float) > 0)]
    named = pd.Series([names[t] for t in rows["topic"]], index=rows.index, dtype=object)
    return rows.assign(topic=named)[list(shown(voices))].reset_index(drop=True)


def posts_caption(voices: PostVoices) -> Message:
    """Say how many posts were read."""
    n = int(voices.table["n"].iloc[0])
    return plural("{n:int} post by topic and tone", "{n:int} posts by topic and tone", n=n)


def parts(voices: PostVoices) -> Sequence[tuple[str, Message, pd.DataFrame, Mapping[str, Column]]]:
    """Return the tables by platform, month, rival and class that hold anything: address, title, rows, columns."""
    shared = {
        "posts": PostVoices.columns["posts"],
        "stars": Column(message("Stars"), "dec1"),
        "share": SHARE,
        "complaints": PostVoices.columns["complaints"],
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
    }
    named = pd.Series([CLASSES.get(c, Message("–")) for c in voices.classes["class"]], dtype=object)
    classes = voices.classes.assign(**{"class": named})
    months = voices.months.tail(MOST_MONTHS)
    months = months.assign(month=[f"{m:%Y-%m}" for m in pd.to_datetime(months["month"])])
    found = (
        ("platform", message("By platform"), message("Platform"), voices.platforms),
        ("month", message("By month"), message("Month"), months),
        ("competitor", message("Rivals named"), message("Rival"), voices.rivals[voices.rivals["posts"] > 0]),
        ("class", message("What promoters and detractors write outside"), message("Written by"), classes),
    )
    return [
        (f"posts-{name}", title, table.reset_index(drop=True), {name: Column(head), **_there(shared, table)})
        for name, title, head, table in found
        if len(table)
    ]


def _there(columns: Mapping[str, Column], table: pd.DataFrame) -> dict[str, Column]:
    return {c: v for c, v in columns.items() if c in table}


def post_findings(voices: PostVoices, minimum: int) -> list[Finding]:
    """Say what is written of more, or less, outside than in the survey."""
    found = []
    names = {t.id: TopicName(t.labels) for t in voices.frame.topics}
    tested = voices.table.dropna(subset=["p_adjusted"])
    for row in tested.to_dict("records"):
        if is_few(row["posts"]):
            continue
        text = MORE if row["share"] > row["answers"] else LESS
        proof = Evidence(
            source="posts",
            row=str(row["topic"]),
            estimate=row["share"] - row["answers"],
            p_value=row["p_adjusted"],
            family=len(tested),
            n=int(row["n"]),
            minimum_base=minimum,
        )
        values = {"topic": names[str(row["topic"])], "out": row["share"], "ours": row["answers"]}
        found.append(
            Finding(
                id=f"posts.topic:{row['topic']}",
                message=Message(text.template, values),
                evidence=proof,
                claim="difference",
                importance=30,
            )
        )
    return found
