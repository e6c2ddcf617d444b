from __future__ import annotations

from tests.conftest import WAVE
from workbench.store import Wave
from workbench.store.earlier import earlier_waves


def test_waves_come_nearest_first_and_end_where_one_is_not_there_or_comes_again(make_wave):
    places = {}
    for name, before in (("w1", "w3"), ("w2", "w1"), ("w3", "w2")):
        text = WAVE.replace("wave: w1", f"wave: {name}\nprevious: {before}")
        places[name] = make_wave(folder=name, wave_yaml=text)
    wave = Wave.open(places["w3"])
    assert [w.config.wave for w in earlier_waves(wave)] == ["w2", "w1"]
    (places["w1"] / "wave.yaml").unlink()
    assert [w.config.wave for w in earlier_waves(wave)] == ["w2"]


def test_the_first_wave_has_none_before_it(make_wave):
    assert earlier_waves(Wave.open(make_wave())) == []
