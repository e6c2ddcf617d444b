from __future__ import annotations

import pytest
import yaml

from tests.conftest import WAVE
from workbench.core.errors import ConfigError
from workbench.store.wave_file import parse_wave


def parsed(extra=""):
    return parse_wave(yaml.safe_load(WAVE.replace("top_box: 4}", f"top_box: 4{extra}}}")), where="wave.yaml")


def test_a_question_says_since_when_it_is_asked_in_this_way():
    rating = parsed(", since: w1, changed: {en: Seven steps, zh-CN: 七级量表}").questions["satisfaction"]
    assert rating.since == "w1" and rating.changed.text("zh-CN") == "七级量表"
    assert parsed().questions["satisfaction"].since is None
    with pytest.raises(ConfigError, match="since"):
        parsed(", since: 'Wave 1'")


def test_marks_break_questions_of_any_name():
    told = yaml.safe_load(WAVE) | {"marks": [{"wave": "w1", "what": {"en": "x", "zh-CN": "y"}, "breaks": ["brand"]}]}
    assert parse_wave(told, where="wave.yaml").marks[0].breaks == ["brand"]
