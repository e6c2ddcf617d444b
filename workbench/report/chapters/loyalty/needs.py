"""Chapter 50, needs: complaints, wishes, weak ratings, Kano and usage gaps as one list for each segment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from workbench.clv import UsageGaps
from workbench.core.errors import InputError
from workbench.core.findings import Evidence, Finding
from workbench.core.language import Language, Message, Spoken, format_value, message
from workbench.core.names import RECOMMEND, SEGMENT, Column
from workbench.core.people import is_few
from workbench.nps import Needs, SpokenPortraits, TopicTone, kano, spoken_needs
from workbench.nps.columns import CI_HIGH, CI_LOW, SHARE
from workbench.nps.needs import EVERYBODY, EVIDENCE, KINDS, kano_needs, rating_needs, usage_needs
from workbench.nps.portraits import TOLD
from workbench.report.chapters.loyalty.chapter import Asked
from workbench.report.chapters.loyalty.comments import TopicName
from workbench.store import Wave

COLUMNS = {
    "group": Column(message("Segment")),
    "rank": Column(message("Place"), "int"),
    "item": Column(message("Need")),
    "kinds": Column(message("Evidence")),
    "share": SHARE,
    "ci_low": CI_LOW,
    "ci_high": CI_HIGH,
    "customers": Column(message("Customers, about"), "some"),
}
ALL = message("All customers")
PORTRAIT_COLUMNS = {"group": COLUMNS["group"], **SpokenPortraits.columns}


def spoken_evidence(asked: Asked, tones: TopicTone) -> pd.DataFrame:
    """Return complaints and wishes as evidence of needs, for everybody and by segment where it is known."""
    by = SEGMENT if SEGMENT in asked.by and SEGMENT in asked.answers else None
    found = spoken_needs(asked.answers, tones, asked.design, by=by)
    return found.assign(group=found["group"].map(_group))


def asked_evidence(
    wave: Wave, answers: pd.DataFrame, low_rated: tuple[pd.DataFrame, pd.DataFrame] | None, tones: TopicTone
) -> pd.DataFrame:
    """Return ratings that matter and are low, and features that Kano's questions show are expected, as evidence.

    Parameters
    ----------
    wave, answers
        The wave and its answers.
    low_rated
        What chapter 50 keeps of drivers, and the ratings of the questions; None without drivers.
    tones
        Knows the code frame: a question about one topic of it is evidence for that topic.
    """
    names: dict[str, Spoken] = {n: q.label for n, q in wave.config.questions.items()}
    names.update(wave.config.labels)
    parts = [pd.DataFrame(columns=list(EVIDENCE))]
    if low_rated is not None:
        parts.append(rating_needs(*low_rated))
    features = {f: c for f, c in wave.config.loyalty.kano.items() if set(c) <= set(answers)}
    if features:
        parts.append(kano_needs(kano(answers, features).table, confidence=wave.config.loyalty.confidence))
    found = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    return found.assign(item=[_topic_of(names.get(i, Plain(i)), tones, i) for i in found["item"]])


def gaps_of(wave: Wave, method: Callable[..., UsageGaps]) -> pd.DataFrame | None:
    """Return what customers stopped buying, or do not buy as their like do; None without items, or with too many."""
    item = wave.config.offers.item
    if item not in wave.columns("transactions"):
        return None
    segments = wave.table("segments") if wave.has("segments") else None
    try:
        return method(wave.table("transactions"), item, as_of=wave.config.as_of, segments=segments).table
    except InputError:
        # single products: too many to be needs
        return None


def usage_evidence(gaps: pd.DataFrame | None) -> pd.DataFrame:
    """Return usage gaps as evidence of needs."""
    return pd.DataFrame(columns=list(EVIDENCE)) if gaps is None else usage_needs(gaps)


def sizes_of(gaps: pd.DataFrame | None) -> dict[object, float]:
    """Return how many active customers each segment has, and all together, where orders tell."""
    if gaps is None:
        return {}
    sizes = gaps.drop_duplicates(SEGMENT).set_index(SEGMENT)["active"]
    return {EVERYBODY if s == 0 else _group(s): float(n) for s, n in sizes.items()}


def needs_table(needs: Needs, asked: Asked, tones: TopicTone) -> pd.DataFrame:
    """Return the list in words: segments, topics and kinds of evidence by their names."""
    names = {_group(k): v for k, v in asked.names.get(SEGMENT, {}).items()}
    topics = {t.id: TopicName(t.labels) for t in tones.frame.topics}
    # of no rows pandas makes no mask of truths but one of objects, which would choose columns
    few = needs.table["customers"].fillna(0).map(is_few).astype(bool)
    rows = needs.table[~few]
    items = [topics.get(i, Plain(i)) if isinstance(i, str) else i for i in rows["item"]]
    groups = [ALL if g == EVERYBODY else names.get(g, Plain(str(g))) for g in rows["group"]]
    kinds = [Listed(tuple(KINDS[k] for k in str(ks).split(","))) for ks in rows["kinds"]]
    said = {"group": groups, "item": items, "kinds": kinds}
    table = rows.assign(**{c: pd.Series(v, index=rows.index, dtype=object) for c, v in said.items()})
    wanted = [c for c in COLUMNS if c != "customers" or table[c].notna().any()]
    rounded = table.assign(customers=table["customers"].round(-1))
    return rounded[wanted].reset_index(drop=True)


def needs_kept(needs: Needs, tones: TopicTone) -> pd.DataFrame:
    """Return the list with names in both languages, to be kept."""
    topics = {t.id: t for t in tones.frame.topics}
    table = needs.table
    return table.assign(
        en=[topics[i].label("en") if i in topics else str(i) for i in table["item"]],
        zh=[topics[i].label("zh-CN") if i in topics else str(i) for i in table["item"]],
        item=table["item"].astype(str),
        group=table["group"].astype(str),
    )


def need_findings(needs: Needs, tones: TopicTone) -> list[Finding]:
    """Say which need of all customers several kinds of evidence agree on."""
    topics = {t.id: TopicName(t.labels) for t in tones.frame.topics}
    mine = needs.table[(needs.table["group"] == EVERYBODY) & (needs.table["evidence"] > 1)].head(1)
    found = []
    for row in mine.to_dict("records"):
        values: dict[str, Any] = {
            "need": topics.get(str(row["item"]), Plain(str(row["item"]))),
            "kinds": Listed(tuple(KINDS[k] for k in row["kinds"].split(","))),
        }
        proof = Evidence(
            source="needs",
            row=str(row["item"]),
            estimate=row["share"],
            ci_low=row["ci_low"],
            ci_high=row["ci_high"],
            n=int(row["n"]),
        )
        text = message("{need}: {kinds}.")
        found.append(
            Finding(
                id="need.first",
                message=Message(text.template, values),
                evidence=proof,
                claim="estimate",
                importance=56,
                tone="bad",
            )
        )
    return found


def has_portraits(asked: Asked) -> bool:
    """Tell whether segments of customers who were asked for a score are known."""
    return SEGMENT in asked.by and {SEGMENT, RECOMMEND} <= set(asked.answers)


def portrait_table(portraits: SpokenPortraits, asked: Asked) -> pd.DataFrame:
    """Return what segments feel and say, with segments and topics by their names."""
    names = {_group(k): v for k, v in asked.names.get(SEGMENT, {}).items()}
    topics = {t.id: TopicName(t.labels) for t in portraits.frame.topics}
    rows = portraits.table
    said = {c: [Listed(tuple(topics[t] for t in str(ids).split(",") if t)) for ids in rows[c]] for c in TOLD}
    groups = [names.get(_group(g), Plain(str(g))) for g in rows[SEGMENT]]
    table = rows.assign(**{c: pd.Series(v, index=rows.index, dtype=object) for c, v in said.items()})
    return table.assign(group=pd.Series(groups, index=rows.index, dtype=object))[list(PORTRAIT_COLUMNS)]


class Plain:
    """A value by the name its study gives it; one without a name is the same in every language."""

    def __init__(self, name: str) -> None:
        self._name = name

    def text(self, language: Language) -> str:
        """Return the name."""
        return format_value(self._name, "text", language)

    def __str__(self) -> str:
        return self._name


class Listed:
    """Several sayings as one."""

    def __init__(self, parts: tuple[Spoken, ...]) -> None:
        self._parts = parts

    def text(self, language: Language) -> str:
        """Return them joined as the language joins a list."""
        return ("、" if language == "zh-CN" else ", ").join(p.text(language) for p in self._parts) or "–"

    def __str__(self) -> str:
        return self.text("en")


def _group(value: Any) -> str:
    # a segment is a number, whole though missing ones made it a float
    return str(int(value)) if isinstance(value, float) else str(value)


def _topic_of(label: Spoken, tones: TopicTone, name: str) -> str:
    """Return the one topic that a question or feature is about, or its own name."""
    found: set[str] = set()
    for language in ("en", "zh-CN"):
        codes = tones.frame.codes([label.text(language)])[0]
        found |= {t.id for t, said in zip(tones.frame.topics, codes, strict=True) if said}
    return next(iter(found)) if len(found) == 1 else label.text("en") or name
