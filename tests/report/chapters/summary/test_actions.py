from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.findings import Evidence, Finding
from workbench.core.language import message
from workbench.report.chapters.summary import actions as doing
from workbench.report.chapters.summary.chapter import Found
from workbench.store import Wave
from workbench.tiers import action_list

NOTHING = Found(tables={}, findings=[])
ANSWERS = "customer_id,recommend,satisfaction\n001,2,5\n002,9,4\n003,3,2\n"


@pytest.fixture
def wave(make_wave):
    text = WAVE + "owners: {detractor: 客户成功部}\n"
    return Wave.open(make_wave(wave_yaml=text, responses=ANSWERS))


def listed(wave):
    given = doing.sources_of(wave)
    return action_list(
        given.grades, responses=given.responses, do_not_contact=given.do_not_contact, owners=wave.config.owners.named()
    )


def test_one_list_one_count_everywhere(wave):
    actions = listed(wave)
    doing.keep_actions(wave, actions)
    cards = doing.cards_of(wave, actions, NOTHING)
    rows = pd.read_excel(wave.lists / "action_list.xlsx", dtype=str, engine="calamine")
    assert len(rows) == len(wave.read("actions")) == actions.customers("call") == cards[0].title.values["n"] == 2
    assert doing.list_note(actions).values["n"] == 2 and rows["reason"].str.len().gt(3).all()


def test_the_owner_is_the_one_named_for_the_reason(wave):
    facts = {
        t.text("en"): (said.text("en"), gap) for t, said, gap in doing.cards_of(wave, listed(wave), NOTHING)[0].facts
    }
    assert facts["Owner"] == ("客户成功部", False)


def test_without_an_owner_the_gap_is_shown(make_wave):
    wave = Wave.open(make_wave(responses=ANSWERS))
    facts = doing.cards_of(wave, listed(wave), NOTHING)[0].facts
    assert facts[-1][2] is True


def test_nobody_to_call_is_no_card(make_wave):
    wave = Wave.open(make_wave(responses="customer_id,recommend\n001,10\n"))
    assert doing.cards_of(wave, listed(wave), NOTHING) == []


def test_an_improvement_is_proposed_only_where_its_effect_is_a_finding(wave):
    proof = Evidence(source="drivers", estimate=12.0, ci_low=9.0, ci_high=15.0, n=300)
    worth = Finding(id="driver.worth", message=message("NPS"), evidence=proof, claim="estimate")
    kept = pd.DataFrame({"driver": ["satisfaction"], "good": [0.6]})
    cards = doing.cards_of(wave, listed(wave), Found(tables={"drivers": kept}, findings=[worth]))
    assert len(cards) == 2 and cards[1].why.values["rest"] == pytest.approx(0.4)
    assert len(doing.cards_of(wave, listed(wave), Found(tables={"drivers": kept}, findings=[]))) == 1


def test_who_may_not_be_contacted_is_on_no_list_and_in_no_count(make_wave):
    customers = "customer_id,do_not_contact,consent_for\n001,yes,\n002,no,\n003,no,service\n"
    wave = Wave.open(make_wave(responses=ANSWERS, customers=customers))
    actions = listed(wave)
    doing.keep_actions(wave, actions)
    rows = pd.read_excel(wave.lists / "action_list.xlsx", dtype=str, engine="calamine")
    assert rows["customer_id"].tolist() == wave.read("actions")["customer_id"].tolist() == ["003"]
    assert actions.spared == 1 and doing.cards_of(wave, actions, NOTHING)[0].title.values["n"] == 1
    # who wants service only is called about an answer, and not written to about a tier
    assert doing.sources_of(wave).do_not_write.to_frame()["customer_id"].tolist() == ["001", "003"]


def test_the_card_names_the_file_as_it_lies_there(make_wave):
    key = "age1" + "q" * 58
    text = f"{WAVE}privacy: {{encrypt_lists: age, recipients: [{key}]}}\n"
    wave = Wave.open(make_wave(wave_yaml=text, responses=ANSWERS))
    card = doing.cards_of(wave, listed(wave), NOTHING)[0]
    assert "fieldwork/action_list.xlsx.age" in card.list_note.text("en")


def test_those_who_may_stay_away_are_a_card_of_their_own_with_the_list_the_outlook_made(make_wave):
    wave = Wave.open(make_wave(wave_yaml=WAVE + "owners: {leaving: 客户成功部}\n", responses=ANSWERS))
    proof = Evidence(source="to-call", row="state = call", estimate=1005, minimum_base=1)
    call = Finding(id="outlook.call", message=message("They may stay away."), evidence=proof, claim="count")
    card = doing.cards_of(wave, listed(wave), Found(tables={}, findings=[call]))[-1]
    assert card.title.text("en") == "Keep 1,005 customers who may stay away" and card.why is call.message
    assert "customers_to_call" in card.list_note.text("en") and card.facts[0][1].text("en") == "客户成功部"


def test_what_customers_need_most_stands_with_the_improvement(wave):
    proof = Evidence(source="drivers", estimate=12.0, ci_low=9.0, ci_high=15.0, n=300)
    told = [
        Finding(id="driver.worth", message=message("NPS"), evidence=proof, claim="estimate"),
        Finding(id="need.first", message=message("Price: complained about."), evidence=proof, claim="estimate"),
    ]
    kept = pd.DataFrame({"driver": ["satisfaction"], "good": [0.6]})
    card = doing.cards_of(wave, listed(wave), Found(tables={"drivers": kept}, findings=told))[1]
    assert {t.text("en"): s.text("en") for t, s, _ in card.facts}["Most needed"] == "Price: complained about."
