"""Which tables a wave gives, as ``wave.yaml`` says it: the banner, and questions by it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workbench.store.config.parts import Part, Words

Level = Annotated[float, Field(gt=0.5, lt=1)]
Test = Literal[
    "design",
    "linearised_t",
    "pooled_z_effective",
    "pooled_t_effective",
    "quantum_t_effective",
    "unpooled_z_effective",
]


class BannerPlan(Part):
    """A group of columns: a column of the answers by default, groups that may overlap, or columns within each other."""

    label: Words | None = None
    groups: dict[str, str] = Field(default={}, description="Group: its 0/1 column, or a condition (visits >= 5).")
    nested: list[str] = Field(default=[], description="Columns within each other, such as region and gender.")

    @model_validator(mode="after")
    def _one_kind(self) -> BannerPlan:
        if self.groups and self.nested:
            raise ValueError("a group of columns has groups or nested columns, not both")
        return self


class TablePlan(Part):
    """A table: one question by the banner."""

    question: str | None = Field(default=None, description="Column of the answers.")
    multiple: dict[str, str] | str | None = Field(
        default=None, description="A question with several answers: choice: its 0/1 column; or one column of lists."
    )
    name: str | None = None
    label: Words | None = None
    nets: dict[str, list[str]] = Field(default={}, description="Net: answers that it puts together.")
    none: str | None = Field(default=None, description="Of several answers: the column or choice 'none of these'.")
    asked: str | None = Field(default=None, description="Who was asked, such as visits > 0.")
    sort: bool = Field(default=False, description="Answers by their frequency.")
    filter: str | None = Field(default=None, description="Who is in the table, such as visits >= 1.")
    waves: int | None = Field(
        default=None, ge=2, description="The question over so many waves, too: on the page and in the workbook."
    )
    page: bool = Field(default=False, description="Whether it stands on the page; all tables are in the workbook.")

    @model_validator(mode="after")
    def _one_question(self) -> TablePlan:
        if (self.question is None) == (self.multiple is None):
            raise ValueError("a table has a question, or multiple: its choices")
        return self


class CrosstabsPlan(Part):
    """The tables of a wave."""

    banner: dict[str, BannerPlan] = Field(default={}, description="Columns of all tables; by default 'loyalty: by:'.")
    tables: list[TablePlan] = Field(default=[], description="By default every question of 'questions:' and the NPS.")
    minimum_base: int = Field(default=30, ge=2)
    levels: tuple[Level, ...] = Field(default=(0.95, 0.90), min_length=1, max_length=2)
    correction: Literal["bh", "holm", "none"] = "bh"
    test: Test = "design"
