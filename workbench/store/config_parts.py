"""What every part of ``wave.yaml`` is made of: texts in both languages, tables, questions, the population."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.core.language import Language, current_language

Confidence = Annotated[float, Field(gt=0.5, lt=1)]
Share = Annotated[float, Field(gt=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
TableName = Literal[
    "customers", "transactions", "contacts", "responses", "interactions", "panel", "regions", "contracts"
]


class Part(BaseModel):
    """A part of ``wave.yaml``: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Words(Part):
    """A text in both languages of the report."""

    en: str
    zh_cn: str = Field(alias="zh-CN")

    def text(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.en if language == "en" else self.zh_cn

    def __str__(self) -> str:
        return self.text(current_language())


class Source(Part):
    """Where one of the tables comes from, and what its columns are called there."""

    file: str | list[str] = Field(description="File or files, relative to the wave's folder or to --source.")
    columns: dict[str, str] = Field(
        default={},
        description="Contract column: column of the file, or '= SQL expression' over the columns of the file. "
        "Columns that are not named keep their names.",
    )
    missing: list[str] = Field(default=[], description="Texts that mean: no value.")
    not_answered: dict[str, list[str]] = Field(
        default={}, description="Column: codes that mean 'not answered' or 'does not know'; never counted as answers."
    )
    one_row_per: str | None = Field(
        default=None, description="Keep the first row of each value of this column (a list made from an order file)."
    )
    keep_where: str | None = Field(
        default=None, description="SQL condition over the file's columns; the rows left out are counted in the report."
    )
    encoding: Literal["auto", "utf-8", "gb18030", "big5", "latin-1"] = "auto"
    delimiter: Literal["auto", ",", ";", "\t", "|"] = "auto"
    sheet: str | None = Field(default=None, description="Sheet of a workbook; the first by default.")
    date_format: str | None = Field(
        default=None, description="strptime format of dates that are not year first, e.g. '%d/%m/%Y'."
    )


class Rating(Part):
    """A closed question on a scale."""

    label: Words
    low: int = 1
    high: int = 5
    top_box: int = Field(default=4, description="Answers from here up count as satisfied.")


class SignOff(Part):
    """A reviewer's signature under the numbers of a report."""

    name: str
    date: dt.date
    numbers: str = Field(description="Fingerprint of the numbers that were signed, as the page prints it.")


class Exclusion(Part):
    """Why customers are left out of the population, in both languages."""

    reason: Words
    keep: str = Field(description="SQL condition that eligible customers fulfil.")


class Population(Part):
    """Who the wave is about."""

    eligible: dict[str, str] | list[Exclusion] = Field(
        default={},
        description="Reasons for exclusion, in order: 'reason: SQL condition that eligible customers fulfil', or a "
        "list of {reason: {en: …, zh-CN: …}, keep: condition}.",
    )
    strata: list[str] = Field(default=[], description="Columns whose crossing makes the strata.")
    amount_bounds: list[float] = Field(
        default=[1000, 3000], description="Bounds of `amount_class` in spending over twelve months."
    )
    frequency_bounds: list[float] = Field(
        default=[], description="Bounds of `frequency_class` in days with an order over twelve months; none if empty."
    )

    @property
    def exclusions(self) -> dict[str | Words, str]:
        """Reason for exclusion → SQL condition that eligible customers fulfil."""
        if isinstance(self.eligible, dict):
            return {reason: keep for reason, keep in self.eligible.items()}  # noqa: C416  (another type of key)
        return {e.reason: e.keep for e in self.eligible}
