from __future__ import annotations

import pytest

from workbench.core.errors import InputError
from workbench.core.language import use_language
from workbench.store.codebook import Choice, Codebook, CodedColumn, MissingCode, MultipleSet

WORDS = {"en": "Are you content?", "zh-CN": "您满意吗？"}
BOOK = Codebook(
    (
        CodedColumn(
            "Q1", WORDS, "scale", (Choice(1, {"en": "Yes", "zh-CN": "是"}), Choice("N")), (MissingCode(-3, "skipped"),)
        ),
        CodedColumn("Q2_1", {"und": "Shop"}, "multiple", set_name="Q2"),
        CodedColumn("Q2_2", {"und": "App"}, "multiple", set_name="Q2"),
        CodedColumn("w", kind="weight"),
    ),
    (MultipleSet("Q2", {"und": "Which?"}, ("Q2_1", "Q2_2"), 1),),
    ("made {by} hand",),
    "spss",
    "w",
)


def test_it_shows_itself_in_both_languages():
    with use_language("zh-CN"):
        row = BOOK.table.iloc[0]
        assert (row["question"], row["kind"], row["choices"], row["missing"]) == (
            "您满意吗？",
            "量表",
            "1 是 · N",
            "-3 跳过",
        )
        assert "编码表" in BOOK._repr_html_()
    html = BOOK._repr_html_()
    assert "Are you content?" in html and "made {by} hand" in html
    assert repr(BOOK).startswith("Codebook of 4 columns (spss)")


def test_a_part_of_it_stands_alone():
    part = BOOK.only(["Q1", "Q2_2"])
    assert part.sets[0].columns == ("Q2_2",) and part.weight is None
    assert "Q2_2" in part and "w" not in part


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match="did you mean 'Q2_1'"):
        BOOK.column("Q2_11")


@pytest.mark.parametrize(
    "parts",
    [
        {"columns": (CodedColumn("a"), CodedColumn("a"))},
        {"sets": (MultipleSet("S", {}, ("a",)),)},
        {"weight": "a"},
    ],
)
def test_it_hangs_together(parts):
    with pytest.raises(InputError):
        Codebook(**parts)
