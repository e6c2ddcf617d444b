from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.language import LANGUAGES
from workbench.tiers import TierRules, common_reasons, grade

RULES = TierRules.of(
    [{"name": "A", "minimum": {"amount_12m": 100, "orders_12m": 3}}, {"name": "B"}], slack=0.1, grace_waves=1
)


def graded(n=400, previous=None):
    rng = np.random.default_rng(4)
    people = pd.DataFrame(
        {
            "customer_id": [f"{i:03d}" for i in range(n)],
            "amount_12m": rng.gamma(2, 60, n).round(2),
            "orders_12m": rng.poisson(4, n).astype(float),
        }
    )
    return people, grade(people, RULES, previous=previous)


def test_counts_are_those_of_the_rules():
    people, grades = graded()
    table = common_reasons(grades, most=9).table
    assert table["customers"].sum() == len(people) and abs(table["share"].sum() - 1) < 1e-12
    told = {(t, str(r)): n for t, r, n in zip(table["tier"], table["reason"], table["customers"], strict=True)}
    poor = (people["amount_12m"] < 100) & (people["orders_12m"] >= 3)
    assert told["B", "for A not enough: Spending in 12 months"] == poor.sum()
    assert list(table["tier"]) == sorted(table["tier"])


def test_only_the_commonest_are_told_and_nobody_is_named():
    _, grades = graded()
    found = common_reasons(grades, most=1)
    assert found.table["tier"].tolist() == ["A", "B"]
    assert list(found.table) == ["tier", "reason", "customers", "share"]
    shown = {language: found.shown_table(language)["reason"].tolist() for language in LANGUAGES}
    assert shown["en"] != shown["zh-CN"] and "000" not in str(shown)
    assert len(found.plot("en").axes[0].patches) == 2


def test_who_is_kept_by_grace_or_slack_is_told_so():
    people, _ = graded()
    before = people[["customer_id"]].assign(tier="A", earned_tier="A", waves_below=0)
    _, kept = graded(previous=before)
    told = {str(r) for r in common_reasons(kept, most=9).table["reason"]}
    assert "kept in the period of grace" in told
