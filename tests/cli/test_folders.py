from __future__ import annotations

import pytest

from tests.conftest import WAVE
from workbench.cli.folders import waves_of
from workbench.core.errors import ConfigError


def test_waves_come_after_those_they_follow(make_wave, tmp_path):
    text = WAVE.replace("wave: w1", "wave: {0}\n{1}")
    for name, before in (("a", "previous: c\n"), ("b", ""), ("c", "previous: b\n")):
        make_wave(folder=name, wave_yaml=text.replace("{0}\n{1}", f"{name}\n{before}".rstrip("\n")))
    assert [p.name for p in waves_of(tmp_path)] == ["b", "c", "a"]
    make_wave(folder="b", wave_yaml=text.replace("{0}\n{1}", "b\nprevious: a"))
    with pytest.raises(ConfigError, match="circle"):
        waves_of(tmp_path)
