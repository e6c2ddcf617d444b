from __future__ import annotations

import pandas as pd

from workbench.core.language import message
from workbench.learning import check_promise, check_promise_by
from workbench.report.chapters.outlook import tables


def test_tables_speak_in_words(told):
    _, choice, scores = told
    assert {str(c) for c in tables.named_folds(choice)["candidate"]} >= {"Tuned hiatus", "Boosted trees"}
    assert all(str(r) for r in tables.reasons_table(scores)["reason"])
    assert [str(c.label) for c in tables.outlook_cards(scores, choice)] == [
        "Expected to buy",
        "Expected spend",
        "Told by",
    ]
    promise = check_promise(choice.told["probability"], choice.told["bought"])
    assert tables.total_table(promise)["customers"].tolist() == [promise.n]


def test_groups_are_named_and_without_groups_there_is_no_table():
    rows = pd.DataFrame({"probability": 0.5, "bought": [0.0, 1.0] * 40, "tier": ["A"] * 40 + ["B"] * 40})
    found = check_promise_by(rows, ["tier"])
    shown = tables.fairness_tables(found, {"tier": {"A": message("Refunds")}}, {})[0]
    assert [str(g) for g in shown["group"]] == ["Refunds", "B"]
    assert str(shown["breakdown"].iloc[0]) == "Tier in the previous wave"
    assert tables.fairness_tables(check_promise_by(rows, []), {}, {}) == []
