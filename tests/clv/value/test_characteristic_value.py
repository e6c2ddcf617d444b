from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clv import (
    Characteristics,
    GammaGamma,
    choose_models,
    fit_characteristics,
    purchase_rhythm,
    purchase_summary,
    value_by_characteristics,
    value_customers,
    value_orders,
)
from workbench.core import InputError

END = dt.date(2026, 6, 30)
SPEND = GammaGamma(p=6.0, q=4.0, gamma=60.0)


def made(n=500, seed=1, ratio=3.0):
    """Customers by app buy `ratio` times as often as others; who has no channel is in neither group."""
    rng, rows = np.random.default_rng(seed), []
    channel = np.resize(np.array(["app", "shop"], dtype=object), n)
    for i in range(n):
        rate = rng.gamma(1.2, 1 / 40) * (ratio if channel[i] == "app" else 1.0)
        day, usual = float(rng.integers(0, 200)), 30 / rng.gamma(5, 1 / 5)
        while day <= 500:
            rows.append((f"{i:04d}", int(day), usual * float(rng.gamma(4, 1 / 4))))
            if rng.random() < 0.08:
                break
            day += 1 + rng.exponential(1 / rate)
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    frame["ordered_at"] = pd.Timestamp(END) - pd.to_timedelta(500 - frame["day"], unit="D")
    people = pd.DataFrame({"customer_id": [f"{i:04d}" for i in range(n)], "channel": channel})
    return frame, people


@pytest.fixture(scope="module")
def told():
    frame, people = made()
    purchases = purchase_summary(frame, observed_until=END)
    by = Characteristics(people, rate=("channel",))
    return purchases, by, fit_characteristics(purchases, "bg_nbd", by)


def test_every_customer_is_valued_by_the_model_of_their_own_group(told):
    purchases, by, fit = told
    found = value_by_characteristics(purchases, fit, SPEND, by, annual_discount_rate=0.1, seed=1)
    assert fit.table["covariate"].tolist() == ["channel=shop"]
    assert fit.table["ratio"].iloc[0] == pytest.approx(1 / 3, rel=0.4)
    rows = found.table.set_index("customer_id")
    for channel, z in (("app", 0.0), ("shop", 1.0)):
        ids = by.customers.loc[by.customers["channel"] == channel, "customer_id"]
        own = fit.model_for(**{"channel=shop": z})
        alone = value_customers(purchases, own, SPEND, annual_discount_rate=0.1, seed=1).table.set_index("customer_id")
        ids = [i for i in ids if i in rows.index]
        assert rows.loc[ids, "clv"].to_numpy() == pytest.approx(alone.loc[ids, "clv"].to_numpy(), rel=1e-9)
    assert len(rows) == purchases.customers
    assert rows["clv"].sum() == pytest.approx(found.total.estimate, rel=1e-9)
    assert found.summary["customers"].iloc[0] == purchases.customers
    assert found.total.ci_low < found.total.estimate < found.total.ci_high
    assert found.at_risk == pytest.approx(rows["at_risk"].sum(), rel=1e-6)
    shares = [p.purchases.customers / purchases.customers for p in found.parts]
    expected = sum(s * p.new_customer.estimate for s, p in zip(shares, found.parts, strict=True))
    assert found.new_customer.estimate == pytest.approx(expected)


def test_values_rest_on_characteristics_where_these_move_something():
    frame, people = made()
    for names, used in ((people, True), (people.assign(channel=np.resize(["x", "y", "x"], len(people))), False)):
        purchases, rhythm = purchase_summary(frame, observed_until=END), purchase_rhythm(frame, observed_until=END)
        models = choose_models(purchases, rhythm=rhythm)
        by = Characteristics(names, rate=("channel",))
        found = value_orders(frame, purchases, models, rhythm, annual_discount_rate=0.1, characteristics=by, seed=1)
        assert found.moved is not None
        assert found.moved_used is used
        assert bool(found.result.parts) is used
        assert found.by(people, ["channel"]).table["value"].sum() == pytest.approx(found.total.estimate, rel=1e-6)


def test_customers_without_a_text_are_a_group_and_too_many_are_refused(told):
    purchases, by, _ = told
    some = by.customers.assign(channel=by.customers["channel"].where(by.customers.index % 5 > 0))
    gaps = Characteristics(some.iloc[10:], rate=("channel",))
    fit = fit_characteristics(purchases, "bg_nbd", gaps)
    assert set(fit.table["covariate"]) == {"channel=shop", "channel=–"}
    found = value_by_characteristics(purchases, fit, SPEND, gaps, annual_discount_rate=0.1, seed=1)
    assert len(found.parts) == 3
    assert len(found.table) == purchases.customers
    many = Characteristics(by.customers.assign(channel=by.customers["customer_id"].str[:3]), rate=("channel",))
    with pytest.raises(InputError, match="at most 50 combinations"):
        value_by_characteristics(
            purchases,
            fit_characteristics(purchases, "bg_nbd", by),
            SPEND,
            Characteristics(many.customers.assign(channel=range(len(some))), rate=("channel",)),
            annual_discount_rate=0.1,
            seed=1,
        )
