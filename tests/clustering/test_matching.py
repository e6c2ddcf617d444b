import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from workbench.clustering import build_features, fit_segments, match_labels
from workbench.clustering.matching import adjusted_rand, cross_table, match_centres
from workbench.core import InputError


def test_hungarian_matching_agrees_with_r(reference):
    known = reference["match_waves"]
    pairs, apart = match_centres(np.array(known["centers1"]), np.array(known["centers2"]))
    np.testing.assert_allclose(apart, known["cost"], rtol=1e-9)
    assert [j + 1 for _, j in pairs] == known["assignment_wave1_to_wave2"]
    assert sum(apart[p] for p in pairs) == pytest.approx(known["total_cost"])


def test_adjusted_rand_agrees_with_r_and_scikit_learn(reference, campaign):
    counts = cross_table(campaign["k3"], campaign["k4"], 3, 4)
    assert adjusted_rand(counts) == pytest.approx(reference["agreement"]["k3_vs_k4"]["ari"], rel=1e-9)
    assert adjusted_rand(counts) == pytest.approx(adjusted_rand_score(campaign["k3"], campaign["k4"]))


@settings(max_examples=40)
@given(st.permutations([1, 2, 3, 4]), st.integers(0, 10**6))
def test_swapped_labels_are_swapped_back(order, seed):
    labels = pd.Series(np.random.default_rng(seed).permutation(np.repeat([1, 2, 3, 4], [40, 30, 20, 10])))
    other = labels.map(dict(zip([1, 2, 3, 4], order, strict=True)))
    found = match_labels(labels, other)
    pd.testing.assert_series_equal(found.relabel(other), labels, check_dtype=False)
    assert found.total == 100 and (found.table["jaccard"] == 1).all()


def test_models_are_matched_by_centres_or_customers(customers):
    made = build_features(customers)
    one, other = fit_segments(made, k=3, seed=1), fit_segments(made, k=3, value="recency_days", seed=9)
    by_centres, by_customers = match_labels(one, other), match_labels(one, other, rows=customers)
    assert dict(by_centres.mapping) == dict(by_customers.mapping) != {1: 1, 2: 2, 3: 3}
    more = match_labels(one, fit_segments(made, k=4, seed=1))
    assert len(more.mapping) == 4 and "no counterpart" in str(more.notes[0].message)


def test_refuses(customers):
    model = fit_segments(build_features(customers), k=2, seed=1)
    bare = fit_segments(customers[["frequency", "recency_days"]].astype(float), k=2, seed=1)
    with pytest.raises(InputError, match="same features"):
        match_labels(model, bare)
    with pytest.raises(InputError, match="Two models or two series"):
        match_labels(model, model.assign(customers))
    with pytest.raises(InputError, match="each once"):
        match_labels(pd.Series([1], index=["a"]), pd.Series([1], index=["b"]))
