"""Simple random sampling without replacement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.core.language import Message, message
from workbench.core.names import STRATUM_POPULATION
from workbench.sampling.design import PlannedDraw, SamplingDesign, VarianceRule
from workbench.sampling.drawing import Draw, Drawn, select_smallest
from workbench.sampling.stratum_sizes import check_size


@dataclass(frozen=True)
class SimpleRandom(SamplingDesign):
    """Simple random sampling without replacement: the `n` customers of smallest random number.

    Attributes
    ----------
    n
        Customers to draw. Every one has inclusion probability n / N.

    Raises
    ------
    InputError
        If `n` is no whole number from 1.

    Examples
    --------
    >>> SimpleRandom(100, reserve=0.5)
    SimpleRandom(reserve=0.5, n=100)
    """

    n: int

    label: ClassVar[Message] = message("Simple random sample")
    name: ClassVar[str] = "simple"
    by_strata: ClassVar[bool] = False
    reserve_enlarges: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_size(self.n)

    def select(self, drawing: Draw) -> Drawn:
        """Take the smallest random numbers of the whole frame."""
        return select_smallest(drawing, self.n, self.reserve)

    @classmethod
    def of_plan(cls, plan: PlannedDraw) -> SamplingDesign:
        """Return a simple sample of as many customers as the plan has in all its strata."""
        return cls(plan.allocation.n, reserve=plan.reserve)

    @classmethod
    def variance(cls, settings: Any) -> VarianceRule:  # noqa: ARG003
        """Return the rule of simple random samples: one finite population."""
        return VarianceRule(populations=(STRATUM_POPULATION,))
