"""Segments: features of customers, how many groups, the groups, how solid they are, what they are like."""

from workbench.clustering.choice import KChoice, choose_k
from workbench.clustering.drift import Drift, compare_waves
from workbench.clustering.features import Features, build_features
from workbench.clustering.handmade import segments_by_rules
from workbench.clustering.matching import Matching, match_labels
from workbench.clustering.model import SegmentModel
from workbench.clustering.profiles import SegmentProfile, profile_segments
from workbench.clustering.rfm import RfmTable, rfm_table
from workbench.clustering.segments import fit_segments
from workbench.clustering.stability import Stability, stability

__all__ = [
    "Drift",
    "Features",
    "KChoice",
    "Matching",
    "RfmTable",
    "SegmentModel",
    "SegmentProfile",
    "Stability",
    "build_features",
    "choose_k",
    "compare_waves",
    "fit_segments",
    "match_labels",
    "profile_segments",
    "rfm_table",
    "segments_by_rules",
    "stability",
]
