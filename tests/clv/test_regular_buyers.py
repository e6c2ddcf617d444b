from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, monthly
from workbench.clv import check_regular
from workbench.core import InputError


def fortnightly(n=250, seed=1):
    """Customers who buy every two weeks, give or take two days, and leave with a chance of their own, 4 % on average."""
    rng, rows = np.random.default_rng(seed), []
    for i in range(n):
        leave, day, mean = rng.beta(1, 24), float(rng.integers(0, 500)), 14 * rng.gamma(8, 1 / 8)
        while day <= 700:
            rows.append((i, int(day)))
            if rng.random() < leave:
                break
            day += max(rng.gamma(50, mean / 50), 1)
    frame = pd.DataFrame(rows, columns=["customer_id", "day"]).drop_duplicates()
    day = pd.Timestamp(END) - pd.to_timedelta(700 - frame["day"], unit="D")
    return frame.assign(customer_id=frame["customer_id"].astype(str), ordered_at=day, amount=20.0)


@pytest.fixture(scope="module")
def found():
    return check_regular(fortnightly(), observed_until=END, shape=24)


def test_a_model_of_rhythms_forecasts_regular_buyers_better_than_one_of_random_times(found):
    rows = found.table.set_index("method")
    assert found.best == "rhythm"
    assert found.days == 175
    assert rows.loc["rhythm", "rmse"] < rows.loc["random", "rmse"]
    assert abs(rows.loc["rhythm", "off"]) < 0.1
    assert (rows["actual"] == rows["actual"].iloc[0]).all()
    assert (rows["off"] == rows["forecast"] / rows["actual"] - 1).all()
    assert [str(m) for m in found.named["method"]][1] == "Runs of purchases taken as contracts"


def test_of_very_many_customers_some_are_compared_and_it_is_said(found, monkeypatch):
    monkeypatch.setattr("workbench.clv.checks.heuristics.MOST_COMPARED", 120)
    some = check_regular(fortnightly(), observed_until=END, shape=24)
    assert 0.3 < some.table["actual"].iloc[0] / found.table["actual"].iloc[0] < 0.7
    assert (some.table["rmse"] / found.table["rmse"]).between(0.7, 1.4).all()
    assert not found.notes
    assert "120" in str(some.notes[0].message)


def test_without_anybody_who_left_there_are_no_runs_to_learn_from():
    days = pd.date_range("2025-01-31", "2026-06-30", freq="ME")
    loyal = pd.concat([pd.DataFrame({"customer_id": str(c), "ordered_at": days, "amount": 9.0}) for c in range(40)])
    found = check_regular(loyal, observed_until=END, shape=24)
    assert found.table["method"].tolist() == ["rhythm", "random"]
    assert abs(found.table["off"].iloc[0]) < 0.15  # five month ends in four months and a half


def test_too_short_a_history_is_refused():
    with pytest.raises(InputError, match="four weeks"):
        check_regular(monthly().query("ordered_at < '2025-04-15'"), observed_until=dt.date(2025, 4, 15), shape=24)
