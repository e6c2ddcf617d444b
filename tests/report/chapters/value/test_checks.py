from __future__ import annotations

import datetime as dt

import pytest

from workbench.report.chapters.value import chapter as value
from workbench.report.chapters.value import checks as value_checks
from workbench.report.chapters.value.terms import terms_of
from workbench.store import Wave
from workbench.store.demo import make_company
from workbench.store.demo.wave_file import wave_yaml


@pytest.fixture(scope="module")
def waves(tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    make_company(folder, customers=1500, seed=5, language="en")
    for name in ("2026q2", "2026q3"):
        (folder / name / "wave.yaml").write_text(wave_yaml(name, "en", panel=40), encoding="utf-8")
    return {name: Wave.open(folder / name) for name in ("2026q2", "2026q3")}


@pytest.fixture(scope="module")
def models(waves):
    wave = waves["2026q3"]
    return value.models_of(value.histories_of(wave), wave.config.value.model)


def test_the_holdout_of_a_wave(waves, models):
    found = value_checks.holdout_of(waves["2026q3"], models)
    assert found is not None
    assert found.predicted == pytest.approx(found.actual, rel=0.15)


def test_last_waves_forecast_covers_what_happened(waves):
    before, now = waves["2026q2"], waves["2026q3"]
    assert value_checks.last_forecast(now, interval=0.9, seed=1) is None  # nothing was kept yet
    purchases = value.histories_of(before)
    models = value.models_of(purchases, "best")
    made = value.valued(before, purchases, models, terms_of(before), interval=0.9, seed=1)
    before.keep("clv", made.source, made_by="40_value", order_by="customer_id")
    before.keep("value_models", value.kept_models(models), made_by="40_value")
    last = value_checks.last_forecast(now, interval=0.99, seed=1)
    assert last is not None
    assert last.amount.ci_low < last.spent < last.amount.ci_high
    assert last.since == dt.date(2026, 7, 1)
    assert last.tenths["forecast"].sum() == pytest.approx(1)
    assert last.tenths["happened"].iloc[0] > 0.3
    held = value_checks.holdout_of(now, models, last)
    assert held is not None
    assert held.predicted == pytest.approx(last.purchases.estimate) and held.actual == last.bought
    assert value_checks.last_forecast(before, interval=0.9, seed=1) is None
    before.keep("value_models", value.kept_models(None), made_by="40_value")
    assert value_checks.last_forecast(now, interval=0.9, seed=1) is None
