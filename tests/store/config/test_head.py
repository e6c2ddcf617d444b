from __future__ import annotations

import pytest

from workbench.core.errors import ConfigError
from workbench.store.wave_file import parse_wave

LEAST = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"previous": "w"}, "cannot follow itself"),
        ({"questions": {"q": {"label": LEAST["title"], "low": 1, "high": 5, "top_box": 1}}}, "top_box must lie above"),
        (
            {"values": {"region": {"a": {**LEAST["title"], "from": ["x"]}, "b": {**LEAST["title"], "from": ["x"]}}}},
            "cannot mean both",
        ),
    ],
)
def test_a_head_that_contradicts_itself_is_refused(wrong, says):
    with pytest.raises(ConfigError, match=says):
        parse_wave({**LEAST, **wrong}, where="wave.yaml")


def test_every_head_field_has_its_default():
    config = parse_wave(LEAST, where="wave.yaml")
    assert (config.currency, config.engine, config.languages) == (None, "duckdb://", ["zh-CN", "en"])
    assert config.population.strata == [] and config.recommend.numbers == {} and config.values == {}
