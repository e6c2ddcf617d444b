from __future__ import annotations

import pandas as pd

from tests.conftest import WAVE
from workbench.clv.value.at_risk import risk_bands
from workbench.clv.value.bridge import value_bridge
from workbench.report.chapters.summary import panels
from workbench.report.chapters.summary.chapter import Found
from workbench.store import Wave
from workbench.tiers import migration

ROW = {"estimate": 30.0, "std_error": 2.0, "ci_low": 25.0, "ci_high": 35.0, "n": 900}


def test_trends_stand_for_what_was_asked(make_wave):
    wave = Wave.open(make_wave())
    found = Found(tables={"loyalty": pd.DataFrame([{"measure": "nps", **ROW}])}, findings=[])
    blocks = panels.score_panels(wave, found)
    assert [b.name for b in blocks] == ["nps-trend"] and "+30.0" in blocks[0].html["zh-CN"]
    assert panels.score_panels(wave, Found(tables={}, findings=[])) == []


def test_value_that_can_be_saved_is_told_from_value_that_is_gone(make_wave):
    people = pd.DataFrame({"customer_id": ["a", "b"], "probability_alive": [0.5, 0.1], "at_risk": [8.0, 5.0]})
    block = panels.risk_panel(Wave.open(make_wave()), risk_bands(people))
    assert "8.00 can still be saved; 5.00 has probably gone" in block.html["en"]


def test_a_base_that_only_grew_is_said_to(make_wave):
    last = pd.DataFrame({"customer_id": ["a"], "clv": [10.0]})
    now = pd.DataFrame({"customer_id": ["a", "b"], "clv": [7.0, 9.0]})
    block = panels.bridge_panel(Wave.open(make_wave()), value_bridge(now, last))
    assert "only because it grew" in block.html["en"] and "money" in block.html["en"]


def test_movement_counts_each_customer_of_both_waves_once(make_wave):
    tiers = "tiers:\n- {name: A, label: {en: High, zh-CN: 高}, minimum: {amount_12m: 50}}\n- {name: B, label: {en: Basic, zh-CN: 普通}}\n"
    wave = Wave.open(make_wave(wave_yaml=WAVE + tiers))
    before = pd.DataFrame({"customer_id": [str(i) for i in range(100)], "tier": ["A"] * 50 + ["B"] * 50})
    moved = migration(before, before.assign(tier=["B"] * 10 + ["A"] * 40 + ["B"] * 50), tiers=["A", "B"])
    rows = panels.movement_rows(wave, moved)
    assert rows["n"].sum() == 100 and rows["left_n"].tolist() == [10, 0] and rows["right_n"].sum() == 0
    assert "10 customers fell a tier, 0 rose" in panels.movement_panel(wave, moved).html["en"]


def test_segments_are_said_to_hold_value_only_where_there_are_values():
    sizes = pd.DataFrame({"segment": [1, 2], "customers": [30, 70], "share": [0.3, 0.7], "value_share": [0.8, 0.2]})
    names = pd.DataFrame({"segment": [1, 2], "en": ["Big", "Small"], "zh": ["大", "小"]})
    assert "80% of the spending" in panels.segment_panel(sizes, names, None).html["en"]
    worth = pd.DataFrame({"segment": [1, 2], "share": [0.6, 0.4]})
    assert "60% of the value to come" in panels.segment_panel(sizes, names, worth).html["en"]
    even = panels.segment_panel(sizes.assign(value_share=[0.3, 0.7]), names, None)
    assert "What each segment brings" in even.html["en"]
    # the few who bring most are said, not the many who bring something
    few = sizes.assign(share=[0.7, 0.3], value_share=[0.4, 0.6])
    assert "30% of customers bring 60% of the spending" in panels.segment_panel(few, names, None).html["en"]
