from __future__ import annotations

import pytest

from workbench.store.demo import parameters as p


def test_shares_add_up():
    finals = [[share for _, share in codes] for codes in p.FINAL_CODES.values()]
    modes = [share for _, share in p.RESPONSE.modes]
    for shares in (p.REGION_SHARES, p.CHANNEL_SHARES, p.CATEGORY_SHARES, modes, *finals):
        assert sum(shares) == pytest.approx(1)


def test_effects_match_their_categories():
    assert len(p.OPINIONS.region) == len(p.OPINIONS.second_wave) == len(p.RESPONSE.region) == len(p.REGIONS)
    assert len(p.OPINIONS.channel) == len(p.CHANNELS)
    assert len(p.OPINIONS.spend_class) == len(p.RESPONSE.spend_class) == len(p.SPEND_CLASSES)
    assert len(p.OPINIONS.importance) == len(p.OPINIONS.spill) == len(p.ATTRIBUTES)
    for cuts in (p.OPINIONS.recommend_cuts, p.OPINIONS.satisfaction_cuts, p.OPINIONS.effort_cuts):
        assert list(cuts) == sorted(cuts)


def test_twelve_months():
    for wave in p.WAVES:
        assert wave.day - wave.year_day == 364
