from __future__ import annotations

from workbench.core.findings import spoken_from, spoken_json
from workbench.core.language import message
from workbench.core.listing import listed
from workbench.core.value_names import show_value_names
from workbench.store.config.parts import ValueName


def test_a_list_reads_in_both_languages_with_the_names_of_values():
    south = ValueName.model_validate({"en": "South", "zh-CN": "南方"})
    show_value_names({"region": {"S": south}})
    try:
        few = listed(["S | 1–5", message("Region"), "W"])
        assert few.text("en") == "South | 1–5, Region, and W"
        assert few.text("zh-CN") == "南方 | 1–5、地区和W"
    finally:
        show_value_names({})


def test_a_long_list_says_that_it_goes_on():
    assert str(listed("abcd", most=3)) == "a, b, c …" and str(listed("abc", most=3)) == "a, b, and c"


def test_a_sentence_with_a_list_travels_out_of_its_notebook():
    text = message("It needs {tables}, which this wave does not have.", tables=listed(["orders", "costs"]))
    again = spoken_from(spoken_json(text))
    assert [again.text(x) for x in ("en", "zh-CN")] == [text.text(x) for x in ("en", "zh-CN")]
