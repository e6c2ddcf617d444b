from __future__ import annotations

import pytest

from workbench.core.findings import Evidence, Finding
from workbench.core.language import message
from workbench.report.chapters.loyalty.titles import change_title, title_of


def finding(name, p, estimate=4.0, claim="difference"):
    proof = Evidence(source="x", estimate=estimate, p_value=p, n=100)
    return Finding(id=name, message=message("NPS"), evidence=proof, claim=claim)


def test_the_first_finding_that_may_be_said_is_the_title():
    told = [finding("a:one", 0.5), finding("b", 0.01)]
    nothing = message("Region")
    assert title_of(told, "a", "b", otherwise=nothing) == told[1].text
    assert title_of(told, "a", otherwise=nothing) == nothing


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ([], "Satisfaction: nothing to compare with yet"),
        ([finding("satisfied.change", 0.01)], "Satisfaction has risen"),
        ([finding("satisfied.change", 0.01, -4.0)], "Satisfaction has fallen"),
        ([finding("satisfied.change", 0.08)], "Satisfaction: a change to be watched"),
        ([finding("satisfied.unchanged", 0.5, claim="no difference")], "Satisfaction: not clearly changed"),
    ],
)
def test_a_trend_is_called_what_its_test_says(told, title):
    assert change_title(told, "satisfied").text("en") == title
