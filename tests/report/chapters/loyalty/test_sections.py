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


def test_answers_without_a_score_or_rating_leave_the_chapter_out(make_wave):
    _, chapter = left_out(make_wave, {"comment": "good"})
    assert chapter is not None
