from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.clv import BgNbd, GammaGamma, fit_bg_nbd, purchase_summary, value_customers
from workbench.core.engine import as_table
from workbench.core.language import message
from workbench.report.chapters.value import (
    RISK_COLUMNS,
    VALUE_COLUMNS,
    WORTH_COLUMNS,
    fit_table,
    kept_models,
    models_of,
    risk_table,
    value_groups,
    with_names,
    worth_table,
)

END = dt.date(2026, 6, 30)


def orders(n=1500, seed=3):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        day, rate = int(rng.integers(0, 500)), rng.gamma(0.9, 1 / 25)
        while day <= 546:
            rows.append((f"{i:05d}", END - dt.timedelta(days=546 - day), round(float(rng.gamma(4, 10)) + 0.01, 2)))
            if rng.random() < 0.08:
                break
            day += 1 + int(rng.exponential(1 / rate))
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


@pytest.fixture(scope="module")
def purchases():
    return purchase_summary(orders(), observed_until=END)


@pytest.fixture(scope="module")
def models(purchases):
    return models_of(purchases, "best")


@pytest.fixture(scope="module")
def value(purchases, models):
    return value_customers(purchases, models.buying, models.spending, annual_discount_rate=0.1, seed=1)


def test_the_best_model_has_the_smallest_aic(purchases, models):
    assert str(models.buying.model.label) == str(models.compared.table["model"].iloc[0])
    assert type(models.leaving.model) is not BgNbd
    given = models_of(purchases, "bg_nbd")
    assert given.buying.model == fit_bg_nbd(purchases).model
    assert type(given.leaving.model) is not BgNbd


def test_groups_add_up_to_everybody(purchases, value):
    people = purchases.table[["customer_id"]].assign(region=np.resize(["north", "south"], purchases.customers))
    groups = value_groups(value, {"region": as_table(people)})
    assert groups["customers"].sum() == purchases.customers
    assert groups["value"].sum() == pytest.approx(value.total.estimate)
    assert groups["share"].sum() == pytest.approx(1)
    part = value.table["clv"][people["region"] == "north"]
    assert groups["std_error"].iloc[0] == pytest.approx(part.std() / np.sqrt(len(part)), rel=1e-5)
    assert groups["per_customer"].between(groups["ci_low"], groups["ci_high"]).all()


def test_a_customer_without_a_group_is_counted_apart(purchases, value):
    people = purchases.table[["customer_id"]].head(1000).assign(region="north")
    groups = value_groups(value, {"region": as_table(people)})
    assert groups.set_index("group").loc["–", "customers"] == purchases.customers - 1000


def test_without_groups_there_is_an_empty_table(value):
    assert list(value_groups(value, {}).columns)[:2] == ["breakdown", next(iter(VALUE_COLUMNS))]


def test_names_stand_for_codes():
    table = with_names(pd.DataFrame({"group": ["1", "2"]}), "segment", {"segment": {"1": message("Refunds")}})
    assert [str(g) for g in table["group"]] == ["Refunds", "2"]


def test_tables_have_their_columns(value, models):
    worth = worth_table(value, 12)
    assert list(worth.columns) == list(WORTH_COLUMNS)
    assert len(worth) == 4
    assert (worth["ci_low"] <= worth["estimate"]).all()
    risk = risk_table(value)
    assert list(risk.columns) == list(RISK_COLUMNS)
    assert risk["clv"].sum() == pytest.approx(value.total.estimate, rel=1e-6)
    assert risk["share"].sum() == pytest.approx(1)
    assert len(fit_table(models)) == 7
    assert kept_models(models)["role"].tolist() == ["buying", "spending"]


def test_without_discounting_there_is_no_row_of_all_time(purchases):
    free = value_customers(purchases, BgNbd(r=0.9, alpha=25.0, a=0.6, b=8.0), GammaGamma(p=4.0, q=4.0, gamma=30.0),
                           annual_discount_rate=0.0, seed=1)  # fmt: skip
    assert len(worth_table(free, 12)) == 2
