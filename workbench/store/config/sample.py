"""Whom a wave asks, as ``wave.yaml`` says it: sample, panel, spot check, and what interviewers get."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from workbench.store.config.designs import DESIGNS, DesignKeys, check_known, settings_of
from workbench.store.config.parts import Confidence, Expression, Part, Share, Words

Numbers = dict[str, dict[str, float]]
SHARE_MARGIN = 0.05  # as usual as 5 points of NPS
NPS_MARGINS = (0.1, 100.0)  # below, somebody meant a share


class Costs(Part):
    """What fieldwork costs, for the curve of cost against margin."""

    per_invitation: Annotated[float, Field(ge=0)] = 0
    per_interview: Annotated[float, Field(ge=0)] = 0
    fixed: Annotated[float, Field(ge=0)] = 0


class SamplePlan(DesignKeys):
    """How large the sample is, how it is drawn and shared out, and who is spared; with the keys of every design."""

    design: Annotated[str, AfterValidator(check_known), Field(json_schema_extra={"enum": list(DESIGNS)})] = Field(
        default="stratified",
        description="How customers are drawn: "
        + "; ".join(f"'{name}' {'inside' if d.by_strata else 'without'} the strata" for name, d in DESIGNS.items())
        + ".",
    )
    n: int | None = Field(default=None, gt=0, description="Completes wanted; from `margin` where not given.")
    margin: Annotated[float, Field(gt=0)] = Field(
        default=5,
        description="Half width of the interval in the unit of `target`: points of NPS from 0.1 to 100 (5 by default), "
        "or a share below 1 for a proportion (0.05 by default).",
    )
    domain_margins: dict[str, Annotated[float, Field(gt=0)] | dict[str, Annotated[float, Field(gt=0)]]] = Field(
        default={},
        description="Stratum column: margin wanted in each of its groups, besides the one for all and in its unit; "
        "{region: 8}, or group by group, {region: {north: 6, south: 10}}.",
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
        description="Reserve, as a share of the sample, for designs that have one.",
    )
    salt: str | None = Field(default=None, description="Salt of the permanent random numbers; the study by default.")
    start: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.0, description="Where on the circle the draw starts.")
    spare_waves: int = Field(default=0, ge=0, description="Earlier waves whose sampled customers are spared.")
    spare_by: Literal["start", "exclude"] = Field(
        default="start",
        description="'start': the draw starts behind them, so that nobody's probability changes and only strata that "
        "are too small meet them again; 'exclude': they are never asked, whatever that does to the sample.",
    )
    keep: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None,
        description="Share of the last wave's customers who are asked again, the others rotating out: 0.75 replaces a "
        "quarter in each wave, 1 asks the same as far as they are still eligible. The draw starts in their midst, so "
        "that nobody's probability changes; for designs that a start moves, and instead of sparing.",
    )
    rest_months: int | None = Field(
        default=None, ge=1, description="Nobody is asked again who was asked `most_contacts` times in so many months."
    )
    most_contacts: int = Field(default=1, ge=1, description="With `rest_months`.")

    _of_design: Any = PrivateAttr(default=None)

    @model_validator(mode="before")
    @classmethod
    def _margin_in_its_unit(cls, content: Any) -> Any:
        if isinstance(content, dict) and content.get("target") == "proportion":
            return {"margin": SHARE_MARGIN, **content}
        return content

    @model_validator(mode="after")
    def _margins_fit_the_target(self) -> SamplePlan:
        groups = {f"domain_margins.{c}": m for c, m in self.domain_margins.items()}
        for key, wanted in ({"margin": self.margin} | groups).items():
            for margin in wanted.values() if isinstance(wanted, dict) else (wanted,):
                if self.target == "proportion" and margin >= 1:
                    raise ValueError(f"{key}: {margin:g} is no share; for a proportion give 0.05 for five points")
                if self.target == "nps" and not NPS_MARGINS[0] <= margin <= NPS_MARGINS[1]:
                    raise ValueError(
                        f"{key}: {margin:g} is not from 0.1 to 100 points of NPS; give 5 for five points, or say "
                        "target: proportion where a share is meant"
                    )
        return self

    @model_validator(mode="after")
    def _drawable(self) -> SamplePlan:
        given = {k: getattr(self, k) for k in self.model_fields_set}
        self._of_design = settings_of(self.design, given)
        if self.keep is not None and not DESIGNS[self.design].spares_by_start:
            raise ValueError(f"keep: a start does not move the draw of design '{self.design}'; leave keep out")
        if self.keep is not None and (self.spare_waves or self.rest_months is not None):
            raise ValueError("keep: customers are asked again, or spared (spare_waves, rest_months); not both")
        if self.spare_waves and self.spare_by == "start" and not DESIGNS[self.design].spares_by_start:
            raise ValueError(f"spare_by: design '{self.design}' spares by 'exclude'; a start does not spare customers")
        return self

    @property
    def of_design(self) -> Any:
        """What the plan says of its design alone: an instance of the design's settings."""
        return self._of_design

    @property
    def frame_columns(self) -> dict[str, Any]:
        """Columns of the customer list that the design goes by: some of ``size``, ``order_by`` and ``psu``."""
        columns: dict[str, Any] = self._of_design.of_frame()
        return columns


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
    when: Expression = Field(
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
    starts: dt.date | None = Field(
        default=None, description="First day of fieldwork, when invitations are due; the day after `as_of` by default."
    )
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
