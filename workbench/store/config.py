"""What a wave is: ``wave.yaml`` as frozen, validated models."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from workbench.core.language import Language, current_language

Confidence = Annotated[float, Field(gt=0.5, lt=1)]
Share = Annotated[float, Field(gt=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
TableName = Literal["customers", "transactions", "contacts", "responses", "interactions", "panel"]


class Part(BaseModel):
    """A part of ``wave.yaml``: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Words(Part):
    """A text in both languages of the report."""

    en: str
    zh_cn: str = Field(alias="zh-CN")

    def text(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.en if language == "en" else self.zh_cn

    def __str__(self) -> str:
        return self.text(current_language())


class Source(Part):
    """Where one of the six tables comes from, and what its columns are called there."""

    file: str | list[str] = Field(description="File or files, relative to the wave's folder or to --source.")
    columns: dict[str, str] = Field(
        default={},
        description="Contract column: column of the file, or '= SQL expression' over the columns of the file. "
        "Columns that are not named keep their names.",
    )
    missing: list[str] = Field(default=[], description="Texts that mean: no value.")
    not_answered: dict[str, list[str]] = Field(
        default={}, description="Column: codes that mean 'not answered' or 'does not know'; never counted as answers."
    )
    one_row_per: str | None = Field(
        default=None, description="Keep the first row of each value of this column (a list made from an order file)."
    )
    keep_where: str | None = Field(
        default=None, description="SQL condition over the file's columns; the rows left out are counted in the report."
    )
    encoding: Literal["auto", "utf-8", "gb18030", "big5", "latin-1"] = "auto"
    delimiter: Literal["auto", ",", ";", "\t", "|"] = "auto"
    sheet: str | None = Field(default=None, description="Sheet of a workbook; the first by default.")
    date_format: str | None = Field(
        default=None, description="strptime format of dates that are not year first, e.g. '%d/%m/%Y'."
    )


class Rating(Part):
    """A closed question on a scale."""

    label: Words
    low: int = 1
    high: int = 5
    top_box: int = Field(default=4, description="Answers from here up count as satisfied.")


class Population(Part):
    """Who the wave is about."""

    eligible: dict[str, str] = Field(
        default={}, description="Reason for exclusion in words: SQL condition that eligible customers fulfil; in order."
    )
    strata: list[str] = Field(default=[], description="Columns whose crossing makes the strata.")
    amount_bounds: list[float] = Field(
        default=[1000, 3000], description="Bounds of `amount_class` in spending over twelve months."
    )
    frequency_bounds: list[float] = Field(
        default=[], description="Bounds of `frequency_class` in days with an order over twelve months; none if empty."
    )


Numbers = dict[str, dict[str, float]]


class Costs(Part):
    """What fieldwork costs, for the curve of cost against margin."""

    per_invitation: Annotated[float, Field(ge=0)] = 0
    per_interview: Annotated[float, Field(ge=0)] = 0
    fixed: Annotated[float, Field(ge=0)] = 0


class SamplePlan(Part):
    """How large the sample is, how it is drawn and shared out, and who is spared."""

    design: Literal["stratified", "simple", "systematic", "proportional_to_size"] = Field(
        default="stratified", description="How customers are drawn; every design but 'simple' draws inside the strata."
    )
    size: str | None = Field(default=None, description="Positive column that 'proportional_to_size' goes by.")
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
        default=0.5, description="Reserve, as a share of the sample; 'proportional_to_size' has none."
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
        if (self.size is not None) != (self.design == "proportional_to_size"):
            raise ValueError("size: a column of sizes belongs to design 'proportional_to_size', which needs one")
        if self.order_by and self.design != "systematic":
            raise ValueError("order_by: an order belongs to design 'systematic'")
        if self.design == "systematic" and self.spare_waves and self.spare_by == "start":
            raise ValueError("spare_by: a systematic sample spares by 'exclude'; its start is no place on the circle")
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


class WaveConfig(Part):
    """A wave: one round of asking customers, described by one ``wave.yaml``."""

    study: Name
    wave: Name
    title: Words
    previous: Name | None = Field(default=None, description="Folder of the wave before this one, beside this one.")
    as_of: dt.date = Field(description="Last day the data cover.")
    generated: bool = Field(default=False, description="True for a company that does not exist.")
    currency: str = "CNY"
    timezone: str | None = Field(default=None, description="Zone of local dates; needed when times carry a zone.")
    languages: list[Language] = Field(default=["zh-CN", "en"], min_length=1)
    engine: str = "duckdb://"
    analyst: str | None = Field(default=None, description="Who answers for the report; shown on its pages.")
    tables: dict[TableName, Source]
    population: Population = Population()
    sample: SamplePlan = SamplePlan()
    panel: PanelPlan | None = None
    spot_check: SpotCheckPlan | None = None
    fieldwork: FieldworkPlan = FieldworkPlan()
    response: ResponsePlan = ResponsePlan()
    questions: dict[str, Rating] = {}
    labels: dict[str, Words] = Field(default={}, description="Names of columns as the report's readers know them.")
    segments: SegmentPlan = SegmentPlan()
    value: ValuePlan = ValuePlan()
    tiers: list[TierRule] = []
    loyalty: LoyaltyPlan = LoyaltyPlan()
    chapters: dict[str, dict[str, int | float | str | bool | list[int]]] = Field(
        default={}, description="Chapter: parameters of its notebook that differ from their defaults."
    )

    @model_validator(mode="after")
    def _consistent(self) -> WaveConfig:
        if self.previous == self.wave:
            raise ValueError(
                f"previous: a wave cannot follow itself ({self.wave}); name the wave before it or leave it out"
            )
        names = [t.name for t in self.tiers]
        if len(set(names)) < len(names):
            raise ValueError(f"tiers: names must differ, found {', '.join(names)}")
        if self.tiers and self.tiers[-1].minimum:
            raise ValueError(f"tiers: the last tier takes everybody else; remove 'minimum' from {names[-1]}")
        unknown = [c for c in self.sample.domain_margins if c not in self.population.strata]
        if unknown:
            raise ValueError(
                f"sample.domain_margins: {unknown[0]} is not one of the strata "
                f"({', '.join(self.population.strata) or 'none'}); add it to population.strata"
            )
        for name, rating in self.questions.items():
            if not rating.low < rating.top_box <= rating.high:
                raise ValueError(f"questions.{name}: top_box must lie above low and not above high")
        return self
