import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clv import customer_profits
from workbench.core import InputError

PERIOD = {"since": dt.date(2026, 1, 1), "until": dt.date(2026, 6, 30)}


def orders(n=500):
    rng = np.random.default_rng(1)
    amount = np.round(rng.normal(40, 30, n), 2)
    return pd.DataFrame(
        {
            "customer_id": rng.choice(list("abcdefgh"), n),
            "ordered_at": pd.Timestamp("2025-10-01") + pd.to_timedelta(rng.integers(0, 400, n), unit="D"),
            "amount": amount,
            "margin": np.round(amount * 0.3, 2),
        }
    )


def test_against_pandas():
    data = orders()
    visits = pd.DataFrame(
        {
            "customer_id": ["a", "a", "z", "b"],
            "opened_at": pd.to_datetime(["2026-02-01", "2025-02-01", "2026-03-01", "2026-06-30"]),
        }
    )
    found = customer_profits(
        data, **PERIOD, margin="margin", contacts=(visits, "opened_at"), contact_cost=12.5
    ).to_frame()
    inside = data[(data["ordered_at"] >= "2026-01-01") & (data["ordered_at"] <= "2026-06-30")]
    expected = (
        inside.assign(
            revenue=inside["amount"].clip(lower=0),
            refunds=-inside["amount"].clip(upper=0),
            goods=inside["amount"] - inside["margin"],
        )
        .groupby("customer_id")[["revenue", "refunds", "goods"]]
        .sum()
    )
    known = found.set_index("customer_id")
    np.testing.assert_allclose(known.loc[expected.index, ["revenue", "refunds", "goods"]], expected)
    assert known["service"].to_dict() == {c: 12.5 if c in "abz" else 0.0 for c in known.index}
    assert known.loc["z", "revenue"] == 0
    assert found["customer_id"].tolist() == sorted(found["customer_id"])


def test_a_share_is_a_margin():
    found = customer_profits(orders(), **PERIOD, margin=0.25).to_frame()
    np.testing.assert_allclose(found["goods"], 0.75 * (found["revenue"] - found["refunds"]), atol=0.05)


def test_same_bytes(tmp_path):
    for name in "ab":
        customer_profits(orders(), **PERIOD, path=tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"since": dt.date(2027, 1, 1)}, "begins before"),
        ({"margin": 3.0}, "share of the amount"),
        ({"margin": "profit"}, "'profit' is needed"),
        ({"contact_cost": -1.0}, "0 or more"),
    ],
)
def test_refuses(change, rule):
    with pytest.raises(InputError, match=rule):
        customer_profits(orders(), **{**PERIOD, **change})
