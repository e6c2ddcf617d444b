from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, contracts
from workbench.clv import Sbg, contract_renewals, contract_spells, value_contracts
from workbench.clv.contracts.worth import months_ahead, survival_ahead
from workbench.core import InputError


def parts(frame, gap_days=30):
    spells = contract_spells(frame, observed_until=END, gap_days=gap_days)
    return spells, contract_renewals(spells)


def test_values_of_customers_add_up_to_the_total():
    spells, renewals = parts(contracts(2500))
    for cost in (0.0, 12.0):
        worth = value_contracts(spells, renewals, annual_discount_rate=0.1, margin=0.4, service_cost=cost, level=0.9)
        rows = worth.source.to_frame()
        assert rows["customer_id"].is_unique
        assert len(rows) == worth.customers
        assert rows["clv"].sum() == pytest.approx(worth.total.estimate)
        assert rows["lifetime_value"].sum() == pytest.approx(worth.lifetime.estimate)
        assert rows["at_risk"].sum() == pytest.approx(worth.at_risk)
        assert worth.total.ci_low < worth.total.estimate < worth.total.ci_high
        assert worth.table["contracts"].sum() == rows["probability_alive"].sum() == worth.running
        assert worth.table["value"].sum() == pytest.approx(worth.total.estimate)
        assert "(90 %)" in worth.to_html("en")


def test_what_is_forecast_is_what_comes():
    # contracts of the future are made along with those of the past; the forecast only sees the past
    inside = 0
    for seed in range(8):
        frame = contracts(1500, seed=seed, alpha=1.5, beta=20.0)
        rng = np.random.default_rng(seed)
        worth = value_contracts(*parts(frame, 0), annual_discount_rate=0.0, level=0.9)
        running = frame[frame["ended_at"].isna()]
        ages = ((pd.Timestamp(END) - running["started_at"]).dt.days / (365.25 / 12)).to_numpy()
        theta = rng.beta(1.5, 20.0 + np.floor(ages))  # of those still there
        left = rng.geometric(theta)
        months = np.minimum(1 - (ages % 1) + left - 1, 12.0)
        inside += worth.total.ci_low * 0.97 < 10 * months.sum() < worth.total.ci_high * 1.03
    assert inside >= 7


def test_terms_differ_by_group():
    people = pd.DataFrame({"customer_id": [f"{i:05d}" for i in range(1200)], "tier": np.resize(["A", "B", None], 1200)})
    worth = value_contracts(
        *parts(contracts(1200)),
        annual_discount_rate=0.1,
        margin={"A": 0.9, "B": 0.1, "–": 0.5},
        service_cost={"A": 6.0, "B": 0.0, "–": 0.0},
        terms_by=(people, "tier"),
    )
    rows = worth.source.to_frame().merge(people, on="customer_id")
    mean = rows[rows["probability_alive"] > 0].fillna({"tier": "–"}).groupby("tier")["clv"].mean()
    assert mean["A"] > 7 * mean["B"]
    assert rows["clv"].sum() == pytest.approx(worth.total.estimate)


def test_without_amounts_nothing_is_worth_anything():
    with pytest.raises(InputError, match="no amount_per_month"):
        value_contracts(*parts(contracts(300).drop(columns="amount_per_month")), annual_discount_rate=0.1)


def test_months_ahead_are_those_of_the_model():
    renewals = parts(contracts(2500))[1]
    model = Sbg(alpha=1.0, beta=9.0)
    fixed = replace(renewals, fit=replace(renewals.plain, model=model), period=12)
    ages = np.array([0.0, 11.0, 12.0])
    found = months_ahead(fixed, ages, 0.0, 12, None)
    kept = model.survival([0, 1, 2])
    # a new contract runs to its first renewal; one of eleven months has one month before it, and eleven after
    assert found == pytest.approx([12.0, 1 + 11 * kept[1], 12.0])
    ever = months_ahead(fixed, ages, 0.01 / (365.25 / 12), 1200, None)
    assert ever[2] > 12 * float(model.residual_lifetime(1, 1.01**12 - 1)) * 0.9
    assert survival_ahead(fixed, ages, 12) == pytest.approx([kept[1], kept[1], kept[2] / kept[1]])
