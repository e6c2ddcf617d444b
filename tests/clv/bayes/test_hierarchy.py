import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clv import purchase_summary
from workbench.clv.bayes.hierarchy import KINDS, Hierarchy, parameters
from workbench.core import InputError

ROWS = pd.DataFrame(
    {"x": [0, 1, 3, 0], "t_x": [0.0, 10, 15, 0], "T": [20.0, 40, 31, 29], "region": ["s", "n", None, "s"]}
)


def test_groups_are_named_and_missing_ones_are_a_group():
    found = Hierarchy.of(ROWS, "region")
    assert found.groups == ["n", "s", "–"]
    assert found.place.tolist() == [1, 0, 2, 1]
    assert found.patterns_of(1).T.tolist() == [20.0, 29.0]
    assert Hierarchy.of(ROWS, None).groups == [""]


def test_days_and_weeks_are_the_same_to_the_last_bit():
    rng = np.random.default_rng(1)
    n = 5000
    T = rng.integers(100, 700, n).astype(float)
    t_x = np.floor(T * rng.random(n)).clip(1)
    days = pd.DataFrame({"x": rng.integers(1, 9, n), "t_x": t_x, "T": T})
    weeks = days.assign(t_x=t_x / 7, T=T / 7)
    one, other = Hierarchy.of(days, None), Hierarchy.of(weeks, None)
    assert (one.ages == other.ages).all()
    assert (one.recencies == other.recencies).all()
    assert one.scale == pytest.approx(7 * other.scale)


def test_a_summary_and_its_groups():
    day = pd.to_datetime(["2026-01-01", "2026-01-08", "2026-01-20"])
    orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "ordered_at": day, "amount": [10.0, 20, 5]})
    summary = purchase_summary(orders, observed_until=dt.date(2026, 1, 31), unit="week")
    customers = pd.DataFrame({"customer_id": ["a"], "region": ["north"]})
    found = Hierarchy.of(summary, (customers, "region"))
    assert found.groups == ["north", "–"]
    assert found.unit == "week"


@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4))
def test_parameters_give_their_quantities_back(quantities):
    r, alpha, a, b = parameters("bg_nbd", quantities)
    back = [np.log(r), np.log(r / alpha), np.log(a / b), np.log(a + b)]
    np.testing.assert_allclose(back, quantities, atol=1e-9)
    r, alpha, s, beta = parameters("pareto_nbd", quantities)
    np.testing.assert_allclose([np.log(r), np.log(r / alpha), np.log(s), np.log(s / beta)], quantities, atol=1e-9)


def test_parameters_come_in_the_models_order():
    assert [KINDS[k].names() for k in KINDS] == [
        ("r", "alpha", "a", "b"),
        ("r", "alpha", "a", "b"),
        ("r", "alpha", "s", "beta"),
    ]


@pytest.mark.parametrize(
    ("rows", "by", "rule"),
    [
        (ROWS, "state", "state"),
        (ROWS, (ROWS, "region"), "Groups of a DataFrame"),
        (ROWS.assign(x=0, t_x=0.0), "region", "second time"),
        (pd.concat([ROWS] * 300).assign(id=range(1200)), "id", "at most 200 groups"),
    ],
)
def test_what_cannot_be_is_refused(rows, by, rule):
    with pytest.raises(InputError, match=rule):
        Hierarchy.of(rows, by)


def test_a_summary_wants_a_table_of_customers():
    day = pd.to_datetime(["2026-01-01", "2026-01-08"])
    orders = pd.DataFrame({"customer_id": "a", "ordered_at": day, "amount": [10.0, 20]})
    summary = purchase_summary(orders, observed_until=dt.date(2026, 1, 31))
    with pytest.raises(InputError, match="table of customers"):
        Hierarchy.of(summary, "region")


def test_a_group_is_one_of_those_fitted():
    with pytest.raises(InputError, match="one of those fitted"):
        Hierarchy.of(ROWS, "region").of_group("west")
    with pytest.raises(InputError, match="one of those fitted"):
        Hierarchy.of(ROWS, "region").of_group(None)
