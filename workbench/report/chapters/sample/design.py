"""Chapter 10, the design: how the plan's customers are drawn, and what clusters ask for on top."""

from __future__ import annotations

import pandas as pd

from workbench.core.language import message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.chapters.columns import N_DRAWN
from workbench.sampling import Allocation, Frame, Sample, SamplingDesign
from workbench.sampling.design import PlannedDraw
from workbench.sampling.designs import DESIGNS
from workbench.store.config.sample import SamplePlan

CLUSTER_COLUMNS = {
    "stratum": Column(message("Stratum")),
    "clusters": Column(message("Clusters"), "int"),
    "clusters_drawn": Column(message("Clusters drawn"), "int"),
    "population": Column(message("Eligible customers"), "people"),
    "n": N_DRAWN,
}


def with_design_effect(plan: SamplePlan, frame: Frame) -> SamplePlan:
    """Return the plan with the design effect that its design brings, such as from how alike clusters answer."""
    effect = DESIGNS[plan.design].design_effect(plan.of_design, frame, plan.response_rate)
    return plan if effect == 1 else plan.model_copy(update={"design_effect": plan.design_effect * effect})


def design_of(plan: SamplePlan, allocation: Allocation, frame: Frame) -> SamplingDesign:
    """Return the design of the plan, with the sizes of an allocation.

    Parameters
    ----------
    plan
        The sampling plan.
    allocation
        Customers to ask in each stratum.
    frame
        The frame to draw from.
    """
    return DESIGNS[plan.design].of_plan(PlannedDraw(allocation, frame, plan.of_design, plan.reserve))


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
    if drawn == wanted:
        return []
    text = message(
        "The design leaves the size open: {wanted:int} customers were wanted, {drawn:int} were drawn.",
        wanted=wanted,
        drawn=drawn,
    )
    return [Note(text)]
