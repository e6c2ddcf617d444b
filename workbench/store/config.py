"""What a wave is: ``wave.yaml`` as frozen, validated models."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, model_validator

from workbench.core.language import Language
from workbench.store.config_analysis import LoyaltyPlan, ResponsePlan, SegmentPlan, TierOptions, TierRule, ValuePlan
from workbench.store.config_fieldwork import FieldworkPlan, PanelPlan, SamplePlan, SpotCheckPlan
from workbench.store.config_parts import (
    Name,
    Part,
    Population,
    Rating,
    Recommendation,
    SignOff,
    Source,
    TableName,
    ValueNames,
    Words,
)
from workbench.store.config_summary import Mark, Owners, Targets


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
    tables: dict[TableName, Source] = Field(
        description="What came in: customers, transactions (orders), contacts (attempts), responses, interactions, "
        "panel, regions, and contracts: a row per contract or subscription with customer_id, started_at, ended_at "
        "(empty while it runs) and where known contract_id, kind, amount_per_month."
    )
    population: Population = Population()
    sample: SamplePlan = SamplePlan()
    panel: PanelPlan | None = None
    spot_check: SpotCheckPlan | None = None
    fieldwork: FieldworkPlan = FieldworkPlan()
    response: ResponsePlan = ResponsePlan()
    questions: dict[str, Rating] = Field(default={})
    recommend: Recommendation = Field(
        default=Recommendation(), description="The scale of the column `recommend`, where it is not 0 to 10."
    )
    labels: dict[str, Words] = Field(default={}, description="Names of columns as the report's readers know them.")
    values: dict[str, ValueNames] = Field(
        default={},
        description="Column: value: its name in both languages and, under `from`, other spellings counted as it. "
        "The order is the order on pages.",
    )
    segments: SegmentPlan = SegmentPlan()
    value: ValuePlan = ValuePlan()
    tiers: list[TierRule] = Field(default=[])
    tier_rules: TierOptions = TierOptions()
    loyalty: LoyaltyPlan = LoyaltyPlan()
    targets: Targets = Targets()
    marks: list[Mark] = Field(default=[], description="What changed before a wave, shown on its trends.")
    owners: Owners = Owners()
    signed: list[SignOff] = Field(default=[], description="Who signed which numbers; void when the numbers change.")
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
        if self.tiers and (self.tiers[-1].minimum or self.tiers[-1].maximum):
            raise ValueError(f"tiers: the last tier takes everybody else; remove 'minimum' from {names[-1]}")
        unknown = [c for c in self.sample.domain_margins if c not in self.population.strata]
        if unknown:
            raise ValueError(
                f"sample.domain_margins: {unknown[0]} is not one of the strata "
                f"({', '.join(self.population.strata) or 'none'}); add it to population.strata"
            )
        for column, named in self.values.items():
            meant: dict[str, str] = {}
            for value, words in named.items():
                for spelling in [value, *words.spellings]:
                    if meant.setdefault(spelling, value) != value:
                        raise ValueError(
                            f"values.{column}: {spelling!r} cannot mean both {meant[spelling]} and {value}"
                        )
        for name, rating in self.questions.items():
            if not rating.low < rating.top_box <= rating.high:
                raise ValueError(f"questions.{name}: top_box must lie above low and not above high")
        return self
