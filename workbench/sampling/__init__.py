"""Sampling: frame, sizes, allocation, and samples drawn inside the engine that anybody can redraw."""

from workbench.sampling.allocation import Allocation, allocate
from workbench.sampling.burden import Burden, limit_burden
from workbench.sampling.coordination import Coordination, coordinate
from workbench.sampling.designs import (
    Cluster,
    Design,
    Poisson,
    ProportionalToSize,
    SimpleRandom,
    Stratified,
    Systematic,
    TwoStage,
)
from workbench.sampling.exclusions import FrameSummary, frame_summary
from workbench.sampling.frame import Frame, stratum_counts
from workbench.sampling.frame_ids import duplicate_rows, store_random_numbers
from workbench.sampling.panel import PanelPlan, plan_panel, rewards_due
from workbench.sampling.random_numbers import RECIPE, permanent_random_number
from workbench.sampling.representativeness import (
    compare_with_frame,
    conditioning_check,
    r_indicator,
)
from workbench.sampling.sample import Sample
from workbench.sampling.selection import draw
from workbench.sampling.selection_systematic import check_periodicity
from workbench.sampling.size import SampleSize, sample_size

__all__ = [
    "RECIPE",
    "Allocation",
    "Burden",
    "Cluster",
    "Coordination",
    "Design",
    "Frame",
    "FrameSummary",
    "PanelPlan",
    "Poisson",
    "ProportionalToSize",
    "Sample",
    "SampleSize",
    "SimpleRandom",
    "Stratified",
    "Systematic",
    "TwoStage",
    "allocate",
    "check_periodicity",
    "compare_with_frame",
    "conditioning_check",
    "coordinate",
    "draw",
    "duplicate_rows",
    "frame_summary",
    "limit_burden",
    "permanent_random_number",
    "plan_panel",
    "r_indicator",
    "rewards_due",
    "sample_size",
    "store_random_numbers",
    "stratum_counts",
]
