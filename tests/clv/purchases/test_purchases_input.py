import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clv import purchase_summary
from workbench.clv.purchases.purchases_input import checked_days
from workbench.core import InputError

END = dt.date(2026, 6, 30)
ORDERS = pd.DataFrame(
    {
        "customer_id": ["a", "a", "b"],
        "amount": [1.0, 2, 3],
        "ordered_at": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-01-05"]),
    }
)


@pytest.mark.parametrize(
    ("change", "rule", "found"),
    [
        ({"amount": [1, np.inf, 3]}, "Amounts are finite", "1 lines"),
        ({"amount": [1, 1e15, -1e15]}, "Amounts are finite", "2 lines"),
        ({"amount": ["1", "two", "3"]}, "Amounts are numbers", "VARCHAR"),
        ({"ordered_at": ["2026-01-01", "01/02/2026", "2026-01-05"]}, "Days of orders", "01/02/2026"),
        ({"ordered_at": [20260101, 20260201, 20260105]}, "Days of orders", "BIGINT"),
        ({"ordered_at": [1.0, 2.0, 3.0]}, "Orders have a date", "DOUBLE"),
    ],
)
def test_columns_that_cannot_be_read(change, rule, found):
    with pytest.raises(InputError, match=rule) as raised:
        purchase_summary(ORDERS.assign(**change), observed_until=END)
    assert found in raised.value.found


def test_dates_as_text_and_whole_amounts_are_read():
    text = ORDERS.assign(ordered_at=["2026-01-01", "2026-02-01", "2026-01-05"], amount=[1, 2, 3])
    one, other = (purchase_summary(o, observed_until=END) for o in (ORDERS, text))
    pd.testing.assert_frame_equal(one.table, other.table)


def test_missing_amounts_are_counted_not_refused():
    found = purchase_summary(ORDERS.assign(amount=[1.0, np.nan, 3]), observed_until=END)
    assert "1 order line without a date or an amount" in str(found.notes[0].message)


def test_days_are_dates():
    stamp = pd.Timestamp("2026-02-01")
    assert checked_days(END, stamp) == (END, dt.date(2026, 2, 1))
    for wrong in ("2026-02-01", dt.datetime(2026, 2, 1, 12), pd.NaT, 20260201):
        with pytest.raises(InputError, match="`holdout_from` is a date"):
            checked_days(END, wrong)
    with pytest.raises(InputError, match="starts before"):
        checked_days(END, dt.date(2026, 7, 1))
