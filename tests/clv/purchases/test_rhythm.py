from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, monthly, orders
from workbench.clv import purchase_rhythm
from workbench.core import InputError


def waits(shape, n=400, seed=1):
    """Purchases with Erlang waiting times of 60 days on average."""
    rng = np.random.default_rng(seed)
    days = np.round(np.cumsum(rng.gamma(shape, 60 / shape, (n, 6)), axis=1))
    frame = pd.DataFrame({"customer_id": np.repeat(np.arange(n), 6), "day": days.ravel()})
    return frame.assign(ordered_at=pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["day"], unit="D"), amount=10.0)


@pytest.mark.parametrize("shape", [1, 3, 20])
def test_the_shape_is_recovered(shape):
    found = purchase_rhythm(waits(shape), observed_until=END)
    assert found.shape == pytest.approx(shape, rel=0.25)
    assert found.regular == (shape == 20)
    assert found.share == 1


def test_random_buyers_are_not_regular():
    found = purchase_rhythm(orders(800), observed_until=END)
    assert not found.regular
    assert found.shape < 2


def test_runs_end_where_the_next_purchase_is_overdue():
    frame = monthly()
    found = purchase_rhythm(frame, observed_until=END)
    assert found.regular
    assert found.days in (30, 31)
    rows = found.contracts().to_frame().set_index("customer_id")
    last = frame.groupby("customer_id")["ordered_at"].max()
    running = rows["ended_at"].isna()
    assert (last[running] >= pd.Timestamp(END) - pd.Timedelta(days=46)).all()
    assert (last[~running] < pd.Timestamp(END) - pd.Timedelta(days=44)).all()
    assert rows["amount_per_month"].median() == pytest.approx(9.99, rel=0.02)


def test_nobody_who_waited_twice_tells_nothing():
    found = purchase_rhythm(orders(30).drop_duplicates("customer_id"), observed_until=END)
    assert np.isnan(found.shape)
    assert not found.regular
    with pytest.raises(InputError, match="amount"):
        purchase_rhythm(orders(3).drop(columns="amount"), observed_until=dt.date(2026, 1, 1))
