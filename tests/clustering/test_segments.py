import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from workbench.clustering import SegmentModel, build_features, fit_segments
from workbench.core import InputError


def test_segment_one_is_the_most_valuable(customers):
    made = build_features(customers)
    model = fit_segments(made, k=3, seed=1)
    means = customers.groupby(model.assign(customers))["monetary"].mean()
    assert (np.diff(means) < 0).all()
    lowest = fit_segments(made, k=3, value="recency_days", seed=1)
    longest = customers.groupby(lowest.assign(customers))["recency_days"].mean()
    assert (np.diff(longest) < 0).all()


def test_finds_the_kinds_whatever_the_row_order(customers):
    truth = np.repeat([0, 1, 2], 200)
    one = fit_segments(build_features(customers), k=3, seed=1).assign(customers)
    turned = customers.sample(frac=1, random_state=2)
    other = fit_segments(build_features(turned), k=3, seed=1).assign(customers)
    assert adjusted_rand_score(truth, one) > 0.95
    pd.testing.assert_series_equal(one, other)


def test_fits_on_a_part_of_many_rows(customers):
    model = fit_segments(build_features(customers), k=3, fitted_on=200, seed=1)
    assert model.fitted_on == 200
    assert adjusted_rand_score(np.repeat([0, 1, 2], 200), model.assign(customers)) > 0.9


def test_within_and_explained_agree_with_r(reference, campaign):
    data = campaign[["recency", "log_frequency", "log_monetary"]]
    model = fit_segments(data, k=4, seed=1, starts=50)
    known = reference["kmeans"]["by_k"]["4"]
    assert model.within == pytest.approx(known["wss"], rel=2e-5)
    assert model.explained == pytest.approx(1 - known["wss"] / reference["kmeans"]["tss"], rel=1e-4)
    assert sorted(model.table["n"], reverse=True) == known["sizes"]


def test_weights_count(customers):
    weights = pd.Series(np.where(customers.index < 200, 5.0, 1.0))
    heavy = fit_segments(customers[["frequency", "monetary"]].astype(float), k=2, weights=weights, seed=1)
    light = fit_segments(customers[["frequency", "monetary"]].astype(float), k=2, seed=1)
    assert heavy.centres[0, 1] != light.centres[0, 1]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"k": 0}, "distinct rows"),
        ({"k": 1000}, "distinct rows"),
        ({"method": "dbscan"}, "`method` is one of"),
        ({"value": "clv"}, "'clv' is needed"),
    ],
)
def test_refuses(customers, change, rule):
    with pytest.raises(InputError, match=rule):
        fit_segments(build_features(customers), **{"k": 3, "seed": 1, **change})


def test_a_frame_without_features_is_refused():
    with pytest.raises(InputError, match="numbers or categories"):
        fit_segments(pd.DataFrame({"customer_id": ["a", "b"]}), k=2, seed=1)


@pytest.fixture(scope="module")
def mixed(customers):
    kind = np.repeat([0, 1, 2], 200)
    rng = np.random.default_rng(3)
    levels = np.array(["app", "shop", "web"], dtype=object)
    channel = np.where(rng.random(600) < 0.85, kind, rng.integers(0, 3, 600))
    made = customers.assign(channel=levels[channel], city=levels[(channel + (rng.random(600) < 0.1)) % 3])
    made.loc[rng.random(600) < 0.1, "city"] = None
    return made


CASES = [
    ("kprototypes", ["frequency", "monetary"], ["channel", "city"]),
    ("gower_pam", ["recency_days", "monetary"], ["channel", "city"]),
    ("latent_class", [], ["channel", "city"]),
    ("gaussian_mixture", ["recency_days", "frequency", "monetary"], []),
]


@pytest.mark.parametrize(("method", "numbers", "categories"), CASES)
def test_every_method_finds_the_kinds_scores_in_the_engine_and_survives_saving(
    mixed, method, numbers, categories, tmp_path
):
    missing = "keep" if method == "gower_pam" else "median"
    made = build_features(mixed, numbers, categories=categories, missing=missing)
    model = fit_segments(made, k=3, method=method, seed=1)
    labels = model.assign(mixed)
    assert adjusted_rand_score(np.repeat([0, 1, 2], 200), labels) > (0.45 if method == "latent_class" else 0.7)
    in_engine = model.assign_table(mixed).to_frame().set_index("customer_id")["segment"]
    assert (in_engine.reindex(mixed["customer_id"]).to_numpy() == labels.to_numpy()).all()
    read = SegmentModel.load(model.save(tmp_path / "model.json"))
    pd.testing.assert_series_equal(read.assign(mixed), labels)
    pd.testing.assert_frame_equal(read.table, model.table)
    turned = mixed.sample(frac=1, random_state=1)
    pd.testing.assert_series_equal(model.assign(turned).sort_index(), labels)


def test_gower_scores_rows_with_missing_values(mixed):
    model = fit_segments(
        build_features(mixed, ["recency_days", "monetary"], categories=["channel"], missing="keep"),
        k=3,
        method="gower_pam",
        seed=1,
    )
    holes = mixed.assign(monetary=np.nan, channel=np.where(mixed.index % 2, "fair", mixed["channel"]))
    in_engine = model.assign_table(holes).to_frame().set_index("customer_id")["segment"]
    assert (in_engine.reindex(holes["customer_id"]).to_numpy() == model.assign(holes).to_numpy()).all()
    with pytest.raises(InputError, match="finite"):
        model.assign_table(mixed.assign(monetary=np.inf))


@pytest.mark.parametrize(
    ("method", "numbers", "categories", "rule"),
    [
        ("kmeans", ["monetary"], ["channel"], "divides by numbers"),
        ("latent_class", ["monetary"], ["channel"], "divides by categories"),
        ("kprototypes", ["monetary"], [], "numbers and categories"),
    ],
)
def test_features_must_fit_the_method(mixed, method, numbers, categories, rule):
    made = build_features(mixed, numbers, categories=categories)
    with pytest.raises(InputError, match=rule):
        fit_segments(made, k=2, method=method, seed=1)
    with pytest.raises(InputError, match="takes no weights"):
        fit_segments(build_features(mixed, ["monetary"]), k=2, method="gower_pam", weights=mixed["monetary"], seed=1)
