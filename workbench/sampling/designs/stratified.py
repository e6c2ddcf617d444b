"""Simple random sampling inside each stratum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from workbench.core.language import Message, message
from workbench.core.names import STRATUM_POPULATION
from workbench.sampling.allocation import Allocation
from workbench.sampling.design import PlannedDraw, SamplingDesign, VarianceRule
from workbench.sampling.designs.simple_random import SimpleRandom
from workbench.sampling.drawing import Draw, Drawn, select_smallest
from workbench.sampling.stratum_sizes import check_sizes, sizes_of


@dataclass(frozen=True, eq=False)
class Stratified(SamplingDesign):
    """Simple random sampling inside each stratum of the frame.

    Attributes
    ----------
    allocation
        How many to draw from which stratum: an `Allocation`, a DataFrame with ``stratum`` and ``n``, or a mapping.

    Raises
    ------
    InputError
        If a size is negative or no whole number, or the allocation is no table of strata.

    Examples
    --------
    >>> Stratified({"north": 30, "south": 10}).sizes
    {'north': 30, 'south': 10}
    """

    allocation: Allocation | pd.DataFrame | Mapping[str, int]

    label: ClassVar[Message] = message("Stratified random sample")
    name: ClassVar[str] = "stratified"
    reserve_enlarges: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_sizes(self.allocation)

    @property
    def sizes(self) -> dict[str, int]:
        """Stratum label → customers to draw."""
        return sizes_of(self.allocation)

    def select(self, drawing: Draw) -> Drawn:
        """Take the smallest random numbers of each stratum."""
        return select_smallest(drawing, self.allocation, self.reserve)

    @classmethod
    def of_plan(cls, plan: PlannedDraw) -> SamplingDesign:
        """Return the design; without strata every sample by strata is a simple one."""
        return cls(plan.allocation, reserve=plan.reserve) if plan.frame.stratum else SimpleRandom.of_plan(plan)

    @classmethod
    def variance(cls, settings: Any) -> VarianceRule:  # noqa: ARG003
        """Return the rule of stratified samples: a finite population in every stratum."""
        return VarianceRule(populations=(STRATUM_POPULATION,))
