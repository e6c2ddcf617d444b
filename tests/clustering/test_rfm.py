import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clustering import rfm_table
from workbench.core import InputError

END = dt.date(2026, 6, 30)
row = st.tuples(
    st.sampled_from("abc"),
    st.dates(dt.date(2026, 6, 1), dt.date(2026, 7, 5)),
    st.integers(-300, 900).map(lambda v: v / 4),
)


@given(st.lists(row, min_size=1, max_size=25))
@settings(max_examples=25)
def test_agrees_with_pandas(rows):
    orders = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    orders["ordered_at"] = pd.to_datetime(orders["ordered_at"])
    kept = orders[orders["ordered_at"] <= pd.Timestamp(END)]
    days = kept.groupby(["customer_id", "ordered_at"])["amount"].sum().reset_index()
    expected = []
    for customer, own in days.groupby("customer_id"):
        bought = own[own["amount"] > 0]
        if len(bought):
            last, first = bought["ordered_at"].max(), bought["ordered_at"].min()
            expected.append(
                [
                    customer,
                    (pd.Timestamp(END) - last).days,
                    len(bought),
                    own["amount"].sum(),
                    (pd.Timestamp(END) - first).days,
                ]
            )
    if not expected:
        with pytest.raises(InputError, match="has a purchase"):
            rfm_table(orders, observed_until=END)
        return
    assert rfm_table(orders, observed_until=END).table.to_numpy().tolist() == expected


def test_window_and_notes():
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", None, "c"],
            "ordered_at": pd.to_datetime(["2025-01-01", "2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04"]),
            "amount": [5.0, 7.0, 8.0, 9.0, -2.0],
        }
    )
    found = rfm_table(orders, observed_until=END, observed_from=dt.date(2026, 1, 1))
    assert found.table["monetary"].tolist() == [7.0, 8.0]
    assert [str(n.message) for n in found.notes] == [
        "1 order line without a customer, a date or an amount is left out.",
        "1 order line is outside the time observed.",
        "1 customer whose orders never add up to more than zero is left out.",
    ]
    with pytest.raises(InputError, match="starts before it ends"):
        rfm_table(orders, observed_until=END, observed_from=dt.date(2027, 1, 1))
