from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clv import Total, acquisition_return
from workbench.core import InputError

SINCE = dt.date(2025, 7, 1)


def made(n=300, seed=1):
    """Customers of two channels: one brings 40 on average, the other 10; a third of each came before."""
    rng = np.random.default_rng(seed)
    ids = [f"{i:04d}" for i in range(n)]
    channel = np.resize(["ads", "shop"], n)
    first = np.where(np.arange(n) % 3 == 0, "2024-01-05", "2025-10-05")
    brought = rng.gamma(2, np.where(channel == "shop", 10, 2.5))
    ahead = rng.gamma(2, np.where(channel == "shop", 10, 2.5))
    return (
        pd.DataFrame({"customer_id": ids, "first_purchase": pd.to_datetime(first)}),
        pd.DataFrame({"customer_id": ids, "clv": brought}),
        pd.DataFrame({"customer_id": ids, "clv": ahead}),
        (pd.DataFrame({"customer_id": ids, "channel": channel}), "channel"),
    )


def test_means_and_intervals_are_those_of_the_customers_acquired():
    first, brought, ahead, by = made()
    found = acquisition_return(first, brought, ahead, by, {"shop": 12.0, "ads": 25.0}, since=SINCE)
    new = first["first_purchase"] >= pd.Timestamp(SINCE)
    both = (brought["clv"] + ahead["clv"])[new]
    for row in found.table.to_dict("records"):
        mine = both[(by[0]["channel"] == row["group"])[new]]
        assert row["customers"] == len(mine)
        assert row["worth"] == pytest.approx(mine.mean())
        error = mine.std(ddof=1) / len(mine) ** 0.5
        assert (row["ci_high"] - row["ci_low"]) / 2 == pytest.approx(error * 1.984, rel=0.01)
        assert row["net"] == pytest.approx(row["worth"] - row["cost"])
    rows = found.table.set_index("group")
    assert rows.loc["ads", "net"] < 0 < rows.loc["shop", "net"]
    assert (rows["p_value"] < 0.001).all()


def test_what_the_models_are_unsure_of_widens_the_interval():
    parts = made()
    plain = acquisition_return(*parts, {"shop": 12.0}, since=SINCE).table.iloc[0]
    unsure = acquisition_return(
        *parts, {"shop": 12.0}, since=SINCE, total=Total(100.0, 60.0, 160.0, 0.95, 25.0)
    ).table.iloc[0]
    wider = (unsure["ci_high"] - unsure["ci_low"]) ** 2 - (plain["ci_high"] - plain["ci_low"]) ** 2
    assert wider == pytest.approx((2 * 1.984 * 0.25 * plain["to_come"]) ** 2, rel=0.02)


def test_channels_without_new_customers_stay_and_unknown_ones_are_refused():
    first, brought, ahead, by = made()
    old = (by[0].assign(channel=np.where(first["first_purchase"] < "2025-01-01", "old", by[0]["channel"])), "channel")
    found = acquisition_return(first, brought, ahead, old, {"old": 5.0, "shop": 5.0}, since=SINCE).table
    assert found["customers"].tolist() == [0, 100]
    assert np.isnan(found["worth"].iloc[0])
    with pytest.raises(InputError, match="channels that customers have"):
        acquisition_return(first, brought, ahead, by, {"shp": 5.0}, since=SINCE)
    with pytest.raises(InputError, match="clv"):
        acquisition_return(first, brought.drop(columns="clv"), ahead, by, {"shop": 5.0}, since=SINCE)
