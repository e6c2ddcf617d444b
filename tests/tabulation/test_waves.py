from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.tabulation.answers import multiple, single
from workbench.tabulation.columns import groups, read_columns
from workbench.tabulation.ratings import scale
from workbench.tabulation.waves import WaveAnswers, WaveTables, stacked


def waves(*frames):
    return [WaveAnswers(f"w{i}", pd.DataFrame(f)) for i, f in enumerate(frames)]


def test_tables_stand_below_each_other_by_their_columns():
    found = stacked(
        [
            pd.DataFrame({"q": pd.Categorical(["a", "b"]), "n": [1, 2], "old": [1.0, 2.0]}),
            pd.DataFrame({"q": ["b"], "n": [2.5], "code": [1.0]}),
            pd.DataFrame({"code": ["1"], "q": [None], "n": [np.nan]}),
        ]
    )
    assert found["q"].tolist()[:3] == ["a", "b", "b"] and pd.isna(found["q"].iloc[3])
    assert found["n"].iloc[:3].tolist() == [1.0, 2.0, 2.5] and found["old"].notna().sum() == 2
    # 1.0 in a wave is the text 1 of another
    assert found["code"].tolist()[2:] == ["1", "1"]


def test_columns_are_those_of_the_newest_wave():
    made = waves({"r": ["n", "old"], "c": [1, 0]}, {"r": ["n", "s"], "c": [0, 1]})
    tables = WaveTables(made)
    newest = read_columns(made[-1].data, ["r", groups({"card": "c"}, name="uses")], np.ones(2, dtype=bool))
    before, now = tables.columns(["r", groups({"card": "c"}, name="uses")], newest)
    assert before.key["column"].tolist() == ["total", "n", "s", "card"]
    assert before.members.sum(axis=0).tolist() == [2, 1, 0, 1]
    assert now.members.tolist() == newest.members.tolist()


def test_what_was_not_offered_is_missing_and_what_was_rare_is_zero():
    many = {"q": ["a"] * 60 + ["b"] * 40}
    made = waves({"q": ["a"] * 100}, {"q": ["a"] * 15}, many)
    tables = WaveTables(made)
    question = single("q")
    aligned = tables.align(question, question.measure(made[-1].data, "answered"), "answered")
    # of 100 people forty would have said b; of fifteen only six
    assert aligned.missing.tolist() == [[False, True], [False, False], [False, False]]
    assert [m.values.sum(axis=0).tolist() for m in aligned.waves] == [[100, 0], [15, 0], [60, 40]]


def test_choices_without_a_column_and_other_scales_are_missing():
    made = waves({"app": [1, 0], "q": [1, 7]}, {"app": [1, 1], "web": [0, 1], "q": [2, 5]})
    tables = WaveTables(made)
    question = multiple({"app": "app", "web": "web"}, name="seen")
    aligned = tables.align(question, question.measure(made[-1].data, "answered"), "answered")
    assert aligned.missing[0].tolist() == [False, True, False] and not aligned.missing[1].any()
    rating = tables.one_scale(scale("q"))
    # one step beyond what the newest wave has is the same scale, two are not
    assert (rating.low, rating.high) == (1, 6)
    found = tables.align(rating, rating.measure(made[-1].data, "answered"), "answered")
    assert found.missing[0].all() and not found.missing[1].any()
    assert tables.one_scale(scale("q", low=1, high=5)).high == 5


@pytest.mark.parametrize("condition", [None, "v > 1"])
def test_a_filter_is_a_domain_in_every_wave(condition):
    made = waves({"q": ["a", "b"], "v": [1, 2]}, {"q": ["a", "a", "b"], "v": [2, 1, 2]})
    tables = WaveTables(made, filter=condition)
    question = single("q")
    aligned = tables.align(question, question.measure(made[-1].data, "answered"), "answered")
    assert [int(m.base.sum()) for m in aligned.waves] == ([2, 3] if condition is None else [1, 2])
    assert [len(m.base) for m in aligned.waves] == [2, 3]
