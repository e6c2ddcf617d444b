from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.estimation import Design
from workbench.nps import driver_worth, importance_performance, key_drivers
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


def test_drivers_are_kept_with_their_worth_and_how_many_rate_them_good(wave):
    data, design = answers(), Design(weight="weight", stratum="stratum")
    items = driving.driver_columns(wave, data)
    found = key_drivers(data, "recommend", items, design, bootstrap=60, seed=1)
    worth = driver_worth(data, "recommend", items, design, scale=driving.scale_of(wave, items), bootstrap=60, seed=1)
    kept = driving.drivers_kept(found, worth, data, wave.config.questions)
    assert kept["driver"].iloc[0] == "service" and kept["worth"].notna().all()
    assert kept.set_index("driver")["good"]["service"] == pytest.approx((data["service"] >= 4).mean())
    names = {n: q.label for n, q in wave.config.questions.items()}
    drawn = driving.draw_map(importance_performance(found), found, names, "zh-CN")
    assert "服务" in [t.get_text() for t in drawn.axes[0].texts]
    assert driving.contrast_of(data, items, design, (1, 5)).table["driver"].tolist()


def test_a_bootstrap_follows_the_first_stage():
    two = Design(weight="w", psu=["store", "id"], population=["N", "M"], lonely_psu="average")
    plan = driving.resampled(two)
    assert plan.psu == "store" and plan.population is None and plan.lonely_psu == "certainty"
    assert driving.resampled(Design(population="N")).population == "N"


def test_items_of_one_question_are_all_drivers(make_wave):
    battery = "".join(QUESTIONS.splitlines(keepends=True)[0].replace("service", f"Q2_{i}") for i in (1, 2, 3))
    wave = Wave.open(make_wave(wave_yaml=WAVE.partition("  satisfaction")[0] + battery))
    data = answers().rename(columns={"satisfaction": "Q2_1", "service": "Q2_2", "price": "Q2_3"})
    assert driving.driver_columns(wave, data) == ["Q2_1", "Q2_2", "Q2_3"], "none of them is about everything"
