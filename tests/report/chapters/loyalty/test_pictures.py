from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.language import message
from workbench.report.chapters.loyalty import pictures
from workbench.store import Wave


def row(estimate, measure="nps"):
    line = {"measure": measure, "estimate": estimate, "std_error": 1.0, "ci_low": estimate - 2, "ci_high": estimate + 2}
    return pd.DataFrame([{**line, "n": 100}])


def test_the_distribution_adds_up_to_the_classes():
    data = pd.DataFrame({"recommend": [0, 6, 7, 9, 10, None], "weight": [1.0, 1, 2, 3, 1, 9]})
    answers, parts = pictures.answer_shares(data)
    assert answers["share"].sum() == pytest.approx(1.0)
    assert parts["share"].tolist() == pytest.approx([0.25, 0.25, 0.5])


def test_a_headline_number_is_followed_through_the_waves_with_what_changed(make_wave):
    first = Wave.open(make_wave(wave_yaml=WAVE))
    first.keep("loyalty", row(20.0), made_by="50_loyalty")
    text = WAVE.replace("wave: w1", "wave: w2\nprevious: w1").replace("2026-06-30", "2026-09-30")
    text += "marks: [{wave: w2, what: {en: new wording, zh-CN: 新措辞}, breaks: [nps]}]\n"
    second = Wave.open(make_wave(wave_yaml=text, folder="w2"))
    waves = pictures.over_waves(second, "nps", row(30.0))
    assert waves["wave"].tolist() == ["w1", "w2"] and waves["estimate"].tolist() == [20.0, 30.0]
    assert pictures.is_broken(waves) and waves["mark"].iloc[1].text("zh-CN") == "新措辞"
    # a wave that measured something else leaves no gap
    assert len(pictures.over_waves(second, "satisfied", row(0.7, "satisfied"))) == 1


def test_only_a_certain_first_place_is_marked():
    kept = pd.DataFrame(
        {
            "driver": ["a", "b"],
            "rank_low": [1, 2],
            "rank_high": [1, 2],
            "worth_rank_high": [2, 2],
            "clear": [True, True],
            "worth": [3.0, 5.0],
            "worth_low": [1.0, 2.0],
            "worth_high": [5.0, 8.0],
            "good": [0.6, 0.7],
        }
    )
    rows = pictures.driver_rows(kept, {"a": message("Region")})
    assert rows["estimate"].tolist() == [5.0, 3.0] and rows["first"].tolist() == [False, False]
    sure = pictures.driver_rows(kept.assign(worth=[5.0, 3.0], worth_rank_high=[1, 2]), {})
    assert sure["first"].tolist() == [True, False]


def test_topics_nobody_mentions_are_not_drawn():
    kept = pd.DataFrame({"en": ["Price", "Staff"], "zh": ["价格", "员工"], "mentions": [5, 0], "estimate": [0.5, 0.0]})
    kept = kept.assign(gap=1.0, gap_low=0.0, gap_high=2.0, gap_state="chance")
    rows = pictures.topic_table(kept)
    assert [n.text("zh-CN") for n in rows["name"]] == ["价格"]
