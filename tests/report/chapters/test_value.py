from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.clv import BgNbd, GammaGamma, fit_bg_nbd, purchase_summary, value_customers
from workbench.report.chapters import value as chapter
from workbench.report.chapters.value import (
    RISK_COLUMNS,
    SUMMARY,
    WORTH_COLUMNS,
    FromOrders,
    fit_table,
    kept_models,
    models_of,
    risk_table,
    worth_table,
)
from workbench.report.chapters.value_terms import WaveTerms
from workbench.store import Wave

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
    assert kept_models(models)["role"].tolist() == ["buying", "spending"]
    assert list(kept_models(None).columns) == ["role", "model"]


def test_without_discounting_there_is_no_row_of_all_time(purchases, models):
    free = value_customers(purchases, BgNbd(r=0.9, alpha=25.0, a=0.6, b=8.0), GammaGamma(p=4.0, q=4.0, gamma=30.0),
                           annual_discount_rate=0.0, seed=1)  # fmt: skip
    assert len(worth_table(FromOrders(purchases, models, free), None, 12)) == 2


def test_where_nobody_bought_twice_the_chapter_is_left_out(make_wave):
    once = "customer_id,ordered_at,amount\na,2026-01-05,10\nb,2026-01-05,10\nb,2026-02-05,-5\nc,2026-03-01,9\nc,2027-01-01,9\n"
    wave = Wave.open(make_wave(transactions=once))
    assert "second time" in str(chapter.CHAPTER.left_out(wave))
    assert chapter.from_orders(wave, WaveTerms(1.0, 0.0), interval=0.9, seed=1) is None
    twice = Wave.open(make_wave(transactions=once + "c,2026-04-01,9\n"))
    assert chapter.CHAPTER.left_out(twice) is None
    none = Wave.open(
        make_wave(wave_yaml=WAVE.replace("  transactions: {file: raw/transactions.csv}\n", ""), folder="w2")
    )
    assert "no orders" in str(chapter.CHAPTER.left_out(none))


def test_headline_numbers_are_kept_even_where_there_are_none(make_wave, purchases, models, value):
    wave = Wave.open(make_wave())
    row = chapter.value_summary(wave, FromOrders(purchases, models, value), None)
    assert list(row.columns) == list(SUMMARY) and row["clv"].iloc[0] == value.total.estimate
    assert list(chapter.value_summary(wave, None, None).columns) == list(SUMMARY)
    chapter.keep_values(wave, None, None)
    assert list(wave.read("clv").columns) == ["customer_id", "clv"] and not len(wave.read("value_models"))
