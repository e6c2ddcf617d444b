import pandas as pd

from workbench.clustering.sample import sample_rows
from workbench.core.engine import as_table


def test_reproducible_and_independent_of_row_order():
    frame = pd.DataFrame({"customer_id": [f"c{i}" for i in range(5000)], "v": range(5000)})
    one, n = sample_rows(as_table(frame), ["v"], most=100, seed=3)
    other, _ = sample_rows(as_table(frame.sample(frac=1, random_state=1)), ["v"], most=100, seed=3)
    assert (len(one), n) == (100, 5000)
    pd.testing.assert_frame_equal(one, other)
    assert set(one["v"]) != set(sample_rows(as_table(frame), ["v"], most=100, seed=4)[0]["v"])


def test_all_rows_where_there_are_few():
    frame = pd.DataFrame({"customer_id": ["a", "b"], "v": [1, 2]})
    assert sorted(sample_rows(as_table(frame), ["v"], most=10, seed=1)[0]["v"]) == [1, 2]
