from __future__ import annotations

import pytest

from workbench.core.findings import Evidence, Finding
from workbench.core.language import format_value, message, plural
from workbench.core.people import fewest_told, gives_few_away, is_few, show_people_from


@pytest.fixture(autouse=True)
def ten():
    show_people_from(10)
    yield
    show_people_from(0)


def test_few_people_are_not_told_and_nobody_is():
    assert [format_value(n, "people", "en") for n in (0, 1, 9, 10, 1200)] == ["0", "< 10", "< 10", "10", "1,200"]
    assert format_value(9, "base", "zh-CN") == "少于 10" and format_value(9, "int", "en") == "9"
    assert fewest_told() == 10 and is_few(9) and not is_few(float("nan"))


def test_a_sentence_does_not_give_one_away_by_its_grammar():
    one = plural("{n:people} customer is called.", "{n:people} customers are called.", n=1)
    assert one.text("en") == "< 10 customers are called."
    show_people_from(0)
    assert one.text("en") == "1 customer is called."


def test_by_hand_everything_is_told():
    show_people_from(0)
    assert message("{n:people}", n=3).text("en") == "3" and not is_few(3)


def test_a_sentence_that_says_what_few_spend_is_not_said():
    text = message("{n:people} cost {loss:money}.", n=3, loss=5.0)
    assert gives_few_away(text.template, text.values) and not gives_few_away(text.template, {"n": 30, "loss": 5.0})
    assert not gives_few_away("{n:people} of {all:int} called", {"n": 3, "all": 40})
    proof = Evidence(source="profit", estimate=3, minimum_base=1)
    assert not Finding(id="a", message=text, evidence=proof, claim="count").is_said
    show_people_from(0)
    assert Finding(id="a", message=text, evidence=proof, claim="count").is_said
