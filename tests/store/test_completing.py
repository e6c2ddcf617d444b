from __future__ import annotations

import pytest

from workbench.store.codebook import Choice, Codebook, CodedColumn, MultipleSet
from workbench.store.completing import completed
from workbench.store.wave_file import parse_wave

HEAD = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}


def rating(choices, told=None, **parts):
    column = CodedColumn("q", {"en": "How?", "zh-CN": "如何？"}, "scale", tuple(choices), **parts)
    wave = parse_wave({**HEAD, "questions": {"q": told}}, where="wave.yaml")
    return completed(wave, {"responses": Codebook((column,))}).questions["q"]


@pytest.mark.parametrize(
    ("codes", "scale", "read"),
    [
        (range(11), (0, 10, 9), {}),
        (range(1, 5), (1, 4, 3), {}),
        (["A1", "A2", "A3", "A4", "A5"], (1, 5, 4), {"A1": 1, "A2": 2, "A3": 3, "A4": 4, "A5": 5}),
        (["1 - poor", "2 - fair", "3 - good"], (1, 3, 3), {}),
        (["red", "blue"], (1, 5, 4), {}),
    ],
)
def test_the_scale_is_that_of_the_choices(codes, scale, read):
    found = rating([Choice(c) for c in codes])
    assert (found.low, found.high, found.top_box) == scale
    assert found.codes == read and found.label.text("zh-CN") == "如何？"


def test_what_wave_yaml_says_stays():
    told = {"label": {"en": "Mine", "zh-CN": "我的"}, "low": 1, "high": 5, "top_box": 5}
    found = rating([Choice(c) for c in range(1, 8)], told)
    assert (found.label.text("en"), found.high, found.top_box) == ("Mine", 5, 5)


def test_short_questions_name_columns_and_labels_in_two_languages_name_values():
    sex = CodedColumn(
        "sex", {"en": "Sex"}, "single", (Choice(1, {"en": "Male", "zh-CN": "男"}), Choice(2, {"en": "x"}))
    )
    wave = completed(parse_wave(HEAD, where="wave.yaml"), {"responses": Codebook((sex,))})
    assert wave.labels["sex"].text("zh-CN") == "Sex"
    assert {v: n.text("en") for v, n in wave.values["sex"].items()} == {"男": "Male"}
    assert completed(wave, {}) is wave


def test_sets_of_a_codebook_are_declared_by_themselves():
    yes = (Choice(1), Choice(2))
    columns = [
        CodedColumn("m1", {"en": "App", "zh-CN": "应用"}, "multiple", yes, set_name="$media"),
        CodedColumn("m2", {"en": "Shop", "zh-CN": "门店"}, "multiple", yes, set_name="$media"),
    ]
    book = Codebook(tuple(columns), (MultipleSet("$media", {"en": "Used"}, ("m1", "m2"), 2),))
    found = completed(parse_wave(HEAD, where="wave.yaml"), {"responses": book})
    plan = found.sets["media"]
    assert plan.choices == {"应用": "m1", "门店": "m2"} and plan.counted == "2" and plan.label.en == "Used"
    assert found.values["media"]["应用"].en == "App"
    # what wave.yaml declares itself stays
    own = parse_wave({**HEAD, "sets": {"mine": {"choices": {"a": "m1"}}}}, where="wave.yaml")
    assert list(completed(own, {"responses": book}).sets) == ["mine"]
    # categories in columns are no ticks
    coded = Codebook(tuple(columns), (MultipleSet("c", {}, ("m1", "m2")),))
    assert not completed(parse_wave(HEAD, where="wave.yaml"), {"responses": coded}).sets
