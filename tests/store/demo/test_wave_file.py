from __future__ import annotations

import pytest
import yaml

from workbench.store.demo.wave_file import wave_yaml
from workbench.store.wave_file import parse_wave


def parsed(wave, **more):
    return parse_wave(yaml.safe_load(wave_yaml(wave, "en", **more)), where="wave.yaml")


def test_the_usual_company_has_a_panel_and_no_tables():
    config = parsed("2026q3", panel=60)
    assert config.panel.members == 60 and config.previous == "2026q2" and config.crosstabs is None
    assert parsed("2026q2").previous is None


@pytest.mark.parametrize(("wave", "panel"), [("2023q4", None), ("2026q1", None), ("2026q3", 400)])
def test_a_company_of_twelve_asks_for_trends_and_small_samples(wave, panel):
    config = parsed(wave, waves=12)
    assert config.sample.margin == 9 and [t.waves for t in config.crosstabs.tables] == [12] * 3
    assert (config.panel.members if config.panel else None) == panel
    assert ("panel" in config.tables) == (panel is not None) and (config.previous is None) == (wave == "2023q4")
