"""What every part of ``wave.yaml`` is made of: texts in both languages, tables, questions, the population."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from workbench.core.engine.expressions import require_expression
from workbench.core.errors import InputError, in_english
from workbench.core.language import LANGUAGES, Language, current_language
from workbench.store.config.places import InsideFile, require_inside

Confidence = Annotated[float, Field(gt=0.5, lt=1)]
Share = Annotated[float, Field(gt=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
TableName = Literal[
    "customers", "transactions", "contacts", "responses", "interactions", "panel", "regions", "contracts", "posts"
]


def _expression(text: str) -> str:
    """Refuse an expression that is more than a value of a row: it becomes part of a statement."""
    try:
        return require_expression(text) if text.strip() else text
    except InputError as error:
        raise ValueError(f"{in_english(error.rule)} Found {in_english(error.found)}") from error


def _column_or_expression(text: str) -> str:
    if text.startswith("="):
        _expression(text[1:])
    return text


Expression = Annotated[str, AfterValidator(_expression)]
ColumnOrExpression = Annotated[str, AfterValidator(_column_or_expression)]

FormatName = Literal[
    "auto",
    "plain",
    "qualtrics",
    "wenjuanxing",
    "tencent",
    "limesurvey",
    "kobo",
    "surveymonkey",
    "typeform",
    "google_forms",
    "hubspot",
    "zoho",
    "salesforce",
]


class Part(BaseModel):
    """A part of ``wave.yaml``: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def named_files(self) -> tuple[tuple[str, str], ...]:
        """Return the files of the wave's folder that belong to it, each with the key that names it; none by default."""
        return ()


def _only_languages(schema: dict[str, Any]) -> None:
    schema["additionalProperties"] = False
    for code in LANGUAGES:
        schema["properties"].setdefault(code, {"type": "string"})


