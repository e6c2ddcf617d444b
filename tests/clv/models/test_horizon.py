import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from workbench.clv import BgNbd
from workbench.clv.models.horizon import (
    add_months,
    daily_force,
    discounted_if_alive,
    discounted_years,
    horizon_days,
)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 60))
def test_months_end_on_the_same_day_or_the_last_of_the_month(day, months):
    end = add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end + dt.timedelta(days=1)).day == 1
    assert (day + dt.timedelta(days=1)).day != 1 or (end + dt.timedelta(days=1)).day == 1
    assert (end - day).days == horizon_days(day, months)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_discounting_against_the_integral(rate):
    model = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
    force, horizon = daily_force(rate) * 7, 52.0
    _, found = discounted_if_alive(model, horizon, force, 3, 20.0)
    late = quad(lambda s: np.exp(-force * s) * float(model.purchases_if_alive(s, 3, 20.0)), 0, horizon)[0]
    exact = np.exp(-force * horizon) * float(model.purchases_if_alive(horizon, 3, 20.0)) + force * late
    assert float(found) == pytest.approx(exact, rel=1e-8)


def test_no_discount_is_the_plain_number():
    plain, same = discounted_if_alive(BgNbd(r=1, alpha=9, a=1, b=3), 50.0, 0.0, [0, 4], [9.0, 30.0])
    assert plain.tolist() == same.tolist()


def test_discounted_years_against_the_sum_of_days():
    force = daily_force(0.08)
    days = np.arange(730) + 0.5
    assert discounted_years(730, force)[0] == pytest.approx(np.exp(-force * days).sum() / 365.25, rel=1e-6)
    assert discounted_years(365.25, 0.0)[0] == 1
