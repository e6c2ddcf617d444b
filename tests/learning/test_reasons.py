from __future__ import annotations

import numpy as np

from workbench.learning.candidates.candidate import THEMES
from workbench.learning.reasons import AGAINST, FOR, LEAST, reason_words, strongest


def test_every_theme_has_words_for_and_against_in_both_languages():
    assert set(AGAINST) == set(FOR) == set(THEMES)
    for words in (*AGAINST.values(), *FOR.values()):
        assert words.text("en") != words.text("zh-CN")


def test_the_strongest_comes_first_and_what_is_weak_is_none():
    told = np.zeros((1, len(THEMES)))
    told[0, 3], told[0, 5], told[0, 0] = -0.5, -3.0, -LEAST / 2
    assert [int(p[0]) for p in strongest(told, 3)] == [5, 3, -1]
    assert told[0, 5] == -3.0, "nothing given is changed"
    assert reason_words("silence").text("zh-CN") == AGAINST["silence"].text("zh-CN")
