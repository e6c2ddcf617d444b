"""Whom a wave asks, as ``wave.yaml`` says it: sample, panel, spot check, and what interviewers get."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workbench.store.config.parts import Confidence, Part, Share, Words

Numbers = dict[str, dict[str, float]]


class Costs(Part):
    """What fieldwork costs, for the curve of cost against margin."""

    per_invitation: Annotated[float, Field(ge=0)] = 0
    per_interview: Annotated[float, Field(ge=0)] = 0
    fixed: Annotated[float, Field(ge=0)] = 0


class SamplePlan(Part):
    """How large the sample is, how it is drawn and shared out, and who is spared."""

    design: Literal["stratified", "simple", "systematic", "proportional_to_size", "poisson", "cluster", "two_stage"] = (
        Field(
            default="stratified",
            description="How customers are drawn; every design but 'simple' draws inside the strata.",
        )
    )
    size: str | None = Field(
        default=None, description="Positive column that 'proportional_to_size' goes by, and 'poisson' where given."
    )
    psu: str | None = Field(default=None, description="Column of the clusters of 'cluster' and 'two_stage'.")
    per_psu: int | None = Field(default=None, ge=1, description="Customers to ask in each cluster of 'two_stage'.")
    psu_chance: Literal["size", "equal"] = Field(
        default="size", description="Clusters are drawn in proportion to their customers, or all with one chance."
    )
    intraclass_correlation: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.0, description="How alike customers of one cluster answer; it raises the design effect planned for."
    )
    order_by: list[str] = Field(default=[], description="Columns that 'systematic' runs through, in order.")
    n: int | None = Field(default=None, gt=0, description="Completes wanted; from `margin` where not given.")
    margin: Annotated[float, Field(gt=0)] = Field(
        default=5, description="Half width of the interval: points of NPS (5), or a share for a proportion (0.05)."
    )
    domain_margins: dict[str, Annotated[float, Field(gt=0)] | dict[str, Annotated[float, Field(gt=0)]]] = Field(
        default={},
        description="Stratum column: margin wanted in each of its groups, besides the one for all; {region: 8}, or "
        "group by group, {region: {north: 6, south: 10}}.",
    )
    target: Literal["proportion", "nps"] = "nps"
    expect: Literal["last_wave", "worst_case"] = Field(
        default="last_wave", description="Spread of the answers: as last wave found it where known, or the widest."
    )
    confidence: Confidence = 0.95
    response_rate: Share = 0.3
    response_rates: dict[str, dict[str, Share]] = Field(
        default={}, description="Stratum column: group: response rate there; `response_rate` elsewhere."
    )
    design_effect: Annotated[float, Field(ge=1)] = 1.0
    allocation: Literal["proportional", "equal", "neyman", "optimal", "power", "fewest"] = Field(
        default="proportional", description="'fewest': as few invitations as all margins allow (Bethel)."
    )
    exponent: Annotated[float, Field(ge=0, le=1)] = Field(default=0.5, description="Of the power allocation.")
    stratum_costs: Numbers = Field(
        default={}, description="Stratum column: group: cost of asking one customer there, for 'optimal'."
    )
    costs: Costs | None = None
    minimum_per_stratum: int = Field(default=2, ge=1)
    maximum_per_stratum: int | None = Field(default=None, ge=1)
    reserve: Annotated[float, Field(ge=0, le=5)] = Field(
        default=0.5,
        description="Reserve, as a share of the sample; 'proportional_to_size', 'poisson' and 'cluster' have none.",
    )
    salt: str | None = Field(default=None, description="Salt of the permanent random numbers; the study by default.")
    start: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.0, description="Where on the circle the draw starts.")
    spare_waves: int = Field(default=0, ge=0, description="Earlier waves whose sampled customers are spared.")
    spare_by: Literal["start", "exclude"] = Field(
        default="start",
        description="'start': the draw starts behind them, so that nobody's probability changes and only strata that "
        "are too small meet them again; 'exclude': they are never asked, whatever that does to the sample.",
    )
    rest_months: int | None = Field(
        default=None, ge=1, description="Nobody is asked again who was asked `most_contacts` times in so many months."
    )
    most_contacts: int = Field(default=1, ge=1, description="With `rest_months`.")

    @model_validator(mode="after")
    def _drawable(self) -> SamplePlan:
        if self.size is None and self.design == "proportional_to_size":
            raise ValueError("size: design 'proportional_to_size' needs a column of sizes")
        if self.size is not None and self.design not in ("proportional_to_size", "poisson"):
            raise ValueError("size: a column of sizes belongs to design 'proportional_to_size' or 'poisson'")
        if (self.psu is not None) != (self.design in ("cluster", "two_stage")):
            raise ValueError("psu: a column of clusters belongs to designs 'cluster' and 'two_stage', which need one")
        if (self.per_psu is not None) != (self.design == "two_stage"):
            raise ValueError("per_psu: customers per cluster belong to design 'two_stage', which needs them")
        if self.order_by and self.design != "systematic":
            raise ValueError("order_by: an order belongs to design 'systematic'")
        if self.design in ("systematic", "cluster", "two_stage") and self.spare_waves and self.spare_by == "start":
            raise ValueError(f"spare_by: design '{self.design}' spares by 'exclude'; a start does not spare customers")
        return self


class Rewards(Part):
    """What a member of the panel earns."""

    per_answer: Annotated[float, Field(ge=0)] = Field(description="For every wave answered.")
    bonus: dict[int, Annotated[float, Field(ge=0)]] = Field(
        default={}, description="Number of answers: amount on top when it is reached."
    )


class PanelPlan(Part):
    """The panel of sample-point customers: how large, how much of it changes, and what members earn."""

    members: int = Field(gt=0, description="Members wanted, shared out in proportion to the strata.")
    rotate: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.25, description="Share of the panel that leaves and is replaced in each wave, oldest members first."
    )
    inactive_after: int = Field(default=2, ge=1, description="Waves in a row without an answer, then a member leaves.")
    salt: str | None = Field(default=None, description="Salt of the panel; the study's with '-panel' by default.")
    rewards: Rewards | None = None


class Risk(Part):
    """A risk that a spot check goes after."""

    label: Words
    when: str = Field(
        description="SQL condition on the frame's columns; besides those of the customer list and of the orders there "
        "are complaints_12m, amount_before_12m and last_score."
    )
    points: Annotated[float, Field(ge=0)]


class SpotCheckPlan(Part):
    """A spot check: a sample of its own, drawn on purpose toward risk."""

    n: int = Field(gt=0, description="Customers to check.")
    risks: list[Risk] = Field(min_length=1)
    base: Annotated[float, Field(gt=0)] = Field(default=1, description="Score of a customer without any risk.")
    complaint_kinds: list[str] = Field(
        default=["complaint", "投诉"], description="Values of `kind` in `interactions` that count as complaints."
    )


class FieldworkPlan(Part):
    """What interviewers get."""

    columns: list[str] = Field(default=[], description="Columns of the customer list they need (name, phone).")
    interviewers: list[str] = Field(default=[], description="Names to share the calls between, evenly per stratum.")
    mode: str = "phone"
    modes: dict[str, dict[str, str]] = Field(
        default={}, description="Column: value: mode of these customers; `mode` elsewhere."
    )
    split_by: Literal["interviewer", "mode"] | None = Field(
        default=None, description="Write a list of its own for each interviewer or mode."
    )

    @model_validator(mode="after")
    def _splittable(self) -> FieldworkPlan:
        if self.split_by == "interviewer" and not self.interviewers:
            raise ValueError("split_by: lists by interviewer need interviewers; name them")
        return self
