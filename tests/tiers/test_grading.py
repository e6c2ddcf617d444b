import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core import InputError, use_language
from workbench.core.engine import as_table
from workbench.tiers import TierRules, grade


def by_hand(row, rules):
    """Return the first tier whose every minimum is reached."""
    for tier in rules.tiers:
        reached = [rules.passes_unknown(c) if pd.isna(row[c]) else row[c] >= least for c, least in tier.minimum.items()]
        if all(reached):
            return tier.name
    raise AssertionError


@pytest.mark.parametrize("unknown", ["passes", "fails"])
def test_agrees_with_the_rule_row_by_row(customers, rules, unknown):
    other = TierRules(rules.tiers, unknown=unknown)
    found = grade(customers, other).table
    assert found["tier"].tolist() == [by_hand(row, other) for row in customers.to_dict("records")]
    assert found["customer_id"].tolist() == sorted(customers["customer_id"])


def test_blocked_by_names_what_is_missing_for_the_next_tier(customers, rules):
    found = grade(customers, rules).table
    for row in found.to_dict("records"):
        if row["tier"] == "A":
            assert pd.isna(row["next_tier"])
            assert pd.isna(row["blocked_by"])
            continue
        above = next(t for t in rules.tiers if t.name == row["next_tier"])
        missing = [
            c
            for c, least in above.minimum.items()
            if (not rules.passes_unknown(c) if pd.isna(row[c]) else row[c] < least)
        ]
        assert row["blocked_by"].split(",") == missing


@given(
    st.floats(0, 6000),
    st.integers(0, 12),
    st.integers(1, 5),
    st.sampled_from(["amount_12m", "orders_12m", "satisfaction"]),
)
@settings(max_examples=30)
def test_more_of_a_criterion_never_means_a_lower_tier(amount, orders, satisfaction, more):
    rules = TierRules.of(
        [
            {"name": "A", "minimum": {"amount_12m": 3000, "satisfaction": 3}},
            {"name": "B", "minimum": {"orders_12m": 2}},
            {"name": "C"},
        ]
    )
    low = {"amount_12m": amount, "orders_12m": orders, "satisfaction": satisfaction}
    high = {**low, more: low[more] + 2}
    frame = pd.DataFrame([{"customer_id": "low", **low}, {"customer_id": "more", **high}])
    tiers = grade(frame, rules).table.set_index("customer_id")["tier"]
    assert tiers["more"] <= tiers["low"]


def test_sizes_and_value_agree_with_pandas(customers, rules):
    graded = grade(customers, rules)
    merged = customers.merge(graded.table[["customer_id", "tier"]], on="customer_id")
    grouped = merged.groupby("tier")["amount_12m"]
    assert graded.summary["customers"].tolist() == grouped.size().tolist()
    np.testing.assert_allclose(graded.summary["amount"], grouped.sum())
    assert graded.summary["share"].sum() == pytest.approx(1)
    assert graded.value == "amount_12m"


def test_missing_answers_are_said(customers, rules):
    missing = int(customers["satisfaction"].isna().sum())
    assert str(grade(customers, rules).notes[0].message) == f"{missing} customers without Satisfaction pass it."
    strict = TierRules(rules.tiers, unknown="fails")
    assert "do not reach it" in str(grade(customers, strict).notes[0].message)


def test_reasons_in_words(customers, rules):
    graded = grade(customers, rules)
    words = graded.reasons(graded.table.head(20))
    assert len(words) == 20
    for word, tier in zip(words, graded.table["tier"], strict=False):
        assert str(word).startswith(f"Tier {tier}:")
        assert "等级" in word.text("zh-CN")


def test_engine_table_and_file_give_the_same(customers, rules, tmp_path):
    customers.to_parquet(tmp_path / "customers.parquet")
    frames = [grade(d, rules).table for d in (customers, as_table(customers), tmp_path / "customers.parquet")]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])


def test_same_bytes_whatever_the_row_order(customers, rules, tmp_path):
    grade(customers, rules, path=tmp_path / "a.parquet")
    grade(customers.iloc[::-1], rules, path=tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_shows_sizes_and_no_customer(customers, rules):
    graded = grade(customers, rules)
    with use_language("zh-CN"):
        shown = graded._repr_html_()
    assert "C00001" not in shown
    assert graded.plot("zh-CN").axes


def test_one_tier_for_everybody(customers):
    graded = grade(customers, TierRules.of([{"name": "all"}]))
    assert set(graded.table["tier"]) == {"all"}


def test_refuses(customers, rules):
    with pytest.raises(InputError, match="did you mean 'amount_12m'"):
        grade(customers, TierRules.of([{"name": "A", "minimum": {"amount_12": 5}}, {"name": "B"}]))
    with pytest.raises(InputError, match="'clv' is needed"):
        grade(customers, rules, value="clv")
    twice = pd.concat([customers, customers.head(1)])
    with pytest.raises(InputError, match="is there once"):
        grade(twice, rules)
