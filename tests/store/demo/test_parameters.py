from __future__ import annotations

import itertools

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


def test_a_longer_company_has_the_same_last_waves_and_quarters_before():
    assert p.wave_plans() == p.WAVES and p.wave_plans(12)[-2:] == p.WAVES
    plans = p.wave_plans(12)
    assert [w.name for w in plans][:3] == ["2023q4", "2024q1", "2024q2"]
    assert all((b.as_of - a.as_of).days in (90, 91, 92) for a, b in itertools.pairwise(plans))
    assert len({w.stream for w in plans}) == 12 and [w.stream for w in p.WAVES] == [0, 1]
    assert all((w.as_of - w.year_starts).days in (364, 365) for w in plans)
    assert p.first_day() == 0 and p.first_day(12) < plans[0].day - 500
