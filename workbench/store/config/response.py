"""How answers become weights, as ``wave.yaml`` says it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from workbench.store.config.parts import Part


class ResponsePlan(Part):
    """How answers become weights: by classes of the frame, or as given in a column."""

    weight: str | None = Field(default=None, description="Column of given weights in `responses`.")
    stratum: str | None = Field(default=None, description="Column of strata in `responses`, with given weights.")
    psu: str | None = Field(default=None, description="Column of primary sampling units in `responses`.")
    adjust_by: list[str] = Field(default=[], description="Frame columns of the weighting classes; strata by default.")
    method: Literal["classes", "propensity", "raking"] = Field(
        default="classes",
        description="How weights make up for silence: the weighting classes of `adjust_by` crossed; five classes of "
        "the chance to answer, estimated from these columns; or raking to the totals of each column in the frame.",
    )
    trim: float | None = Field(
        default=None, gt=1, description="Largest weight allowed, in medians of the weights; none by default."
    )
