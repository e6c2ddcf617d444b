"""Chapter 35 in words: its cards and findings, and its tables with the segments' names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.clustering import SegmentProfile
from workbench.clustering.words import label_of
from workbench.core.findings import Evidence, Finding
from workbench.core.language import Message, is_spoken, message, plural
from workbench.core.names import SEGMENT, Column
from workbench.core.results import Note
from workbench.nps import NetPromoterScore
from workbench.report.chapters.columns import CI_HIGH, CI_LOW, NAME_SEGMENT
from workbench.report.chapters.segments.chapter import Formed
from workbench.report.chapters.segments.depth import named
from workbench.report.site.blocks import Block, Caption, Card, notes, table
from workbench.store.config.parts import Words

Names = Mapping[int, Words]
SIZE_COLUMNS = {
    "name": NAME_SEGMENT,
    "customers": Column(message("Answers"), "people"),
    "ci_low": CI_LOW.styled("pct1"),
    "ci_high": CI_HIGH.styled("pct1"),
}
BATTERY_COLUMNS = {
    "battery": Column(message("Battery")),
    "item": Column(message("Rating")),
    "mean": Column(message("Mean"), "dec2"),
    "item_rest": Column(message("Correlation with the others"), "dec2"),
    "alpha": Column(message("Cronbach's alpha"), "dec2"),
}


def sizes_shown(profile: SegmentProfile, sizes: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return the segments' sizes with their intervals and the means of what they were formed by."""
    means = profile.table.drop(columns=["name", "customers", "share", "value_share"], errors="ignore")
    both = sizes.merge(means.astype({SEGMENT: int}), on=SEGMENT)
    return named(both, names)


def shown_batteries(ratings: pd.DataFrame | None, base: int) -> Block:
    """Show how well the ratings of each battery go together, or that there is no battery."""
    if ratings is None:
        return notes([message("No batteries are named in 'segments: batteries:'.")], "batteries-none")
    caption = Caption(message("Ratings of the batteries"), base=base)
    labels = pd.Series([label_of(str(b)) for b in ratings["battery"]], index=ratings.index, dtype=object)
    items = pd.Series([label_of(str(i)) for i in ratings["item"]], index=ratings.index, dtype=object)
    return table(ratings.assign(battery=labels, item=items), "batteries", caption, columns=BATTERY_COLUMNS)


def mean_columns(features: Sequence[str]) -> dict[str, Column]:
    """Return the columns of the features' means, under the names of the questions."""
    labels = {f: label_of(f) for f in features}
    return {f: Column(n if is_spoken(n) else Message(n), "dec2") for f, n in labels.items()}


def size_cards(sizes: pd.DataFrame, names: Names) -> list[Card]:
    """Return one card for each of the first four segments: its share and how sure that is."""
    return [
        Card(
            message("{name}", name=names[int(row[SEGMENT])]),
            message("{share:pct}", share=row["share"]),
            message("of customers ({low:pct} to {high:pct})", low=row["ci_low"], high=row["ci_high"]),
        )
        for row in sizes.head(4).to_dict("records")
    ]


def size_findings(sizes: pd.DataFrame, names: Names) -> list[Finding]:
    """Say how large the first and the last segment are."""
    first, last = sizes.iloc[0], sizes.iloc[-1]
    text = message(
        "By their answers {name} are {share:pct} of customers ({low:pct} to {high:pct}), {other} {rest:pct} "
        "({rest_low:pct} to {rest_high:pct}).",
        name=names[int(first[SEGMENT])],
        share=first["share"],
        low=first["ci_low"],
        high=first["ci_high"],
        other=names[int(last[SEGMENT])],
        rest=last["share"],
        rest_low=last["ci_low"],
        rest_high=last["ci_high"],
    )
    proof = Evidence(
        source="attitude_sizes",
        row=f"segment = {int(first[SEGMENT])}",
        estimate=float(first["share"]),
        n=int(first["customers"]),
    )
    return [Finding(id="attitudes.shares", message=text, evidence=proof, claim="count", importance=60)]


def scores_shown(scores: NetPromoterScore, names: Names) -> pd.DataFrame:
    """Return the segments' NPS under their names."""
    told = scores.table[scores.table[SEGMENT].notna()]
    return named(told, names).reset_index(drop=True)


def weights_note(weighted: bool) -> Note:
    """Say how answers counted: segments are formed by all answers alike, and their sizes are weighted."""
    if weighted:
        text = message(
            "Segments were formed with every answer counting once; their shares and means are weighted and speak for "
            "all customers whom the sample stands for."
        )
    else:
        text = message("Every answer counts once: shares and means speak for those who answered.")
    return Note(text)


def model_note(formed: Formed) -> Note:
    """Say whether the segments are the previous wave's or new."""
    if formed.model.method == "rules":
        text: Message = message("The segments follow the rules of wave.yaml; nothing was estimated.")
    elif not formed.frozen:
        text = plural(
            "The segments were formed in this wave on the answers of {n:int} customer, and are kept for later waves.",
            "The segments were formed in this wave on the answers of {n:int} customers, and are kept for later waves.",
            n=formed.model.fitted_on,
        )
    else:
        text = message(
            "The segments are those of the previous wave: the same rules were applied to this wave's answers."
        )
    return Note(text)
