import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from workbench.clustering import build_features, compare_waves, fit_segments
from workbench.core import InputError


@pytest.fixture(scope="module")
def waves(campaign_dates):
    """Return two waves of the same shop, on pooled z-scores."""
    return campaign_dates


def test_agrees_with_the_reference(reference, waves):
    first, second = waves
    known = reference["match_waves"]
    frozen, refit = fit_segments(first, k=4, seed=1, starts=30), fit_segments(second, k=4, seed=1, starts=30)
    found = compare_waves(frozen, refit, second)
    assert found.agreement == pytest.approx(known["agreement_refit_vs_frozen_wave1_centroids"], abs=0.005)
    np.testing.assert_allclose(sorted(found.table["frozen_share"]), sorted(known["share_wave2_frozen"]), atol=0.005)
    np.testing.assert_allclose(sorted(found.table["refit_share"]), sorted(known["share_wave2_refit"]), atol=0.005)
    assert not found.refit and "still fit" in str(found.verdict)
    assert found.plot().axes


def test_agreement_is_that_of_scikit_learn(customers):
    made = build_features(customers)
    one, other = fit_segments(made, k=3, seed=1), fit_segments(made, k=4, seed=1)
    expected = adjusted_rand_score(one.assign(customers), other.assign(customers))
    assert compare_waves(one, other, made).adjusted_rand == pytest.approx(expected)


def test_customers_who_moved_call_for_a_refit(customers):
    model = fit_segments(build_features(customers), k=3, seed=1)
    rng = np.random.default_rng(1)
    moved = customers.assign(
        recency_days=rng.integers(60, 200, 600),
        frequency=rng.poisson(60, 600) + 1,
        monetary=rng.gamma(9, 900, 600),
    )
    refit = fit_segments(build_features(moved), k=3, seed=1)
    found = compare_waves(model, refit, moved)
    assert found.refit and "time to refit" in str(found.verdict)
    with pytest.raises(InputError, match="customers to score"):
        compare_waves(model, refit, moved.iloc[:0])
