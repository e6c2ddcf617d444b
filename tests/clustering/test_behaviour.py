import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clustering import behaviour_table
from workbench.core import InputError

END = dt.date(2026, 6, 30)


@pytest.fixture(scope="module")
def orders():
    rng = np.random.default_rng(4)
    n = 3000
    day = pd.Timestamp(END) - pd.to_timedelta(rng.integers(0, 900, n), unit="D")
    return pd.DataFrame(
        {
            "customer_id": [f"C{i:03d}" for i in rng.integers(0, 120, n)],
            "ordered_at": day,
            "amount": np.where(rng.random(n) < 0.1, -1, 1) * rng.gamma(2, 40, n).round(2),
            "channel": rng.choice(["app", "shop"], n),
            "category": rng.choice(["tea", "rice", "oil"], n),
        }
    )


def test_agrees_with_pandas(orders):
    found = behaviour_table(orders, observed_until=END).table.set_index("customer_id")
    age = (pd.Timestamp(END) - orders["ordered_at"]).dt.days
    bought, refunds = orders[orders["amount"] > 0], orders[orders["amount"] < 0]
    total = bought.groupby("customer_id")["amount"].sum()
    refunded = -refunds.groupby("customer_id")["amount"].sum().reindex(total.index).fillna(0)
    np.testing.assert_allclose(found["refund_share"], refunded / total, rtol=1e-9)
    np.testing.assert_allclose(found["basket"], bought.groupby("customer_id")["amount"].mean(), rtol=1e-9)
    late = bought[age[bought.index] < 365].groupby("customer_id")["amount"].sum().reindex(total.index).fillna(0)
    early = (
        bought[age[bought.index].between(365, 729)]
        .groupby("customer_id")["amount"]
        .sum()
        .reindex(total.index)
        .fillna(0)
    )
    np.testing.assert_allclose(found["trend"], (late - early) / (late + early), rtol=1e-9)
    quarter = (
        bought.groupby(["customer_id", bought["ordered_at"].dt.quarter])["amount"].sum().groupby("customer_id").max()
    )
    np.testing.assert_allclose(found["season_share"], quarter / total, rtol=1e-9)
    mix = bought.groupby(["customer_id", "category"])["amount"].sum().unstack().fillna(0)  # noqa: PD010
    assert (found["main_category"] == mix.idxmax(axis=1)).all()
    np.testing.assert_allclose(found["category_share"], mix.max(axis=1) / total, rtol=1e-9)
    assert (found["category_number"] == (mix > 0).sum(axis=1)).all()


def test_row_order_does_not_matter(orders):
    one = behaviour_table(orders, observed_until=END).table
    other = behaviour_table(orders.sample(frac=1, random_state=1), observed_until=END).table
    pd.testing.assert_frame_equal(one, other)


def test_orders_without_channels_and_without_purchases(orders):
    plain = behaviour_table(orders[["customer_id", "ordered_at", "amount"]], observed_until=END)
    assert "main_channel" not in plain.table
    with pytest.raises(InputError, match="Somebody has a purchase"):
        behaviour_table(orders.assign(amount=-1.0), observed_until=END)
