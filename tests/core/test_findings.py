from __future__ import annotations

import datetime as dt
import math

import pytest

from workbench.core.errors import InputError
from workbench.core.findings import Evidence, Finding, findings_from, findings_table, said, state_of
from workbench.core.language import message
from workbench.store.config.parts import Words


def proof(**given):
    return Evidence(**{"source": "nps_changes", "estimate": -9.0, "n": 200, **given})


def finding(claim="difference", name="x", importance=50, **given):
    return Finding(id=name, message=message("It fell."), evidence=proof(**given), claim=claim, importance=importance)


def test_a_finding_cannot_be_made_without_evidence():
    with pytest.raises(TypeError):
        Finding(id="x", message=message("It fell."), claim="difference")
    with pytest.raises(InputError, match="picked from"):
        proof(family=0)


@pytest.mark.parametrize(
    ("claim", "given", "state", "is_said"),
    [
        ("difference", {"p_value": 0.049}, "clear", True),
        ("difference", {"p_value": 0.05}, "watch", True),
        ("difference", {"p_value": 0.1}, "chance", False),
        ("difference", {"p_value": 0.01, "n": 29}, "unknown", False),
        ("difference", {}, "unknown", False),
        ("no difference", {"p_value": 0.4}, "chance", True),
        ("no difference", {"p_value": 0.01}, "clear", False),
        ("no difference", {}, "unknown", False),
        ("estimate", {"ci_low": -12.0, "ci_high": -6.0}, "known", True),
        ("estimate", {"ci_low": -12.0}, "unknown", False),
        ("estimate", {"ci_low": -math.inf, "ci_high": -6.0}, "unknown", False),
        ("estimate", {"ci_low": -12.0, "ci_high": -6.0, "n": 5}, "unknown", False),
        ("estimate", {"estimate": math.nan, "ci_low": 1.0, "ci_high": 2.0}, "unknown", False),
        ("count", {"estimate": 3.0, "n": None}, "known", True),
        ("count", {"estimate": 0.0}, "unknown", False),
    ],
)
def test_what_is_said_follows_from_the_evidence(claim, given, state, is_said):
    one = finding(claim, **given)
    assert (one.state, one.is_said) == (state, is_said)


def test_what_is_only_to_be_watched_says_so():
    assert finding(p_value=0.07).text.text("en") == "It fell. This is not certain yet."
    assert finding(p_value=0.01).text.text("en") == "It fell."


def test_clear_ones_come_first_then_the_important_ones():
    found = [
        finding(name="watch", importance=99, p_value=0.07),
        finding(name="small", importance=10, p_value=0.01),
        finding(name="large", importance=90, p_value=0.02),
        finding(name="chance", importance=100, p_value=0.5),
    ]
    assert [f.id for f in said(found)] == ["large", "small", "watch"]
    assert [f.id for f in said(found, most=1)] == ["large"]


def test_findings_survive_being_kept():
    words = Words.model_validate({"en": "East", "zh-CN": "华东"})
    sentence = message("{r} on {day:date}: {x:dec1}", r=words, day=dt.date(2026, 9, 30), x=3.14)
    one = Finding(id="a", message=sentence, evidence=proof(p_value=0.01, n=None), claim="difference", tone="bad")
    back = findings_from(findings_table([one]))[0]
    for language in ("en", "zh-CN"):
        assert back.message.text(language) == sentence.text(language)
    assert (back.evidence, back.claim, back.tone, back.state) == (one.evidence, "difference", "bad", "clear")
    assert findings_from(findings_table([])) == []


def test_one_rule_for_every_verdict():
    assert state_of(math.nan) == "unknown"
    assert [state_of(p) for p in (0.0, 0.0499, 0.0999, 1.0)] == ["clear", "clear", "watch", "chance"]
