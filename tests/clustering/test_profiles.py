import numpy as np
import pandas as pd
import pytest

from workbench.clustering import build_features, fit_segments, profile_segments
from workbench.clustering.feature_rules import apply_rules
from workbench.core import InputError, use_language


@pytest.fixture(scope="module")
def model(customers):
    return fit_segments(build_features(customers), k=3, seed=1)


def test_sizes_means_medians_and_value_agree_with_pandas(model, customers):
    profile = profile_segments(model, customers)
    grouped = customers.groupby(model.assign(customers))
    assert profile.table["customers"].tolist() == grouped.size().tolist()
    for column in ("recency_days", "frequency", "monetary"):
        np.testing.assert_allclose(profile.table[column], grouped[column].mean(), rtol=1e-9)
        np.testing.assert_allclose(profile.medians[column], grouped[column].median())
    shares = grouped["monetary"].sum() / customers["monetary"].sum()
    np.testing.assert_allclose(profile.table["value_share"], shares)
    assert profile.table["share"].sum() == pytest.approx(1)


def test_levels_are_standardised_means(model, customers):
    profile, values = profile_segments(model, customers), apply_rules(model.rules, customers)
    z = (values - values.mean(axis=0)) / values.std(axis=0)
    expected = pd.DataFrame(z).groupby(model.assign(customers).to_numpy()).mean().to_numpy()
    np.testing.assert_allclose(profile.levels.to_numpy(), expected, atol=1e-6)


def test_names_figure_and_both_languages(model, customers):
    profile = profile_segments(model, customers)
    assert str(profile.table["name"].iloc[0]) == "Frequent big spenders"
    assert str(profile.table["name"].iloc[-1]) == "Lapsed occasional buyers"
    with use_language("zh-CN"):
        assert "高频高额客户" in profile._repr_html_()
    assert profile.plot("zh-CN").axes
    assert "C0001" not in profile._repr_html_()


def test_other_columns_can_be_described(model, customers):
    profile = profile_segments(model, customers.assign(clv=1.0), columns=["clv"])
    assert profile.table["clv"].tolist() == [1.0] * 3
    with pytest.raises(InputError, match="'age' is needed"):
        profile_segments(model, customers, columns=["age"])


def test_nobody_assigned(model, customers):
    none = model.assign_table(customers.assign(customer_id="x" + customers["customer_id"]))
    with pytest.raises(InputError, match="have a segment"):
        profile_segments(model, customers, none)


def test_survey_weights_count_in_shares_means_and_levels(model, customers):
    rng = np.random.default_rng(4)
    weighted = customers.assign(w=rng.uniform(0.2, 5, len(customers)))
    weighted.loc[::7, "recency_days"] = np.nan
    profile = profile_segments(model, weighted, columns=["recency_days", "frequency"], weight="w")
    labels, w = model.assign(weighted), weighted["w"]
    np.testing.assert_allclose(profile.table["share"], w.groupby(labels).sum() / w.sum(), rtol=1e-6)
    assert profile.table["customers"].tolist() == labels.value_counts().sort_index().tolist()
    for column in ("recency_days", "frequency"):
        known = weighted[weighted[column].notna()]
        sums = (known[column] * known["w"]).groupby(labels).sum() / known["w"].groupby(labels).sum()
        np.testing.assert_allclose(profile.table[column], sums, rtol=1e-6)
    z = pd.DataFrame(apply_rules(model.rules, weighted), index=weighted.index)
    middle = z.mul(w, axis=0).sum() / w.sum()
    spread = np.sqrt((z - middle).pow(2).mul(w, axis=0).sum() / w.sum())
    expected = ((z - middle) / spread).mul(w, axis=0).groupby(labels).sum().div(w.groupby(labels).sum(), axis=0)
    np.testing.assert_allclose(profile.levels.to_numpy(), expected.to_numpy(), atol=1e-5)
