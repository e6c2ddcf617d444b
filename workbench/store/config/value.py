"""How customers are valued, as ``wave.yaml`` says it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workbench.store.config.parts import Part, Share

Cost = Annotated[float, Field(ge=0)]


class CovariatePlan(Part):
    """Columns of the customer list that may move buying and leaving."""

    rate: list[str] = Field(default=[], description="That may move how often customers buy.")
    leaving: list[str] = Field(default=[], description="That may move how soon customers leave.")

    @model_validator(mode="after")
    def _some(self) -> CovariatePlan:
        if not (self.rate or self.leaving):
            raise ValueError("covariates: name columns of the customer list for rate, for leaving, or for both")
        return self


class ValuePlan(Part):
    """How customers are valued."""

    horizon_months: int = Field(default=12, ge=1, le=120)
    annual_discount_rate: float = Field(default=0.10, ge=0, lt=1)
    margin: Share = Field(default=1.0, description="Contribution margin as a share of the amount.")
    unit: Literal["day", "week"] = "day"
    model: Literal["best", "bg_nbd", "mbg_nbd", "pareto_nbd", "regular_nbd"] = Field(
        default="best",
        description="Model of purchases; 'best' has the smallest AIC of those that hold, 'regular_nbd' knows a rhythm.",
    )
    covariates: CovariatePlan | None = Field(
        default=None,
        description="Columns of the customer list that may move buying and leaving: {rate: [channel], leaving: "
        "[region]}. Customers are valued by them where a model with them fits better.",
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
    acquisition_cost: dict[str, Cost] = Field(
        default={}, description="Group of `acquisition_by`: money that acquiring one customer costs."
    )
    acquisition_by: str = Field(
        default="channel", description="Column of the customer list by whose groups `acquisition_cost` differs."
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
    contract_rows: Literal["auto", "contracts", "snapshots"] = Field(
        default="auto",
        description="What a row of `contracts` is: a contract, or a snapshot of one (a row per customer and date of an "
        "export); found out by default.",
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
