"""What is made of the answers, as ``wave.yaml`` says it: weights, segments, value, tiers, loyalty."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workbench.store.config_parts import Confidence, Part, Share, Words

Cost = Annotated[float, Field(ge=0)]


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


class TopShare(Part):
    """A least value that the highest share of the customers reach."""

    top: Annotated[float, Field(gt=0, lt=1)]


class ParetoShare(Part):
    """A least value that the customers reach who together bring this share of the total."""

    pareto: Annotated[float, Field(gt=0, lt=1)]


class TierRule(Part):
    """One tier: the least a customer must reach, and what the tier gets."""

    name: str
    label: Words
    minimum: dict[str, float | TopShare | ParetoShare] = Field(
        default={},
        description="amount_12m, orders_12m, satisfaction, clv_12m, a score …: least value, {top: share of customers} "
        "or {pareto: share of the total}; empty for the last tier.",
    )
    maximum: dict[str, float] = Field(
        default={}, description="days_since_order …: largest value, where less is better."
    )
    below: dict[str, float] = Field(
        default={}, description="Value the tier ends below; checked against the tier above, so that no gap slips in."
    )
    gets: Words | None = Field(default=None, description="What customers of the tier are entitled to.")
    owner: Words | None = Field(default=None, description="Who looks after them.")
    service_hours: float | None = Field(default=None, gt=0, description="A request is answered within so many hours.")
    contacts_per_year: float | None = Field(default=None, ge=0, description="How often we contact them.")
    offers: Words | None = Field(default=None, description="Which offers they get.")
    cost: float | None = Field(default=None, ge=0, description="What serving one customer costs in a year.")


class ScorePart(Part):
    """How a criterion earns points of a score."""

    weight: Annotated[float, Field(gt=0, le=1)]
    full: float = Field(description="Value that earns all points.")
    empty: float = Field(default=0, description="Value that earns none; above `full` where less is better.")


class TierOptions(Part):
    """What holds for all tiers."""

    unknown: Literal["passes", "fails"] = Field(default="passes", description="What a missing answer does.")
    scores: dict[str, dict[str, ScorePart]] = Field(
        default={}, description="Score: criterion: its points; the weights add up to 1 and the score runs to 100."
    )
    by: str | None = Field(default=None, description="Column of groups with values of their own (region …).")
    variants: dict[str, dict[str, dict[str, float]]] = Field(
        default={}, description="Group: tier: criterion: value there instead."
    )
    slack: float = Field(
        default=0, ge=0, lt=1, description="Whoever has a tier keeps it while missing it by no more than this share."
    )
    grace_waves: int = Field(default=0, ge=0, description="Waves for which a tier is kept without reaching it.")


class ValuePlan(Part):
    """How customers are valued."""

    horizon_months: int = Field(default=12, ge=1, le=120)
    annual_discount_rate: float = Field(default=0.10, ge=0, lt=1)
    margin: Share = Field(default=1.0, description="Contribution margin as a share of the amount.")
    unit: Literal["day", "week"] = "day"
    model: Literal["best", "bg_nbd", "mbg_nbd", "pareto_nbd"] = Field(
        default="best", description="Model of purchases; 'best' has the smallest AIC of the three."
    )
    service_cost: float = Field(default=0.0, ge=0, description="Money a year that serving a customer costs.")
    terms_by: str | None = Field(
        default=None,
        description="Column of the customer list, or 'tier' (as the previous wave graded), by whose groups `margins` "
        "and `service_costs` differ; 'tier' by itself where tiers have a `cost`.",
    )
    margins: dict[str, Share] = Field(
        default={}, description="Group: contribution margin; `margin` for groups not named, '–' for customers without."
    )
    service_costs: dict[str, Cost] = Field(
        default={},
        description="Group: money a year that serving a customer costs; else the tier's `cost`, else `service_cost`.",
    )
    contact_cost: float = Field(default=0.0, ge=0, description="Money that one row of `interactions` costs.")
    contact_costs: dict[str, Cost] = Field(
        default={}, description="Value of `kind` in `interactions`: money that one costs; `contact_cost` for others."
    )
    contract_gap_days: int = Field(
        default=30,
        ge=0,
        le=366,
        description="A contract that begins within so many days after another of the same customer and kind goes on "
        "from it.",
    )
    renewal_months: Literal[1, 3, 6, 12] | None = Field(
        default=None, description="Months from one renewal of a contract to the next; found in the data by default."
    )
    holdout_days: int = Field(
        default=182, ge=7, description="Last days held back to check the model; at most a quarter of the history."
    )

    @model_validator(mode="after")
    def _consistent(self) -> ValuePlan:
        if self.terms_by is None and (self.margins or self.service_costs):
            given = "margins" if self.margins else "service_costs"
            raise ValueError(f"{given}: say by 'terms_by' what they differ by (a column of the customers, or tier)")
        return self


class SegmentRule(Part):
    """A segment made by hand: a condition, and its name."""

    when: str = Field(default="", description="SQL condition on the customers' columns; empty takes the rest.")
    label: Words


class SegmentPlan(Part):
    """How customers are divided into segments."""

    method: Literal["kmeans", "kprototypes", "gower_pam", "latent_class", "gaussian_mixture"] = "kmeans"
    features: list[str] = Field(
        default=["recency_days", "frequency", "monetary"],
        description="Numbers: of orders (also tenure_days, basket, trend, season_share, refund_share …) or of the "
        "customer list.",
    )
    categories: list[str] = Field(
        default=[], description="Categories (main_channel, region, age_band …), for the methods that take them."
    )
    rules: list[SegmentRule] = Field(
        default=[], description="Segments made by hand, in the order in which they are asked, instead of a model."
    )
    ks: list[int] = Field(default=[3, 4, 5, 6], description="Numbers of segments to compare.")
    k: int | None = Field(default=None, ge=2, description="Fix the number of segments.")
    seed: int = 1
    names: dict[int, Words] = Field(default={}, description="Names of the segments, by number, instead of proposals.")
    describe: list[str] = Field(
        default=["region", "channel", "gender", "age_band", "occupation"],
        description="Columns of the customer list whose over- and under-representation is shown.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> SegmentPlan:
        if any(not r.when.strip() for r in self.rules[:-1]):
            raise ValueError("rules: only the last segment may be without a condition")
        if self.method in ("kmeans", "gaussian_mixture") and self.categories and not self.rules:
            raise ValueError(f"categories: {self.method} divides by numbers; use kprototypes or gower_pam")
        return self


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
    kano: dict[str, tuple[str, str]] = Field(
        default={},
        description="Feature: the columns of 'how would you feel with it' and 'without it', 1 (like) to 5 (dislike).",
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
