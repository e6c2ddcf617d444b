import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core import InputError, use_language
from workbench.core.engine import as_table
from workbench.tiers import TierRules, grade, migration

NAMES = ["4", "3", "2", "1"]


@pytest.fixture(scope="module")
def moved(cdnow_tiers):
    before, now = (
        cdnow_tiers[["customer_id"]].assign(tier=cdnow_tiers[p].astype(str), value=cdnow_tiers[s])
        for p, s in (("p2", "spend2"), ("p3", "spend3"))
    )
    return migration(before, now, tiers=NAMES)


def test_counts_rates_and_intervals_agree_with_r(moved, reference):
    known = reference["p2_p3"]
    np.testing.assert_array_equal(moved.counts.to_numpy()[::-1, ::-1], reference["counts_p2_p3"])
    np.testing.assert_allclose(moved.rates.to_numpy()[::-1, ::-1], known["row_prob"], rtol=1e-12)
    rows = moved.table.set_index(["from_tier", "to_tier"])
    for i in range(4):
        for j in range(4):
            limits = known["row_wilson"][i][j]
            row = rows.loc[(str(i + 1), str(j + 1))]
            assert row["ci_low"] == pytest.approx(limits["lo"], rel=1e-9)
            assert row["ci_high"] == pytest.approx(limits["hi"], rel=1e-9)
    shares = moved.movement.set_index("direction")["share"]
    assert shares["stayed"] == pytest.approx(known["stay"])
    assert shares["rose"] == pytest.approx(known["up"])
    assert shares["fell"] == pytest.approx(known["down"])


def test_value_moved(moved, cdnow_tiers):
    fell = cdnow_tiers[cdnow_tiers["p3"] < cdnow_tiers["p2"]]
    row = moved.movement.set_index("direction").loc["fell"]
    assert row["value_before"] == pytest.approx(fell["spend2"].sum())
    assert row["value_change"] == pytest.approx(fell["spend3"].sum() - fell["spend2"].sum())


@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ABC"), st.sampled_from(["A", "B", "C", None])), max_size=40)
)
@settings(max_examples=20)
def test_adds_up_to_both_waves(rows):
    frame = pd.DataFrame(rows, columns=["i", "before", "now"]).drop_duplicates("i")
    frame["customer_id"] = "c" + frame["i"].astype(str)
    before = frame.rename(columns={"before": "tier"})[["customer_id", "tier"]]
    now = frame.dropna(subset=["now"]).rename(columns={"now": "tier"})[["customer_id", "tier"]]
    now = pd.concat([now, pd.DataFrame({"customer_id": ["new1", "new2"], "tier": ["A", "C"]})])
    moved = migration(before, now, tiers=list("ABC"))
    started = before["tier"].value_counts().reindex(list("ABC")).fillna(0)
    ended = now["tier"].value_counts().reindex(list("ABC")).fillna(0)
    np.testing.assert_array_equal(moved.counts.sum(axis=1) + moved.leavers["customers"].to_numpy(), started)
    np.testing.assert_array_equal(moved.counts.sum(axis=0) + moved.entrants["customers"].to_numpy(), ended)
    assert moved.movement["customers"].sum() == moved.counts.to_numpy().sum()


def test_grades_of_two_waves_of_different_engines(customers, rules):
    later = customers.assign(amount_12m=customers["amount_12m"] * 0.5).iloc[50:]
    moved = migration(grade(customers, rules), grade(as_table(later), rules))
    assert moved.tiers == ("A", "B", "C")
    assert moved.table.set_index(["from_tier", "to_tier"]).loc[("C", "A"), "customers"] == 0
    assert moved.leavers["customers"].sum() == 50
    assert moved.entrants["customers"].sum() == 0
    assert "regression to the mean" in str(moved.notes[0].message)
    with use_language("zh-CN"):
        assert moved.plot().axes
        assert "C000" not in moved._repr_html_()


def test_refuses(customers, rules):
    graded = grade(customers, rules)
    frame = graded.table[["customer_id", "tier"]]
    with pytest.raises(InputError, match="order of the tiers"):
        migration(frame, frame)
    with pytest.raises(InputError, match="same tiers"):
        migration(frame.assign(tier="Z"), graded)
    other = grade(customers, TierRules.of([{"name": "X", "minimum": {"amount_12m": 5}}, {"name": "Y"}]))
    with pytest.raises(InputError, match="same tiers"):
        migration(other, graded)
    with pytest.raises(InputError, match="is there once"):
        migration(pd.concat([frame, frame]), graded)
    with pytest.raises(InputError, match="'tier' is needed"):
        migration(frame.drop(columns="tier"), graded)


def test_value_at_stake_and_the_flow(moved, cdnow_tiers):
    fell = cdnow_tiers[cdnow_tiers["p3"] < cdnow_tiers["p2"]]
    stake = moved.at_stake
    assert stake["customers"].sum() == len(fell)
    assert stake["value_change"].sum() == pytest.approx((fell["spend3"] - fell["spend2"]).sum())
    assert moved.flow("en").axes
