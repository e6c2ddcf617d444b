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


class SamplePlan(Part):
    """How large the sample is and how it is shared out."""

    n: int | None = Field(default=None, gt=0, description="Completes wanted; from `margin` where not given.")
    margin: Annotated[float, Field(gt=0)] = Field(
        default=5, description="Half width of the interval: points of NPS (5), or a share for a proportion (0.05)."
    )
    target: Literal["proportion", "nps"] = "nps"
    confidence: Confidence = 0.95
    response_rate: Share = 0.3
    design_effect: Annotated[float, Field(ge=1)] = 1.0
    allocation: Literal["proportional", "equal"] = "proportional"
    minimum_per_stratum: int = Field(default=2, ge=1)
    reserve: Annotated[float, Field(ge=0, le=5)] = Field(default=0.5, description="Reserve, as a share of the sample.")
    salt: str | None = Field(default=None, description="Salt of the permanent random numbers; the study by default.")
    start: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.0, description="Where on the circle the draw starts.")


class ResponsePlan(Part):
    """How answers become weights: by classes of the frame, or as given in a column."""

    weight: str | None = Field(default=None, description="Column of given weights in `responses`.")
    stratum: str | None = Field(default=None, description="Column of strata in `responses`, with given weights.")
    psu: str | None = Field(default=None, description="Column of primary sampling units in `responses`.")
    adjust_by: list[str] = Field(default=[], description="Frame columns of the weighting classes; strata by default.")


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
        for name, rating in self.questions.items():
            if not rating.low < rating.top_box <= rating.high:
                raise ValueError(f"questions.{name}: top_box must lie above low and not above high")
        return self
