from __future__ import annotations

import pytest

from workbench.core.errors import ConfigError
from workbench.report.chapter import COMMON
from workbench.report.steps import CHAPTERS
from workbench.store import WaveConfig
from workbench.store.config.head import Head
from workbench.store.wave_file import parse_wave

LEAST = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}


def parsed(**more) -> WaveConfig:
    return parse_wave({**LEAST, **more}, where="wave.yaml")


def test_settings_are_plain_values_of_keys_and_of_keys_of_parts():
    config = parsed(currency="EUR", loyalty={"confidence": 0.9})
    assert config.settings(["currency", "loyalty.confidence"]) == {"currency": "EUR", "loyalty.confidence": 0.9}
    assert config.settings(["loyalty"])["loyalty"]["confidence"] == 0.9
    with pytest.raises(KeyError):
        config.settings(["nosuch"])


def test_files_that_a_part_names_belong_to_it():
    config = parsed(loyalty={"code_frame": "topics.yaml"})
    assert config.files_named_by(["loyalty", "currency", "tiers"]) == ("topics.yaml",)
    assert config.files_named_by(["loyalty.code_frame"]) == ("topics.yaml",)
    assert config.files_named_by(["loyalty.by"]) == ()
    assert parsed().files_named_by(["loyalty"]) == ()


def test_chapters_declare_keys_that_exist():
    defaults = parsed()
    for chapter in CHAPTERS:
        assert set(defaults.settings((*COMMON, *chapter.settings))) == {*COMMON, *chapter.settings}, chapter.name


def test_every_part_is_used_by_a_chapter():
    declared = {name.partition(".")[0] for chapter in CHAPTERS for name in chapter.settings}
    assert WaveConfig.model_fields.keys() - Head.model_fields.keys() <= declared


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"tiers": [{"name": "a", "label": LEAST["title"]}] * 2}, "names must differ"),
        ({"tiers": [{"name": "a", "label": LEAST["title"], "minimum": {"amount": 1}}]}, "takes everybody else"),
        ({"sample": {"domain_margins": {"region": 5}}}, "not one of the strata"),
    ],
)
def test_parts_must_fit_together(wrong, says):
    with pytest.raises(ConfigError, match=says):
        parsed(**wrong)
