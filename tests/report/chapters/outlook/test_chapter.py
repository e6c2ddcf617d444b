from __future__ import annotations

import datetime as dt

import pandas as pd

from tests.report.chapters.outlook.conftest import YAML
from workbench.learning import outlook_list
from workbench.report.chapters.outlook import chapter
from workbench.store import Wave

ORDERS = "customer_id,ordered_at,amount\n001,2025-01-05,1\n"


def wave_of(make_wave, folder="w1", wave_yaml=YAML, **files):
    return Wave.open(make_wave(wave_yaml=wave_yaml, folder=folder, **files))


def test_orders_or_contracts_make_the_chapter(make_wave):
    assert chapter.CHAPTER.left_out(wave_of(make_wave, transactions=ORDERS)) is None
    none = YAML.replace("  transactions: {file: raw/transactions.csv}\n", "")
    assert "no orders and no contracts" in str(chapter.CHAPTER.left_out(wave_of(make_wave, "w2", none)))
    held = none.replace("tables:\n", "tables:\n  contracts: {file: raw/contracts.csv}\n")
    contracts = "customer_id,started_at\na,2025-01-01\n"
    assert chapter.CHAPTER.left_out(wave_of(make_wave, "w3", held, contracts=contracts)) is None


def test_an_earlier_outlook_is_judged_when_its_days_are_over(make_wave):
    first = wave_of(make_wave, transactions=ORDERS)
    later = YAML.replace("wave: w1", "wave: w2\nprevious: w1")

    def second(day):
        made = make_wave(wave_yaml=later.replace("2025-12-31", day), transactions=ORDERS, folder="w2")
        return Wave.open(made)

    assert "No earlier wave" in str(chapter.told_before(second("2026-06-30")))
    first.keep("outlook", pd.DataFrame({"customer_id": ["001"], "probability": [0.5], "expected_spend": [1.0]}))
    first.keep("outlook_summary", pd.DataFrame({"horizon_days": [90], "call_cost": [2.5]}))
    assert chapter.forecast_end(first) == dt.date(2026, 3, 31)
    assert chapter.list_terms(first) == (dt.date(2025, 12, 31), dt.date(2026, 3, 31), 2.5)
    assert "not over" in str(chapter.told_before(second("2026-03-30")))
    assert chapter.told_before(second("2026-03-31")) is None
    assert "no list" in str(chapter.nobody_held_out(second("2026-03-31")))
    first.keep("outlook_list", pd.DataFrame({"customer_id": ["001"], "arm": ["call"]}))
    assert "held out" in str(chapter.nobody_held_out(second("2026-03-31")))
    first.keep("outlook_list", pd.DataFrame({"customer_id": ["001"], "arm": ["holdout"]}))
    assert chapter.nobody_held_out(second("2026-03-31")) is None


def test_values_that_tell_nobody_to_leave_make_no_list(make_wave):
    wave = wave_of(make_wave, transactions=ORDERS)
    assert "do not tell who may leave" in str(chapter.not_told_to_leave(wave))
    wave.keep("clv", pd.DataFrame({"customer_id": ["001"], "probability_alive": [0.5], "at_risk": [1.0], "clv": [2.0]}))
    wave.keep("value_summary", pd.DataFrame({"basis": ["silent"]}))
    assert "who has left" in str(chapter.not_told_to_leave(wave))
    wave.keep("value_summary", pd.DataFrame({"basis": ["models"]}))
    assert chapter.not_told_to_leave(wave) is None


def test_what_is_kept_and_what_a_contract_says(make_wave, told):
    _, choice, scores = told
    row = chapter.outlook_summary(wave_of(make_wave, transactions=ORDERS), choice, scores)
    assert tuple(row.columns) == chapter.SUMMARY and row["customers"].iloc[0] == 900
    assert pd.isna(row["call_cost"].iloc[0])
    assert chapter.headline_numbers(None, None, None) == {}
    listed = outlook_list(scores.source, salt="s", listed=20)
    numbers = chapter.headline_numbers(choice, scores, listed)
    assert numbers["chosen"] == choice.chosen and numbers["to_call"] + numbers["held_out"] == len(listed.customers)
