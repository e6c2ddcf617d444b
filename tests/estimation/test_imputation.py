from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, combine_imputations, estimate_mean, estimate_proportion

DESIGN = Design(weight="w", stratum="stratum")


def each(data, column="y", by=None):
    return [estimate_mean(part, column, DESIGN, by=by) for _, part in data.groupby("imp")]


@pytest.mark.parametrize("case", ["multiple_imputation", "multiple_imputation_m10"])
@pytest.mark.parametrize("column", ["y", "yes"])
def test_rubins_rules(reference, case, column):
    found = reference(case)
    data = found.data(case)
    row = found.results[f"mean_{column}_df_infinite"]
    combined = combine_imputations(each(data, column), complete_df=False)
    table = combined.table.iloc[0]
    assert table["estimate"] == pytest.approx(row["estimate"][column], rel=1e-10)
    assert table["std_error"] == pytest.approx(row["se"][column], rel=1e-10)
    assert combined.degrees_of_freedom[0] == pytest.approx(row["df"][column], rel=1e-8)
    assert (table["ci_low"], table["ci_high"]) == pytest.approx((row["lower"], row["upper"]), rel=1e-9)
    assert table["fraction_missing"] == pytest.approx(row["fraction_missing"], rel=1e-6)
    # Barnard and Rubin; the tool of the reference leaves 1 + 1/m out of the observed part, which matters little
    small = combine_imputations(each(data, column))
    expected = found.results[f"mean_{column}_df_complete"]["df"][column]
    assert small.degrees_of_freedom[0] == pytest.approx(expected, rel=0.02)
    assert small.degrees_of_freedom[0] < min(combined.degrees_of_freedom[0], 42)


def test_groups_and_their_covariance(reference):
    found = reference("multiple_imputation")
    combined = combine_imputations(each(found.data("multiple_imputation"), by="stratum"), complete_df=False)
    row = found.results["mean_y_by_stratum_df_infinite"]
    assert combined.table["std_error"].tolist() == pytest.approx(list(row["se"].values()), rel=1e-10)
    assert combined.table["ci_low"].tolist() == pytest.approx(row["lower"], rel=1e-9)
    assert combined.covariance.shape == (3, 3)


def test_without_imputed_answers_nothing_is_added():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 8.0]})
    alone = estimate_mean(data, "y", Design())
    combined = combine_imputations([alone, alone, alone])
    shown = ["estimate", "std_error", "ci_low", "ci_high", "n"]
    pd.testing.assert_frame_equal(combined.table[shown], alone.table[shown])
    assert combined.table["fraction_missing"].tolist() == [0.0]


def test_errors_only_grow_with_what_imputations_disagree_on():
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"y": rng.normal(size=80)})
    results = [estimate_mean(data.assign(y=data["y"] + rng.normal(0, 0.1)), "y", Design()) for _ in range(6)]
    combined = combine_imputations(results, confidence=0.8)
    assert combined.level == 0.8
    assert combined.table["std_error"].item() > max(r.table["std_error"].item() for r in results)
    assert 0 < combined.table["fraction_missing"].item() < 1
    assert "fraction_missing" in combined.table and "Information missing" in combined.to_html("en")


def test_what_does_not_belong_together_is_refused():
    data = pd.DataFrame({"y": [1.0, 2.0, 3.0], "z": [1, 0, 1], "g": ["a", "a", "b"]})
    mean = estimate_mean(data, "y", Design())
    with pytest.raises(InputError, match="two or more"):
        combine_imputations([mean])
    with pytest.raises(InputError, match="two or more"):
        combine_imputations([mean, mean.table])
    with pytest.raises(InputError, match="same estimates"):
        combine_imputations([mean, estimate_proportion(data, "z", Design())])