class Words(Part):
    """A text in both languages of the report, and in others that the workbench knows."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True, json_schema_extra=_only_languages)

    en: str
    zh_cn: str = Field(alias="zh-CN")
    __pydantic_extra__: dict[str, str]

    @model_validator(mode="after")
    def _known(self) -> Self:
        unknown = [code for code in self.__pydantic_extra__ if code not in LANGUAGES]
        if unknown:
            raise ValueError(f"{unknown[0]}: not a known key; languages are {', '.join(LANGUAGES)}")
        return self

    def text(self, language: Language) -> str:
        """Return the text in `language`; in English where it is not given."""
        return {"en": self.en, "zh-CN": self.zh_cn, **self.__pydantic_extra__}.get(language, self.en)

    def __str__(self) -> str:
        return self.text(current_language())


def texts_of(content: object) -> object:
    """Return a mapping with its keys as texts: YAML reads the key 1 as a number, and an answer is known by its text."""
    return {str(k): v for k, v in content.items()} if isinstance(content, dict) else content


class ValueName(Words):
    """The name of a value in both languages, and the other spellings that mean it."""

    spellings: list[str] = Field(
        default=[], alias="from", description="Other spellings of the value; they are counted as it."
    )


ValueNames = Annotated[dict[str, ValueName], BeforeValidator(texts_of)]


# what says how a file is read
OF_FILES = (
    *("encoding", "delimiter", "sheet", "format", "header_row", "skip_rows", "skip_columns", "several", "repeats"),
    *("long", "codebook", "date_format"),
)


class Long(Part):
    """Answers that stand below each other, a row for each respondent and question."""

    row: str = Field(description="Column that names the respondent.")
    question: str = Field(description="Column that names the question.")
    answer: str = Field(description="Column with the answer.")


class Source(Part):
    """Where one of the tables comes from, and what its columns are called there."""

    pull: Name | None = Field(
        default=None, description="Connection it is read from by 'workbench pull', in the place of a file."
    )
    table: str | None = Field(
        default=None,
        pattern=r"^[^\s;'\"`]+$",
        description="Table or view of the engine (lake.crm.customers), or a folder of Parquet files that a cluster "
        "sees (s3://…, /mnt/…), in the place of a file. It is checked in the engine and stays there.",
    )
    query: str | None = Field(
        default=None,
        description="SELECT statement of the engine, in the place of a file; its rows are a table.",
    )
    file: str | list[str] | None = Field(
        default=None,
        validate_default=True,
        description="File or files, relative to the wave's folder or to --source.",
    )
    kind: str | None = Field(default=None, description="With pull: the kind of record there, such as Contacts.")
    since: dt.date | None = Field(default=None, description="With pull: only records changed since this day.")
    columns: dict[str, ColumnOrExpression] = Field(
        default={},
        description="Contract column: column of the file, or '= SQL expression' over the columns of the file. "
        "Columns that are not named keep their names.",
    )
    types: dict[str, Literal["text", "number", "whole", "date", "time", "yes_no"]] = Field(
        default={},
        description="Own column: how it is read. Without it, columns that a design, a tier, a feature or a condition "
        "uses as numbers are numbers where their values are, and 'workbench check' says so; all others are text.",
    )
    missing: list[str] = Field(default=[], description="Texts that mean: no value.")
    not_answered: dict[str, list[str]] = Field(
        default={}, description="Column: codes that mean 'not answered' or 'does not know'; never counted as answers."
    )
    one_row_per: str | None = Field(
        default=None, description="Keep the first row of each value of this column (a list made from an order file)."
    )
    keep_where: Expression | None = Field(
        default=None, description="SQL condition over the file's columns; the rows left out are counted in the report."
    )
    encoding: Literal["auto", "utf-8", "gb18030", "big5", "latin-1", "cp1252"] = "auto"
    delimiter: Literal["auto", ",", ";", "\t", "|"] = "auto"
    sheet: str | None = Field(
        default=None, description="Sheet of a workbook; the first by default, or the only one with a table."
    )
    format: FormatName = Field(
        default="auto",
        description="Which tool wrote the file; auto tells it by what is in the file, plain says it is none of them.",
    )
    header_row: int | None = Field(
        default=None, ge=1, description="Row with the names of the columns, counted from 1; found where it is certain."
    )
    skip_rows: list[int] = Field(
        default=[], description="Lines of the file that are no rows, counted from 1; -1 is the last."
    )
    skip_columns: list[str] = Field(default=[], description="Columns of the file to leave out.")
    several: dict[str, Literal["first", "each"]] = Field(
        default={},
        description="Column whose cells name several ids (51;58): the first counts, or each has a row of its own, in "
        "which everything else counts again.",
    )
    repeats: dict[str, str] = Field(
        default={},
        description="Contract column: the columns side by side that are rows each, with {n} for their number, e.g. "
        "ordered_at: 'order{n}_date'.",
    )
    long: Long | None = Field(
        default=None, description="Answers below each other: one row per respondent and question."
    )
    codebook: InsideFile | None = Field(
        default=None,
        description="File that says what the columns mean: codebook.yaml, a LimeSurvey questionnaire (.lss) or a "
        "catalogue of SAS (.sas7bcat). Without it codebook.yaml beside wave.yaml, where it is there, for the answers.",
    )
    date_format: str | None = Field(
        default=None, description="strptime format of dates that are not year first, e.g. '%d/%m/%Y'."
    )

    @field_validator("file")
    @classmethod
    def _each_file_once(cls, file: str | list[str] | None, info: ValidationInfo) -> str | list[str] | None:
        if file is None:
            if all(info.data.get(k) is None for k in ("pull", "table", "query")):
                raise PydanticCustomError("missing", "is needed")
            return None
        files = [require_inside(f) for f in ([file] if isinstance(file, str) else file)]
        if not files or not all(f.strip() for f in files):
            raise ValueError("name a file, or leave the table out")
        twice = sorted({f for f in files if files.count(f) > 1})
        if twice:
            raise ValueError(f"{twice[0]} is listed twice; its rows would count twice")
        return file

    @field_validator("query")
    @classmethod
    def _one_query(cls, query: str | None) -> str | None:
        if query is None:
            return None
        if not re.match(r"\s*(select|with)\b", query, re.IGNORECASE):
            raise ValueError("a query begins with SELECT or WITH")
        if any(mark in query for mark in (";", "--", "/*")):
            raise ValueError("a query is one statement without ';' and without remarks")
        return query.strip()

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        named = [k for k in ("file", "pull", "table", "query") if getattr(self, k) is not None]
        if named == ["file", "pull"]:
            raise ValueError("name a file, or a connection under 'pull'; one of them")
        if len(named) > 1:
            raise ValueError(f"name one of file, pull, table and query; here are {' and '.join(named)}")
        if self.of_engine:
            plain = [k for k in OF_FILES if getattr(self, k) != type(self).model_fields[k].get_default()]
            if plain:
                raise ValueError(f"{plain[0]} goes with 'file'; a table of the engine has rows and types already")
        if self.pull is None and (self.kind or self.since):
            raise ValueError("kind and since go with 'pull'")
        return self

    @property
    def of_engine(self) -> bool:
        """Whether it lies in the engine rather than in a file."""
        return self.table is not None or self.query is not None

    @property
    def origin(self) -> str:
        """Where it comes from, in a few words."""
        if self.of_engine:
            return self.table or "query"
        return f"{self.pull}: {self.kind or 'records'}" if self.pull else str(self.file)


class SignOff(Part):
    """A reviewer's signature under the numbers of a report."""

    name: str
    date: dt.date
    numbers: str = Field(description="Fingerprint of the numbers that were signed, as the page prints it.")


class Exclusion(Part):
    """Why customers are left out of the population, in both languages."""

    reason: Words
    keep: Expression = Field(description="SQL condition that eligible customers fulfil.")


class Population(Part):
    """Who the wave is about."""

    eligible: dict[str, Expression] | list[Exclusion] = Field(
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
