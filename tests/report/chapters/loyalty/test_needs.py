from __future__ import annotations

import pandas as pd
import pytest

from workbench.clv import usage_gaps
from workbench.core.findings import said
from workbench.core.language import Message
from workbench.estimation import Design
from workbench.nps import code_comments, ranked_needs, spoken_portraits, topic_tone
from workbench.nps.needs import EVIDENCE
from workbench.report.chapters.loyalty import needs
from workbench.report.chapters.loyalty.chapter import Asked
from workbench.store import Wave

DESIGN = Design(weight="weight")


@pytest.fixture
def asked():
    texts = ["希望增加停车位", "价格太贵", "停车太难", "服务很好"] * 20
    rows = pd.DataFrame({"comment": texts, "segment": [1.0, 2.0] * 40, "weight": 1.0, "recommend": [3, 9] * 40})
    names = {"segment": {1: Message("One"), 2: Message("Two")}}
    return Asked(rows, DESIGN, None, None, None, ["segment"], names)


@pytest.fixture
def tones(asked):
    return topic_tone(asked.answers, code_comments(asked.answers, "comment", "retail", DESIGN), None, DESIGN)


def test_one_list_in_words_for_all_and_each_segment(make_wave, asked, tones):
    wave = Wave.open(make_wave())
    pieces = [needs.spoken_evidence(asked, tones), needs.asked_evidence(wave, asked.answers, None, tones)]
    wanted = ranked_needs(pd.concat([p for p in pieces if len(p)]))
    table = needs.needs_table(wanted, asked, tones)
    assert table["group"].iloc[0].text("en") == "All customers"
    assert {"One", "Two"} <= {g.text("en") for g in table["group"]}
    first = table.iloc[0]
    assert first["item"].text("zh-CN") == "位置与停车" and first["kinds"].text("en") == "complained about, wished for"
    assert needs.needs_kept(wanted, tones)["en"].iloc[0] == "Location and parking"
    assert needs.need_findings(wanted, tones) == []
    rated = pd.DataFrame([("", "location", "rating", 0.3, 0.25, 0.35, 400)], columns=list(EVIDENCE))
    told = said(needs.need_findings(ranked_needs(pd.concat([*pieces[:1], rated])), tones))
    assert told[0].text.text("en") == "Location and parking: complained about, wished for, matters and rated low."


def test_a_question_about_one_topic_is_evidence_for_it(make_wave, asked, tones):
    wave = Wave.open(make_wave())
    question = next(iter(wave.config.questions))
    drivers = pd.DataFrame({"driver": [question, "x"], "share": [0.8, 0.2], "performance": [2, 4], "clear": True})
    ratings = pd.DataFrame({"question": [question], "top_box": 0.5, "ci_low": 0.4, "ci_high": 0.6, "n": 90})
    found = needs.asked_evidence(wave, asked.answers, (drivers, ratings), tones)
    assert found["kind"].tolist() == ["rating"] and found["share"].tolist() == [0.5]
    assert needs._topic_of(Message("Friendly staff"), tones, "q") == "staff"
    assert needs._topic_of(Message("Overall"), tones, "q") == "Overall"


def test_of_no_evidence_there_is_an_empty_list(asked, tones):
    wanted = ranked_needs(pd.DataFrame(columns=list(EVIDENCE)).astype({"n": float, "ci_low": float}))
    table = needs.needs_table(wanted, asked, tones)
    assert table.empty and "item" in table and needs.need_findings(wanted, tones) == []
    assert needs.needs_kept(wanted, tones).empty


def test_usage_without_items_says_nothing(make_wave):
    wave = Wave.open(make_wave())
    gaps = needs.gaps_of(wave, usage_gaps)
    assert gaps is None and needs.usage_evidence(gaps).empty and needs.sizes_of(gaps) == {}
    known = pd.DataFrame({"segment": [0, 2], "item": "tea", "active": [100, 40], "stopped": [30, 10], "missing": 0})
    assert needs.sizes_of(known) == {"": 100.0, "2": 40.0} and len(needs.usage_evidence(known)) == 4


def test_segments_are_described_in_their_words(asked, tones):
    assert needs.has_portraits(asked)
    found = spoken_portraits(asked.answers, tones, DESIGN, by="segment")
    table = needs.portrait_table(found, asked)
    assert [g.text("en") for g in table["group"]] == ["One", "Two"]
    assert table["praise"].iloc[1].text("zh-CN") == "服务态度" and table["praise"].iloc[0].text("en") == "–"
