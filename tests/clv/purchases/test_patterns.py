import numpy as np
import pandas as pd

from workbench.clv.purchases.patterns import as_patterns


def test_indexes_agree_with_the_rows():
    rng = np.random.default_rng(2)
    x = rng.integers(0, 5, 200)
    frame = pd.DataFrame({"x": x, "t_x": np.where(x > 0, rng.integers(1, 9, 200), 0), "T": rng.integers(9, 15, 200)})
    p = as_patterns(frame.assign(count=2))
    assert p.customers == 400
    assert p.by_x.tolist() == [2 * int((x == k).sum()) for k in range(5)]
    ages, at = p.ages
    np.testing.assert_array_equal(ages[at], p.T)
    recencies, there = p.recencies
    np.testing.assert_array_equal(recencies[there], p.t_x)
    customers, bought = p.by_age
    assert customers.sum() == 400
    assert bought.sum() == 2 * x.sum()


def test_thinning_takes_even_steps():
    p = as_patterns(pd.DataFrame({"x": np.ones(1000), "t_x": 1.0, "T": 9.0}))
    assert len(p.thinned(100).x) == 100


def test_repeaters_are_the_patterns_with_a_repeat_purchase(cdnow):
    p = as_patterns(cdnow)
    x, count, at_age, at_recency = p.repeaters
    some = p.x > 0
    np.testing.assert_array_equal(x, p.x[some])
    assert count.sum() == 946
    np.testing.assert_array_equal(p.ages[0][at_age], p.T[some])
    np.testing.assert_array_equal(p.recencies[0][at_recency], p.t_x[some])
