from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, orders
from workbench.clv import check_forecast, fit_gamma_gamma, fit_mbg_nbd, purchase_summary, value_customers
from workbench.core import InputError

MADE_ON = dt.date(2026, 3, 31)


@pytest.fixture(scope="module")
def known():
    frame = orders(1500)
    before = purchase_summary(frame, observed_until=MADE_ON)
    fits = fit_mbg_nbd(before), fit_gamma_gamma(before)
    value = value_customers(before, *fits, annual_discount_rate=0.1, seed=1)
    return frame, value.table[["customer_id", "clv"]], fits


def test_a_true_models_forecast_covers_what_happened(known):
    frame, values, fits = known
    found = check_forecast(frame, values, *fits, made_on=MADE_ON, until=END, level=0.99, seed=1)
    assert found.inside
    assert found.since == dt.date(2026, 4, 1)
    assert found.days == 91
    since = frame[(frame["ordered_at"] > pd.Timestamp(MADE_ON)) & frame["customer_id"].isin(values["customer_id"])]
    assert found.spent == pytest.approx(since["amount"].sum())
    assert found.off == pytest.approx(found.amount.estimate / found.spent - 1)
    assert found.table["forecast"].sum() == pytest.approx(1)
    assert found.table["happened"].iloc[0] > 0.2
    assert np.ptp(found.table["customers"]) <= 1


def test_refuses(known):
    frame, values, fits = known
    with pytest.raises(InputError, match="days since"):
        check_forecast(frame, values, *fits, made_on=END, until=END, seed=1)
    with pytest.raises(InputError, match="clv"):
        check_forecast(frame, values[["customer_id"]], *fits, made_on=MADE_ON, until=END, seed=1)
