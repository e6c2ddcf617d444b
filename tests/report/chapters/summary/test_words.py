from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.clv.value.bridge import value_bridge
from workbench.core.findings import Evidence, Finding
from workbench.core.language import message
from workbench.report.chapters.summary import words
from workbench.report.chapters.summary.chapter import Found
from workbench.store import Wave


def finding(name, claim="difference", estimate=5.0, **given):
    proof = Evidence(**{"source": "x", "estimate": estimate, "n": 100, **given})
    return Finding(id=name, message=message("NPS"), evidence=proof, claim=claim)


def scored(n=500, findings=()):
    row = {"measure": "nps", "estimate": 30.0, "ci_low": 25.0, "ci_high": 35.0, "n": n}
    return Found(tables={"loyalty": pd.DataFrame([row])}, findings=list(findings))


def carried(amount):
    row = {"clv": amount, "ci_low": float("nan"), "ci_high": float("nan"), "horizon_months": 12, "basis": "last year"}
    return Found(tables={"value_summary": pd.DataFrame([row])}, findings=[])


@pytest.mark.parametrize(
    ("found", "title"),
    [
        (scored(), "NPS is +30.0"),
        (scored(n=12), "12 answers; below 30 no score is shown"),
        (scored(findings=[finding("nps.change", p_value=0.01)]), "Loyalty has risen"),
        (scored(findings=[finding("nps.change", estimate=-5.0, p_value=0.01)]), "Loyalty has fallen"),
        (scored(findings=[finding("nps.change", p_value=0.08)]), "Loyalty has not clearly changed"),
        (scored(findings=[finding("nps.unchanged", "no difference", p_value=0.5)]), "Loyalty has not clearly changed"),
        (
            Found(tables={"value_summary": pd.DataFrame([{"clv": 2e6, "horizon_months": 12}])}, findings=[]),
            "Customers are worth 2.00 m over the next 12 months",
        ),
        (carried(2e6), "No model can forecast these orders; carried on as last year they bring 2.00 m over 12 months"),
        (carried(0.0), "The last twelve months brought nothing, and no model can forecast these orders"),
    ],
)
def test_the_heading_is_the_answer(make_wave, found, title):
    assert words.page_title(Wave.open(make_wave()), found, None).text("en") == title


def test_a_statement_each_of_scores_value_and_places():
    level = finding("nps.level", "estimate", ci_low=1.0, ci_high=9.0)
    value = pd.DataFrame([{"clv": 12.0, "horizon_months": 12, "ci_low": 9.0, "ci_high": 15.0}])
    last = pd.DataFrame({"customer_id": ["a", "b"], "clv": [10.0, 4.0]})
    now = pd.DataFrame({"customer_id": ["a", "c"], "clv": [7.0, 5.0]})
    found = Found(
        tables={"value_summary": value}, findings=[level, finding("nps.alike:region", "no difference", p_value=0.4)]
    )
    told = words.statements(found, value_bridge(now, last))
    assert len(told) == 3 and told[1].rest.values["k"] == 1 and told[1].draw is not None
    assert told[1].rest.values["b"] == pytest.approx(0.3)
    assert words.statements(Found(tables={}, findings=[]), None) == []


def test_rows_that_a_rule_left_out_are_not_said_to_be_kept(make_wave):
    told = {}
    for name, rule in (("a", ""), ("b", ", keep_where: region <> 'south'")):
        text = WAVE.replace("customers: {file: raw/customers.csv", "customers: {file: raw/customers.csv" + rule)
        wave = Wave.open(make_wave(text, folder=name))
        facts = {h.text("en"): said for h, said, _ in words.trust_facts(wave, Found(tables={}, findings=[]))}
        told[name] = [m.text("en") for m in facts["Data"]]
    assert told == {"a": ["Every row of 8 was kept."], "b": ["Left out by a stated rule: 1 of 8 rows."]}


def test_an_amount_that_no_model_forecasts_is_told_as_a_rule_without_an_interval():
    told = words.statements(carried(500.0), None)
    assert "a rule without an interval" in told[0].rest.text("en")


def test_whom_it_speaks_for_and_the_data_are_always_told(make_wave):
    wave = Wave.open(make_wave())
    facts = [h.text("en") for h, *_ in words.trust_facts(wave, Found(tables={}, findings=[]))]
    assert facts == ["Data"]
    wave.keep("respondents", pd.DataFrame({"customer_id": ["a"], "weight": [1.0]}))
    facts = [h.text("en") for h, *_ in words.trust_facts(wave, Found(tables={}, findings=[]))]
    assert facts == ["Whom it speaks for", "Who answered", "Data"]


def test_a_group_with_few_answers_is_the_weak_spot(make_wave):
    groups = pd.DataFrame({"breakdown": "region", "group": ["n", "s"], "n": [300, 8]})
    found = Found(tables={"nps_groups": groups}, findings=[])
    facts = {
        h.text("en"): [s.text("en") for s in said] for h, said, _ in words.trust_facts(Wave.open(make_wave()), found)
    }
    assert facts["Weak spot"][0] == "s: 8 answers."
