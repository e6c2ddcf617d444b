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
    behaviour_table,
    choose_k,
    compare_waves,
    fit_segments,
    interest_columns,
    segments_by_rules,
)
from workbench.clustering.behaviour import BEHAVIOUR_COLUMNS
from workbench.clustering.features import Features
from workbench.clustering.rfm import RfmTable
from workbench.core.engine import Table
from workbench.core.errors import InputError, few_names, nearest
from workbench.core.language import Message, Spoken, message
from workbench.report.chapter import Chapter, ChapterParameters, Section
from workbench.report.chapters.tiers.offers import no_offers
from workbench.store import Wave
from workbench.store.config.parts import Words
from workbench.tiers.criteria import with_criteria

PROFILED = ("recency_days", "frequency", "monetary", "tenure_days")


class SegmentParameters(ChapterParameters):
    """Parameters of the notebook."""

    fitted_on: int = 50_000
    replicates: int = 40
    resampled: int = 5_000


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("transactions"):
        return message("There are no orders, so customers cannot be grouped by how they buy.")
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
    settings=("labels", "values", "segments"),
    sections=(
        Section("profile", message("What the segments are like")),
        Section("people", message("Who they are")),
        Section("notable", message("Over- and under-represented groups"), left_out=_nobody_described),
        Section("rules", message("The segments as rules")),
        Section("stability", message("How sure the segments are"), left_out=_by_hand),
        Section("choice", message("How many segments there are")),
        Section("movement", message("From wave to wave")),
        Section("drift", message("A refit beside the segments"), after=("movement",)),
        Section("offers", message("What to suggest"), left_out=no_offers),
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


def wave_model(wave: Wave, features: Features, fitted_on: int) -> Formed:
    """Return the segmentation of the previous wave where ``wave.yaml`` asks for the same, else form it anew."""
    previous = frozen_model(wave, features)
    if previous is not None:
        return Formed(previous, True, None)
    model, choice = new_model(wave, features, fitted_on)
    return Formed(model, False, choice)


def described_customers(wave: Wave, rfm: RfmTable) -> Table:
    """Return every customer with a purchase, with the columns that ``wave.yaml`` divides and describes them by.

    Raises
    ------
    InputError
        If ``wave.yaml`` names a column that neither orders nor the customer list have; the nearest is proposed.
    """
    plan = wave.config.segments
    listed = tuple(wave.columns("customers")) if wave.has("customers") else ()
    own = tuple(rfm.source.columns)
    wanted = [c for c in dict.fromkeys([*plan.features, *plan.categories]) if c not in own]
    if plan.rules:  # a condition may name any of them
        wanted = [*wanted, *BEHAVIOUR_COLUMNS, *(c for c in listed if c not in (*own, "customer_id"))]
    others = {}
    if any(c in BEHAVIOUR_COLUMNS for c in wanted):
        behaviour = behaviour_table(wave.table("transactions"), observed_until=wave.config.as_of).source
        there = behaviour.columns
        others["orders"] = (behaviour, [c for c in dict.fromkeys(wanted) if c in there])
    if "interests" in listed and any(c.startswith("interests: ") for c in wanted):
        flags, named = interest_columns(wave.table("customers"))
        others["interests"] = (flags, [c for c in dict.fromkeys(wanted) if c in named])
    known = [c for c in dict.fromkeys(wanted) if c in listed and c not in BEHAVIOUR_COLUMNS]
    if known:
        others["customers"] = (wave.table("customers"), known)
    found = {*own, *(c for _, columns in others.values() for c in columns)}
    unknown = [c for c in (*plan.features, *plan.categories) if c not in found]
    if unknown:
        every = [*own[1:], *BEHAVIOUR_COLUMNS, *listed]
        raise InputError(
            "Segments are formed by columns of the orders or of the customer list.",
            found=f"{unknown[0]!r}{nearest(unknown[0], every)}",
            fix=f"There are {few_names(every, like=unknown)}.",
            where="wave.yaml: segments",
        )
    return with_criteria(rfm.source, others) if others else rfm.source


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


def frozen_model(wave: Wave, features: Features) -> SegmentModel | None:
    """Return the previous wave's segmentation where this wave's ``wave.yaml`` asks for the same, else None."""
    plan, model = wave.config.segments, model_of(wave.previous)
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


def earlier_sizes(wave: Wave, formed: Formed) -> pd.DataFrame | None:
    """Return the sizes that frozen segments had in the previous wave, None for new ones."""
    return wave.previous.read("segment_sizes") if formed.frozen and wave.previous is not None else None


def given_names(wave: Wave, frozen: bool) -> dict[int, Words]:
    """Return names that come before proposals: those of ``wave.yaml``, of hand-made rules, of the wave before."""
    plan = wave.config.segments
    names: dict[int, Words] = {}
    if frozen and wave.previous is not None and wave.previous.has("segment_names"):
        table = wave.previous.read("segment_names")
        names = {
            int(n): Words.model_validate({"en": en, "zh-CN": zh})
            for n, en, zh in zip(table["segment"], table["en"], table["zh"], strict=True)
        }
    return {**names, **{i: r.label for i, r in enumerate(plan.rules, 1)}, **plan.names}


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


def sizes_table(profile: SegmentProfile) -> pd.DataFrame:
    """Return the sizes of the segments, to be kept: ``segment``, ``customers``, ``share``, ``value_share``."""
    return profile.table[["segment", "customers", "share", "value_share"]].assign(
        segment=lambda t: t["segment"].astype(int)
    )
