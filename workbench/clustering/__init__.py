"""Segments: features of customers, how many groups, the groups, how solid they are, what they are like."""

from workbench.clustering.attitudes import BatteryScore, battery_score, interest_columns
from workbench.clustering.behaviour import BehaviourTable, behaviour_table
from workbench.clustering.choice import KChoice, choose_k
from workbench.clustering.drift import Drift, compare_waves
from workbench.clustering.explain import SegmentRules, explain_segments
from workbench.clustering.features import Features, build_features
from workbench.clustering.handmade import segments_by_rules
from workbench.clustering.matching import Matching, match_labels
from workbench.clustering.model import SegmentModel
from workbench.clustering.personas import Personas, personas
from workbench.clustering.profiles import SegmentProfile, profile_segments
from workbench.clustering.representation import Representation, representation
from workbench.clustering.rfm import RfmTable, rfm_table
from workbench.clustering.rfm_cells import RfmCells, rfm_cells
from workbench.clustering.segments import fit_segments
from workbench.clustering.stability import Stability, stability

__all__ = [
    "BatteryScore",
    "BehaviourTable",
    "Drift",
    "Features",
    "KChoice",
    "Matching",
    "Personas",
    "Representation",
    "RfmCells",
    "RfmTable",
    "SegmentModel",
    "SegmentProfile",
    "SegmentRules",
    "Stability",
    "battery_score",
    "behaviour_table",
    "build_features",
    "choose_k",
    "compare_waves",
    "explain_segments",
    "fit_segments",
    "interest_columns",
    "match_labels",
    "personas",
    "profile_segments",
    "representation",
    "rfm_cells",
    "rfm_table",
    "segments_by_rules",
    "stability",
]
