import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clv import purchase_summary
from workbench.core import InputError, use_language
from workbench.core.engine import as_table

END = dt.date(2026, 6, 30)


def orders(rows):
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"]).assign(
        ordered_at=lambda d: pd.to_datetime(d["ordered_at"], format="ISO8601")
    )


def by_hand(frame, until, refunds):
    """Return the summary by plain pandas."""
    frame = frame.dropna()
    if refunds == "drop":
        frame = frame[frame["amount"] >= 0]
    days = frame.assign(day=frame["ordered_at"].dt.normalize()).groupby(["customer_id", "day"])["amount"].sum().round(4)
    days = days.reset_index()
    days = days[days["day"] <= pd.Timestamp(until)]
    back = days[days["amount"] < 0].groupby("customer_id")["amount"].sum() if refunds == "net" else {}
    if refunds != "as_is":
        days = days[days["amount"] > 0]
    rows = {}
    for customer, own in days.sort_values("day").groupby("customer_id"):
        x = len(own) - 1
        first, last = own["day"].iloc[0], own["day"].iloc[-1]
        money = own["amount"].iloc[1:].mean() if x else np.nan
        money *= max(1 + back.get(customer, 0.0) / own["amount"].sum(), 0.0) if refunds != "as_is" else 1.0
        rows[customer] = (x, float((last - first).days), float((pd.Timestamp(until) - first).days), money)
    return rows


def test_cdnow_agrees_with_the_literature(cdnow, reference):
    known = reference["cdnow_sample_exact_weeks"]["computed"]
    p = cdnow.patterns
    assert cdnow.customers == known["n_customers"]
    assert (p["x"] * p["count"]).sum() == known["sum_x"]
    assert (p["t_x"] * p["count"]).sum() == pytest.approx(known["sum_tx"], rel=1e-12)
    assert (p["T"] * p["count"]).sum() == pytest.approx(known["sum_T"], rel=1e-12)
    assert p["holdout"].sum() == known["holdout_39w_transactions"]
    assert cdnow.summary["repeat_share"][0] == pytest.approx(1 - known["zero_share"])
    assert (cdnow.table["frequency"] > 0).sum() == known["n_gg"]


@pytest.mark.parametrize("refunds", ["net", "drop", "as_is"])
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.dates(dt.date(2026, 6, 1), dt.date(2026, 7, 5)),
            st.one_of(st.none(), st.integers(-300, 900).map(lambda v: v / 100)),
        ),
        min_size=1,
        max_size=25,
    )
)
@settings(max_examples=25)
def test_agrees_with_pandas(refunds, rows):
    frame = orders(rows).assign(amount=lambda d: d["amount"].astype(float))
    expected = by_hand(frame, END, refunds)
    if not expected:
        with pytest.raises(InputError, match="at least one purchase"):
            purchase_summary(frame, observed_until=END, refunds=refunds)
        return
    found = purchase_summary(frame, observed_until=END, refunds=refunds)
    assert found.table["customer_id"].tolist() == sorted(expected)
    got = found.table[["frequency", "recency", "T", "monetary_value"]].to_numpy(dtype=float)
    np.testing.assert_allclose(got, np.array([expected[k] for k in sorted(expected)]), rtol=1e-12)
    assert found.patterns["count"].sum() == len(expected)


def test_refunds_on_later_days_lower_the_value():
    """20 of 60 spent comes back weeks later: what is left of the repeat purchases is two thirds."""
    day = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-10"]
    frame = orders([("a", d, v) for d, v in zip(day, (10.0, 20.0, 30.0, -20.0), strict=True)])
    net, gross = (purchase_summary(frame, observed_until=END, refunds=r) for r in ("net", "drop"))
    assert gross.table["repeat_amount"].tolist() == [50.0]
    assert net.table["repeat_amount"].to_numpy() == pytest.approx([50.0 * 40 / 60])
    assert net.table[["frequency", "recency"]].equals(gross.table[["frequency", "recency"]])
    everything = pd.concat([frame, orders([("a", "2026-05-01", -90.0)])])
    assert purchase_summary(everything, observed_until=END).table["repeat_amount"].tolist() == [0.0]
    held = purchase_summary(frame, observed_until=END, holdout_from=dt.date(2026, 3, 1)).table
    assert held["repeat_amount"].tolist() == [20.0]  # the refund is not known yet
    assert held["holdout_amount"].tolist() == [10.0]


