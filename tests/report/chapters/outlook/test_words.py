from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.learning.test_list_effect import DAYS, called
from workbench.clv import customers_to_keep
from workbench.core.findings import said
from workbench.learning import (
    check_kept_promises,
    check_promise,
    check_promise_by,
    list_effect,
    outlook_list,
)
from workbench.report.chapters.outlook import words


def ids(findings):
    return [f.id for f in said(findings)]


def test_the_candidate_is_named_with_what_it_was_held_against(told):
    choice = told[1]
    found = words.choice_findings(choice)
    assert ids(found) == ["outlook.ranked", "outlook.better", "outlook.not_better"]
    assert all(f.evidence.ci_low is not None and f.evidence.n for f in found)
    said_of_others = found[2]
    assert ("smaller than" in said_of_others.message.text("en")) == (said_of_others.evidence.estimate > 0)
    assert "−" not in said_of_others.message.text("en").split("by ")[1].split(" (")[0]
    assert found[1].evidence.family == 3 and "Tuned hiatus" in found[1].message.text("en")
    rule = replace(
        choice, chosen="hiatus", table=choice.table.assign(against=["", "hiatus", "hiatus", "hiatus"], better=False)
    )
    assert ids(words.choice_findings(rule)) == ["outlook.ranked", "outlook.not_better"]


def test_promises_are_said_to_be_kept_or_not_never_both():
    rng = np.random.default_rng(2)
    p = pd.Series(rng.random(3000))
    y = pd.Series((rng.random(3000) < p).astype(float))
    assert ids(words.promise_findings(check_promise(p, y))) == ["outlook.kept"]
    assert ids(words.promise_findings(check_promise(p, y * 0.0))) == ["outlook.off"]


@pytest.mark.parametrize(("off", "told"), [(0.0, ["outlook.fair"]), (0.3, ["outlook.unfair:region=b"])])
def test_a_group_stands_out_only_beyond_chance(off, told):
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"probability": 0.5, "region": np.repeat(["a", "b", "c"], 300)})
    rows["bought"] = (rng.random(900) < 0.5 + off * (rows["region"] == "b")).astype(float)
    assert ids(words.fairness_findings(check_promise_by(rows, ["region"]), {})) == told
    assert words.fairness_findings(check_promise_by(rows, []), {}) == []


def test_what_is_said_of_everybody_and_of_the_list(told):
    scores = told[2]
    assert ids(words.scores_findings(scores)) == ["outlook.reason"]
    found = words.list_findings(outlook_list(scores.source, salt="s", listed=30))
    assert ids(found) == ["outlook.call", "outlook.lost"]
    nobody = words.list_findings(outlook_list(scores.source, salt="s", leave_out=scores.source))
    assert ids(nobody) == []
    values = pd.DataFrame({"customer_id": ["a"], "probability_alive": [0.6], "clv": [60.0], "at_risk": [40.0]})
    for contracts in (True, False):
        assert ids(words.keep_findings(customers_to_keep(values), contracts)) == ["value.keep"]


def test_calls_are_priced_only_where_they_did_something():
    worked = list_effect(*called(0.15), **DAYS, call_cost=3.0)
    assert ids(words.calls_findings(worked))[:2] == ["calls.effect", "calls.cost"]
    assert ids(words.calls_findings(list_effect(*called(), **DAYS, call_cost=3.0))) == ["calls.unclear"]


def test_last_wave_is_said_with_its_interval(told):
    n = 200
    scores = pd.DataFrame(
        {"customer_id": [str(i) for i in range(n)], "probability": np.linspace(0.1, 0.9, n), "expected_spend": 5.0}
    )
    orders = pd.DataFrame({"customer_id": scores["customer_id"].iloc[100:], "ordered_at": pd.Timestamp("2026-01-05")})
    kept = check_kept_promises(
        scores,
        orders.assign(amount=9.0),
        made_on=dt.date(2025, 12, 31),
        horizon_days=30,
        until=dt.date(2026, 1, 30),
    )
    assert ids(words.last_findings(kept)) == ["outlook.last"]
