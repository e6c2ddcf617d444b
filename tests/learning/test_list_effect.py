from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.learning import list_effect

DAYS = {"since": dt.date(2026, 6, 30), "until": dt.date(2026, 9, 28)}


def called(effect=0.0, n=1000, held=400, seed=1, only_likelier=False):
    """A list of which calls raise the chance to buy by `effect`, and the orders after it."""
    rng = np.random.default_rng(seed)
    listed = pd.DataFrame(
        {
            "customer_id": [str(i) for i in range(n + held)],
            "arm": ["call"] * n + ["holdout"] * held,
            "probability": rng.uniform(0.2, 0.8, n + held),
        }
    )
    helped = (listed["arm"] == "call") & ((listed["probability"] > 0.5) | (not only_likelier))
    bought = rng.random(n + held) < listed["probability"] + effect * helped
    orders = listed.loc[bought, ["customer_id"]].assign(ordered_at=pd.Timestamp("2026-07-15"), amount=50.0)
    early = listed[["customer_id"]].assign(ordered_at=pd.Timestamp("2026-06-30"), amount=9.0)
    return listed, pd.concat([orders, early])


def test_an_effect_is_found_with_what_a_customer_kept_costs():
    found = list_effect(*called(0.15), **DAYS, call_cost=3.0)
    whole = found.of("bought")
    assert whole["ci_low"] < 15 < whole["ci_high"] and found.p_value < 0.01
    assert found.kept == pytest.approx(whole["difference"] * 10)
    assert found.cost_low < found.cost_per_kept < found.cost_high and found.cost_per_kept == pytest.approx(
        3000 / found.kept
    )
    spend = found.of("spend")
    assert spend["difference"] == pytest.approx(whole["difference"] / 2) and spend["ci_low"] > 0
    assert "On the list" in found.to_html("en")


def test_where_nothing_was_done_intervals_hold_nothing_as_often_as_they_say():
    inside, small = 0, 0
    for seed in range(50):
        found = list_effect(*called(n=150, held=50, seed=seed), **DAYS)
        inside += found.of("bought")["ci_low"] <= 0 <= found.of("bought")["ci_high"]
        small += found.p_halves < 0.05
    assert inside >= 44 and small <= 7
    assert math.isnan(list_effect(*called(), **DAYS, call_cost=3.0).cost_per_kept), "no price of what may be nothing"


def test_calls_that_help_one_half_only_are_told_apart():
    found = list_effect(*called(0.2, n=4000, held=2000, only_likelier=True), **DAYS)
    assert found.p_halves < 0.01 and found.of("likelier")["difference"] > found.of("unlikelier")["difference"]


def test_a_handful_held_out_measures_nothing():
    with pytest.raises(InputError, match="20 held out"):
        list_effect(*called(held=19), **DAYS)
