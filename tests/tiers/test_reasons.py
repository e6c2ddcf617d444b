import numpy as np
import pandas as pd
import pytest

from workbench.tiers import TierRules, grade, with_reasons


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_words_in_the_engine_are_those_of_python(customers, rules, language):
    frame = customers.assign(amount_12m=customers["amount_12m"].clip(upper=999).round())
    frame.loc[:40, "orders_12m"] = 1
    graded = grade(frame, rules)
    in_engine = with_reasons(graded, language).to_frame()
    assert in_engine["reason"].tolist() == [m.text(language) for m in graded.reasons()]


def test_groups_hysteresis_grace_and_missing_values():
    made = TierRules.of(
        [
            {"name": "A", "minimum": {"v": 100}, "maximum": {"days": 30}},
            {"name": "B", "minimum": {"v": 50}},
            {"name": "C"},
        ],
        by="region",
        variants={"north": {"A": {"v": 80}}},
        slack=0.1,
        grace_waves=2,
    )
    frame = pd.DataFrame(
        {
            "customer_id": list("abcdef"),
            "v": [95, 60, 60, np.nan, 70, 20.5],
            "days": [1, 1, 90, 1, 1, 1],
            "region": ["s", "s", "s", "s", "north", "s"],
        }
    )
    before = pd.DataFrame({"customer_id": list("ab"), "tier": ["A", "A"], "waves_below": [0, 1]})
    graded = grade(frame, made, previous=before)
    words = with_reasons(graded, "en").to_frame()["reason"].tolist()
    assert words == [str(m) for m in graded.reasons()]
    assert "at most 10%" in words[0] and "wave 2 of 2 of grace" in words[1]
    assert "days is 90, A allows up to 30" in words[2] and "v is not known" in words[3] and "needs 80" in words[4]
    assert words[5] == "Tier C: v is 20.50, B needs 50"


def test_one_row_per_customer_in_order(customers, rules):
    table = with_reasons(grade(customers, rules), "en").to_frame()
    assert table["customer_id"].tolist() == sorted(customers["customer_id"])
