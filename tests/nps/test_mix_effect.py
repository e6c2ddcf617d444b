import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.estimation import Design, Replicates
from workbench.nps import mix_effect, nps_change


def wave(seed, n=600, shares=(0.5, 0.3, 0.2), ids=0):
    rng = np.random.default_rng(seed)
    tier = rng.choice(["A", "B", "C"], n, p=shares)
    lift = np.select([tier == "A", tier == "B"], [2, 1], 0)
    return pd.DataFrame(
        {
            "customer_id": [f"{ids + i}" for i in range(n)],
            "tier": tier,
            "w": rng.uniform(1, 3, n),
            "recommend": np.clip(rng.integers(2, 10, n) + lift, 0, 10),
            "store": rng.integers(0, 40, n),
        }
    )


@pytest.mark.parametrize("design", [None, Design(weight="w"), Design(weight="w", psu="store")])
@pytest.mark.parametrize("ids", [0, 10**6])
def test_parts_add_up_to_the_change_of_the_room(design, ids):
    before, now = wave(1), wave(2, shares=(0.2, 0.3, 0.5), ids=ids)
    named = None if design is not None and design.psu else "customer_id"
    table = mix_effect(before, now, design, by="tier", id=named).table.set_index("part")
    change = nps_change(before, now, design, id=named).table.iloc[0]
    assert table.loc["total", "estimate"] == pytest.approx(change["estimate"])
    assert table.loc["total", "std_error"] == pytest.approx(change["std_error"], rel=1e-9)
    assert table.loc["real", "estimate"] + table.loc["mix", "estimate"] == pytest.approx(change["estimate"])


def test_each_group_is_accounted_for():
    result = mix_effect(wave(1), wave(2, shares=(0.2, 0.3, 0.5)), Design(weight="w"), by="tier")
    groups = result.groups
    assert groups["real"].sum() == pytest.approx(result.table["estimate"].iloc[1])
    assert groups["share"].sum() == pytest.approx(1) and groups["share_previous"].sum() == pytest.approx(1)
    assert "构成" in result.to_html("zh-CN") and result.plot("en").axes


def test_a_jackknife_gives_the_same_errors():
    before, now = wave(3, 150), wave(4, 150, ids=1000)
    got = mix_effect(before, now, Design(weight="w"), by="tier").table.set_index("part")["std_error"]
    parts = []
    for data, first in ((before, True), (now, False)):
        rows = []
        for i in range(len(data)):
            less = data.drop(index=i)
            pair = (less, now) if first else (before, less)
            rows.append(mix_effect(*pair, Design(weight="w"), by="tier").table["estimate"].to_numpy())
        draws = np.array(rows)
        parts.append((len(data) - 1) / len(data) * ((draws - draws.mean(axis=0)) ** 2).sum(axis=0))
    np.testing.assert_allclose(got, np.sqrt(sum(parts)), rtol=0.03)


def test_intervals_of_the_real_change_cover():
    hits = 0
    for i in range(200):
        before, now = wave(10 + i, 300), wave(5000 + i, 300, shares=(0.2, 0.3, 0.5), ids=10**5)
        row = mix_effect(before, now, by="tier").table.iloc[1]
        hits += row["ci_low"] <= 0 <= row["ci_high"]
    assert 0.91 <= hits / 200 <= 0.985


def test_a_group_of_one_wave_is_refused():
    with pytest.raises(InputError, match="only in one: C"):
        mix_effect(wave(1), wave(2, shares=(0.5, 0.5, 0.0)), by="tier")


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.lists(st.floats(0.1, 1), min_size=3, max_size=3))
def test_parts_always_add_up_and_the_same_wave_does_not_change(seed, shares):
    shares = np.array(shares) / np.sum(shares)
    before, now = wave(seed), wave(seed + 1, shares=shares)
    part = mix_effect(before, now, Design(weight="w"), by="tier").table["estimate"]
    assert part[0] == pytest.approx(part[1] + part[2], abs=1e-9)
    again = mix_effect(before, before, Design(weight="w"), by="tier", id="customer_id").table
    assert np.allclose(again["estimate"], 0, atol=1e-9) and np.allclose(again["std_error"], 0, atol=1e-6)


def test_two_stages_with_finite_populations_are_followed():
    before, now = (wave(s, ids=10**4 * s).assign(N=200, M=60) for s in (1, 2))
    design = Design(weight="w", psu=["store", "customer_id"], population=["N", "M"])
    total = mix_effect(before, now, design, by="tier").table.iloc[0]
    change = nps_change(before, now, design).table.iloc[0]
    assert total["std_error"] == pytest.approx(change["std_error"], rel=1e-9)


def test_replicates_of_both_waves_carry_the_errors():
    before, now = wave(5, 120), wave(6, 120)
    designs = []
    for table in (before, now):
        group = np.arange(120) % 12
        for r in range(12):
            table[f"r{r}"] = np.where(group == r, 0.0, table["w"] * 12 / 11)
        designs.append(Design(weight="w", replicates=Replicates(columns="r{r}", type="jk1")))
    pair = (designs[0], designs[1])
    for named in ("customer_id", None):
        found = mix_effect(before, now, pair, by="tier", id=named).table.set_index("part")
        change = nps_change(before, now, pair, id=named).table.iloc[0]
        assert found.loc["total", "std_error"] == pytest.approx(change["std_error"], rel=0.02)
    assert (found["ci_low"] < found["estimate"]).all()
