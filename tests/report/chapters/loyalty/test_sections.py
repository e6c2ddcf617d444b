from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.report.chapters.loyalty.chapter import CHAPTER
from workbench.report.chapters.loyalty.sections import SECTIONS
from workbench.store import Wave


def left_out(make_wave, columns, extra=""):
    wave = Wave.open(make_wave(wave_yaml=WAVE + extra))
    rows = {c: [v, v] if not isinstance(v, list) else v for c, v in columns.items()}
    wave.keep("respondents", pd.DataFrame({"customer_id": ["1", "2"], "weight": [1.0, 1.0], **rows}))
    return {s.id for s in SECTIONS if s.left_out(wave) is not None}, CHAPTER.left_out(wave)


@pytest.mark.parametrize(
    ("columns", "shown", "not_shown"),
    [
        ({"recommend": 9}, {"score"}, {"questions", "drivers", "words", "regions"}),
        ({"satisfaction": 4}, {"questions"}, {"score", "groups", "drivers", "tone"}),
        ({"recommend": 9, "region": ["n", "s"], "comment": "good"}, {"score", "groups", "words", "regions"}, {"mix"}),
        # one region, or none known, tells nobody apart
        ({"recommend": 9, "region": "n"}, {"score"}, {"groups", "mix", "regions"}),
        ({"recommend": 9, "region": [None, None]}, {"score"}, {"groups", "regions"}),
        ({"recommend": 9, "region": ["n", None]}, {"score", "groups"}, {"regions"}),
    ],
)
def test_a_chapter_shows_what_there_is(make_wave, columns, shown, not_shown):
    absent, chapter = left_out(make_wave, columns)
    assert chapter is None and not shown & absent and not_shown <= absent


@pytest.mark.parametrize("columns", [{"comment": "good"}, {"recommend": [None, None], "satisfaction": [None, None]}])
def test_answers_without_a_score_or_rating_leave_the_chapter_out(make_wave, columns):
    absent, chapter = left_out(make_wave, columns)
    assert chapter is not None and {"score", "questions"} <= absent


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"recommend": [9, 3], "satisfaction": 4}, "besides the first"),
        ({"recommend": 9, "satisfaction": 4, "effort": 2, "price": 3}, "the same answer"),
    ],
)
def test_drivers_need_two_questions_and_answers_that_differ(make_wave, columns, why):
    asked = "".join(
        f"  {q}: {{label: {{en: {q}, zh-CN: {q}}}, low: 1, high: 5, top_box: 4}}\n" for q in columns if q != "recommend"
    )
    wave = Wave.open(make_wave(wave_yaml=WAVE.split("questions:")[0] + "questions:\n" + asked))
    rows = {c: v if isinstance(v, list) else [v, v] for c, v in columns.items()}
    wave.keep("respondents", pd.DataFrame({"customer_id": ["1", "2"], "weight": [1.0, 1.0], "comment": "ok", **rows}))
    left = {s.id: s.left_out(wave) for s in SECTIONS if s.left_out is not None}
    assert why in left["drivers"].text("en") and left["tone"] is None
