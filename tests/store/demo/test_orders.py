from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from workbench.store.demo.blocks import blocks
from workbench.store.demo.customers import make_customers
from workbench.store.demo.orders import make_orders, spend_class
from workbench.store.demo.parameters import PURCHASES, SPENDING, WAVES


def bg_nbd_loss(log_parameters, x, t_x, T):
    r, alpha, a, b = np.exp(log_parameters)
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + T)
    dead = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    return -(common + np.logaddexp(alive, np.where(x > 0, dead, -np.inf))).sum()


def gamma_gamma_loss(log_parameters, x, mean):
    p, q, gamma = np.exp(log_parameters)
    density = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
    density += (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(gamma + mean * x)
    return -density.sum()


def intervals(loss, start, *data):
    """Return log estimates and their standard errors from a central-difference Hessian."""
    best = minimize(loss, np.log(start), args=data, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-4})
    k, step = len(start), 1e-3 * np.eye(len(start))
    hessian = np.array(
        [
            [
                sum(s * u * loss(best.x + s * step[i] + u * step[j], *data) for s in (1, -1) for u in (1, -1)) / 4e-6
                for j in range(k)
            ]
            for i in range(k)
        ]
    )
    return best.x, np.sqrt(np.diag(np.linalg.inv(hessian)))


@pytest.fixture(scope="module")
def summary():
    rows, sums, firsts = [], [], []
    for block in blocks(50_000, seed=20260930):
        orders = make_orders(make_customers(block))
        size, customer = block.size, orders.customer
        repeat = orders.day > orders.customers.signup[customer]
        last = np.zeros(size, dtype=np.int64)
        np.maximum.at(last, customer, orders.day)
        rows.append(np.bincount(customer[repeat], minlength=size))
        sums.append(np.bincount(customer[repeat], orders.cents[repeat] / 100, minlength=size))
        firsts.append(np.column_stack([last - orders.customers.signup, WAVES[-1].day - orders.customers.signup]))
    times = np.concatenate(firsts)
    return np.concatenate(rows), times[:, 0], times[:, 1], np.concatenate(sums)


def test_bg_nbd_likelihood_recovers_the_truth(summary):
    x, t_x, T, _ = summary
    truth = (PURCHASES.r, PURCHASES.alpha, PURCHASES.a, PURCHASES.b)
    estimate, error = intervals(bg_nbd_loss, truth, x, t_x, T)
    assert np.all(np.abs(estimate - np.log(truth)) < 1.96 * error)
    assert np.all(error < 0.05)


def test_gamma_gamma_likelihood_recovers_the_truth(summary):
    x, _, _, amount = summary
    some = x > 0
    truth = (SPENDING.p, SPENDING.q, SPENDING.gamma)
    estimate, error = intervals(gamma_gamma_loss, truth, x[some], amount[some] / x[some])
    assert np.all(np.abs(estimate - np.log(truth)) < 1.96 * error)


def test_company_is_of_the_size_announced(summary):
    x, _, _, amount = summary
    assert 17 < 1 + x.mean() < 23
    assert amount.sum() / x.sum() == pytest.approx(120, rel=0.03)


def test_spending_does_not_depend_on_the_rate(summary):
    x, _, _, amount = summary
    some = x > 2
    assert abs(np.corrcoef(x[some], amount[some] / x[some])[0, 1]) < 0.02


def test_share_above_a_thousand(company):
    for wave in company.waves:
        facts = company.truth[wave]["all"]
        low = facts["spend_classes"]["low"]["customers"] / facts["customers"]
        assert 0.25 < 1 - low < 0.40


def test_spend_class_limits():
    assert spend_class(np.array([0, 100_000, 100_001, 300_000, 300_001])).tolist() == [0, 0, 1, 1, 2]


def test_first_order_on_signup_and_one_net_order_a_day():
    orders = make_orders(make_customers(blocks(5_000, seed=4)[0]))
    frame = pd.DataFrame({"customer": orders.customer, "day": orders.day})
    assert not frame.duplicated().any()
    assert (frame.groupby("customer")["day"].min().to_numpy() == orders.customers.signup).all()
    assert frame.equals(frame.sort_values(["customer", "day"], ignore_index=True))
    assert orders.day.max() <= WAVES[-1].day


def test_earlier_orders_are_those_of_the_earlier_wave(company, read):
    first, second = (read(company, wave, "transactions") for wave in company.waves)
    assert second[second["ordered_at"] <= "2026-06-30"].reset_index(drop=True).equals(first)
    assert second["order_id"].is_unique


def test_refunds_keep_the_net_amount(company, read):
    orders = read(company, "2026q3", "transactions")
    days = orders.groupby(["customer_id", "ordered_at"])["amount"].agg(["sum", "size", "min"])
    assert (days["sum"] > 0).all()
    assert set(days["size"]) == {1, 2}
    assert (days.loc[days["size"] == 2, "min"] < 0).all()
    assert (days["size"] == 2).mean() == pytest.approx(SPENDING.refunded, rel=0.1)
    assert len(days) == company.truth["2026q3"]["net_orders"]
