"""How far ahead customers are told, who is held out of lists, and what is offered, as ``wave.yaml`` says it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from workbench.store.config.parts import Part


class OutlookPlan(Part):
    """Who will buy again, and whom to call."""

    horizon_days: int = Field(
        default=90, ge=7, le=730, description="Days ahead; learning needs orders over three times as many."
    )
    holdout: float = Field(
        default=0.1,
        ge=0,
        lt=0.9,
        description="Share of those to call that is held out by permanent random numbers, so that the next wave "
        "measures what calls do; 0 for none.",
    )
    listed: int = Field(default=1000, ge=1, le=1_000_000, description="Most customers to call.")
    call_cost: float | None = Field(default=None, gt=0, description="Money that one customer on the list costs.")
    features: list[str] = Field(
        default=["region", "channel", "age_band"],
        description="Columns of the customer list to learn from, where it has them; none that changes by what "
        "customers do later.",
    )


class OffersPlan(Part):
    """What is offered to each customer."""

    item: str = Field(default="category", description="Column of the orders whose values are offered.")
    per_customer: int = Field(default=3, ge=1, le=20, description="Most offers for one customer.")
    customers: int = Field(
        default=5000, ge=1, le=5_000_000, description="Most customers with offers, those with most to be expected."
    )
    bought: str = Field(
        default="leave_out",
        pattern="^(leave_out|repeat)$",
        description="What was bought before: left out (leave_out), or offered again when its time has come (repeat).",
    )
    out_of_stock: list[str] = Field(default=[], description="Items that are not offered to anybody.")
    only: dict[str, dict[str, list[str]]] = Field(
        default={},
        description="Column of the customer list, or tier: item: groups it is offered to; nobody else is offered it.",
    )
    holdout_days: Annotated[int, Field(ge=7, le=365)] = Field(
        default=91, description="Last days whose orders are held back to test offers."
    )

    @model_validator(mode="after")
    def _consistent(self) -> OffersPlan:
        empty = [f"{c}.{i}" for c, items in self.only.items() for i, groups in items.items() if not groups]
        if empty:
            raise ValueError(f"only: {empty[0]} names no group; to offer it to nobody, name it under out_of_stock")
        return self
