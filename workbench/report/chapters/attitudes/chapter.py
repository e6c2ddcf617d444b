"""Chapter 35: into which groups customers fall by what they answered."""

from __future__ import annotations

import pandas as pd

from workbench.clustering import SegmentProfile
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, RECOMMEND, SEGMENT
from workbench.estimation import Design, Estimates, estimate_proportion
from workbench.nps import NetPromoterScore, net_promoter_score
from workbench.report.chapter import Chapter, Section
from workbench.report.chapters.attitudes.answering import FEWEST, features_of, no_batteries
from workbench.report.chapters.segments.chapter import SegmentParameters, formed_by_answers
from workbench.store import Wave

NAME = "35_attitudes"
MODEL, NAMES, SIZES = "attitude_model", "attitude_names", "attitude_sizes"


def _left_out(wave: Wave) -> Message | None:
    if wave.has("transactions") and not formed_by_answers(wave):
        return message("Segments are formed by how customers buy; name questions in 'segments: features:' instead.")
    if not wave.has("respondents"):
        return message("There are no answers.")
    features, categories = features_of(wave)
    if len(features) + len(categories) < 2:
        return message("Two rating questions are needed to divide customers by their attitudes.")
    n = len(wave.read("respondents", columns=[CUSTOMER_ID]))
    if n < FEWEST:
        return message("Segments by attitudes need {fewest:int} answers; there are {n:int}.", fewest=FEWEST, n=n)
    return None


def _by_hand(wave: Wave) -> Message | None:
    return message("Segments made by hand are the same in every sample.") if wave.config.segments.rules else None


def _no_score(wave: Wave) -> Message | None:
    there = RECOMMEND in wave.columns("respondents")
    return None if there else message("Nobody was asked whether they would recommend the company.")


def _nobody_described(wave: Wave) -> Message | None:
    return None if described_columns(wave) else message("The answers have no column to describe segments by.")


CHAPTER = Chapter(
    name=NAME,
    title=message("Segments by attitudes"),
    parameters=SegmentParameters,
    reads=("respondents", "raking_totals", "weight_replicates", "transactions", "customers"),
    makes=("attitude_segments", NAMES, MODEL, SIZES, "findings_attitudes"),
    after=("20_response",),
    left_out=_left_out,
    settings=("labels", "values", "segments", "questions", "response", "sample", "loyalty.minimum_base"),
    sections=(
        Section("profile", message("What the segments are like")),
        Section("people", message("Who they are")),
        Section("notable", message("Over- and under-represented groups"), left_out=_nobody_described),
        Section("score", message("What they would recommend"), left_out=_no_score),
        Section("rules", message("The segments as rules")),
        Section("stability", message("How sure the segments are"), left_out=_by_hand),
        Section("choice", message("How many segments there are")),
        Section("movement", message("From wave to wave")),
        Section("batteries", message("Batteries"), left_out=no_batteries),
        Section("features", message("How the groups were found")),
    ),
)


def described_columns(wave: Wave) -> list[str]:
    """Return the columns of the answers by which ``wave.yaml`` describes segments, where they tell people apart."""
    there = [c for c in wave.config.segments.describe if c in wave.columns("respondents")]
    rows = wave.read("respondents", columns=there) if there else pd.DataFrame()
    return [c for c in there if 1 < rows[c].nunique() <= 40]


def with_segment(wave: Wave) -> pd.DataFrame:
    """Return all respondents with their segment as text, missing for those who are in none."""
    found = wave.read("attitude_segments").astype({SEGMENT: int}).astype({SEGMENT: str})
    return wave.read("respondents").merge(found, on=CUSTOMER_ID, how="left")


def segment_shares(answers: pd.DataFrame, design: Design) -> Estimates:
    """Estimate how large the segments are among all whom the answers speak for."""
    return estimate_proportion(answers, SEGMENT, design)


def segment_scores(answers: pd.DataFrame, design: Design, *, minimum_base: int) -> NetPromoterScore:
    """Estimate the NPS of each segment; of a segment with a small base only the base is told."""
    return net_promoter_score(answers, RECOMMEND, design, by=SEGMENT, minimum_base=minimum_base)


def sizes_table(profile: SegmentProfile, shares: Estimates) -> pd.DataFrame:
    """Return the sizes of the segments, to be kept: ``segment``, ``customers``, ``share`` with its interval."""
    told = shares.table.assign(segment=lambda t: t["level"].astype(int))[["segment", "estimate", "ci_low", "ci_high"]]
    kept = profile.table[["segment", "customers"]].assign(segment=lambda t: t["segment"].astype(int))
    return kept.merge(told, on="segment", how="left").rename(columns={"estimate": "share"})
