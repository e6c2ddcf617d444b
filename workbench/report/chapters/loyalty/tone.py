"""Chapter 50, tone: what customers praise, what they complain about, and what goes with one complaint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.findings import Evidence, Finding, Tone, state_of
from workbench.core.language import Message, message, plural
from workbench.core.names import RECOMMEND, Column
from workbench.core.people import is_few
from workbench.nps import CodedComments, Sentiment, TopicTone, code_comments
from workbench.nps.columns import CI_HIGH, CI_LOW, VERDICT
from workbench.nps.text.learned import cut
from workbench.nps.text.reader import UNKNOWN, DictionaryReader, ToneReader
from workbench.nps.text.reading import normalise
from workbench.nps.verbatims import TONE_WORDS, whole_tone
from workbench.report.chapters.loyalty.chapter import Asked
from workbench.report.chapters.loyalty.comments import FEWEST_COMMENTS, TopicName, topic_name, written
from workbench.report.chapters.loyalty.tables import TOPIC_NAME
from workbench.report.chapters.loyalty.titles import title_of
from workbench.store import Wave

KEPT = (
    "topic",
    "en",
    "zh",
    "owner_en",
    "owner_zh",
    "mentions",
    "praise",
    "complaints",
    "estimate",
    "ci_low",
    "ci_high",
    "change",
    "change_p",
    "change_state",
    "cost",
    "cost_low",
    "cost_high",
    "cost_p",
    "cost_state",
    "n",
)
HEADS = (message("complain"), message("praise"))
COLUMNS = {
    "name": TOPIC_NAME,
    "left": Column(message("Complain about it"), "pct1"),
    "ci_low": CI_LOW,
    "ci_high": CI_HIGH,
    "right": Column(message("Praise it"), "pct1"),
    "change": Column(message("Complaints, change in points"), "signedpoints1"),
    "change_state": VERDICT,
    "cost": Column(message("NPS that goes with one complaint"), "signed1"),
    "cost_low": CI_LOW.styled("signed1"),
    "cost_high": CI_HIGH.styled("signed1"),
    "cost_state": VERDICT,
}
MOST_ROWS = 8


def learned(wave: Wave, answers: pd.DataFrame, method: Callable[..., Sentiment], *, seed: int) -> Sentiment | None:
    """Return what the wave's own scores teach about tone; None where there are too few of a kind to learn from."""
    plan = wave.config.loyalty
    if RECOMMEND not in answers:
        return None
    try:
        return method(answers, plan.comment, RECOMMEND, seed=seed, confidence=plan.confidence)
    except InputError:
        # the dictionaries read instead, and the page says so
        return None


def reader_of(sentiment: Sentiment | None) -> ToneReader:
    """Return who reads the tone: what was learned, if it reads clearly better than guessing, else the dictionaries."""
    return sentiment.reader if sentiment is not None and sentiment.useful else DictionaryReader()


def toned(
    wave: Wave, asked: Asked, coded: CodedComments, sentiment: Sentiment | None, method: Callable[..., TopicTone]
) -> TopicTone:
    """Return praise and complaints by topic, with the change since the wave before where it has comments enough."""
    plan, previous = wave.config.loyalty, None
    if (
        asked.before is not None
        and min(written(a, plan.comment) for a in (asked.before, asked.answers)) >= FEWEST_COMMENTS
    ):
        previous = (asked.before, code_comments(asked.before, plan.comment, coded.frame, asked.designs[0]))
    return method(
        asked.answers,
        coded,
        reader_of(sentiment),
        asked.design,
        column=RECOMMEND if RECOMMEND in asked.answers else None,
        previous=previous,
        designs=asked.designs,
        id=asked.shared,
        minimum_base=plan.minimum_base,
    )


def tones_kept(tones: TopicTone) -> pd.DataFrame:
    """Return one row per topic with names in both languages and states as `state_of` gives them, to be kept."""
    names = {t.id: t for t in tones.frame.topics}
    table = tones.table.assign(
        en=[names[t].label("en") for t in tones.table["topic"]],
        zh=[names[t].label("zh-CN") for t in tones.table["topic"]],
        owner_en=[names[t].owner("en") for t in tones.table["topic"]],
        owner_zh=[names[t].owner("zh-CN") for t in tones.table["topic"]],
        change_state=[state_of(p) for p in tones.table["change_p"].astype(float)],
        cost_state=[state_of(p) for p in tones.table["cost_p"].astype(float)],
    )
    return table.reindex(columns=list(KEPT)).astype(dict.fromkeys(("change", "change_p", "cost", "cost_p"), float))


def tone_table(kept: pd.DataFrame) -> pd.DataFrame:
    """Return one line per topic that enough mention to be told, as it is drawn and shown."""
    rows = (
        kept[(kept["mentions"] > 0) & ~kept["mentions"].map(is_few).astype(bool)].head(MOST_ROWS).reset_index(drop=True)
    )
    # a share of a known number of comments is a count
    blamed, praised = (rows[c].map(is_few).astype(bool) for c in ("complaints", "praise"))
    table = pd.DataFrame(
        {
            "name": pd.Series(
                [TopicName({"en": e, "zh-CN": z}) for e, z in zip(rows["en"], rows["zh"], strict=True)], dtype=object
            ),
            "n": rows["mentions"],
            "left": rows["estimate"].mask(blamed),
            "ci_low": rows["ci_low"].mask(blamed),
            "ci_high": rows["ci_high"].mask(blamed),
            "right": (rows["praise"] / rows["n"]).mask(praised),
            "left_n": rows["complaints"].mask(blamed, 0),
            "right_n": rows["praise"].mask(praised, 0),
        }
    )
    more = [c for c in COLUMNS if c not in table]
    return table.join(rows[more])


