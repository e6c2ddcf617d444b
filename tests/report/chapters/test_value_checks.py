from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clv import profit_contribution, retention_curve
from workbench.report.chapters import value, value_checks
from workbench.report.chapters.value_checks import cohort_table, drivers_table, shown_profit
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


def test_cohorts_at_six_and_twelve_months(waves, models):
    purchases = value.histories_of(waves["2026q3"])
    whole, cohorts, groups = value_checks.curves(purchases, models, value.breakdowns(waves["2026q3"]), 0.9)
    table = cohort_table(cohorts)
    assert table["group"].iloc[0] == "2024 Q3"
    assert table["after_6"].iloc[0] > table["after_12"].iloc[0]
    assert np.isnan(table["after_12"].iloc[-1])
    assert set(groups) >= {"region", "channel"}
    assert len(cohort_table(whole)) == 1


def test_holdout_and_profit_of_a_wave(waves, models):
    wave = waves["2026q3"]
    found = value_checks.holdout_of(wave, models)
    assert found is not None
    assert found.predicted == pytest.approx(found.actual, rel=0.15)
    profit = value_checks.profit_of(wave, value.breakdowns(wave))
    assert profit is not None
    kept = wave.read("transactions", columns=["ordered_at", "margin"])
    year = pd.to_datetime(kept["ordered_at"]) > pd.Timestamp(wave.config.as_of - dt.timedelta(days=365))
    assert profit.profit.estimate == pytest.approx(kept.loc[year, "margin"].sum(), rel=1e-6)
    assert "region" in set(profit.groups["breakdown"])


def test_last_waves_forecast_covers_what_happened(waves):
    before, now = waves["2026q2"], waves["2026q3"]
    assert value_checks.last_forecast(now, interval=0.9, seed=1) is None  # nothing was kept yet
    purchases = value.histories_of(before)
    models = value.models_of(purchases, "best")
    made = value.valued(before, purchases, models, interval=0.9, seed=1)
    before.keep("clv", made.source, made_by="40_value", order_by="customer_id")
    before.keep("value_models", value.kept_models(models), made_by="40_value")
    last = value_checks.last_forecast(now, interval=0.99, seed=1)
    assert last is not None
    assert last.amount.ci_low < last.spent < last.amount.ci_high
    assert last.since == dt.date(2026, 7, 1)
    assert last.tenths["forecast"].sum() == pytest.approx(1)
    assert last.tenths["happened"].iloc[0] > 0.3
    assert value_checks.last_forecast(before, interval=0.9, seed=1) is None


def test_losses_are_shown_where_there_are_some():
    data = pd.DataFrame({"revenue": [10.0, 20, 30], "service": [1.0, 1, 40], "region": ["a", "b", "b"]})
    good = profit_contribution(data.assign(service=1.0), by=["region"])
    bad = profit_contribution(data, by=["region"])
    assert "loss" not in shown_profit(good.groups)
    assert "loss" in shown_profit(bad.groups)
    assert [str(d) for d in drivers_table(bad)["driver"]] == ["Cost of service"]


def test_a_short_history_has_no_cohort_columns():
    contracts = pd.DataFrame({"duration": [1.0, 2.0, 3.0], "ended": [True, True, False]})
    assert "after_12" not in cohort_table(retention_curve(contracts))
