from __future__ import annotations

import pandas as pd

from tests.conftest import WAVE
from workbench.nps.satisfaction_change import satisfaction_change
from workbench.report.chapters.loyalty import chapter
from workbench.report.chapters.loyalty.chapter import answers_of, shared_ids
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
    assert chapter.opened(wave).by == ["region", "segment"]
    assert set(answers["region"]) == {"n", "s", "–"}
    assert answers["segment"].tolist()[:3] == [1, 2, "–"]
    assert len(answers) == 60


def test_shared_customers_are_found(make_wave):
    wave = opened(make_wave)
    answers = wave.read("respondents")
    assert shared_ids(wave, answers, answers) == "customer_id"
    assert shared_ids(wave, answers.assign(customer_id="other"), answers) is None


def test_every_question_has_a_line_and_the_first_is_the_headline(make_wave):
    wave = opened(make_wave)
    asked = chapter.opened(wave)
    ratings = chapter.rating_table(asked.answers, asked.design, chapter.ratings_of(wave))
    assert ratings.table["question"].tolist() == ["satisfaction"]
    changes = chapter.rating_changes(wave, asked, satisfaction_change, "satisfaction")
    assert len(changes.table) == 0
    row = chapter.satisfied(ratings, changes).iloc[0]
    assert (
        row["measure"] == "satisfied" and row["estimate"] == ratings.table["top_box"].iloc[0] and pd.isna(row["change"])
    )


def test_a_first_wave_compares_with_nothing(make_wave):
    asked = chapter.opened(opened(make_wave))
    assert asked.before is None and not asked.compares("recommend") and asked.by == ["region"]
