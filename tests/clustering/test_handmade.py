import numpy as np
import pandas as pd
import pytest

from workbench.clustering import SegmentModel, build_features, profile_segments, segments_by_rules
from workbench.core import InputError

WHEN = ["monetary >= 100 AND recency_days < 30", "frequency >= 5", ""]


def test_conditions_are_asked_in_their_order_in_frame_and_engine(customers, tmp_path):
    model = segments_by_rules(build_features(customers), WHEN)
    labels = model.assign(customers)
    first = (customers["monetary"] >= 100) & (customers["recency_days"] < 30)
    expected = np.where(first, 1, np.where(customers["frequency"] >= 5, 2, 3))
    assert (labels.to_numpy() == expected).all()
    table = model.assign_table(customers).to_frame().set_index("customer_id")["segment"]
    assert (table.reindex(customers["customer_id"]).to_numpy() == expected).all()
    read = SegmentModel.load(model.save(tmp_path / "m.json"))
    pd.testing.assert_series_equal(read.assign(customers), labels)
    assert profile_segments(model, customers).table["customers"].sum() == len(customers)


@pytest.mark.parametrize(
    ("when", "rule"),
    [
        ([], "but the last has a condition"),
        (["", "monetary > 1"], "but the last has a condition"),
        (["monetry > 1", ""], "SQL over columns"),
        (["monetary < 0", ""], "has customers"),
        (["monetary < 50"], "can be scored"),
    ],
)
def test_refuses(customers, when, rule):
    with pytest.raises(InputError, match=rule):
        segments_by_rules(build_features(customers), when)
