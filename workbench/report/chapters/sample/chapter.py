"""Chapter 10: who is in the frame, how large the sample is, and whom it drew."""

from __future__ import annotations

import pandas as pd

from workbench.core.engine import Table, as_table
from workbench.core.findings import Finding
from workbench.core.language import Message, message
from workbench.core.results import Note
from workbench.report.chapter import Chapter, ChapterParameters, Section
from workbench.report.chapters.sample.words import counted
from workbench.report.run.release import ASSUMED, FROZEN, RELEASED
from workbench.report.site.blocks import Card
from workbench.sampling import (
    Allocation,
    Frame,
    FrameSummary,
    Overlap,
    Sample,
    SampleSize,
    with_activity,
    with_complaints,
    with_last_score,
)
from workbench.sampling.frame import Reason
from workbench.sampling.representativeness import few_valued
from workbench.store import Wave
from workbench.store.config.sample import SamplePlan
from workbench.store.people import with_refusals

COMPARED_BY = ("region", "channel", "gender", "age_band")
MOST_LEVELS = 12


def nothing_to_compare(wave: Wave) -> Message | None:
    """Say so where a customer list has nothing but ids by which some could be held against all."""
    known = wave.config.population.strata or [c for c in COMPARED_BY if c in wave.columns("customers")]
    return None if known else message("The customer list knows nothing by which some could be held against all.")


class SampleParameters(ChapterParameters):
    """Parameters of the notebook."""


def _left_out(wave: Wave) -> Message | None:
    if not wave.has("customers"):
        return message("There is no customer list: the sample was drawn elsewhere.")
    return None


def _no_panel(wave: Wave) -> Message | None:
    return message("No panel is planned.") if wave.config.panel is None else None


def _no_spot_check(wave: Wave) -> Message | None:
    return message("No spot check is planned.") if wave.config.spot_check is None else None


CHAPTER = Chapter(
    name="10_sample",
    title=message("Sample"),
    parameters=SampleParameters,
    reads=("customers", "transactions", "interactions", "panel", RELEASED),
    makes=("frame", "frame_strata", "sample", "sample_assumptions", "sampling_statement", "findings_sample"),
    after=(),
    left_out=_left_out,
    reads_before=("respondents", "responses", "contacts", "panel_members", ASSUMED, FROZEN["panel_members"]),
    sections=(
        Section("frame", message("From the customer list to the frame")),
        Section("strata", message("The map of the strata")),
        Section("size", message("How many interviews")),
        Section("allocation", message("How the sample is shared out")),
        Section("precision", message("Precision to expect")),
        Section("asked-before", message("Who was asked before")),
        Section("likeness", message("The sample against the frame"), left_out=nothing_to_compare),
        Section("panel", message("The panel of sample-point customers"), left_out=_no_panel),
        Section("spot-check", message("Spot check"), left_out=_no_spot_check),
        Section("statement", message("Sampling statement")),
    ),
    settings=(
        "languages",
        "labels",
        "values",
        "population",
        "sample",
        "panel",
        "spot_check",
        "fieldwork",
        "privacy.ground",
    ),
)


def frame_table(wave: Wave) -> Table:
    """Return the customer list with all that eligibility, strata and risks may ask for; it stays in the engine."""
    config = wave.config
    people = with_refusals(wave, wave.table("customers"))
    if wave.has("transactions"):
        bounds = config.population
        people = with_activity(
            people,
            wave.table("transactions"),
            as_of=config.as_of,
            amount_bounds=bounds.amount_bounds,
            frequency_bounds=bounds.frequency_bounds,
        )
    if config.spot_check is None:
        return people
    if wave.has("interactions") and "kind" in wave.columns("interactions"):
        kinds = config.spot_check.complaint_kinds
        people = with_complaints(people, wave.table("interactions"), as_of=config.as_of, kinds=kinds)
    before, scores = wave.previous, None
    if before is not None and "recommend" in before.columns("responses"):
        scores = as_table(before.read("responses", columns=["customer_id", "recommend"]), people.engine)
    return with_last_score(people, scores)


def make_frame(people: Table, wave: Wave) -> Frame:
    """Return the frame of a wave: who is eligible, the strata, and what the sample carries along."""
    population, plan = wave.config.population, wave.config.sample
    rules: dict[Reason, str] = dict(population.exclusions.items())
    shown = [c for c in ("region", "city", "channel") if c in people.columns]
    asked_by = [*wave.config.fieldwork.columns, *wave.config.fieldwork.modes]
    return Frame(
        people,
        stratum=population.strata,
        eligible=rules or None,
        **plan.frame_columns,
        carry=list(dict.fromkeys([*population.strata, *shown, *asked_by])),
    )