def drawn(table: pd.DataFrame) -> pd.DataFrame:
    """Return the lines as they are drawn: what may not be told has no bar."""
    return table.assign(left=table["left"].fillna(0.0), right=table["right"].fillna(0.0))


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the numbers behind the drawing, without those that hold nothing."""
    there = [c for c in COLUMNS if c == "name" or table[c].notna().any()]
    return table[[c for c in there if not (c.endswith("_state") and c.replace("_state", "") not in there)]]


def tone_findings(kept: pd.DataFrame) -> list[Finding]:
    """Say what most complain about, what one complaint goes with, and what is complained about more or less."""
    blamed = kept[(kept["complaints"] > 0) & ~kept["complaints"].map(is_few).astype(bool)]
    if not len(blamed):
        return []
    first = blamed.iloc[0]
    found: list[Finding] = []
    if len(blamed) == 1 or first["ci_low"] > blamed["estimate"].iloc[1]:
        text = message("Most complaints are about {topic} ({share:pct1} of {n:int} comments).")
        proof = Evidence(
            source="tones",
            row=str(first["topic"]),
            estimate=first["estimate"],
            ci_low=first["ci_low"],
            ci_high=first["ci_high"],
            n=int(first["n"]),
        )
        values = {"topic": topic_name(first), "share": first["estimate"], "n": int(first["n"])}
        said = Message(text.template, values)
        found.append(Finding(id="tone.most", message=said, evidence=proof, claim="estimate", importance=45, tone="bad"))
    for column in ("cost", "change"):
        tested = blamed.dropna(subset=[f"{column}_p"]).sort_values(f"{column}_p", kind="stable")
        found += [_finding(row, column, len(tested)) for _, row in tested.iterrows()]
    return found


def _finding(row: pd.Series, column: str, family: int) -> Finding:
    up = row[column] > 0
    texts = {
        ("cost", True): message(
            "A complaint about {topic} goes with {points:dec0} points of NPS more, other complaints alike."
        ),
        ("cost", False): message(
            "A complaint about {topic} goes with {points:dec0} points of NPS less, other complaints alike."
        ),
        ("change", True): message("More complain about {topic} than last wave ({now:pct1} of comments)."),
        ("change", False): message("Fewer complain about {topic} than last wave ({now:pct1} of comments)."),
    }
    values = {"topic": topic_name(row), "points": abs(row[column]), "now": row["estimate"]}
    proof = Evidence(
        source="tones",
        row=str(row["topic"]),
        estimate=row[column],
        p_value=row[f"{column}_p"],
        family=family,
        n=int(row["n"]),
    )
    tone: Tone = "bad" if up == (column == "change") else "good"
    if column == "cost" and up:
        tone = "neutral"
    return Finding(
        id=f"tone.{'cost' if column == 'cost' else 'moved'}:{row['topic']}",
        message=Message(texts[column, up].template, values),
        evidence=proof,
        claim="difference",
        importance=58 if column == "cost" else 42,
        tone=tone,
    )


def tone_title(findings: Sequence[Finding]) -> Message:
    """Return what is most worth knowing of tone."""
    wanted = ("tone.cost", "tone.moved", "tone.most")
    return title_of(findings, *wanted, otherwise=message("What customers praise and complain about"))


def tone_measure(kept: pd.DataFrame) -> Message:
    """Say what the panel shows, and on how many comments."""
    return plural(
        "Share of {n:int} comment that complains about or praises a topic, clause by clause",
        "Share of {n:int} comments that complain about or praise a topic, clause by clause",
        n=int(kept["n"].max()) if len(kept) else 0,
    )


def tone_note(tones: TopicTone) -> Message:
    """Say who read the tone."""
    return tones.notes[0].message


def quotes_with_tone(shown: pd.DataFrame, kept: pd.DataFrame, tones: TopicTone, reader: ToneReader) -> pd.DataFrame:
    """Return the quotes of a page with the tone of what each says on its topic.

    Parameters
    ----------
    shown
        The quotes a page may show, in words, with the index of `kept`.
    kept
        All quotes with the ids of their topics.
    tones, reader
        The praise and complaints of the wave, and who read them.
    """
    place = {t.id: i for i, t in enumerate(tones.frame.topics)}
    parts = [cut(normalise(str(quote))) for quote in shown["quote"]]
    # read all at once: a reader that learned looks each clause's words up in one table
    clauses = [p for mine in parts for p in mine]
    heard = iter(zip(reader.tones(clauses), tones.frame.codes(clauses), strict=True))
    said = []
    for i, mine in zip(shown.index, parts, strict=True):
        topic = place[str(kept.loc[i, "topic"])]
        tone = {tone for tone, topics in islice(heard, len(mine)) if topics[topic]}
        said.append(TONE_WORDS[whole_tone(tone) if tone else UNKNOWN])
    return shown.assign(tone=pd.Series(said, index=shown.index, dtype=object))
