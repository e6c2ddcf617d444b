from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.learning import outlook_list
from workbench.sampling.random_numbers import SPACE, permanent_random_number

RNG = np.random.default_rng(1)
N = 4000
SCORES = pd.DataFrame(
    {
        "customer_id": [f"C{i:05d}" for i in range(N)],
        "probability": RNG.random(N),
        "expected_spend": RNG.lognormal(3, 1, N),
        "next_likely": None,
        "reason": "silence",
        "second_reason": None,
    }
).assign(leaving=lambda s: 1 - s["probability"])


def test_nobody_safe_lost_or_refusing_is_called_and_most_at_stake_comes_first():
    refusing = SCORES.head(500)[["customer_id"]]
    found = outlook_list(SCORES, salt="s", leave_out=refusing, listed=300, holdout=0.2)
    calls = found.to_call
    assert calls["probability"].between(0.2, 0.8, inclusive="left").all()
    assert not calls["customer_id"].isin(refusing["customer_id"]).any()
    assert found.customers["at_stake"].is_monotonic_decreasing
    np.testing.assert_allclose(
        found.customers["at_stake"], found.customers["leaving"] * found.customers["expected_spend"]
    )
    assert found.table["customers"].sum() == N and found.count("refusing") == 500
    assert len(found.customers) == 375 and found.count("call") == len(calls)
    outside = SCORES[~SCORES["customer_id"].isin({*found.customers["customer_id"], *refusing["customer_id"]})]
    within = outside[outside["probability"].between(0.2, 0.8, inclusive="left")]
    assert (within["leaving"] * within["expected_spend"]).max() <= found.customers["at_stake"].min()
    assert found.count("later") == len(within)


def test_who_is_held_out_is_told_by_permanent_random_numbers_and_moves_on():
    first, again, later = (outlook_list(SCORES, salt="s", holdout=0.1, start=s) for s in (0.0, 0.0, 0.1))
    held = first.customers[first.customers["arm"] == "holdout"]
    numbers = permanent_random_number(held["customer_id"], "outlook|s")
    assert (numbers < int(0.1 * SPACE)).all()
    assert 0.06 < len(held) / len(first.customers) < 0.14
    assert again.customers.equals(first.customers)
    others = later.customers[later.customers["arm"] == "holdout"]
    assert not set(others["customer_id"]) & set(held["customer_id"])
    assert outlook_list(SCORES, salt="s", holdout=0.0).count("holdout") == 0


def test_who_is_more_likely_gone_than_not_is_not_called_where_a_model_tells():
    alive = pd.DataFrame(
        {"customer_id": SCORES["customer_id"], "probability_alive": np.where(SCORES.index % 2, 0.4, 0.9)}
    )
    found = outlook_list(SCORES, salt="s", alive=as_table(alive), listed=10_000)
    assert not found.customers["customer_id"].isin(alive.loc[1::2, "customer_id"]).any()
    assert found.customers["probability"].min() < 0.05, "a chance to buy alone gives nobody up who is still there"


def test_groups_come_along_and_the_table_speaks_both_languages():
    groups = as_table(SCORES[["customer_id"]].assign(region="east"))
    found = outlook_list(SCORES, salt="s", groups=groups, by=["region"], listed=5)
    assert found.to_call["region"].eq("east").all()
    assert "May not be contacted" not in found.to_html("en") and "通话" not in found.to_html("en")
    assert "customer_id" not in found.to_html("zh-CN") and "C0" not in found.to_html("en")


def test_a_share_held_out_is_less_than_everybody():
    with pytest.raises(InputError, match="below 1"):
        outlook_list(SCORES, salt="s", holdout=1.0)
