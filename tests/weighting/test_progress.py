import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.weighting import field_progress


def simulated(seed, chance, people=600, rounds=3, refuse=0.1):
    """Every open customer is tried once a round; the strata answer alike."""
    rng = np.random.default_rng(seed)
    sample = pd.DataFrame(
        {"customer_id": [f"c{i:04d}" for i in range(people)], "stratum": np.tile(["a", "b", "c"], people // 3)}
    )
    rows, still = [], np.ones(people, dtype=bool)
    for day in range(rounds):
        u = rng.random(people)
        word = np.where(u < chance, "完成", np.where(u < chance + refuse, "拒访", "无人接听"))
        rows.append(
            sample.assign(disposition=word, attempted_at=pd.Timestamp("2026-10-01") + pd.Timedelta(days=day))[still]
        )
        still &= word == "无人接听"
    return sample, pd.concat(rows)


def test_one_round_done_two_to_go_in_closed_form():
    sample, contacts = simulated(1, 0.2)
    first = contacts[contacts["attempted_at"] == "2026-10-01"]
    progress = field_progress(first, {"a": 1, "b": 1, "c": 1}, sample=sample, max_attempts=3)
    done = (first["disposition"] == "完成").sum()
    h, c = done / 600, (first["disposition"] == "拒访").sum() / 600
    p = h + (1 - h - c) * h
    by = first.assign(done=first["disposition"] == "完成", left=first["disposition"] == "无人接听").groupby("stratum")
    completes, still = by["done"].sum().to_numpy(), by["left"].sum().to_numpy()
    relative = (completes + 5) / (200 * h + 5)
    np.testing.assert_allclose(progress.table["expected"], completes + still * p * relative, rtol=1e-12)
    assert progress.table["open"].tolist() == still.tolist()
    assert (progress.table["state"] == "target reached").all()


def test_the_end_lies_in_the_announced_range():
    hits = []
    for seed in range(60):
        sample, contacts = simulated(seed, 0.15, rounds=4)
        half = contacts[contacts["attempted_at"] <= "2026-10-02"]
        table = field_progress(half, dict.fromkeys("abc", 200), sample=sample, max_attempts=4).table
        final = contacts[contacts["disposition"] == "完成"].groupby("stratum").size().to_numpy()
        hits.append(((table["expected_low"] <= final) & (final <= table["expected_high"])).mean())
    assert 0.86 < np.mean(hits) <= 1


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.floats(0.02, 0.6))
def test_expected_lies_between_completes_and_everybody(seed, chance):
    sample, contacts = simulated(seed, chance, people=90, rounds=2)
    table = field_progress(contacts, dict.fromkeys("abc", 20), sample=sample, max_attempts=5).table
    assert (table["expected"] >= table["completes"]).all()
    assert (table["expected"] <= table["completes"] + table["open"] + 1e-9).all()
    assert ((table["call_in"] > 0) == (table["expected"] < 20 - 1e-6)).all()


def test_nothing_is_expected_when_everybody_was_tried_as_often_as_allowed():
    sample, contacts = simulated(3, 0.2)
    table = field_progress(contacts, {"a": 300, "b": 0, "c": 50}, sample=sample).table
    assert (table["open"] == 0).all()
    assert (table["expected"] == table["completes"]).all()
    assert table["state"].tolist()[:2] == ["will fall short", "target reached"]


def test_untried_customers_are_open_and_order_does_not_matter():
    sample, contacts = simulated(4, 0.2, people=300, rounds=1)
    some = contacts[contacts["customer_id"] < "c0150"]
    table = field_progress(some, {"a": 30, "b": 30, "c": 30}, sample=sample).table
    assert (table["asked"] == 100).all() and (table["open"] == 50).all()
    mixed = field_progress(some.sample(frac=1, random_state=1), {"c": 30, "b": 30, "a": 30}, sample=sample).table
    pd.testing.assert_frame_equal(table, mixed)


def test_attempts_after_the_closing_one_are_ignored():
    contacts = pd.DataFrame(
        {"customer_id": ["a", "a", "b"], "stratum": "s", "disposition": ["refused", "busy", "busy"]}
    )
    progress = field_progress(contacts, {"s": 1})
    assert progress.attempts["tried"].tolist() == [2]
    assert progress.table[["completes", "open"]].iloc[0].tolist() == [0, 0]


def test_shows_itself_in_both_languages():
    sample, contacts = simulated(5, 0.1)
    progress = field_progress(contacts, dict.fromkeys("abc", 190), sample=sample, max_attempts=4)
    assert "will fall short" in progress.to_html("en") and "难以达标" in progress.to_html("zh-CN")
    assert progress.plot("zh-CN").axes
    assert "further customers" in progress.notes[1].message.text("en")


def test_bad_input():
    sample, contacts = simulated(6, 0.2, people=30)
    targets = dict.fromkeys("abc", 5)
    cases = [
        ({"contacts": contacts.drop(columns="disposition")}, "disposition"),
        ({"targets": {"a": 1, "b": 1}}, r"without a target: \['c'\]"),
        ({"targets": {**targets, "d": 1}}, r"without customers: \['d'\]"),
        ({"targets": {**targets, "a": -1}}, r"not a number: \['a'\]"),
        ({"sample": sample.iloc[1:]}, "not in the sample"),
        ({"sample": pd.concat([sample, sample.head(1)])}, "1 customers repeated"),
        ({"contacts": contacts.assign(disposition="connectd")}, "known disposition"),
    ]
    for change, match in cases:
        arguments = {"contacts": contacts, "targets": targets, "sample": sample, **change}
        with pytest.raises(InputError, match=match):
            field_progress(arguments["contacts"], arguments["targets"], sample=arguments["sample"])
