"""How answers become weights, as ``wave.yaml`` says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from workbench.core.numbered import PLACE, numbered_columns
from workbench.store.config.parts import Part

Positive = Annotated[float, Field(gt=0)]


class ReplicatesPlan(Part):
    """Replicate weights that came with the answers: which columns they are, and how their makers say to use them."""

    columns: str | list[str] = Field(
        description="Columns of `responses` in order, or a name with {r} for the number: 'PWGTP{r}'."
    )
    type: Literal["sdr", "jk1", "jk2", "jkn", "brr", "fay", "bootstrap"] = Field(
        description="How they were made: successive differences, jackknife, balanced half-samples, bootstrap."
    )
    combined: bool = Field(default=True, description="Full weights; false where they are factors of the main weight.")
    scale: Positive | None = Field(
        default=None, description="Factor of the sum of squares; the usual one of the type by default."
    )
    rscales: Positive | list[Annotated[float, Field(ge=0)]] | None = Field(
        default=None, description="Factor of each replicate; jkn has no default."
    )
    rho: Annotated[float, Field(ge=0, lt=1)] | None = Field(default=None, description="Fay's factor, with type 'fay'.")
    centre: Literal["mean", "estimate"] | None = Field(
        default=None,
        description="Compare with the full-sample estimate (default for 'sdr') or with the mean of the replicates.",
    )
    df: Positive | None = Field(
        default=None, description="Degrees of freedom; the rank of the replicates less one by default."
    )

    @model_validator(mode="after")
    def _usable(self) -> ReplicatesPlan:
        if isinstance(self.columns, str) and self.columns.count(PLACE) != 1:
            raise ValueError("columns: a name with {r} where the number stands, such as 'w{r}', or a list of names")
        if (self.type == "fay") != (self.rho is not None):
            raise ValueError("rho: goes with type 'fay', and only with it; the file's manual says which")
        if self.type == "jkn" and self.rscales is None:
            raise ValueError("rscales: jkn has a factor for each replicate; give them as a list")
        return self

    def among(self, columns: Iterable[str]) -> list[str]:
        """Return those of some columns that are replicate weights, in their order."""
        if isinstance(self.columns, str):
            return [name for _, name in numbered_columns(self.columns, columns)]
        there = set(columns)
        return [c for c in self.columns if c in there]


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
    samples: Literal["together", "apart"] = Field(
        default="together",
        description="Answers of the panel and of the spot check: together with the main sample in every result, each "
        "sample counting by its effective number of answers; or beside it in a table of their own.",
    )
    trim: float | None = Field(
        default=None, gt=1, description="Largest weight allowed, in medians of the weights; none by default."
    )
    variance: Literal["linearised", "replicates"] = Field(
        default="linearised",
        description="Where errors come from: a formula that takes adjusted and trimmed weights as given and counts "
        "what raking gains; or replicates of the sample, each weighed anew, which count every step (some seconds). "
        "Changes between waves then take these as independent.",
    )
    replicates: ReplicatesPlan | None = Field(
        default=None, description="Replicate weights in `responses`, with given weights; errors then come from them."
    )

    def weights_among(self, columns: Iterable[str]) -> set[str]:
        """Return those of some columns that are weights: the main one and its replicates."""
        there = list(columns)
        main = {self.weight} & set(there) if self.weight is not None else set()
        return main | set(self.replicates.among(there) if self.replicates is not None else ())

    @model_validator(mode="after")
    def _with_main_weight(self) -> ResponsePlan:
        if self.replicates is not None and self.weight is None:
            raise ValueError("replicates: replicate weights go with a main weight; name its column as weight")
        if self.variance == "replicates" and self.weight is not None:
            raise ValueError("variance: given weights are not made again; name their replicates under replicates")
        return self
