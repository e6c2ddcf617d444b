import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.sampling import allocate
from workbench.sampling.allocation import expected_cv

CASES = Path(__file__).resolve().parents[1] / "reference" / "survey" / "cases"
STRATA = pd.DataFrame(
    {
        "stratum": ["a", "b", "c", "d"],
        "population": [5000, 3000, 1500, 60],
        "std_dev": [1.0, 2.0, 4.0, 9.0],
        "mean": [10.0, 10.0, 20.0, 50.0],
        "cost": [1.0, 1.0, 4.0, 1.0],
    }
)


def test_practools_strata():
    path = CASES / "samplesize_practools_open.json"
    if not path.exists():
        pytest.skip("the shared reference folder is not here")
    for r in json.loads(path.read_text(encoding="utf-8"))["results"]:
        if "nh" not in r:
            continue
        strata = pd.DataFrame({"stratum": range(6), "population": r["Nh"], "std_dev": r.get("Sh", [1] * 6)})
        method = "neyman" if r["allocation"] == "neyman" else "proportional"
        found = allocate(strata, 100, method=method).table["n"].to_numpy()
        assert found.sum() == 100
        assert (np.abs(found - np.array(r["nh"])) < 1).all()
        if method == "neyman":
            N, S = np.array(r["Nh"]), np.array(r["Sh"])
            error = expected_cv(N.astype(float), S.astype(float), found.astype(float), N.sum())
            assert error == pytest.approx(r["anticipated SE of estimated mean"], rel=2e-3)


def test_each_method_by_hand():
    assert allocate(STRATA, 956).table["n"].tolist() == [500, 300, 150, 6]
    assert allocate(STRATA, 200, method="equal").table["n"].tolist() == [50, 50, 50, 50]
    # N S = 5000, 6000, 6000, 540
    assert allocate(STRATA, 1754, method="neyman").table["n"].tolist() == [500, 600, 600, 54]
    # N S / √c = 5000, 6000, 3000, 540
    assert allocate(STRATA, 1454, method="optimal").table["n"].tolist() == [500, 600, 300, 54]
    # √N without means
    power = allocate(STRATA.drop(columns=["mean"]), 172, method="power").table["n"]
    assert power.tolist() == [70, 55, 39, 8]


def test_power_runs_from_equal_precision_to_neyman():
    neyman = allocate(STRATA, 1754, method="neyman").table["n"]
    assert allocate(STRATA, 1754, method="power", exponent=1).table["n"].tolist() == neyman.tolist()
    flat = allocate(STRATA, 200, method="power", exponent=0).table
    weights = STRATA["std_dev"] / STRATA["mean"]
    assert flat["n"].to_numpy() == pytest.approx(200 * weights / weights.sum(), abs=1)


def test_response_rates_even_out_the_completes():
    strata = STRATA.assign(response_rate=[0.5, 0.25, 0.5, 0.5])
    table = allocate(strata, 1000, method="equal", minimum=0).table
    assert table["expected_completes"].iloc[:3].to_numpy() == pytest.approx(np.full(3, table["n"][0] * 0.5), abs=0.5)
    assert table["n"][3] == 60
    assert table["bound"].tolist() == ["", "", "", "ceiling"]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 5000), st.floats(0, 30), st.floats(0.1, 9)), min_size=1, max_size=12),
    st.floats(0, 1),
    st.sampled_from(["proportional", "equal", "neyman", "optimal", "power"]),
)
def test_an_allocation_adds_up_within_its_bounds(parts, share, method):
    strata = pd.DataFrame(parts, columns=["population", "std_dev", "cost"])
    strata.insert(0, "stratum", [f"s{i}" for i in range(len(parts))])
    strata["std_dev"] += 0.001
    low = np.minimum(strata["population"], 2).sum()
    n = int(low + round(share * (strata["population"].sum() - low)))
    before = strata.copy()
    table = allocate(strata, n, method=method).table
    assert table["n"].sum() == n
    assert (table["n"] <= table["population"]).all()
    assert (table["n"] >= np.minimum(table["population"], 2)).all()
    assert table["inclusion_probability"].to_numpy() == pytest.approx((table["n"] / table["population"]).to_numpy())
    pd.testing.assert_frame_equal(strata, before)


def test_budget_is_kept_and_nearly_spent():
    table = allocate(STRATA, method="optimal", budget=1000).table
    spent = (table["n"] * table["cost"]).sum()
    assert 996 < spent <= 1000


def test_target_precision_is_reached_with_the_fewest():
    allocation = allocate(STRATA, method="neyman", target_cv=0.01)
    N, S, mean = (STRATA[c].to_numpy(dtype=float) for c in ("population", "std_dev", "mean"))

    def cv(n):
        return expected_cv(N, S, np.asarray(n, dtype=float), (N * mean).sum())

    assert cv(allocation.table["n"]) <= 0.01
    assert cv(allocate(STRATA, allocation.n - 1, method="neyman").table["n"]) > 0.01


@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        ({}, {"n": 99_999}, "not larger than its population"),
        ({}, {"n": 5}, "floors"),
        ({"maximum": [10, 10, 10, 10]}, {"n": 50}, "ceilings"),
        ({"minimum": [20, 2, 2, 2], "maximum": [10, 10, 10, 10]}, {"n": 30}, "not above its maximum"),
        ({"stratum": ["a", "a", "c", "d"]}, {"n": 50}, "one row and a name"),
        ({"population": [0, 1, 2, 3]}, {"n": 3}, "population"),
        ({"population": [10, np.nan, 20, 30]}, {"n": 8}, "population"),
        ({"std_dev": [-1, 1, 1, 1]}, {"n": 50, "method": "neyman"}, "std_dev"),
        ({"std_dev": [0, 0, 0, 0]}, {"n": 50, "method": "neyman"}, "has a spread"),
        ({"response_rate": [0.0, 1, 1, 1]}, {"n": 50}, "response_rate"),
        ({}, {"n": 50, "method": "nayman"}, "did you mean 'neyman'"),
        ({}, {}, "exactly one"),
        ({}, {"n": 5, "budget": 3.0}, "exactly one"),
        ({}, {"budget": 5.0}, "budget pays for the floors"),
        ({"maximum": [5, 5, 5, 5]}, {"target_cv": 0.001}, "ceilings allow"),
        ({}, {"target_cv": -0.1}, "positive"),
    ],
)
def test_what_cannot_be_met_is_said(change, arguments, words):
    with pytest.raises(InputError) as error:
        allocate(STRATA.assign(**change), **arguments)
    assert words in str(error.value)


def test_missing_columns_are_named():
    with pytest.raises(InputError, match="std_dev"):
        allocate(STRATA.drop(columns=["std_dev"]), 50, method="neyman")


def test_small_strata_are_taken_whole_and_said():
    strata = pd.DataFrame({"stratum": ["a", "b"], "population": [1, 100]})
    allocation = allocate(strata, 10)
    assert allocation.table["n"].tolist() == [1, 9]
    assert any("taken whole" in n.message.text("en") for n in allocation.notes)


def test_it_draws_and_reads_in_both_languages():
    allocation = allocate(STRATA, 956)
    assert allocation.n == 956
    assert allocation.plot("zh-CN").axes
    assert allocation.to_html("zh-CN") != allocation.to_html("en")
