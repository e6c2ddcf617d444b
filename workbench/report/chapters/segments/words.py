"""Chapter 30 in words: its cards, findings and notes, and its tables with the segments' names."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.clustering import Drift, KChoice, SegmentProfile, Stability
from workbench.clustering.features import Features
from workbench.clustering.words import label_of
from workbench.core.findings import Evidence, Finding, Tone
from workbench.core.language import message, plural
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.chapters.columns import CURRENT, NAME_SEGMENT, PREVIOUS
from workbench.report.chapters.segments.chapter import PROFILED, Formed
from workbench.report.site.blocks import Card
from workbench.store.config.parts import Words

PROFILE_COLUMNS = {"name": NAME_SEGMENT}
MOVEMENT_COLUMNS = {
    "name": NAME_SEGMENT,
    "previous": PREVIOUS.styled("pct1"),
    "current": CURRENT.styled("pct1"),
    "change": Column(message("Change, percentage points"), "signed1"),
}


def profile_table(profile: SegmentProfile, names: Mapping[int, Words]) -> pd.DataFrame:
    """Return sizes and means with the segments' names."""
    named = pd.Series([names[s] for s in profile.table["segment"].astype(int)], dtype=object)
    shown = [c for c in PROFILED if c in profile.table]
    return profile.table.assign(name=named)[["name", "customers", "share", "value_share", *shown]]


def features_table(features: Features) -> pd.DataFrame:
    """Return the features with the names readers know them by."""
    labels = [label_of(str(f)) for f in features.table["feature"]]
    return features.table.assign(feature=pd.Series(labels, dtype=object))


def segment_cards(profile: SegmentProfile, names: Mapping[int, Words]) -> list[Card]:
    """Return one card for each of the first four segments."""
    shown = profile.table.head(4)
    return [
        Card(
            message("{name}", name=names[segment]),
            message("{share:pct}", share=share),
            message("of customers, {value:pct} of spending", value=value),
        )
        for segment, share, value in zip(
            shown["segment"].astype(int), shown["share"], shown["value_share"], strict=True
        )
    ]


def segment_findings(profile: SegmentProfile, names: Mapping[int, Words]) -> list[Finding]:
    """Say how much of the customers and of the spending the first and the last segment are."""
    first, last = profile.table.iloc[0], profile.table.iloc[-1]
    text = message(
        "{name} are {share:pct} of the customers and bring {value:pct} of the spending; {other} are {rest:pct} "
        "and bring {little:pct}.",
        name=names[int(first["segment"])],
        share=first["share"],
        value=first["value_share"],
        other=names[int(last["segment"])],
        rest=last["share"],
        little=last["value_share"],
    )
    row = f"segment = {int(first['segment'])}"
    proof = Evidence(source="segment_sizes", row=row, estimate=float(first["share"]), n=int(first["customers"]))
    return [Finding(id="segments.shares", message=text, evidence=proof, claim="count", importance=80)]


def choice_findings(choice: KChoice | None) -> list[Finding]:
    """Say how many segments there are, and whether they are more than a useful division."""
    if choice is None:
        return []
    proof = Evidence(source="choice-table", row=f"k = {choice.k}", estimate=float(choice.k))
    return [Finding(id="segments.number", message=choice.verdict, evidence=proof, claim="count", importance=60)]


def stability_findings(solid: Stability) -> list[Finding]:
    """Say how well the segments are found again in new samples."""
    proof = Evidence(
        source="stability-table", row="jaccard", estimate=float(solid.table["jaccard"].min()), n=solid.resampled
    )
    return [Finding(id="segments.stability", message=solid.verdict, evidence=proof, claim="count", importance=70)]


def drift_findings(drift: Drift | None) -> list[Finding]:
    """Say whether it is time to form the segments anew."""
    if drift is None:
        return []
    proof = Evidence(source="drift", row="agreement", estimate=float(drift.agreement))
    tone: Tone = "bad" if drift.refit else "neutral"
    found = Finding(id="segments.drift", message=drift.verdict, evidence=proof, claim="count", importance=65, tone=tone)
    return [found]


def model_note(formed: Formed) -> Note:
    """Say whether the segments are the previous wave's or new."""
    model = formed.model
    if model.method == "rules":
        text = message("The segments follow the rules of wave.yaml; nothing was estimated.")
    elif not formed.frozen:
        text = plural(
            "The segments were formed in this wave on {n:int} customer drawn at random, and are kept for later waves.",
            "The segments were formed in this wave on {n:int} customers drawn at random, and are kept for later waves.",
            n=model.fitted_on,
        )
    else:
        text = message(
            "The segments are those of the previous wave: the same rules were applied to this wave's orders."
        )
    return Note(text)


def movement_of_sizes(now: pd.DataFrame, before: pd.DataFrame | None, names: Mapping[int, Words]) -> pd.DataFrame:
    """Return the sizes of the segments now and before: ``name``, ``previous``, ``current``, ``change``."""
    table = now[["segment", "share"]].rename(columns={"share": "current"})
    if before is not None:
        table = table.merge(
            before[["segment", "share"]].rename(columns={"share": "previous"}), on="segment", how="left"
        )
    else:
        table["previous"] = float("nan")
    table["change"] = (table["current"] - table["previous"]) * 100
    table["name"] = pd.Series([names[int(s)] for s in table["segment"]], dtype=object)
    return table[["name", "previous", "current", "change"]]
