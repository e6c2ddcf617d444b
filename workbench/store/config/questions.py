"""The questions of a wave: ratings on their scales, and how likely customers are to recommend us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from workbench.store.config.parts import Name, Part, Words, texts_of

Codes = Annotated[dict[str, int], BeforeValidator(texts_of)]


class Rating(Part):
    """A closed question on a scale."""

    label: Words = Field(
        default=Words(en="", zh_cn=""), description="The question; where it is left out the codebook's, else its name."
    )
    low: int = 1
    high: int = 5
    top_box: int = Field(default=4, description="Answers from here up count as satisfied.")
    since: Name | None = Field(
        default=None,
        description="First wave in which it was asked in this way, where wording or scale changed: trends break there.",
    )
    changed: Words | None = Field(default=None, description="What changed with the wave under 'since'.")
    codes: Codes = Field(
        default={},
        description="Answer as the file has it: the number it stands for, where it is neither that number "
        "nor begins with it nor is one of the usual words of a scale of five.",
    )


def _named(content: object) -> object:
    """Read questions that are only named: a list of columns, or columns without anything said about them."""
    if isinstance(content, list) and all(isinstance(name, str) for name in content):
        content = dict.fromkeys(content)
    if not isinstance(content, dict):
        return content
    named = {}
    for name, rating in content.items():
        told = {} if rating is None else rating
        if isinstance(told, dict) and "label" not in told:
            told = {"label": {"en": str(name), "zh-CN": str(name)}, **told}
        named[str(name)] = told
    return named


Questions = Annotated[
    dict[str, Rating], BeforeValidator(_named, json_schema_input_type=dict[str, Rating | None] | list[str])
]

# what the answers of other scales count as on 0-10, where houses agree on it
KNOWN_SCALES: Mapping[tuple[int, int], Mapping[int, int]] = {
    (1, 10): {a: a for a in range(1, 11)},
    (1, 5): {1: 0, 2: 3, 3: 6, 4: 8, 5: 10},
    (1, 7): {1: 0, 2: 2, 3: 4, 4: 6, 5: 7, 6: 9, 7: 10},
}


class Recommendation(Part):
    """On which scale customers said whether they would recommend us."""

    scale: tuple[int, int] | None = Field(
        default=None,
        description="Lowest and highest answer. [0, 10] says that it is this scale even if the answers look like "
        "another; [1, 10] is read as it is; [1, 5] counts 5 as a promoter, 4 as passive, 3 and less as detractors; "
        "[1, 7] counts 6 and 7 as promoters and 5 as passive. Other scales need 'codes'.",
    )
    codes: Codes = Field(
        default={},
        description="Answer as the file has it: what it counts as from 0 to 10 (9 and 10 promote, 0 to 6 detract).",
    )

    @model_validator(mode="after")
    def _convertible(self) -> Recommendation:
        scale = self.scale
        if scale is not None and not scale[0] < scale[1]:
            raise ValueError(f"scale: {scale[0]} is not below {scale[1]}")
        if scale not in (None, (0, 10)) and scale not in KNOWN_SCALES and not self.codes:
            raise ValueError(
                f"codes: say what each answer from {scale[0]} to {scale[1]} counts as from 0 to 10; 9 and 10 promote, "
                "0 to 6 detract"
            )
        wrong = [k for k, v in self.codes.items() if not 0 <= v <= 10]
        if wrong:
            raise ValueError(f"codes: {wrong[0]} counts as {self.codes[wrong[0]]}, which is not from 0 to 10")
        return self

    @property
    def numbers(self) -> dict[str, int]:
        """Answer as the file has it → what it counts as from 0 to 10; empty where the answers are that number."""
        known = KNOWN_SCALES.get(self.scale, {}) if self.scale else {}
        return {**{str(k): v for k, v in known.items()}, **self.codes}
