"""What is made of the answers, as ``wave.yaml`` says it: weights, segments, value, tiers, loyalty."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from workbench.store.config_parts import Confidence, Part, Share, Words


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


class TierRule(Part):
    """One tier: the least a customer must reach, and what the tier gets."""

    name: str
    label: Words
    minimum: dict[str, float] = Field(
        default={}, description="amount_12m, orders_12m, satisfaction, clv_12m …: least value; empty for the last tier."
    )
    gets: Words | None = Field(default=None, description="What customers of the tier are entitled to.")


class ValuePlan(Part):
    """How customers are valued."""

    horizon_months: int = Field(default=12, ge=1, le=120)
    annual_discount_rate: float = Field(default=0.10, ge=0, lt=1)
    margin: Share = Field(default=1.0, description="Contribution margin as a share of the amount.")
    unit: Literal["day", "week"] = "day"


class SegmentPlan(Part):
    """How customers are divided into segments."""

    ks: list[int] = Field(default=[3, 4, 5, 6], description="Numbers of segments to compare.")
    k: int | None = Field(default=None, ge=2, description="Fix the number of segments.")
    seed: int = 1
    names: dict[int, Words] = Field(default={}, description="Names of the segments, by number, instead of proposals.")


class LoyaltyPlan(Part):
    """What loyalty is broken down by, and when a base is too small to show."""

    by: list[str] = Field(default=["region", "segment", "tier"])
    minimum_base: int = Field(default=30, ge=1)
    confidence: Confidence = 0.95
    drivers: list[str] = Field(
        default=[],
        description="Questions that may drive the recommendation; by default those on the scale that most questions "
        "have, without the first question, which asks for everything at once.",
    )
    comment: str = Field(default="comment", description="Column of open text in `responses`.")
    code_frame: str = Field(
        default="retail", description="Topics of comments: retail, retail_zh, retail_en, or a YAML file of the wave."
    )
    complaint_kinds: list[str] = Field(
        default=["complaint", "投诉"], description="Values of `kind` in `interactions` that are complaints."
    )
    call_kinds: list[str] = Field(
        default=["callback", "call", "visit", "回访", "拜访"],
        description="Values of `kind` in `interactions` that mean somebody called back.",
    )
