"""The part of ``wave.yaml`` about who is told of a run: ``notify:``."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from workbench.store.config.parts import Part
from workbench.store.config.places import InsideFile

Event = Literal["published", "unchanged", "failed", "alert"]
ENVIRONMENT = re.compile(r"^env:[A-Z_][A-Z0-9_]*$")


class NotifyPlan(Part):
    """Who is told after a run, of what, and which findings are alerts."""

    webhook: str | None = Field(
        default=None, description="Variable of the environment with the address, as env:WORKBENCH_WEBHOOK."
    )
    file: InsideFile | None = Field(default=None, description="File of the wave's folder that a line is added to.")
    command: list[str] = Field(default=[], description="A program and its arguments; it reads the message as JSON.")
    on: list[Event] = Field(default=["published", "failed", "alert"], description="What somebody is told of.")
    alerts: list[Annotated[str, Field(min_length=1)]] = Field(
        default=["nps.change", "nps.moved:*", "satisfied.change", "question.moved:*"],
        description="Ids of findings, with * for any end; told once, when clear and for the worse.",
    )
    uncalled_days: int | None = Field(
        default=None, ge=1, description="Alert when customers on the list to call were not called within so many days."
    )
    response_at_least: float | None = Field(
        default=None, gt=0, lt=1, description="Alert when less than this share of those asked have answered."
    )

    @model_validator(mode="before")
    @classmethod
    def _on_is_a_word(cls, given: Any) -> Any:
        # YAML reads the key `on`, without quotes, as true
        return {"on" if k is True else k: v for k, v in given.items()} if isinstance(given, dict) else given

    @field_validator("webhook")
    @classmethod
    def _from_the_environment(cls, webhook: str | None) -> str | None:
        if webhook is not None and not ENVIRONMENT.match(webhook):
            raise ValueError("an address is a secret: name the variable that holds it, as env:WORKBENCH_WEBHOOK")
        return webhook
