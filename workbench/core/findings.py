"""Sentences that claim something, each with the evidence it rests on; whether one is said follows from that evidence.

A finding cannot be made without evidence. Whether it is said, and how strongly, is decided here and nowhere else, so
that a page, the summary, a deck and an alert cannot disagree about the same number.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import LANGUAGES, Message, is_spoken, message
from workbench.core.people import gives_few_away

CLEAR_P: Final = 0.05
WATCH_P: Final = 0.10
MINIMUM_BASE: Final = 30

State = Literal["clear", "watch", "chance", "known", "unknown"]
Claim = Literal["difference", "no difference", "estimate", "count"]
Tone = Literal["good", "bad", "neutral"]

# what a sentence claims, and the states of its evidence in which it may be said
SAID_WHEN: Final[Mapping[Claim, frozenset[State]]] = {
    "difference": frozenset({"clear", "watch"}),
    "no difference": frozenset({"chance"}),
    "estimate": frozenset({"known"}),
    "count": frozenset({"known"}),
}
# how tables name the states of a comparison
STATE_WORDS: Final[Mapping[str, Message]] = {
    "clear": message("clear"),
    "watch": message("to be watched"),
    "chance": message("within chance"),
    "unknown": message("base too small"),
}
# what is clear comes before what is to be watched, and both before what merely is as it is
ORDER: Final[Mapping[State, int]] = {"clear": 0, "watch": 1, "known": 2, "chance": 2, "unknown": 3}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a sentence rests on: a row of a result, its estimate, and the test it passed.

    Attributes
    ----------
    source
        Name of the artefact or of the table of the page the numbers stand in.
    row
        Which of its rows, as a reader finds it: ``region = East``.
    estimate
        The number the sentence is about.
    ci_low, ci_high
        Its interval; missing for what was counted.
    p_value
        p after the correction for everything it was picked from; missing where nothing was tested.
    family
        How many comparisons it was picked from.
    n
        Answers, customers or rows behind it.
    minimum_base
        Smallest base on which anything is said.
    """

    source: str
    row: str = ""
    estimate: float
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    family: int = 1
    n: int | None = None
    minimum_base: int = MINIMUM_BASE

    def __post_init__(self) -> None:
        if self.family < 1:
            raise InputError(
                "A finding says how many comparisons it was picked from.",
                found=f"family = {self.family}",
                fix="Count every comparison that could have been said in its place.",
                where=self.source,
            )

    @property
    def enough(self) -> bool:
        """Whether the base carries a sentence; what has no base of its own (a sum over everybody) does."""
        return self.n is None or self.n >= self.minimum_base


EVIDENCE_FIELDS: Final = tuple(f.name for f in fields(Evidence))


