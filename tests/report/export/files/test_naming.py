from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.report.export.files.naming import SAS, SPSS, STATA, cut_text, variable_names


@given(st.lists(st.text(max_size=70), max_size=8), st.sampled_from([SPSS, SAS, STATA]))
def test_names_are_allowed_and_told_apart_whatever_the_columns_are_called(columns, rule):
    names = variable_names(columns, rule)
    assert len({n.upper() for n in names}) == len(columns)
    for name in names:
        assert rule.measured(name) <= rule.length and name.upper() not in rule.words
        assert name[0].isalpha() or name[0] == "_"
        assert not rule.ascii_only or name.isascii()


def test_a_name_that_is_allowed_stays_as_it_is():
    assert variable_names(["recommend", "总体满意度", "Q1_2"], SPSS) == ["recommend", "总体满意度", "Q1_2"]


def test_texts_are_cut_between_characters():
    assert cut_text("满意度" * 100, 256) == "满意度" * 28 + "满"
    assert len(cut_text("é" * 200, 255).encode()) == 254
