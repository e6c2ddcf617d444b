from __future__ import annotations

import pandas as pd
import pytest

from tests.clv.made import END, contracts, faithful, orders
from tests.conftest import WAVE
from workbench.clv import (
    choose_models,
    contract_renewals,
    contract_spells,
    purchase_rhythm,
    purchase_summary,
    value_contracts,
    value_orders,
)
from workbench.core.errors import InputError
from workbench.report.chapters.value import chapter
from workbench.report.chapters.value.chapter import SUMMARY, Contracts, best_worth
from workbench.store import Wave

CONTRACTS = WAVE.replace("tables:\n", "tables:\n  contracts: {file: raw/contracts.csv}\n")


def from_orders(frame, choice="best", **more):
    purchases, rhythm = purchase_summary(frame, observed_until=END), purchase_rhythm(frame, observed_until=END)
    models = choose_models(purchases, choice, rhythm=rhythm)
    return purchases, value_orders(frame, purchases, models, rhythm, annual_discount_rate=0.1, seed=1, **more)


@pytest.fixture(scope="module")
def told():
    frame = orders(900)
    return from_orders(frame.assign(amount=frame["amount"] * (frame["customer_id"].astype(int) % 5 + 1)))


@pytest.fixture(scope="module")
def agreed():
    spells = contract_spells(contracts(900), observed_until=END)
    return Contracts(spells, value_contracts(spells, contract_renewals(spells), annual_discount_rate=0.1))


def test_without_orders_and_contracts_the_chapter_is_left_out(make_wave):
    assert chapter.CHAPTER.left_out(Wave.open(make_wave())) is None
    none = WAVE.replace("  transactions: {file: raw/transactions.csv}\n", "")
    assert "no orders" in str(chapter.CHAPTER.left_out(Wave.open(make_wave(wave_yaml=none, folder="w2"))))
    only = none.replace("tables:\n", "tables:\n  contracts: {file: raw/contracts.csv}\n")
    wave = Wave.open(make_wave(wave_yaml=only, folder="w3", contracts="customer_id,started_at\na,2026-01-01\n"))
    assert chapter.CHAPTER.left_out(wave) is None
    assert len(chapter.tables_of(wave, "contracts")) == 1
    assert chapter.tables_of(wave, "transactions") == []


def test_orders_come_before_contracts(told, agreed):
    worth = best_worth(told[1], agreed)
    assert worth.basis == "models"
    assert worth.is_forecast
    assert best_worth(None, agreed).basis == "contracts"
    with pytest.raises(InputError, match="orders, or by contracts"):
        best_worth(None, None)
    assert best_worth(from_orders(faithful())[1], None).basis == "silent"
    last = best_worth(from_orders(orders(9))[1], None)
    assert last.basis == "last year"
    assert last.told is None
    assert not last.is_forecast


def test_headline_numbers_are_kept_for_every_basis(make_wave, told, agreed):
    wave = Wave.open(make_wave())
    row = chapter.value_summary(wave, best_worth(told[1], None))
    assert list(row.columns) == list(SUMMARY)
    assert row["clv"].iloc[0] == told[1].total.estimate
    assert row["level"].iloc[0] == 0.95
    row = chapter.value_summary(wave, best_worth(None, agreed)).iloc[0]
    assert row["alive"] == agreed.value.running
    row = chapter.value_summary(wave, best_worth(from_orders(orders(9))[1], None)).iloc[0]
    assert row["customers"] == 9
    assert pd.isna(row["ci_low"])
    assert pd.isna(row["alive"])
    numbers = chapter.headline_numbers(None, None, None)
    assert numbers == {"profit": None}


def test_values_add_up_by_group(told, agreed):
    people = pd.DataFrame({"customer_id": told[1].source.to_frame()["customer_id"], "region": "n"})
    from workbench.core.engine import as_table

    worth = best_worth(told[1], None)
    groups = worth.by(as_table(people, worth.source.engine), ["region"])
    assert groups.table["value"].sum() == pytest.approx(worth.total.estimate)
    assert not len(worth.by(None, []).table)
    assert best_worth(None, agreed).spread.gini > 0