def state_of(p_value: float | None, *, enough: bool = True) -> State:
    """Return the one verdict of a comparison: clear, watch (rare, not certain), or within chance.

    Parameters
    ----------
    p_value
        p after correction for the family it was picked from.
    enough
        Whether its base is large enough to say anything.

    Examples
    --------
    >>> state_of(0.03), state_of(0.07), state_of(0.2), state_of(0.03, enough=False), state_of(None)
    ('clear', 'watch', 'chance', 'unknown', 'unknown')
    """
    if p_value is None or math.isnan(p_value) or not enough:
        return "unknown"
    return "clear" if p_value < CLEAR_P else "watch" if p_value < WATCH_P else "chance"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A sentence that claims something.

    Attributes
    ----------
    id
        Stable name, such as ``nps.changed`` or ``nps.changed:region=East``; tests and pages know a finding by it.
    message
        The sentence.
    evidence
        What it rests on.
    claim
        ``difference`` (said where it is clear, or to be watched), ``no difference`` (said where it is within chance),
        ``estimate`` (said where it has an interval and a base), ``count`` (said where there is something to count).
    importance
        0 to 100; the most important come first.
    tone
        ``good``, ``bad`` or ``neutral``.

    Examples
    --------
    >>> proof = Evidence(source="nps_changes", row="region = East", estimate=-9.0, p_value=0.01, family=6, n=210)
    >>> fell = Finding(id="nps.changed:region=East", message=message("East fell."), evidence=proof, claim="difference")
    >>> fell.state, fell.is_said
    ('clear', True)
    """

    id: str
    message: Message
    evidence: Evidence
    claim: Claim
    importance: int = 50
    tone: Tone = "neutral"

    @property
    def state(self) -> State:
        """Return how far the evidence carries the sentence."""
        proof = self.evidence
        if self.claim in ("difference", "no difference"):
            return state_of(proof.p_value, enough=proof.enough)
        finite = math.isfinite(proof.estimate)
        if self.claim == "count":
            return "known" if finite and proof.estimate > 0 else "unknown"
        ends = (proof.ci_low, proof.ci_high)
        bounded = all(e is not None and math.isfinite(e) for e in ends)
        return "known" if finite and bounded and proof.enough else "unknown"

    @property
    def is_said(self) -> bool:
        """Whether the sentence may stand on a page."""
        told = gives_few_away(self.message.template, self.message.values)
        return self.state in SAID_WHEN[self.claim] and not told

    @property
    def text(self) -> Message:
        """Return the sentence as it is said: what is only to be watched says so."""
        if self.state == "watch":
            return message("{finding} This is not certain yet.", finding=self.message)
        return self.message


def said(findings: Iterable[Finding], *, most: int | None = None) -> list[Finding]:
    """Return the findings whose evidence carries them: clear ones, those to watch, the others; each by importance.

    Parameters
    ----------
    findings
        Findings of one page.
    most
        At most so many.
    """
    kept = [f for f in findings if f.is_said]
    kept.sort(key=lambda f: (ORDER[f.state], -f.importance))
    return kept[:most]


def findings_table(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return findings as a table that can be kept and read again in another chapter.

    Returns
    -------
    DataFrame
        ``id``, ``claim``, ``state``, ``importance``, ``tone``, ``message`` (JSON) and the fields of the evidence.

    Examples
    --------
    >>> proof = Evidence(source="loyalty", estimate=38.7, ci_low=33.1, ci_high=44.4, n=914)
    >>> one = Finding(id="nps", message=message("NPS {x:dec1}", x=38.7), evidence=proof, claim="estimate")
    >>> str(findings_from(findings_table([one]))[0].message)
    'NPS 38.7'
    """
    rows = [
        {
            "id": f.id,
            "claim": f.claim,
            "state": f.state,
            "importance": f.importance,
            "tone": f.tone,
            "message": json.dumps(spoken_json(f.message), ensure_ascii=False),
            **{name: getattr(f.evidence, name) for name in EVIDENCE_FIELDS},
        }
        for f in findings
    ]
    table = pd.DataFrame(rows, columns=["id", "claim", "state", "importance", "tone", "message", *EVIDENCE_FIELDS])
    numbers = dict.fromkeys(("estimate", "ci_low", "ci_high", "p_value", "n"), "float64")
    return table.astype({**numbers, "importance": "int64", "family": "int64", "minimum_base": "int64"})


def findings_from(table: pd.DataFrame) -> list[Finding]:
    """Read findings back from the table `findings_table` made."""
    found = []
    for row in table.to_dict("records"):
        proof = {name: row[name] for name in EVIDENCE_FIELDS}
        optional = {k: None if pd.isna(proof[k]) else float(proof[k]) for k in ("ci_low", "ci_high", "p_value")}
        base = None if pd.isna(proof["n"]) else int(proof["n"])
        given = {**proof, **optional, "n": base, "family": int(proof["family"])}
        spoken = spoken_from(json.loads(row["message"]))
        found.append(
            Finding(
                id=row["id"],
                message=spoken if isinstance(spoken, Message) else Message("{text}", {"text": spoken}),
                evidence=Evidence(**given),
                claim=row["claim"],
                importance=int(row["importance"]),
                tone=row["tone"],
            )
        )
    return found


@dataclass(frozen=True)
class _Said:
    """Words in every language, as they were kept."""

    words: Mapping[str, str]

    def text(self, language: str) -> str:
        return self.words.get(language) or next(iter(self.words.values()))


def spoken_json(value: Any) -> Any:
    """Return words, or a value that stands in them, as JSON that `spoken_from` reads back."""
    if isinstance(value, Message):
        kept = {"template": value.template, "values": {k: spoken_json(v) for k, v in value.values.items()}}
        return kept if value.singular is None else {**kept, "singular": value.singular}
    if is_spoken(value):
        return {"words": {language: value.text(language) for language in LANGUAGES}}
    if hasattr(value, "isoformat"):
        return {"date": value.isoformat()[:10]}
    if hasattr(value, "item"):
        return value.item()
    return value


def spoken_from(content: Any) -> Any:
    """Return what `spoken_json` wrote."""
    if not isinstance(content, dict):
        return content
    if "template" in content:
        values = {k: spoken_from(v) for k, v in content["values"].items()}
        return Message(content["template"], values, content.get("singular"))
    if "words" in content:
        return _Said(content["words"])
    return dt.date.fromisoformat(content["date"])
