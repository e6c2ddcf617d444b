import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clustering import build_features
from workbench.clustering.feature_rules import FeatureRule, apply_rules
from workbench.core import InputError
from workbench.core.engine import as_table


def test_median_is_zero_and_a_standard_deviation_about_one(customers):
    made = build_features(customers)
    assert made.names == ("recency_days", "frequency", "monetary")
    np.testing.assert_allclose(np.median(made.values, axis=0), 0, atol=1e-9)
    first, third = np.quantile(made.values, [0.25, 0.75], axis=0)
    np.testing.assert_allclose(third - first, 1.3489795, rtol=1e-6)


def test_money_does_not_explain_everything(customers):
    made = build_features(customers)
    assert made.values.var(axis=0).max() < 4 * made.values.var(axis=0).min()


@settings(max_examples=40)
@given(
    st.lists(st.one_of(st.none(), st.floats(-1e4, 1e6)), min_size=1, max_size=20),
    st.sampled_from(["none", "log"]),
    st.floats(-3, 0),
    st.floats(1, 12),
)
def test_engine_and_numpy_agree(raw, transform, low, high):
    rule = FeatureRule("v v", transform, 3.5, low, high, 0.7, 1.3)
    frame = pd.DataFrame({"v v": pd.array(raw, dtype="Float64")})
    table = as_table(frame)
    found = table.rows(f"SELECT {rule.sql(chr(34) + 'v v' + chr(34))} AS z FROM {{table}}")["z"].to_numpy(dtype=float)
    np.testing.assert_allclose(found, apply_rules([rule], frame)[:, 0], rtol=1e-12, atol=1e-12)


def test_missing_values_are_filled_by_the_rule_and_said(customers):
    gaps = customers.assign(frequency=customers["frequency"].astype(float).where(customers.index % 10 > 0))
    made = build_features(gaps)
    assert "10.0% of frequency are missing" in str(made.notes[0].message)
    assert made.rules[1].fill == gaps["frequency"].median()
    with pytest.raises(InputError, match="finite"):
        build_features(gaps, missing="refuse")


def test_redundant_features_are_said(customers):
    made = build_features(customers.assign(copy=customers["monetary"] * 2))
    assert any("count double" in str(n.message) for n in made.notes)


def test_a_sample_stands_for_many(customers):
    made = build_features(customers, fitted_on=100)
    assert (len(made.rows), made.customers) == (100, 600)
    assert "100 of 600" in str(made.notes[0].message)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"columns": ["frequancy"]}, "did you mean 'frequency'"),
        ({"columns": ["customer_id"]}, "numeric columns"),
        ({"transforms": {"frequency": "sqrt"}}, "none or log"),
        ({"transforms": {"frequence": "log"}}, "is needed"),
        ({"winsorise": 0.5}, "below 0.25"),
        ({"missing": "zero"}, "median, refuse or keep"),
    ],
)
def test_refuses_arguments(customers, change, rule):
    with pytest.raises(InputError, match=rule):
        build_features(customers, **change)


def test_refuses_columns_that_say_nothing(customers):
    for bad in (np.nan, np.inf):
        with pytest.raises(InputError):
            build_features(customers.assign(frequency=bad))


def test_input_stays_as_it_is(customers):
    before = customers.copy()
    build_features(customers)
    pd.testing.assert_frame_equal(customers, before)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (np.nan, "600 missing"),
        (np.inf, "600 infinite"),
        # one value but for a few that winsorising cuts
        (np.r_[np.full(599, 5.0), 6.0], "is 5 for"),
    ],
)
def test_columns_that_say_nothing_are_refused_by_name(customers, values, found):
    with pytest.raises(InputError) as error:
        build_features(customers.assign(monetary=values), ["frequency", "monetary"])
    assert "'monetary'" in str(error.value.found) and found in str(error.value.found)


def test_an_unknown_column_is_told_with_the_nearest(customers):
    with pytest.raises(InputError) as error:
        build_features(customers, ["frequancy"])
    assert "frequency" in str(error.value)


def test_a_column_that_is_the_same_for_all_is_left_out_and_named():
    raw = pd.DataFrame({"customer_id": list("abcdef"), "frequency": 1, "monetary": [5.0, 9, 40, 7, 60, 80]})
    features = build_features(raw)
    assert [r.name for r in features.rules] == ["monetary"]
    assert any(n.message.values.get("feature") == "frequency" for n in features.notes)
    with pytest.raises(InputError, match="differs between customers"):
        build_features(raw[["customer_id", "frequency"]])
