from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from tests.report.chapters.tiers.test_chapter import TIERS
from workbench.core.errors import InputError
from workbench.report.chapters.tiers.chapter import graded_table, previous_tiers, rules_of
from workbench.report.chapters.tiers.movement import (
    keep_changes,
    moved_since,
    regression_findings,
    regression_notes,
    regression_of,
    size_findings,
    stake_findings,
)
from workbench.report.chapters.tiers.movement import tests_of as movement_tests_of
from workbench.store import Wave
from workbench.tiers import grade, migration

YAML = WAVE + TIERS


def orders(seed, n=120):
    rng = np.random.default_rng(seed)
    lasting = np.random.default_rng(1).gamma(2, 25, n)
    rows = [f"{i:03d},2026-0{1 + i % 6}-11,{lasting[i] * rng.uniform(0.5, 1.5):.2f}" for i in range(n)]
    return "customer_id,ordered_at,amount\n" + "\n".join(rows) + "\n"


def customers(n):
    return "customer_id,region,signup_date\n" + "".join(f"{i:03d},north,2025-01-31\n" for i in range(n))


def three_waves(make_wave):
    """Return the last of three waves, the others graded and kept."""
    wave = None
    for number in (1, 2, 3):
        text = YAML.replace("wave: w1", f"wave: w{number}")
        text = text if number == 1 else text.replace("title:", f"previous: w{number - 1}\ntitle:")
        people = 110 if number == 2 else 120
        folder = make_wave(
            wave_yaml=text, folder=f"w{number}", transactions=orders(number), customers=customers(people)
        )
        wave = Wave.open(folder)
        rules = rules_of(wave)
        grades = grade(graded_table(wave, rules), rules, value="amount_12m", previous=previous_tiers(wave))
        wave.keep("tiers", grades.source)
    return wave, grades


def test_movement_over_three_waves(make_wave):
    wave, grades = three_waves(make_wave)
    moved = migration(previous_tiers(wave), grades)
    tests, regression = movement_tests_of(wave, moved), regression_of(wave, grades)
    assert {"Bhapkar", "G²", "G² (Markov)"} <= set(tests.table["test"])
    assert regression is not None and regression.table["by_itself"].iloc[0] < 0
    told = [*size_findings(tests), *regression_findings(regression), *stake_findings(moved)]
    found = {f.id: f for f in told}
    assert found["tiers.resized"].evidence.p_value == tests.table.set_index("test").loc["Bhapkar", "p_value"]
    assert found["tiers.resized"].is_said + found["tiers.same_size"].is_said == 1
    assert found["tiers.by_itself"].evidence.estimate == regression.table["beyond"].iloc[0]
    assert found["tiers.stake"].evidence.estimate == -moved.at_stake["value_change"].sum()
    stake = moved.at_stake
    assert stake["from_tier"].tolist() == ["A"] and stake["share"].between(0, 1).all()
    told = keep_changes(wave, grades, previous_tiers(wave))
    listed = pd.read_excel(wave.folder / "fieldwork" / "tier_changes.xlsx", dtype=str, engine="calamine")
    assert told["customers"].sum() == len(listed) > 0 and listed["reason"].notna().all()
    came = moved.came_and_left
    assert came["entrants"].sum() == 10 and came["leavers"].sum() == 0


def test_without_an_earlier_wave_nothing_is_compared(make_wave):
    wave = Wave.open(make_wave(wave_yaml=YAML, transactions=orders(1), customers=customers(120)))
    rules = rules_of(wave)
    grades = grade(graded_table(wave, rules), rules, value="amount_12m")
    assert previous_tiers(wave) is None and moved_since(wave, grades) is None
    with pytest.raises(InputError, match="from one wave to the next"):
        regression_of(wave, grades)
    assert "by themselves" in regression_notes()[0].message.text("en")


def test_options_of_wave_yaml_reach_the_rules(make_wave):
    text = YAML + (
        "tier_rules: {slack: 0.1, grace_waves: 1, by: region, variants: {south: {A: {amount_12m: 20}}},"
        " scores: {points: {amount_12m: {weight: 1, full: 100}}}}\n"
    )
    wave = Wave.open(make_wave(wave_yaml=text, transactions=orders(1), customers=customers(120)))
    rules = rules_of(wave)
    assert (rules.slack, rules.grace_waves, rules.by) == (0.1, 1, "region")
    grades = grade(graded_table(wave, rules), rules, value="amount_12m")
    assert isinstance(grades.table, pd.DataFrame) and grades.conditions["A"][0].value_for("south") == 20
