"""Chapter 10, the design: how the plan's customers are drawn, and what clusters ask for on top."""

from __future__ import annotations

import math

import pandas as pd

from workbench.core.language import message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.sampling import (
    Allocation,
    Cluster,
    Design,
    Frame,
    Poisson,
    ProportionalToSize,
    Sample,
    SimpleRandom,
    Stratified,
    Systematic,
    TwoStage,
    cluster_counts,
    cluster_effect,
)
from workbench.store.config.sample import SamplePlan

CLUSTERED = ("cluster", "two_stage")
LEAST_CLUSTERS = 2  # with one, a stratum's variance cannot be estimated
CLUSTER_COLUMNS = {
    "stratum": Column(message("Stratum")),
    "clusters": Column(message("Clusters"), "int"),
    "clusters_drawn": Column(message("Clusters drawn"), "int"),
    "population": Column(message("Eligible customers"), "int"),
    "n": Column(message("Drawn"), "int"),
}


def with_cluster_effect(plan: SamplePlan, frame: Frame) -> SamplePlan:
    """Return the plan with the design effect that its clusters bring, from how alike their customers answer."""
    if plan.design not in CLUSTERED or not plan.intraclass_correlation:
        return plan
    counts = cluster_counts(frame)
    mean_size = counts["customers"].sum() / counts["clusters"].sum()
    asked = min(mean_size, plan.per_psu) if plan.per_psu else mean_size
    effect = cluster_effect(asked * plan.response_rate, plan.intraclass_correlation)
    return plan.model_copy(update={"design_effect": plan.design_effect * effect})


def design_of(plan: SamplePlan, allocation: Allocation, frame: Frame) -> Design:
    """Return the design of the plan, with the sizes of an allocation.

    Parameters
    ----------
    plan
        The sampling plan.
    allocation
        Customers to ask in each stratum.
    frame
        The frame to draw from; designs by clusters count its clusters. Where it has no strata, a sample by strata is a
        simple random one.
    """
    if plan.design == "simple" or (plan.design == "stratified" and not frame.stratum):
        # without strata every sample by strata is a simple one
        return SimpleRandom(allocation.n, reserve=plan.reserve)
    if plan.design == "systematic":
        return Systematic(allocation, reserve=plan.reserve)
    if plan.design == "proportional_to_size":
        return ProportionalToSize(allocation)  # a reserve would have probabilities of its own
    if plan.design == "poisson":
        return Poisson(allocation)
    if plan.design == "cluster":
        return Cluster(clusters_to_draw(plan, allocation, frame), clusters=plan.psu_chance)
    if plan.design == "two_stage":
        number = clusters_to_draw(plan, allocation, frame)
        return TwoStage(number, plan.per_psu or 1, clusters=plan.psu_chance, reserve=plan.reserve)
    return Stratified(allocation, reserve=plan.reserve)


def clusters_to_draw(plan: SamplePlan, allocation: Allocation, frame: Frame) -> dict[str, int] | int:
    """Return how many clusters give each stratum its customers, two at least where there are two.

    With chances in proportion to size, large clusters come oftener, so the mean size of a drawn one is larger.
    """
    counts = cluster_counts(frame)
    each = counts["mean_size"].clip(upper=plan.per_psu)
    wanted = dict(zip(allocation.table["stratum"], allocation.table["n"], strict=True))
    number = {
        str(s): 0 if not wanted.get(s, 0) else min(int(most), max(LEAST_CLUSTERS, math.ceil(wanted[s] / size)))
        for s, most, size in zip(counts["stratum"], counts["clusters"], each, strict=True)
    }
    return number if frame.stratum else sum(number.values())


def cluster_table(sample: Sample) -> pd.DataFrame | None:
    """Return clusters and customers by stratum, in the frame and drawn; None where the design has no clusters."""
    strata = sample.strata
    return strata[list(CLUSTER_COLUMNS)] if "clusters_drawn" in strata else None


def cluster_tables(sample: Sample) -> list[pd.DataFrame]:
    """Return the table of clusters in a list; an empty one where customers are drawn without clusters."""
    found = cluster_table(sample)
    return [] if found is None else [found]


def design_notes(sample: Sample, allocation: Allocation) -> list[Note]:
    """Say where whole clusters or chance make the sample larger or smaller than planned."""
    drawn, wanted = len(sample.table), allocation.n
    if drawn == wanted or isinstance(sample.design, Stratified | SimpleRandom | Systematic | ProportionalToSize):
        return []
    text = message(
        "The design leaves the size open: {wanted:int} customers were wanted, {drawn:int} were drawn.",
        wanted=wanted,
        drawn=drawn,
    )
    return [Note(text)]
