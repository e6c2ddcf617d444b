"""Chapter 30: into which groups customers fall by how they buy, and how solid those groups are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.clustering import (
    Drift,
    KChoice,
    SegmentModel,
    SegmentProfile,
    choose_k,
    compare_waves,
    fit_segments,
    segments_by_rules,
)
from workbench.clustering.features import Features
from workbench.core.engine import Table
from workbench.core.language import Message, Spoken, message
from workbench.report.chapter import Chapter, ChapterParameters, Section
from workbench.store import Wave
from workbench.store.config.parts import Words

PROFILED = ("recency_days", "frequency", "monetary", "tenure_days")


class SegmentParameters(ChapterParameters):
    """Parameters of the notebook."""

    fitted_on: int = 50_000
    replicates: int = 40
    resampled: int = 5_000


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("transactions"):
        return message("There are no orders, so customers cannot be grouped by how they buy.")
    if formed_by_answers(wave):
        return message("The segments of wave.yaml rest on answers; the chapter on attitudes forms them.")
    return None


def _by_hand(wave: Wave) -> Message | None:
    return message("Segments made by hand are the same in every sample.") if wave.config.segments.rules else None


def _nobody_described(wave: Wave) -> Message | None:
    return None if described_columns(wave) else message("The customer list has no column to describe segments by.")


CHAPTER = Chapter(
    name="30_segments",
    title=message("Customer segments"),
    parameters=SegmentParameters,
    reads=("transactions", "customers"),
    makes=("segments", "segment_names", "segment_model", "segment_sizes", "findings_segments"),
    after=(),
    left_out=_left_out,
    settings=("labels", "values", "segments", "questions"),
    sections=(
        Section("profile", message("What the segments are like")),
        Section("people", message("Who they are")),
        Section("notable", message("Over- and under-represented groups"), left_out=_nobody_described),
        Section("rules", message("The segments as rules")),
        Section("stability", message("How sure the segments are"), left_out=_by_hand),
        Section("choice", message("How many segments there are")),
        Section("movement", message("From wave to wave")),
        Section("drift", message("A refit beside the segments"), after=("movement",)),
        Section("cells", message("Classic RFM cells")),
        Section("features", message("How the groups were found")),
    ),
)


def described_columns(wave: Wave) -> list[str]:
    """Return the columns of the customer list by which ``wave.yaml`` describes segments."""
    listed = wave.columns("customers")
    return [c for c in wave.config.segments.describe if c in listed] + ["interests"] * ("interests" in listed)


@dataclass(frozen=True)
class Formed:
    """The segmentation of a wave: the previous wave's where it is frozen, else a new one and how its k was chosen."""

    model: SegmentModel
    frozen: bool
    choice: KChoice | None


def wave_model(wave: Wave, features: Features, fitted_on: int, kept: str = "segment_model") -> Formed:
    """Return the segmentation that the previous wave kept where ``wave.yaml`` asks for the same, else form it anew."""
    previous = frozen_model(wave, features, kept)
    if previous is not None:
        return Formed(previous, True, None)
    model, choice = new_model(wave, features, fitted_on)
    return Formed(model, False, choice)


def formed_by_answers(wave: Wave) -> bool:
    """Tell whether ``wave.yaml`` divides customers by what they answered: a feature is a question or a battery."""
    plan = wave.config.segments
    return bool({*plan.features, *plan.categories} & {*wave.config.questions, *plan.batteries})


def feature_options(wave: Wave, people: Table) -> dict[str, Any]:
    """Return how ``wave.yaml`` wants features made, as arguments of `build_features`."""
    plan = wave.config.segments
    named = {"customer_id", *plan.features, *plan.categories}
    return {
        "categories": plan.categories,
        "missing": "keep" if plan.method == "gower_pam" and not plan.rules else "median",
        # rules made by hand may ask for any column
        "keep": [c for c in people.columns if c not in named] if plan.rules else [],
        "seed": plan.seed,
    }


def frozen_model(wave: Wave, features: Features, kept: str = "segment_model") -> SegmentModel | None:
    """Return the previous wave's segmentation where this wave's ``wave.yaml`` asks for the same, else None."""
    plan, model = wave.config.segments, model_of(wave.previous, kept)
    if model is None or (plan.k is not None and plan.k != model.k):
        return None
    if plan.rules:
        same = model.scorer.to_json().get("when") == [r.when for r in plan.rules]
        return model if same else None
    names = [r.name for r in model.rules] + [c.name for c in model.categories]
    return model if model.method == plan.method and names == list(features.names) else None


def new_model(
    wave: Wave, features: Features, fitted_on: int, k: int | None = None
) -> tuple[SegmentModel, KChoice | None]:
    """Form the segments of ``wave.yaml`` anew: by its rules, or by its method with its number of them or the best."""
    plan = wave.config.segments
    if plan.rules:
        return segments_by_rules(features, [r.when for r in plan.rules]), None
    number = k or plan.k
    choice = None if number else choose_k(features, plan.ks, method=plan.method, seed=plan.seed)
    chosen = number or (choice.k if choice else plan.ks[0])
    made = fit_segments(features, k=chosen, method=plan.method, fitted_on=fitted_on, seed=plan.seed)
    return made, choice


def drift_of(wave: Wave, formed: Formed, features: Features, fitted_on: int) -> Drift | None:
    """Return how frozen segments compare with a refit on this wave; None for new ones and those made by hand."""
    if wave.config.segments.rules or not formed.frozen:
        return None
    refit, _ = new_model(wave, features, fitted_on, formed.model.k)
    return compare_waves(formed.model, refit, features)


def earlier_sizes(wave: Wave, formed: Formed, kept: str = "segment_sizes") -> pd.DataFrame | None:
    """Return the sizes that frozen segments had in the previous wave, None for new ones."""
    return wave.previous.read(kept) if formed.frozen and wave.previous is not None else None


def given_names(wave: Wave, frozen: bool, kept: str = "segment_names") -> dict[int, Words]:
    """Return names that come before proposals: those of ``wave.yaml``, of hand-made rules, of the wave before."""
    plan = wave.config.segments
    names: dict[int, Words] = {}
    if frozen and wave.previous is not None and wave.previous.has(kept):
        table = wave.previous.read(kept)
        names = {
            int(n): Words.model_validate({"en": en, "zh-CN": zh})
            for n, en, zh in zip(table["segment"], table["en"], table["zh"], strict=True)
        }
    return {**names, **{i: r.label for i, r in enumerate(plan.rules, 1)}, **plan.names}


def model_of(wave: Wave | None, kept: str = "segment_model") -> SegmentModel | None:
    """Return the segmentation a wave was reported with, None if there is none."""
    if wave is None or not wave.has(kept):
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(str(wave.read(kept)["model"].iloc[0]), encoding="utf-8")
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


def segment_names(wave: Wave, kept: str = "segment_names") -> dict[int, Words]:
    """Return the names of a wave's segments, with their numbers before them."""
    if not wave.has(kept):
        return {}
    table = wave.read(kept)
    numbers: list[int] = table["segment"].tolist()
    return {
        n: Words.model_validate({"en": f"{n} {en}", "zh-CN": f"{n} {zh}"})
        for n, en, zh in zip(numbers, table["en"], table["zh"], strict=True)
    }


def sizes_table(profile: SegmentProfile) -> pd.DataFrame:
    """Return the sizes of the segments, to be kept: ``segment``, ``customers``, ``share``, ``value_share``."""
    return profile.table[["segment", "customers", "share", "value_share"]].assign(
        segment=lambda t: t["segment"].astype(int)
    )
