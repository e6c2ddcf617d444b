from __future__ import annotations

import pandas as pd

from tests.conftest import WAVE
from workbench.report.chapters.tiers.chapter import (
    CHAPTER,
    graded_table,
    move_findings,
    moves_table,
    not_comparable,
    policy_parts,
    rules_of,
    tier_findings,
    tier_sizes,
)
from workbench.store import Wave
from workbench.tiers import grade, migration, policy_table

TIERS = """\
tiers:
- {name: A, label: {en: High, zh-CN: 高}, minimum: {amount_12m: 50, satisfaction: 3}, gets: {en: Adviser, zh-CN: 顾问}}
- {name: B, label: {en: Basic, zh-CN: 普通}}
"""
ORDERS = "customer_id,ordered_at,amount\n001,2026-01-05,60\n002,2026-02-01,99\n003,2026-03-01,70\n"


def opened(make_wave, **files):
    return Wave.open(make_wave(wave_yaml=WAVE + TIERS, **({"transactions": ORDERS} | files)))


def test_rules_see_purchases_and_answers(make_wave):
    wave = opened(make_wave)
    rules = rules_of(wave)
    grades = grade(graded_table(wave, rules), rules, value="amount_12m")
    tiers = grades.table.set_index("customer_id")["tier"].to_dict()
    # 003 is dissatisfied; 002 was not asked, which counts as satisfied
    assert tiers == {"001": "A", "002": "A", "003": "B"}
    sizes = tier_sizes(wave, grades)
    assert sizes["zh"].tolist() == ["A（高）", "B（普通）"]


def test_a_study_without_a_customer_list_grades_its_buyers(make_wave):
    text = WAVE.replace("  customers: {file: raw/customers.csv}\n", "")
    wave = Wave.open(make_wave(wave_yaml=text + TIERS, transactions=ORDERS))
    rules = rules_of(wave)
    assert len(grade(graded_table(wave, rules), rules).table) == 3


def test_without_an_earlier_wave_nothing_is_compared(make_wave):
    sections = {s.id: s for s in CHAPTER.sections}
    assert {n for n, s in sections.items() if s.left_out(opened(make_wave)) is not None} == {
        "moves",
        "stake",
        "regression",
    }


def test_movement_is_put_into_words_with_its_interval():
    before = pd.DataFrame({"customer_id": [str(i) for i in range(100)], "tier": ["A"] * 50 + ["B"] * 50})
    now = before.assign(tier=["B"] * 10 + ["A"] * 40 + ["B"] * 50)
    moves = moves_table(migration(before, now, tiers=["A", "B"]))
    assert moves.set_index("move")["customers"].to_dict() == {"rose": 0, "stayed": 90, "fell": 10}

    class Sizes:
        summary = pd.DataFrame({"tier": ["A"], "customers": [40], "share": [0.4], "value_share": [0.7]})

    (first,), (moved,) = tier_findings(Sizes), move_findings(moves)
    assert first.id == "tiers.first" and first.is_said
    assert moved.id == "tiers.moves" and moved.is_said and moved.evidence.estimate == 0.1
    assert moved.evidence.ci_low < 0.1 < moved.evidence.ci_high


def test_tiers_that_are_called_otherwise_are_not_compared(make_wave):
    before = opened(make_wave)
    before.keep("tiers", pd.DataFrame({"customer_id": ["001"], "tier": ["A"], "value": [1.0]}))
    text = WAVE.replace("wave: w1", "wave: w2\nprevious: w1")
    same = Wave.open(make_wave(wave_yaml=text + TIERS, folder="w2"))
    other = Wave.open(make_wave(wave_yaml=text + TIERS.replace("name: B", "name: C"), folder="w2"))
    assert not_comparable(same) is None and not_comparable(other).text("en") == "The previous wave had other tiers."


def test_the_chapter_is_left_out_with_its_reason(make_wave):
    assert "names no tiers" in CHAPTER.left_out(Wave.open(make_wave())).text("en")


def test_service_owner_and_cost_of_wave_yaml_are_in_the_policy(make_wave):
    rich = TIERS.replace(
        "gets: {en: Adviser, zh-CN: 顾问}",
        "gets: {en: Adviser, zh-CN: 顾问}, owner: {en: Sales, zh-CN: 销售}, service_hours: 4, cost: 9",
    )
    wave = Wave.open(make_wave(wave_yaml=WAVE + rich, transactions=ORDERS))
    rules = rules_of(wave)
    policy = policy_table(grade(graded_table(wave, rules), rules, value="amount_12m"))
    given, counted = policy_parts(policy)
    assert "owner" in given and "service_hours" in given and {"cost", "cost_share", "customers"} <= set(counted)
    assert set(given) | set(counted) == set(policy.table) and policy.table["owner"][0].text("zh-CN") == "销售"
