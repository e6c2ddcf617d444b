import numpy as np
import pandas as pd
import pytest

from workbench.clustering.prototypes import k_prototypes, mismatch_weight


@pytest.fixture(scope="module")
def described(mixed_input):
    data = mixed_input.dropna()
    numbers = data[["Age", "Income", "Kidhome", "Teenhome", "Monetary"]].to_numpy(float)
    numbers = (numbers - numbers.mean(axis=0)) / numbers.std(axis=0, ddof=1)
    codes = np.column_stack([pd.factorize(data[c], sort=True)[0] for c in ("Education", "Marital", "Response")])
    return numbers, codes, tuple(int(c.max()) + 1 for c in codes.T)


def test_reaches_the_optimum_of_r(reference, described):
    numbers, codes, levels = described
    known = reference["kproto"]
    found = k_prototypes(numbers, codes, 4, levels=levels, gamma=known["lambda"], seed=1, starts=40)
    assert found.within == pytest.approx(known["tot_withinss"], rel=1e-9)
    assert sorted(np.bincount(found.labels), reverse=True) == known["sizes"]
    assert mismatch_weight(numbers, codes) == pytest.approx(known["lambdaest_default"], rel=1e-12)


def test_cost_is_what_the_prototypes_say(described):
    numbers, codes, levels = described
    found = k_prototypes(numbers, codes, 3, levels=levels, gamma=0.7, seed=2, starts=2)
    apart = ((numbers - found.prototypes.centres[found.labels]) ** 2).sum(axis=1)
    differ = (codes != found.prototypes.modes[found.labels]).sum(axis=1)
    assert found.within == pytest.approx((apart + 0.7 * differ).sum())


def test_weights_are_copies(described):
    numbers, codes, levels = (described[0][:60], described[1][:60], described[2])
    twice = np.where(np.arange(60) < 20, 2, 1)
    one = k_prototypes(numbers, codes, 2, levels=levels, gamma=1.0, seed=1, starts=30, weights=twice.astype(float))
    many = k_prototypes(
        np.repeat(numbers, twice, axis=0),
        np.repeat(codes, twice, axis=0),
        2,
        levels=levels,
        gamma=1.0,
        seed=1,
        starts=30,
    )
    assert one.within == pytest.approx(many.within)
