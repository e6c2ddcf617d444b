"""The head of a ``wave.yaml``: what the wave is, what came in, whom it is about, and how its columns are called."""

from __future__ import annotations

import datetime as dt
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from workbench.core.errors import nearest
from workbench.core.language import Language
from workbench.store.config.connections import ConnectionPlan, Pushes, What
from workbench.store.config.notify import NotifyPlan
from workbench.store.config.parts import (
    Name,
    Part,
    Population,
    SignOff,
    Source,
    TableName,
    ValueNames,
    Words,
)
from workbench.store.config.privacy import PrivacyPlan
from workbench.store.config.questions import Questions, Recommendation
from workbench.store.config.sets import SetPlan


class Head(Part):
    """What all chapters of a wave have in common."""

    study: Name
    wave: Name
    title: Words
    previous: Name | None = Field(default=None, description="Folder of the wave before this one, beside this one.")
    as_of: dt.date = Field(description="Last day the data cover.")
    generated: bool = Field(default=False, description="True for a company that does not exist.")
    currency: str | None = Field(
        default=None, pattern="^[A-Z]{3}$", description="Currency of amounts, such as CNY; shown with every amount."
    )
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
    questions: Questions = Field(
        default={},
        description="Ratings. Columns may just be named, in a list or without anything said: labels and scales then "
        "come from the codebook of the answers.",
    )
    sets: dict[Name, SetPlan] = Field(
        default={},
        description="Questions of which several answers could be ticked, by names of their own; codebooks bring "
        "theirs. The name then stands for them in tables, breakdowns (loyalty: by:) and drivers.",
    )
    recommend: Recommendation = Field(
        default=Recommendation(), description="The scale of the column `recommend`, where it is not 0 to 10."
    )
    labels: dict[str, Words] = Field(default={}, description="Names of columns as the report's readers know them.")
    values: dict[str, ValueNames] = Field(
        default={},
        description="Column: value: its name in both languages and, under `from`, other spellings counted as it. "
        "The order is the order on pages.",
    )
    privacy: PrivacyPlan = PrivacyPlan()
    connections: dict[Name, ConnectionPlan] = Field(
        default={},
        description="Systems outside that tables are pulled from and results pushed to, by names of your own.",
    )
    push: dict[What, Pushes] = Field(
        default={}, description="What 'workbench push' writes where; one entry, or a list of one for each connection."
    )
    notify: NotifyPlan | None = Field(default=None, description="Who is told after a run, and of what.")
    signed: list[SignOff] = Field(default=[], description="Who signed which numbers; void when the numbers change.")
    chapters: dict[str, dict[str, int | float | str | bool | list[int]]] = Field(
        default={}, description="Chapter: parameters of its notebook that differ from their defaults."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError(f"no time zone is called so{nearest(zone, available_timezones())}")
        return zone

    @model_validator(mode="after")
    def _consistent_head(self) -> Head:
        inside = next((t for t, s in self.tables.items() if s.of_engine), None)
        if inside is not None and self.engine.startswith("duckdb:"):
            raise ValueError(
                f"tables.{inside}: 'table' and 'query' are read by a server or a cluster; name it under 'engine' "
                "(postgresql://…, spark://…), or name a file"
            )
        if self.previous == self.wave:
            raise ValueError(
                f"previous: a wave cannot follow itself ({self.wave}); name the wave before it or leave it out"
            )
        outside = [(f"tables.{t}.pull", s.pull) for t, s in self.tables.items() if s.pull]
        outside += [(f"push.{what}.to", p.to) for what, plans in self.push.items() for p in plans]
        for where, name in outside:
            if name not in self.connections:
                raise ValueError(f"{where}: no connection is called {name}{nearest(name, self.connections)}")
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
