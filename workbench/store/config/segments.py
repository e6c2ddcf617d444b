"""How customers are divided into segments, as ``wave.yaml`` says it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from workbench.store.config.parts import Expression, Part, Words


class SegmentRule(Part):
    """A segment made by hand: a condition, and its name."""

    when: Expression = Field(default="", description="SQL condition on the customers' columns; empty takes the rest.")
    label: Words


class SegmentPlan(Part):
    """How customers are divided into segments."""

    method: Literal["kmeans", "kprototypes", "gower_pam", "latent_class", "gaussian_mixture"] = "kmeans"
    features: list[str] = Field(
        default=["recency_days", "frequency", "monetary"],
        description="Numbers: of orders (also tenure_days, basket, trend, season_share, refund_share …) or of the "
        "customer list; or questions and batteries: those who answered are then divided by their attitudes.",
    )
    batteries: dict[str, list[str]] = Field(
        default={}, description="Questions about one thing that count as one feature, by the name of the battery."
    )
    categories: list[str] = Field(
        default=[], description="Categories (main_channel, region, age_band …), for the methods that take them."
    )
    rules: list[SegmentRule] = Field(
        default=[], description="Segments made by hand, in the order in which they are asked, instead of a model."
    )
    ks: list[int] = Field(default=[3, 4, 5, 6], description="Numbers of segments to compare.")
    k: int | None = Field(default=None, ge=2, description="Fix the number of segments.")
    seed: int = 1
    names: dict[int, Words] = Field(default={}, description="Names of the segments, by number, instead of proposals.")
    describe: list[str] = Field(
        default=["region", "channel", "gender", "age_band", "occupation"],
        description="Columns of the customer list whose over- and under-representation is shown.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> SegmentPlan:
        if any(not r.when.strip() for r in self.rules[:-1]):
            raise ValueError("rules: only the last segment may be without a condition")
        if self.method in ("kmeans", "gaussian_mixture") and self.categories and not self.rules:
            raise ValueError(f"categories: {self.method} divides by numbers; use kprototypes or gower_pam")
        return self
