"""What tiers there are, and who reaches them, as ``wave.yaml`` says it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.store.config.parts import Part, Words


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
