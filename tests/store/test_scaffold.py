from __future__ import annotations

import yaml

from workbench.store.scaffold import new_wave_text
from workbench.store.wave_file import parse_wave


def test_a_first_wave_is_valid_as_it_stands(tmp_path):
    text = new_wave_text(tmp_path / "Acme GmbH" / "2026q3", None)
    config = parse_wave(yaml.safe_load(text), where="x")
    assert (config.study, config.wave) == ("acme-gmbh", "2026q3")


def test_a_next_wave_follows_the_one_before(make_wave, tmp_path):
    before = make_wave()
    config = parse_wave(yaml.safe_load(new_wave_text(tmp_path / "w2", before)), where="x")
    assert (config.wave, config.previous) == ("w2", "w1")
    assert config.tables.keys() == {"customers", "transactions", "responses"}
