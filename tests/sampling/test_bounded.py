import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.sampling.bounded import bounded_shares, largest_remainder, least_variance_integers

SURVEY = Path(__file__).resolve().parents[1] / "reference" / "survey"


def _case(name):
    path = SURVEY / "cases" / f"{name}.json"
    if not path.exists():
        pytest.skip("the shared reference folder is not here")
    return json.loads(path.read_text(encoding="utf-8"))["results"]


def test_stratallo_examples():
    box, neyman, upper = _case("allocation_stratallo_open")
    population = np.array([3000.0, 4000, 5000, 2000])
    weight = population * [48, 79, 76, 16]
    low, high = np.array([100, 90, 500, 50]), np.array([300, 400, 800, 90])
    shares = bounded_shares(weight, 1284, low.astype(float), high.astype(float))
    assert shares == pytest.approx(box["x"], rel=1e-12)
    counts = least_variance_integers(weight, shares, 1284, low, high)
    assert counts.tolist() == box["rounded"]
    assert (weight**2 / counts - weight**2 / population).sum() == pytest.approx(box["var_rounded"], rel=1e-12)
    weight = population * [48, 179, 176, 16]
    assert bounded_shares(weight, 190, 0 * weight, population) == pytest.approx(neyman["x"], rel=1e-12)
    assert bounded_shares(weight, 190, 0 * weight, np.array([100.0, 90, 70, 80])) == pytest.approx(
        upper["x"], rel=1e-12
    )


def test_507_strata():
    (case,) = _case("allocation_pop507s")
    data = pd.read_csv(SURVEY / "data" / "stratallo_pop507s.csv")
    population = data["N"].to_numpy(dtype=float)
    weight = population * data["S"].to_numpy()
    shares = bounded_shares(weight, case["name"], 0 * weight, population)
    assert shares == pytest.approx(case["x"], rel=1e-9)
    assert int((shares >= population - 1e-9).sum()) == case["n_at_cap"]
    assert (weight**2 / shares - weight**2 / population).sum() == pytest.approx(case["var"], rel=1e-6)


strata = st.lists(st.tuples(st.integers(1, 12), st.floats(0.1, 50)), min_size=2, max_size=4)


@settings(max_examples=60)
@given(strata, st.floats(0, 1), st.integers(0, 2))
def test_no_feasible_integers_have_less_variance(parts, share, floor):
    ceiling = np.array([p for p, _ in parts])
    low = np.minimum(np.maximum(floor, 1), ceiling)
    weight = ceiling * np.array([s for _, s in parts])
    total = int(low.sum() + round(share * (ceiling.sum() - low.sum())))
    shares = bounded_shares(weight, total, low.astype(float), ceiling.astype(float))
    assert shares.sum() == pytest.approx(total)
    assert (shares >= low - 1e-9).all() and (shares <= ceiling + 1e-9).all()
    found = least_variance_integers(weight, shares, total, low, ceiling)
    assert found.sum() == total and (found >= low).all() and (found <= ceiling).all()
    every = itertools.product(*(range(a, b + 1) for a, b in zip(low, ceiling, strict=True)))
    best = min((weight**2 / np.array(n)).sum() for n in every if sum(n) == total)
    assert (weight**2 / found).sum() == pytest.approx(best, rel=1e-9)
    assert (weight**2 / shares).sum() <= best * (1 + 1e-9)


@given(st.lists(st.floats(0, 20), min_size=1, max_size=8))
def test_rounded_shares_add_up_and_stay_near(values):
    values = np.array(values)
    total = round(values.sum())
    low, high = np.zeros(len(values), dtype=int), np.full(len(values), 100)
    found = largest_remainder(values, total, low, high)
    assert found.sum() == total
    assert (np.abs(found - values) < 1 + 1e-6).all()


def test_strata_without_spread_take_what_is_left():
    shares = bounded_shares(np.array([1.0, 0, 0]), 20, np.array([1.0, 1, 1]), np.array([10.0, 5, 15]))
    assert shares.sum() == pytest.approx(20)
    assert shares[0] == 10
    assert shares[1:] == pytest.approx([1 + 4 * 8 / 18, 1 + 14 * 8 / 18])


def test_costs_weigh_the_total():
    shares = bounded_shares(np.array([1.0, 1.0]), 30, np.zeros(2), np.array([100.0, 100]), cost=np.array([1.0, 2.0]))
    assert shares == pytest.approx([10, 10])


def test_strata_without_spread_get_nothing_they_do_not_have_to():
    weight, low, high = np.array([0.0, 5.0]), np.array([0, 0]), np.array([9, 9])
    shares = bounded_shares(weight, 4, low.astype(float), high.astype(float))
    assert least_variance_integers(weight, shares, 4, low, high).tolist() == [0, 4]
