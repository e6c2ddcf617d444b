"""Sampling: frame, sizes, allocation, and samples drawn inside the engine that anybody can redraw."""

from workbench.core.invitations import invitation_ids
from workbench.sampling.activity import with_activity, with_complaints, with_last_score
from workbench.sampling.allocation import Allocation, allocate
from workbench.sampling.bethel import TargetAllocation, allocate_for_targets
from workbench.sampling.burden import Burden, limit_burden
from workbench.sampling.call_lists import CallLists, call_lists, without_formulas
from workbench.sampling.clusters import cluster_counts, cluster_effect
from workbench.sampling.collapsing import collapse_strata
from workbench.sampling.coordination import Coordination, coordinate
from workbench.sampling.design import SamplingDesign
from workbench.sampling.designs import (
    Cluster,
    Poisson,
    ProportionalToSize,
    SimpleRandom,
    Stratified,
    Systematic,
    TwoStage,
)
from workbench.sampling.designs.systematic import check_periodicity
from workbench.sampling.exclusions import FrameSummary, frame_summary
from workbench.sampling.frame import Frame, stratum_counts
from workbench.sampling.frame_ids import duplicate_rows, store_random_numbers
from workbench.sampling.margins import (
    by_group,
    earlier_shares,
    group_minimum,
    group_sizes,
    margins_by,
    nps_spread,
)
from workbench.sampling.panel import PanelPlan, plan_panel
from workbench.sampling.precision import Overlap, expected_precision, overlap, size_by_domain
from workbench.sampling.random_numbers import RECIPE, permanent_random_number
from workbench.sampling.representativeness import (
    Conditioning,
    compare_with_frame,
    conditioning_check,
    r_indicator,
)
from workbench.sampling.rewards import rewards_due
from workbench.sampling.sample import Sample
from workbench.sampling.selection import draw
from workbench.sampling.size import SampleSize, sample_size
from workbench.sampling.size_search import (
    ComparedAllocations,
    allocate_fewest,
    allocate_for_margin,
    compare_allocations,
    size_for_groups,
)
from workbench.sampling.spot_checks import RiskFrame, score_risk
from workbench.sampling.statement import Statement, sampling_statement
from workbench.sampling.strata import Cuts, bin_strata
from workbench.sampling.strata_shares import StrataShares, compare_strata, crossed

__all__ = [
    "RECIPE",
    "Allocation",
    "Burden",
    "CallLists",
    "Cluster",
    "ComparedAllocations",
    "Conditioning",
    "Coordination",
    "Cuts",
    "Frame",
    "FrameSummary",
    "Overlap",
    "PanelPlan",
    "Poisson",
    "ProportionalToSize",
    "RiskFrame",
    "Sample",
    "SampleSize",
    "SamplingDesign",
    "SimpleRandom",
    "Statement",
    "StrataShares",
    "Stratified",
    "Systematic",
    "TargetAllocation",
    "TwoStage",
    "allocate",
    "allocate_fewest",
    "allocate_for_margin",
    "allocate_for_targets",
    "bin_strata",
    "by_group",
    "call_lists",
    "check_periodicity",
    "cluster_counts",
    "cluster_effect",
    "collapse_strata",
    "compare_allocations",
    "compare_strata",
    "compare_with_frame",
    "conditioning_check",
    "coordinate",
    "crossed",
    "draw",
    "duplicate_rows",
    "earlier_shares",
    "expected_precision",
    "frame_summary",
    "group_minimum",
    "group_sizes",
    "invitation_ids",
    "limit_burden",
    "margins_by",
    "nps_spread",
    "overlap",
    "permanent_random_number",
    "plan_panel",
    "r_indicator",
    "rewards_due",
    "sample_size",
    "sampling_statement",
    "score_risk",
    "size_by_domain",
    "size_for_groups",
    "store_random_numbers",
    "stratum_counts",
    "with_activity",
    "with_complaints",
    "with_last_score",
    "without_formulas",
]