def test_what_is_left_out_is_counted_and_said():
    frame = orders(
        [
            ("a", "2026-05-01", 10.0),
            ("a", "2026-05-01", -4.0),
            ("a", "2026-05-09", -5.0),
            ("a", "2026-05-10", 8.0),
            (None, "2026-05-02", 3.0),
            ("b", None, 3.0),
            ("b", "2026-05-03", 0.0),
            ("c", "2026-07-01", 9.0),
        ]
    )
    found = purchase_summary(frame, observed_until=END)
    said = [str(n.message) for n in found.notes]
    assert said == [
        "1 order line without a customer is left out.",
        "1 order line without a date or an amount is left out.",
        "1 order line after 2026-06-30 does not count.",
        "2 refunds are set off against the customer's orders of the same day.",
        "2 days on which a customer's amounts do not add up to more than zero (together −5.00) are no purchases.",
        "What was refunded on other days (5.00) is taken off the customers' purchases in proportion.",
        "1 customer without a purchase that counts is left out.",
    ]
    assert found.table["frequency"].tolist() == [1]
    assert found.table["monetary_value"].tolist() == [pytest.approx(8 * 9 / 14)]


def test_same_bytes_and_row_order_does_not_matter(tmp_path, cdnow_orders):
    made = []
    for i, frame in enumerate([cdnow_orders, cdnow_orders.sample(frac=1, random_state=1)]):
        purchase_summary(frame, observed_until=dt.date(1998, 6, 30), path=tmp_path / f"{i}.parquet")
        made.append((tmp_path / f"{i}.parquet").read_bytes())
    assert made[0] == made[1]


def test_reads_parquet_and_engine_tables_and_leaves_the_input_alone(tmp_path):
    frame = orders([("a", "2026-05-01 09:30", 10.0), ("a", "2026-05-08 23:59:59", 1e12)])
    before = frame.copy()
    frame.to_parquet(tmp_path / "orders.parquet")
    for data in (frame, tmp_path / "orders.parquet", as_table(frame)):
        found = purchase_summary(data, observed_until=END, unit="week")
        assert found.patterns[["x", "t_x", "T"]].to_numpy().tolist() == [[1.0, 1.0, 60 / 7]]
        assert found.table["monetary_value"].tolist() == [1e12]
    pd.testing.assert_frame_equal(frame, before)


def test_shows_no_customer():
    found = purchase_summary(orders([("secret-id", "2026-05-01", 10.0)]), observed_until=END)
    for language in ("en", "zh-CN"):
        with use_language(language):
            assert "secret-id" not in found._repr_html_() + repr(found)
    assert found.plot().axes


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"unit": "month"}, "`unit` is one of day, week."),
        ({"refunds": "ignore"}, "`refunds` is one of net, drop, as_is."),
        ({"holdout_from": dt.date(2026, 8, 1)}, "A holdout starts before observation ends."),
        ({"observed_until": "2026-06-30"}, "`observed_until` is a date."),
        ({"observed_until": dt.date(2020, 1, 1)}, "There is at least one purchase"),
    ],
)
def test_refuses(change, rule):
    frame = orders([("a", "2026-05-01", 10.0)])
    with pytest.raises(InputError, match=rule):
        purchase_summary(frame, **{"observed_until": END, **change})


def test_a_missing_column_is_named():
    with pytest.raises(InputError, match="'amount' is needed"):
        purchase_summary(orders([("a", "2026-05-01", 1.0)]).rename(columns={"amount": "amout"}), observed_until=END)
