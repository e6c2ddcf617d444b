"""Chapter 10: who is in the frame, how large the sample is, and whom it drew."""

from __future__ import annotations

import pandas as pd

from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.blocks import Card, Finding
from workbench.report.chapter import Chapter, ChapterParameters
from workbench.report.release import RELEASED
from workbench.sampling import Allocation, FrameSummary, Sample, SampleSize
from workbench.store import Wave
from workbench.store.config import SamplePlan

LARGEST_GAP = 0.02
COMPARED = {
    "stratum": Column(message("Stratum")),
    "frame_share": Column(message("Share of the frame"), "pct1"),
    "sample_share": Column(message("Share of the sample"), "pct1"),
    "population": Column(message("Eligible customers"), "int"),
    "n": Column(message("Drawn"), "int"),
    "inclusion_probability": Column(message("Inclusion probability"), "pct1"),
    "base_weight": Column(message("Base weight"), "dec2"),
}


SIZE_COLUMNS = {"margin": Column(message("Margin of error (±)"), "dec2")}


class SampleParameters(ChapterParameters):
    """Parameters of the notebook."""


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("customers"):
        return message("There is no customer list: the sample was drawn elsewhere.")
    return None


CHAPTER = Chapter(
    name="10_sample",
    title=message("Sample"),
    parameters=SampleParameters,
    reads=("customers", "transactions", RELEASED),
    makes=("frame", "frame_strata", "sample"),
    after=(),
    left_out=_left_out,
)


def sample_cards(summary: FrameSummary, size: SampleSize, sample: Sample, plan: SamplePlan) -> list[Card]:
    """Return the headline numbers of the chapter."""
    return [
        Card(
            message("Eligible customers"),
            message("{n:int}", n=summary.eligible),
            message("of {n:int} in the customer list", n=summary.population),
        ),
        Card(
            message("Interviews wanted"),
            message("{n:int}", n=size.completes),
            message("for ±{margin:dec1} at {level:pct}", margin=_shown_margin(size), level=plan.confidence),
        ),
        Card(
            message("Customers drawn"),
            message("{n:int}", n=len(sample.table)),
            message("and {n:int} in reserve", n=len(sample.reserve)),
        ),
    ]


def sample_findings(summary: FrameSummary, size: SampleSize, sample: Sample, plan: SamplePlan) -> list[Finding]:
    """Put the chapter's results into words."""
    shortest = sample.strata.assign(rate=lambda t: t["n"] / t["population"]).nlargest(1, "rate").iloc[0]
    return [
        Finding(
            message(
                "{eligible:int} of {population:int} customers ({share:pct1}) belong to the frame.",
                eligible=summary.eligible,
                population=summary.population,
                share=summary.eligible / summary.population,
            )
        ),
        Finding(
            message(
                "{completes:int} interviews give an interval of ±{margin:dec1}; at a response rate of {rate:pct} that "
                "takes {invitations:int} invitations.",
                completes=size.completes,
                margin=_shown_margin(size),
                rate=plan.response_rate,
                invitations=size.invitations,
            )
        ),
        Finding(
            message(
                "The most closely sampled stratum is {stratum}: {rate:pct1} of its customers are asked.",
                stratum=str(shortest["stratum"]),
                rate=float(shortest["rate"]),
            )
        ),
    ]


def compare_with_frame(sample: Sample, allocation: Allocation) -> pd.DataFrame:
    """Return the strata of frame and sample side by side.

    Returns
    -------
    DataFrame
        ``stratum``, ``population``, ``frame_share``, ``n``, ``sample_share``, ``inclusion_probability``,
        ``base_weight``.
    """
    table = allocation.table[["stratum", "population"]].merge(sample.strata[["stratum", "n"]], on="stratum")
    table["frame_share"] = table["population"] / table["population"].sum()
    table["sample_share"] = table["n"] / table["n"].sum()
    table["inclusion_probability"] = table["n"] / table["population"]
    table["base_weight"] = table["population"] / table["n"]
    return table[list(COMPARED)]


def whole_sample(sample: Sample) -> pd.DataFrame:
    """Return sample and reserve in one table, told apart by ``reserve``."""
    return pd.concat(
        [sample.table.assign(reserve=False), sample.reserve.assign(reserve=True)], ignore_index=True
    ).sort_values(["stratum", "order"], ignore_index=True)


def redraw_note(sample: pd.DataFrame, released: pd.DataFrame | None) -> Note:
    """Say whether the sample in the field is what drawing again gives."""
    if released is None:
        return Note(message("The sample has not been released to the field yet; drawing again gives the same one."))
    again, before = (set(t.loc[~t["reserve"], "customer_id"]) for t in (sample, released))
    if again == before:
        return Note(message("Drawn again from the customer list, the sample is the one that went into the field."))
    return Note(
        message(
            "The customer list has changed since the sample went into the field: {n:int} of {total:int} customers "
            "would be drawn anew. The report keeps the sample that was asked.",
            n=len(before - again),
            total=len(before),
        ),
        "caution",
    )


def _shown_margin(size: SampleSize) -> float:
    return size.margin * (100 if size.rule.target == "proportion" else 1)
