from __future__ import annotations

import pytest

from tests.report.chapters.sample.made import FRAME, PEOPLE, open_wave
from workbench.report.chapters.sample import spot_check as checks
from workbench.report.run.release import FROZEN


def test_a_spot_check_goes_toward_risk_and_speaks_for_all(make_wave):
    wave = open_wave(make_wave, "w1")
    check = checks.spot_check_of(wave, FRAME)
    row = check.risks.table.iloc[0]
    assert row["customers"] == 10 and row["drawn"] >= 4 and row["drawn_share"] > 3 * row["share"]
    assert check.drawn["base_weight"].sum() == pytest.approx(100, rel=0.5)
    assert check.deff >= 1
    shown = checks.named_risks(check, wave.config.spot_check).to_html("zh-CN")
    assert "投诉" in shown and "C00" not in shown
    words = checks.spot_check_words(check, PEOPLE.assign(reserve=False))
    assert words[0].message.text("en").startswith("12 customers are checked; 12 of them")
    wave.keep(FROZEN["spot_check"], check.drawn.head(3))
    assert len(checks.spot_check_of(wave, FRAME).drawn) == 3
    assert checks.spot_check_of(open_wave(make_wave, "w2", plan=""), FRAME) is None
