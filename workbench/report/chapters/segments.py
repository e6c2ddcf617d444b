"""Chapter 30: into which groups customers fall by how they buy, and how solid those groups are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from workbench.clustering import KChoice, SegmentModel, SegmentProfile
from workbench.clustering.features import Features
from workbench.clustering.rfm import RfmTable
from workbench.core.language import Message, Spoken, message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.blocks import Card, Finding
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.store import Wave
from workbench.store.config_parts import Words

FEATURES = ("recency_days", "frequency", "monetary")
PROFILED = ("recency_days", "frequency", "monetary", "tenure_days")
PROFILE_COLUMNS = {"name": Column(message("Segment"))}


class SegmentParameters(ChapterParameters):
    """Parameters of the notebook."""

    fitted_on: int = 50_000


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("transactions"):
        return message("There are no orders, so customers cannot be grouped by how they buy.")
    return None


CHAPTER = Chapter(
    name="30_segments",
    title=message("Customer segments"),
    parameters=SegmentParameters,
    reads=("transactions",),
    makes=("segments", "segment_names", "segment_model", "segment_sizes"),
    after=(),
    left_out=_left_out,
)


def model_of(wave: Wave | None) -> SegmentModel | None:
    """Return the segmentation a wave was reported with, None if there is none."""
    if wave is None or not wave.has("segment_model"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(str(wave.read("segment_model")["model"].iloc[0]), encoding="utf-8")
        return SegmentModel.load(path)


def model_table(model: SegmentModel) -> pd.DataFrame:
    """Return a segmentation as a table of one cell of JSON, to be kept with the wave."""
    with tempfile.TemporaryDirectory() as folder:
        return pd.DataFrame({"model": [model.save(Path(folder) / "model.json").read_text(encoding="utf-8")]})


def names_table(profile: SegmentProfile, given: Mapping[int, Words]) -> pd.DataFrame:
    """Return the segments' names in both languages: those of ``wave.yaml``, else the proposals.

    Returns
    -------
    DataFrame
        ``segment``, ``en``, ``zh``.
    """
    numbers: list[int] = profile.table["segment"].astype(int).tolist()
    names: list[Spoken] = [given.get(s, n) for s, n in zip(numbers, profile.table["name"], strict=True)]
    return pd.DataFrame(
        {
            "segment": numbers,
            "en": [n.text("en") for n in names],
            "zh": [n.text("zh-CN") for n in names],
        }
    )


def segment_names(wave: Wave) -> dict[int, Words]:
    """Return the names of a wave's segments, with their numbers before them."""
    if not wave.has("segment_names"):
        return {}
    table = wave.read("segment_names")
    numbers: list[int] = table["segment"].tolist()
    return {
        n: Words.model_validate({"en": f"{n} {en}", "zh-CN": f"{n} {zh}"})
        for n, en, zh in zip(numbers, table["en"], table["zh"], strict=True)
    }


def profile_table(profile: SegmentProfile, names: Mapping[int, Words]) -> pd.DataFrame:
    """Return sizes and means with the segments' names."""
    named = pd.Series([names[s] for s in profile.table["segment"].astype(int)], dtype=object)
    return profile.table.assign(name=named)[["name", "customers", "share", "value_share", *PROFILED]]


def features_table(features: Features) -> pd.DataFrame:
    """Return the features with the names readers know them by."""
    labels = [RfmTable.columns[f].label if f in RfmTable.columns else f for f in features.table["feature"]]
    return features.table.assign(feature=pd.Series(labels, dtype=object))


def sizes_table(profile: SegmentProfile) -> pd.DataFrame:
    """Return the sizes of the segments, to be kept: ``segment``, ``customers``, ``share``, ``value_share``."""
    return profile.table[["segment", "customers", "share", "value_share"]].assign(
        segment=lambda t: t["segment"].astype(int)
    )


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


def segment_findings(profile: SegmentProfile, names: Mapping[int, Words], choice: KChoice | None) -> list[Finding]:
    """Put the chapter's results into words."""
    first, last = profile.table.iloc[0], profile.table.iloc[-1]
    found = [
        Finding(
            message(
                "{name} are {share:pct} of the customers and bring {value:pct} of the spending; {other} are {rest:pct} "
                "and bring {little:pct}.",
                name=names[int(first["segment"])],
                share=first["share"],
                value=first["value_share"],
                other=names[int(last["segment"])],
                rest=last["share"],
                little=last["value_share"],
            )
        )
    ]
    if choice is not None:
        found.append(Finding(choice.verdict))
    return found


def model_note(previous: SegmentModel | None, model: SegmentModel) -> Note:
    """Say whether the segments are the previous wave's or new."""
    if previous is None:
        text = message(
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


MOVEMENT_COLUMNS = {
    "name": Column(message("Segment")),
    "previous": Column(message("Previous wave"), "pct1"),
    "current": Column(message("Current wave"), "pct1"),
    "change": Column(message("Change, percentage points"), "signed1"),
}
