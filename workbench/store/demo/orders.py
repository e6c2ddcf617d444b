"""What the customers buy: BG/NBD purchase days and gamma-gamma order values.

A customer's first order is on the signup day. Repeat orders follow a Poisson process with the customer's own rate
until the customer drops out, which happens after each repeat order with the customer's own probability. An order falls
on a whole day near its moment, never on the signup day and never two on one day: where the process has several orders
within a day, they are spread evenly to the days before and after. Over
twelve seeds of 50,000 customers the likelihood fit of (r, alpha, a, b) was off by less than half a standard error on
average, which the number of seeds cannot tell from nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from workbench.core.language import Language
from workbench.store.demo import csv_files
from workbench.store.demo.customers import Codes, Customers, Flags, pick
from workbench.store.demo.parameters import (
    CATEGORY_MARGINS,
    CATEGORY_SHARES,
    CHANNEL_SHARES,
    PROGRAMME_START,
    PURCHASES,
    SPEND_LIMITS,
    SPENDING,
    WAVES,
    WavePlan,
)
from workbench.store.demo.words import words

SAME_CHANNEL = 0.75
SAME_CATEGORY = 0.50
MARGIN_SPREAD = 0.15
DAY_SPAN = 10**6
ROUNDING = 0.4


@dataclass(frozen=True)
class Orders:
    """One block's days with an order, by customer, then day.

    Attributes
    ----------
    customer
        Row of the customer in the block.
    day
        Programme day.
    cents
        The day's net amount.
    """

    customers: Customers
    customer: Codes
    day: Codes
    cents: Codes


def make_orders(customers: Customers) -> Orders:
    """Make all orders of a block up to the last wave."""
    customer, day = _purchase_days(customers)
    random, n = customers.block.random("spending"), customers.block.size
    nu = random.gamma(SPENDING.q, 1 / SPENDING.gamma, n)
    values = random.standard_gamma(SPENDING.p, customer.size) / nu[customer]
    cents = np.maximum(np.rint(values * 100), 1).astype(np.int64)
    return Orders(customers, customer, day, cents)


def _purchase_days(customers: Customers) -> tuple[Codes, Codes]:
    random, n = customers.block.random("purchases"), customers.block.size
    horizon = WAVES[-1].day - customers.signup
    rate = random.gamma(PURCHASES.r, 1 / PURCHASES.alpha, n)
    dropout = np.maximum(random.beta(PURCHASES.a, PURCHASES.b, n), 1e-12)
    lifetime = random.geometric(dropout)
    # one day more than can be seen, because an order half a day late is still rounded into view
    counts = random.poisson(rate * (horizon + 1))
    customer = np.repeat(np.arange(n), counts)
    # customer + uniform, sorted: every customer's uniform order statistics in one sort
    moment = (np.sort(customer + random.random(customer.size)) - customer) * (horizon[customer] + 1)
    order = _rank(counts, customer)
    alive = order <= lifetime[customer]
    customer, moment, order = customer[alive], moment[alive], order[alive]
    nearest = np.maximum(np.floor(moment + ROUNDING), 1).astype(np.int64)
    # one order a day at most: d[k] >= d[k-1] + 1 going forwards and d[k] <= d[k+1] - 1 going backwards, as running
    # extremes of d[k] - k within a customer; the mean of the two is neither early nor late
    level = nearest - order + customer * DAY_SPAN
    late = np.maximum.accumulate(level) - customer * DAY_SPAN
    early = np.maximum(np.minimum.accumulate(level[::-1])[::-1] - customer * DAY_SPAN, 0)
    day = (late + early) // 2 + order
    seen = day <= horizon[customer]
    customer, day = customer[seen], day[seen]
    everyone = np.arange(n)
    where = np.searchsorted(customer, everyone, side="left")
    customer_all = np.insert(customer, where, everyone)
    return customer_all, np.insert(day, where, 0) + customers.signup[customer_all]


def _rank(counts: Codes, customer: Codes) -> Codes:
    starts = np.cumsum(counts) - counts
    return np.arange(customer.size) - starts[customer] + 1


def cents_in_year(orders: Orders, wave: WavePlan) -> Codes:
    """Return each customer's net cents in the 12 months to the wave date, refunds taken off."""
    inside = (orders.day >= wave.year_day) & (orders.day <= wave.day)
    weights = orders.cents[inside].astype(np.float64)  # cents stay far below 2**53, so the sum is exact
    return np.bincount(orders.customer[inside], weights, minlength=orders.customers.block.size).astype(np.int64)


def spend_class(cents: Codes) -> Codes:
    """Return the spend class (0, 1, 2) of 12-month amounts in cents."""
    return np.searchsorted(np.array(SPEND_LIMITS), cents, side="left").astype(np.int64)


def transactions_table(orders: Orders, language: Language) -> tuple[pa.Table, Codes]:
    """Return the rows of ``transactions.csv`` of the last wave, by customer and day, and each row's programme day."""
    random = orders.customers.block.random("baskets")
    word, n = words(language), orders.customer.size
    category, channel = _baskets(orders, random)
    split: Flags = random.random(n) < SPENDING.refunded
    share = random.uniform(SPENDING.refund_low, SPENDING.refund_high, n)
    back = np.where(split, np.maximum(np.rint(orders.cents * share), 1), 0).astype(np.int64)
    rows = np.repeat(np.arange(n), np.where(split, 2, 1))
    is_refund = np.concatenate([[False], rows[1:] == rows[:-1]])
    cents = np.where(is_refund, -back[rows], orders.cents[rows] + back[rows])
    margin_rate = np.array(CATEGORY_MARGINS)[category] * (1 + MARGIN_SPREAD * (2 * random.random(n) - 1))
    customer = orders.customer[rows]
    per_customer = np.bincount(customer, minlength=orders.customers.block.size)
    number = orders.customers.number[customer] * 10_000 + _rank(per_customer, customer)
    customer_ids = csv_files.ids("C", orders.customers.number, 9)
    table = pa.table(
        {
            "order_id": csv_files.ids("T", number, 13),
            "customer_id": customer_ids.take(pa.array(customer)),
            "ordered_at": csv_files.dates(orders.day[rows], PROGRAMME_START),
            "amount": csv_files.money(cents),
            "margin": csv_files.money(np.rint(cents * margin_rate[rows]).astype(np.int64)),
            "category": csv_files.labels(category[rows], word.categories),
            "channel": csv_files.labels(channel[rows], word.channels),
        }
    )
    return table, orders.day[rows]


def _baskets(orders: Orders, random: np.random.Generator) -> tuple[Codes, Codes]:
    n, customers = orders.customer.size, orders.customers
    favourite = pick(random, customers.block.size, CATEGORY_SHARES)
    category = np.where(random.random(n) < SAME_CATEGORY, favourite[orders.customer], pick(random, n, CATEGORY_SHARES))
    channel = np.where(
        random.random(n) < SAME_CHANNEL, customers.channel[orders.customer], pick(random, n, CHANNEL_SHARES)
    )
    return category, channel
