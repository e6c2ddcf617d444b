import datetime as dt

import pandas as pd

from workbench.clv import purchase_summary
from workbench.clv.purchases_sql import Orders, repeated_lines
from workbench.core.engine import as_table


def test_a_summary_with_holdout_splits_at_the_day(cdnow_orders):
    cut = dt.date(1997, 10, 1)
    found = purchase_summary(cdnow_orders, observed_until=dt.date(1998, 6, 30), holdout_from=cut, refunds="as_is").table
    days = cdnow_orders.drop_duplicates(["customer_id", "ordered_at"])
    held = days[days["ordered_at"] >= pd.Timestamp(cut)].groupby("customer_id").size()
    expected = held.reindex(found["customer_id"]).fillna(0).to_numpy()
    assert (found["holdout_frequency"].to_numpy() == expected).all()
    year = cdnow_orders[(cdnow_orders["ordered_at"] < pd.Timestamp(cut)) & (cdnow_orders["ordered_at"] > "1996-09-30")]
    spent = year.groupby("customer_id")["amount"].sum().reindex(found["customer_id"]).fillna(0)
    pd.testing.assert_series_equal(
        found["year_amount"], spent.reset_index(drop=True), check_names=False, check_exact=False, rtol=1e-9
    )


def test_first_amounts_are_those_of_the_first_day():
    frame = pd.DataFrame({
        "customer_id": ["a"] * 4, "amount": [7.0, 5.0, 11.0, 2.0],
        "ordered_at": pd.to_datetime(["2026-02-01", "2026-01-01", "2026-03-01", "2026-01-01"]),
    })  # fmt: skip
    assert purchase_summary(frame, observed_until=dt.date(2026, 6, 1)).table["repeat_amount"].tolist() == [18.0]


def test_repeated_lines_are_counted():
    frame = pd.DataFrame(
        {"customer_id": list("aaab"), "ordered_at": pd.Timestamp("2026-01-01"), "amount": [1.0, 1, 1, 1]}
    )
    end = dt.date(2026, 6, 1)
    orders = Orders(as_table(frame), "CAST(ordered_at AS DATE)", end, end, "net", False)
    assert repeated_lines(orders) == 2
    assert not orders.held