def compared_variables(frame: Frame) -> list[str]:
    """Return the columns on which the sample is held against the frame: the strata, and others with few values."""
    others = [c for c in COMPARED_BY if c in frame.column_types and c not in frame.stratum]
    return [*frame.stratum, *few_valued(frame, others, most=MOST_LEVELS)]


def sample_cards(
    summary: FrameSummary, size: SampleSize, sample: Sample, plan: SamplePlan, shared: Overlap
) -> list[Card]:
    """Return the headline numbers of the chapter."""
    cards = [
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
    if len(shared.table):
        last = shared.table.iloc[0]
        detail = message("of {n:int} asked in {wave}", n=last["n"], wave=str(last["wave"]))
        cards.append(Card(message("Asked again"), message("{n:int}", n=last["shared"]), detail))
    return cards


def sample_findings(
    summary: FrameSummary, size: SampleSize, allocation: Allocation, sample: Sample, plan: SamplePlan
) -> list[Finding]:
    """Put the chapter's results into words."""
    closest = allocation.table.assign(rate=lambda t: t["n"] / t["population"]).nlargest(1, "rate").iloc[0]
    return [
        counted(
            "sample.eligible",
            message(
                "{eligible:int} of {population:int} customers ({share:pct1}) belong to the frame.",
                eligible=summary.eligible,
                population=summary.population,
                share=summary.eligible / summary.population,
            ),
            summary.eligible,
            source="frame-exclusions",
            importance=90,
        ),
        counted(
            "sample.interviews",
            message(
                "{completes:int} interviews give an interval of ±{margin:dec1}; at a response rate of {rate:pct} that "
                "takes {invitations:int} invitations.",
                completes=size.completes,
                margin=_shown_margin(size),
                rate=plan.response_rate,
                invitations=size.invitations,
            ),
            size.completes,
            source="size-table",
            importance=85,
        ),
        *_beyond_size(size, sample),
        counted(
            "sample.closest",
            message(
                "The most closely sampled stratum is {stratum}: {rate:pct1} of its customers are asked.",
                stratum=str(closest["stratum"]),
                rate=float(closest["rate"]),
            ),
            float(closest["n"]),
            source="allocation",
            importance=75,
        ),
    ]


def _beyond_size(size: SampleSize, sample: Sample) -> list[Finding]:
    more = len(sample.table) - size.invitations
    if more <= 0:
        return []
    text = message(
        "{more:people} more are asked so that small strata and the margins wanted by group get what they need.",
        more=more,
    )
    return [counted("sample.beyond", text, more, source="allocations", importance=80)]


def last_wave_words(assumed: pd.DataFrame, plan: SamplePlan) -> Message:
    """Say what the size assumes of the answers."""
    if plan.target != "nps":
        return message("The size assumes the widest spread, a share of one half.")
    if assumed.empty:
        return message("The size assumes the widest spread: half promoters, half detractors.")
    first = assumed.iloc[0]
    return message(
        "The size assumes answers as last wave found them: {promoters:pct1} promoters and {detractors:pct1} detractors "
        "({n:int} answers, {wave}). Answers that differ less need fewer interviews than the widest spread would.",
        promoters=first["promoters"],
        detractors=first["detractors"],
        n=first["n"],
        wave=str(first["wave"]),
    )


def whole_sample(sample: Sample) -> pd.DataFrame:
    """Return sample and reserve in one table, told apart by ``reserve``."""
    return pd.concat(
        [sample.table.assign(reserve=False), sample.reserve.assign(reserve=True)], ignore_index=True
    ).sort_values(["stratum", "order"], ignore_index=True)


def released_sample(wave: Wave) -> pd.DataFrame | None:
    """Return the sample that went into the field, None before."""
    return wave.read(RELEASED) if wave.has(RELEASED) else None


def redraw_note(sample: pd.DataFrame, released: pd.DataFrame | None) -> Note:
    """Say whether the sample in the field is what drawing again gives."""
    if released is None:
        return Note(message("The sample has not been released to the field yet; drawing again gives the same one."))
    again, before = (set(t.loc[~t["reserve"], "customer_id"]) for t in (sample, released))
    if again == before:
        return Note(message("Drawn again from the customer list, the sample is the one that went into the field."))
    return Note(
        message(
            "The customer list has changed since the sample went into the field: {n:people} of {total:people} "
            "customers "
            "would be drawn anew. The report keeps the sample that was asked.",
            n=len(before - again),
            total=len(before),
        ),
        "caution",
    )


def _shown_margin(size: SampleSize) -> float:
    return size.margin * (100 if size.rule.target == "proportion" else 1)
