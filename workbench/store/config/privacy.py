"""What a study promises the people in it: purpose and ground, how long, to whom, and how small a group may be shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workbench.store.config.parts import Part

Recipient = Annotated[str, Field(pattern=r"^age1[02-9ac-hj-np-z]{58,}$")]


class PrivacyPlan(Part):
    """The privacy of a study's people; every wave says it for itself."""

    purpose: str | None = Field(
        default=None, min_length=1, description="What the data are used for; stands in every line of the access log."
    )
    ground: str | None = Field(
        default=None, min_length=1, description="What allows it, such as contract, consent or legitimate interest."
    )
    keep_days: int | None = Field(
        default=None,
        ge=1,
        description="Days after `as_of` that raw files, lists and editions with quotes are kept; then 'workbench "
        "expire' removes them, aggregates stay. Without it nothing expires.",
    )
    k: int = Field(
        default=5, ge=2, description="Fewest people alike in the columns that could tell them apart, in exports."
    )
    quasi: list[str] = Field(
        default=[],
        description="Columns that together could tell a person apart, such as region and age; exports with pseudonyms "
        "are k-anonymous in them.",
    )
    minimum_cell: int = Field(
        default=10, ge=2, description="Counts of people below this are shown as '< 10' outside the wave's folder."
    )
    recipients: list[Recipient] = Field(
        default=[], description="Public keys (age1…) of those who may open what is encrypted with age."
    )
    encrypt_lists: Literal["none", "xlsx", "age"] = Field(
        default="none",
        description="Lists with people: plain, as workbooks with a password, or encrypted to the recipients with age.",
    )
    publish_quotes: Literal["released", "always", "never"] = Field(
        default="released",
        description="Words of customers on pages: those that a person released, all that were masked, or none.",
    )

    @model_validator(mode="after")
    def _somebody_can_open(self) -> PrivacyPlan:
        if self.encrypt_lists == "age" and not self.recipients:
            raise ValueError("recipients: name who may open the lists (age1…), or set encrypt_lists: xlsx")
        return self
