import json

import numpy as np
import pandas as pd
import pytest

from workbench.clustering import SegmentModel, build_features, fit_segments
from workbench.clustering.model import cheapest
from workbench.clustering.scorers import Centres
from workbench.core import InputError
from workbench.core.engine import as_table


@pytest.fixture(scope="module")
def model(customers):
    return fit_segments(build_features(customers), k=3, seed=1)


def test_engine_and_frame_give_the_same_segments(model, customers):
    table = model.assign_table(customers)
    assert list(table.columns) == ["customer_id", "segment"]
    pd.testing.assert_series_equal(table.to_frame()["segment"], model.assign(customers), check_dtype=False)


def test_saved_and_loaded_scores_identically(model, customers, tmp_path):
    read = SegmentModel.load(model.save(tmp_path / "segments.json"))
    np.testing.assert_array_equal(read.centres, model.centres)
    assert read.rules == model.rules
    pd.testing.assert_frame_equal(read.table, model.table)
    pd.testing.assert_series_equal(read.assign(customers), model.assign(customers))
    assert json.loads((tmp_path / "segments.json").read_text())["format"] == "segments/v2"


def test_row_order_does_not_matter(model, customers):
    turned = customers.iloc[::-1]
    pd.testing.assert_series_equal(model.assign(turned).sort_index(), model.assign(customers))


def test_same_file_every_time(model, customers, tmp_path):
    for name in "ab":
        model.assign_table(customers, path=tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_missing_columns_and_values(model, customers):
    with pytest.raises(InputError, match="'monetary' is needed"):
        model.assign_table(customers.drop(columns="monetary"))
    with pytest.raises(InputError, match="finite"):
        model.assign(customers.assign(monetary=np.inf))
    filled = model.assign(customers.assign(monetary=np.nan))
    assert filled.notna().all()


def test_without_a_fill_a_missing_value_cannot_be_scored(customers):
    bare = fit_segments(build_features(customers, missing="refuse"), k=3, seed=1)
    gap = customers.assign(monetary=customers["monetary"].where(customers.index > 0))
    with pytest.raises(InputError, match="1 rows with missing"):
        bare.assign_table(as_table(gap))


def test_not_a_model(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    for path in ("x.json", "y.json"):
        with pytest.raises(InputError, match="saved segmentation"):
            SegmentModel.load(tmp_path / path)


def test_ties_go_to_the_first():
    scorer = Centres(np.array([[1.0], [-1.0]]))
    assert cheapest(scorer, np.array([[0.0]]), np.empty((1, 0), dtype=int)).tolist() == [0]
