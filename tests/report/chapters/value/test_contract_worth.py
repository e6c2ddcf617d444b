from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.report.chapters.value.test_contracts import YAML, csv, made
from workbench.clv import Sbg
from workbench.core.engine import as_table
from workbench.report.chapters.value.contract_worth import (
    AHEAD_COLUMNS,
    contract_groups,
    contract_value,
    months_ahead,
)
from workbench.report.chapters.value.contracts import contracts_of
from workbench.report.chapters.value.groups import VALUE_COLUMNS
from workbench.report.chapters.value.renewals import renewals_of
from workbench.report.chapters.value.terms import WaveTerms
from workbench.store import Wave


@pytest.fixture
def parts(make_wave):
    def make(frame, more="value: {annual_discount_rate: 0.1}\n"):
        wave = Wave.open(make_wave(wave_yaml=YAML + more, contracts=csv(frame)))
        contracts = contracts_of(wave)
        return wave, contracts, renewals_of(contracts, None)

    return make


def test_values_of_customers_add_up_to_the_total(parts):
    wave, contracts, renewals = parts(made(2500))
    for terms in (WaveTerms(0.4, 0.0), WaveTerms(0.4, 12.0)):
        worth = contract_value(wave, contracts, renewals, terms, 0.9)
        rows = worth.source.to_frame()
        assert rows["customer_id"].is_unique and len(rows) == worth.customers
        assert rows["clv"].sum() == pytest.approx(worth.total.estimate)
        assert rows["lifetime_value"].sum() == pytest.approx(worth.lifetime.estimate)
        assert rows["at_risk"].sum() == pytest.approx(worth.at_risk)
        assert worth.total.ci_low < worth.total.estimate < worth.total.ci_high
        assert worth.ahead["contracts"].sum() == rows["probability_alive"].sum() == worth.running
        assert worth.ahead["value"].sum() == pytest.approx(worth.total.estimate)
        assert list(worth.ahead.columns) == list(AHEAD_COLUMNS)


def test_what_is_forecast_is_what_comes(parts):
    # contracts of the future are made along with those of the past; the forecast only sees the past
    inside = 0
    for seed in range(8):
        frame = made(1500, seed=seed, alpha=1.5, beta=20.0)
        later = pd.Timestamp("2027-06-30")
        whole = frame.assign(ended_at=frame["ended_at"])
        rng = np.random.default_rng(seed)
        wave, contracts, renewals = parts(frame, "value: {annual_discount_rate: 0, contract_gap_days: 0}\n")
        worth = contract_value(wave, contracts, renewals, WaveTerms(1.0, 0.0), 0.9)
        running = whole[whole["ended_at"].isna()]
        ages = ((pd.Timestamp("2026-06-30") - running["started_at"]).dt.days / (365.25 / 12)).to_numpy()
        theta = rng.beta(1.5, 20.0 + np.floor(ages))  # of those still there
        left = rng.geometric(theta)
        due = 1 - (ages % 1)
        months = np.minimum(due + left - 1, 12.0)
        inside += worth.total.ci_low * 0.97 < 10 * months.sum() < worth.total.ci_high * 1.03
        assert later > frame["started_at"].max()
    assert inside >= 7


def test_terms_differ_by_group(parts):
    wave, contracts, renewals = parts(made(1200))
    people = pd.DataFrame({"customer_id": [f"{i:05d}" for i in range(1200)], "tier": np.resize(["A", "B", None], 1200)})
    table = as_table(people)
    terms = WaveTerms({"A": 0.9, "B": 0.1, "–": 0.5}, {"A": 6.0, "B": 0.0, "–": 0.0}, "tier", (table, "tier"))
    worth = contract_value(wave, contracts, renewals, terms, 0.9)
    rows = worth.source.to_frame().merge(people, on="customer_id")
    mean = rows[rows["probability_alive"] > 0].fillna({"tier": "–"}).groupby("tier")["clv"].mean()
    assert mean["A"] > 7 * mean["B"]
    assert rows["clv"].sum() == pytest.approx(worth.total.estimate)
    made_groups = contract_groups(worth, as_table(people, worth.source.engine), ["tier"])
    assert list(made_groups.columns) == ["breakdown", *VALUE_COLUMNS, "std_error"]
    assert made_groups["value"].sum() == pytest.approx(worth.total.estimate)
    assert made_groups["customers"].sum() == 1200


def test_without_amounts_nothing_is_worth_anything(parts):
    wave, contracts, renewals = parts(made(300).drop(columns="amount_per_month"))
    assert contract_value(wave, contracts, renewals, WaveTerms(1.0, 0.0), 0.9) is None


def test_months_ahead_are_those_of_the_model(parts):
    from dataclasses import replace

    renewals = parts(made(2500))[2]
    model = Sbg(alpha=1.0, beta=9.0)
    fixed = replace(renewals, fit=replace(renewals.plain, model=model), period=12)
    ages = np.array([0.0, 11.0, 12.0])
    found = months_ahead(fixed, ages, 0.0, 12, None)
    kept = model.survival([0, 1, 2])
    # a new contract runs to its first renewal; one of eleven months has one month before it, and eleven after
    assert found == pytest.approx([12.0, 1 + 11 * kept[1], 12.0])
    ever = months_ahead(fixed, ages, 0.01 / (365.25 / 12), 1200, None)
    yearly = 1.01**12 - 1
    assert ever[2] > 12 * float(model.residual_lifetime(1, yearly)) * 0.9
