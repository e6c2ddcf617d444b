import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from workbench.clustering import build_features, fit_segments
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


def test_text_is_no_feature():
    with pytest.raises(InputError, match="Features are numbers"):
        fit_segments(pd.DataFrame({"city": ["a", "b"]}), k=2, seed=1)
