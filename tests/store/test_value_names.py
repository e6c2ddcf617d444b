import pytest

from workbench.core.errors import ConfigError
from workbench.store.value_names import folded, merged_values, spelled_alike, value_names
from workbench.store.wave_file import parse_wave

HEAD = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}
REGIONS = {
    "西北": {"en": "Northwest", "zh-CN": "西北"},
    "华东": {"en": "East", "zh-CN": "华东", "from": ["East China", "EC"]},
    "华东区": {"en": "East", "zh-CN": "华东"},
    1: {"en": "One", "zh-CN": "一"},
}


def config(**values):
    return parse_wave({**HEAD, "values": values}, where="wave.yaml")


def test_names_and_merging():
    made = config(region=REGIONS)
    assert list(value_names(made, "region")) == ["西北", "华东", "华东区", "1"]
    assert value_names(made, "region")["华东"].text("en") == "East"
    assert merged_values(made, "region") == {"East China": "华东", "EC": "华东", "华东区": "华东"}
    assert value_names(made, "city") == {} and merged_values(made, "city") == {}


def test_a_spelling_means_one_value():
    twice = {"a": {"en": "A", "zh-CN": "甲", "from": ["x"]}, "b": {"en": "B", "zh-CN": "乙", "from": ["x"]}}
    with pytest.raises(ConfigError, match="cannot mean both a and b"):
        config(region=twice)


def test_values_that_only_spelling_tells_apart():
    assert folded("Ｍ．Ａ") == folded(" m_a ")
    alike = spelled_alike({"MA": 3, "ma ": 9, "NY": 1, "N.Y.": 1, "TX": 4, "--": 2, "…": 3})
    assert alike == [{"ma ": 9, "MA": 3}, {"N.Y.": 1, "NY": 1}]
