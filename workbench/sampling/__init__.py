"""Sampling: frame, sizes, allocation, and samples drawn inside the engine that anybody can redraw."""

from workbench.sampling.allocation import Allocation, allocate
from workbench.sampling.designs import Design, SimpleRandom, Stratified
from workbench.sampling.exclusions import FrameSummary, frame_summary
from workbench.sampling.frame import Frame, stratum_counts
from workbench.sampling.frame_ids import duplicate_rows, store_random_numbers
from workbench.sampling.random_numbers import RECIPE, permanent_random_number
from workbench.sampling.sample import Sample
from workbench.sampling.selection import draw
from workbench.sampling.size import SampleSize, sample_size

__all__ = [
    "RECIPE",
    "Allocation",
    "Design",
    "Frame",
    "FrameSummary",
    "Sample",
    "SampleSize",
    "SimpleRandom",
    "Stratified",
    "allocate",
    "draw",
    "duplicate_rows",
    "frame_summary",
    "permanent_random_number",
    "sample_size",
    "store_random_numbers",
    "stratum_counts",
]
