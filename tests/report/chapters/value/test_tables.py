from __future__ import annotations

import pytest

from tests.report.chapters.value.test_chapter import END, orders
from workbench.clv import BgNbd, GammaGamma, purchase_summary, value_customers
from workbench.core.language import message
from workbench.report.chapters.value.chapter import FromOrders, models_of
from workbench.report.chapters.value.tables import (
    RISK_COLUMNS,
    WORTH_COLUMNS,
    fit_table,
    risk_table,
    stay_caption,
    worth_table,
)


@pytest.fixture(scope="module")
def purchases():
    return purchase_summary(orders(700), observed_until=END)


@pytest.fixture(scope="module")
def models(purchases):
    return models_of(purchases, "best")


@pytest.fixture(scope="module")
def value(purchases, models):
    return value_customers(purchases, models.buying, models.spending, annual_discount_rate=0.1, seed=1)


def test_tables_have_their_columns(purchases, value, models):
    orders = FromOrders(purchases, models, value)
    worth = worth_table(orders, None, 12)
    assert list(worth.columns) == list(WORTH_COLUMNS)
    assert len(worth) == 4
    assert (worth["ci_low"] <= worth["estimate"]).all()
    risk = risk_table(value)
    assert list(risk.columns) == list(RISK_COLUMNS)
    assert risk["clv"].sum() == pytest.approx(value.total.estimate, rel=1e-6)
    assert risk["share"].sum() == pytest.approx(1)
    assert len(fit_table(orders, None)) == 7
    assert len(fit_table(None, None)) == 0


def test_without_discounting_there_is_no_row_of_all_time(purchases, models):
    free = value_customers(
        purchases,
        BgNbd(r=0.9, alpha=25.0, a=0.6, b=8.0),
        GammaGamma(p=4.0, q=4.0, gamma=30.0),
        annual_discount_rate=0.0,
        seed=1,
    )
    assert len(worth_table(FromOrders(purchases, models, free), None, 12)) == 2


def test_captions_of_contracts():
    assert "year" in str(stay_caption("started_in", {})) and "kind" in str(stay_caption("kind", {}))
    assert "Refunds" in str(stay_caption("region", {"region": message("Refunds")}))
