from __future__ import annotations

import pytest

from workbench.core import InputError
from workbench.estimation import Design
from workbench.tabulation import nps, scale, tabulate


@pytest.fixture
def table(answers):
    return tabulate(answers, Design(weight="w"), rows=["brand", scale("q"), nps()], columns=["region", "gender"])


def test_one_question_is_a_table_of_its_own(table):
    alone = table["q"]
    assert alone.questions == ["q"] and set(alone.table["question"]) == {"q"} == set(alone.pairs["question"])
    with pytest.raises(InputError, match="brand"):
        table["brnad"]


def test_why_says_what_a_letter_rests_on(table):
    told = table.why("brand", "b", "south", "north").set_index("what")["value"]
    pair = table.pairs.query("question == 'brand' and row == 'b' and group == 'region'").iloc[0]
    assert told["p_adjusted"] == pair["p_adjusted"] and told["comparisons of the row"] == 2
    assert told["north: n"] + told["south: n"] == 600 and told["verdict"] == "lower"
    with pytest.raises(InputError, match="two columns of one group"):
        table.why("brand", "b", "south", "f")


def test_it_is_shown_in_both_languages_with_a_picture(table):
    assert "67%" in repr(table) or "%" in repr(table)
    assert list(table.shown_table("zh-CN").columns)[2] == "总计"
    assert table.plot("zh-CN").axes
