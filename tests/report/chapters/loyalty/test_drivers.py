from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.estimation import Design
from workbench.report.chapters.loyalty import drivers as driving
from workbench.store import Wave

QUESTIONS = """\
  service: {label: {en: Service, zh-CN: 服务}, low: 1, high: 5, top_box: 4}
  price: {label: {en: Price, zh-CN: 价格}, low: 1, high: 5, top_box: 4}
  effort: {label: {en: Effort, zh-CN: 便利}, low: 1, high: 7, top_box: 5}
"""


def answers(n=500):
    rng = np.random.default_rng(1)
    data = pd.DataFrame(
        {
            "satisfaction": 4,
            "service": rng.integers(1, 6, n),
            "price": rng.integers(1, 6, n),
            "effort": rng.integers(1, 8, n),
            "weight": 1.0,
            "stratum": rng.choice(["a", "b"], n),
        }
    )
    latent = 1.5 * data["service"] + 0.5 * data["price"] + rng.normal(size=n)
    return data.assign(recommend=np.clip(np.round(latent), 0, 10))


@pytest.fixture
def wave(make_wave):
    return Wave.open(make_wave(wave_yaml=WAVE + QUESTIONS))


def test_the_questions_of_the_usual_scale_are_drivers_unless_others_are_named(wave, make_wave):
    assert driving.driver_columns(wave, answers()) == ["service", "price"]
    named = Wave.open(make_wave(wave_yaml=WAVE + QUESTIONS + "loyalty: {drivers: [price, effort, gone]}\n"))
    assert driving.driver_columns(named, answers()) == ["price", "effort"]


def test_drivers_their_worth_and_the_map_read_in_both_languages(wave):
    found = driving.analyse_drivers(wave, answers(), Design(weight="weight", stratum="stratum"), bootstrap=60, seed=1)
    assert found is not None and found.drivers.table["driver"].iloc[0] == "service"
    assert found.worth.table["ci_low"].iloc[0] > 0 and found.contrast is not None
    said = [f.text.text("zh-CN") for f in driving.driver_findings(found)]
    assert any("服务" in s for s in said) and any("NPS" in s for s in said)
    named = driving.in_questions(found.drivers, found.names)
    assert "服务" in named.to_html("zh-CN") and "Service" in named.to_html("en")
    assert driving.draw_map(found, "zh-CN").axes
    odds = driving.odds_table(found)
    assert odds["odds_ratio"].iloc[0] > 2 and odds["driver"].iloc[0].text("en") == "Service"
    assert len(driving.odds_notes(found)) >= 1
    kept = driving.drivers_kept(found)
    assert kept["worth"].notna().all() and driving.drivers_kept(None).empty


def test_too_few_answers_are_not_analysed(wave):
    assert driving.analyse_drivers(wave, answers(20), Design(weight="weight"), bootstrap=60, seed=1) is None
    assert driving.driver_findings(None) == []
    assert not driving.usable(answers().assign(price=3), ["service", "price"])


def test_a_bootstrap_follows_the_first_stage():
    two = Design(weight="w", psu=["store", "id"], population=["N", "M"], lonely_psu="average")
    plan = driving.resampled(two)
    assert plan.psu == "store" and plan.population is None and plan.lonely_psu == "certainty"
    assert driving.resampled(Design(population="N")).population == "N"
