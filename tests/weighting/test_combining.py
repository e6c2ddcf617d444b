from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.estimation import Design, estimate_mean
from workbench.weighting import combine_samples

DESIGN = Design(weight="weight", stratum="stratum", psu="customer_id")


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(1)
    region = rng.choice(["n", "s"], 4000, p=[0.6, 0.4])
    risky = rng.random(4000) < 0.15
    answer = np.clip(rng.normal(7, 2, 4000) + 0.8 * (region == "n") - 2 * risky, 0, 10)
    return pd.DataFrame({"customer_id": np.arange(4000), "stratum": region, "risk": 1.0 + 4 * risky, "y": answer})


def drawn(people, sizes, rng):
    """A main sample and a panel, stratified, and a spot check toward risk, each drawn apart from the others."""
    found = {}
    chance = {"spot": sizes["spot"] * people["risk"] / people["risk"].sum()}
    for name in ("main", "panel"):
        share = sizes[name] / len(people)
        rows = [
            g.sample(round(share * len(g)), random_state=int(rng.integers(2**31))) for _, g in people.groupby("stratum")
        ]
        chance[name] = pd.Series(share, index=people.index)
        found[name] = pd.concat(rows)
    found["spot"] = people[rng.random(len(people)) < chance["spot"]]
    return {
        n: r.assign(weight=1 / chance[n][r.index], **{f"pi_{k}": c[r.index] for k, c in chance.items()})
        for n, r in found.items()
    }


@pytest.mark.parametrize("method", ["shares", "single_frame"])
def test_together_they_are_unbiased_surer_and_their_intervals_cover(people, method):
    rng, sizes, truth = np.random.default_rng(5), {"main": 300, "panel": 120, "spot": 80}, people["y"].mean()
    rows = []
    for _ in range(60):
        parts = drawn(people, sizes, rng)
        chances = {n: f"pi_{n}" for n in parts} if method == "single_frame" else None
        both = combine_samples(parts, method=method, probabilities=chances)
        told = estimate_mean(both.rows, "y", DESIGN).table.iloc[0]
        alone = estimate_mean(parts["main"], "y", Design(weight="weight", stratum="stratum")).table.iloc[0]
        rows.append(
            (told["estimate"], told["std_error"], told["ci_low"] <= truth <= told["ci_high"], alone["estimate"])
        )
    estimate, error, covered, main = (np.array(v, dtype=float) for v in zip(*rows, strict=True))
    assert abs(estimate.mean() - truth) < 4 * estimate.std() / 60**0.5
    assert error.mean() == pytest.approx(estimate.std(), rel=0.35)
    assert covered.mean() >= 0.85
    assert estimate.std() < main.std()


def test_weights_add_up_and_shares_follow_effective_sizes(people):
    parts = drawn(people, {"main": 400, "panel": 100, "spot": 60}, np.random.default_rng(2))
    both = combine_samples(parts)
    rows = both.table.set_index("sample")
    assert rows["share"].sum() == pytest.approx(1)
    assert (rows["share"] / rows["n_effective"]).to_numpy() == pytest.approx(1 / rows["n_effective"].sum())
    expected = sum(both.shares[n] * p["weight"].sum() for n, p in parts.items())
    assert both.rows["weight"].sum() == pytest.approx(expected)
    assert both.rows["customer_id"].is_unique
    assert both.shared == sum(len(p) for p in parts.values()) - len(both.rows)
    assert set(both.rows["stratum"]) == {"main · n", "main · s", "panel · n", "panel · s", "spot · n", "spot · s"}
    total = (both.rows["weight"] * both.rows["y"]).sum()
    assert total == pytest.approx(sum(both.shares[n] * (p["weight"] * p["y"]).sum() for n, p in parts.items()))


def test_given_shares_are_kept_and_nothing_is_changed(people):
    parts = drawn(people, {"main": 200, "panel": 100, "spot": 50}, np.random.default_rng(3))
    before = {n: p.copy() for n, p in parts.items()}
    half = combine_samples(parts, shares={"main": 0.5, "panel": 0.5, "spot": 0.0})
    assert half.shares == {"main": 0.5, "panel": 0.5, "spot": 0.0}
    for name, rows in parts.items():
        pd.testing.assert_frame_equal(rows, before[name])


def test_one_frame_divides_by_all_probabilities():
    main = pd.DataFrame({"customer_id": ["a", "b"], "p": [0.2, 0.2], "q": [0.1, 0.3]})
    other = pd.DataFrame({"customer_id": ["b", "c"], "p": [0.2, 0.0], "q": [0.3, 0.4]})
    found = combine_samples({"m": main, "o": other}, method="single_frame", probabilities={"m": "p", "o": "q"})
    weights = found.rows.set_index("customer_id")["weight"]
    assert weights.to_dict() == pytest.approx({"a": 1 / 0.3, "b": 2 / 0.5, "c": 1 / 0.4})


def test_what_cannot_be_put_together_is_refused(people):
    parts = drawn(people, {"main": 200, "panel": 100, "spot": 50}, np.random.default_rng(3))
    with pytest.raises(InputError, match="Two samples or more"):
        combine_samples({"main": parts["main"]})
    with pytest.raises(InputError, match="add up to 1"):
        combine_samples(parts, shares={"main": 0.5, "panel": 0.1, "spot": 0.1})
    with pytest.raises(InputError, match="in a sample once"):
        combine_samples({"main": pd.concat([parts["main"]] * 2), "panel": parts["panel"]})
    with pytest.raises(InputError, match="weight of 0 or more"):
        combine_samples({"main": parts["main"].assign(weight=-1.0), "panel": parts["panel"]})
    with pytest.raises(InputError, match="probability in every sample"):
        combine_samples(parts, method="single_frame")
    with pytest.raises(InputError, match="at most 1"):
        chances = {n: f"pi_{n}" for n in parts}
        combine_samples(
            {n: p.assign(pi_main=2.0) for n, p in parts.items()}, method="single_frame", probabilities=chances
        )
    short = combine_samples({"main": parts["main"], "panel": parts["panel"].assign(weight=1.0)})
    assert any(n.severity == "caution" for n in short.notes)
