from __future__ import annotations

import math

import pytest

from workbench.core.errors import InputError
from workbench.store.codebook import Choice, CodedColumn, MissingCode, MultipleSet, spoken


def test_missing_codes_are_not_among_the_answers():
    column = CodedColumn(
        "Q1",
        kind="scale",
        choices=(Choice(1), Choice(98), Choice(-3)),
        missing=(MissingCode(-3, "skipped"), MissingCode(low=97, high=math.inf)),
    )
    assert [c.code for c in column.valid] == [1]
    assert column.is_missing(99.5) and not column.is_missing("99")


def test_a_text_without_its_language_is_read_in_every_language():
    assert spoken({"und": "Wie?"}, "en") == spoken({"und": "Wie?"}, "zh-CN") == "Wie?"
    assert spoken({"de": "Wie?", "en": "How?"}, "zh-CN") == "How?"
    assert spoken({"de-CH": "Wie?"}, "de") == "Wie?"


@pytest.mark.parametrize(
    "make",
    [
        lambda: CodedColumn(""),
        lambda: CodedColumn("Q1", kind="what"),
        lambda: CodedColumn("Q1", measure="what"),
        lambda: CodedColumn("Q1", choices=(Choice(1), Choice(1.0))),
        lambda: Choice(math.nan),
        lambda: Choice(True),
        lambda: MissingCode(),
        lambda: MissingCode(1, low=1, high=2),
        lambda: MissingCode(low=2, high=1),
        lambda: MissingCode(1, kind="lost"),
        lambda: MultipleSet("S", {}, ()),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(InputError):
        make()
