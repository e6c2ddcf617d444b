from __future__ import annotations

import pandas as pd

from tests.conftest import WAVE
from workbench.nps import net_promoter_score
from workbench.report.chapters.loyalty.chapter import (
    answers_of,
    breakdowns,
    group_names,
    in_names,
    rating_table,
    shared_ids,
)
from workbench.report.chapters.response.design import survey_design
from workbench.store import Wave


def opened(make_wave, extra="", **columns):
    wave = Wave.open(make_wave(wave_yaml=WAVE + extra))
    people = pd.DataFrame(
        {
            "customer_id": [f"{i}" for i in range(60)],
            "recommend": [10, 3, 8] * 20,
            "satisfaction": [5, 2, 4] * 20,
            "region": ["n", None, "s"] * 20,
            "weight": 2.0,
            "stratum": "all",
            "psu": "x",
        }
        | columns
    )
    wave.keep("respondents", people)
    return wave


def test_segments_and_tiers_are_joined_and_unknown_groups_are_shown(make_wave):
    wave = opened(make_wave)
    wave.keep("segments", pd.DataFrame({"customer_id": ["0", "1"], "segment": [1, 2]}))
    answers = answers_of(wave)
    assert breakdowns(wave, answers) == ["region", "segment"]
    assert set(answers["region"]) == {"n", "s", "–"}
    assert answers["segment"].tolist()[:3] == [1, 2, "–"]
    assert len(answers) == 60


def test_shared_customers_are_found(make_wave):
    wave = opened(make_wave)
    answers = wave.read("respondents")
    assert shared_ids(wave, answers, answers) == "customer_id"
    assert shared_ids(wave, answers.assign(customer_id="other"), answers) is None


def test_groups_are_shown_by_name(make_wave):
    wave = opened(make_wave)
    wave.keep("segment_names", pd.DataFrame({"segment": [1], "en": ["Big"], "zh": ["大"]}))
    answers = wave.read("respondents").assign(segment=1)
    result = in_names(net_promoter_score(answers, by="segment"), "segment", group_names(wave))
    assert "1 大" in result.to_html("zh-CN") and "1 Big" in result.to_html("en")


def test_every_question_has_a_line_in_both_languages(make_wave):
    wave = opened(make_wave)
    ratings = rating_table(wave.read("respondents"), survey_design(wave), wave.config.questions)
    assert ratings.table["question"].iloc[0].text("zh-CN") == "满意度"
    assert abs(ratings.table["top_box"].iloc[0] - 2 / 3) < 1e-9
