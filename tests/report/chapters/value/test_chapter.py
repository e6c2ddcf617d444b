from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.clv import BgNbd, fit_bg_nbd, purchase_summary, value_customers
from workbench.report.chapters.value import chapter as chapter
from workbench.report.chapters.value.chapter import SUMMARY, FromOrders, kept_models, models_of
from workbench.report.chapters.value.terms import WaveTerms
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


def test_the_models_are_kept(models):
    assert kept_models(models)["role"].tolist() == ["buying", "spending"]
    assert list(kept_models(None).columns) == ["role", "model"]


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
def test_whether_leaving_can_be_told(models):
    assert models.leaving_told and chapter.basis_of(None) == "contracts"
    rng = np.random.default_rng(5)
    days = [(f"{i:03d}", END - dt.timedelta(days=int(d))) for i in range(400) for d in rng.integers(0, 400, 8)]
    faithful = pd.DataFrame(days, columns=["customer_id", "ordered_at"]).assign(amount=lambda f: 5.0 + f.index % 7)
    found = purchase_summary(faithful.assign(ordered_at=pd.to_datetime(faithful["ordered_at"])), observed_until=END)
    silent = models_of(found, "best")
    assert not silent.leaving_told
    value = value_customers(found, silent.buying, silent.spending, annual_discount_rate=0.1, seed=1)
    assert chapter.basis_of(FromOrders(found, silent, value)) == "silent"


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
    agreed = WAVE.replace("  transactions: {file: raw/transactions.csv}\n", "  contracts: {file: raw/contracts.csv}\n")
    later = Wave.open(make_wave(wave_yaml=agreed, folder="w3", contracts="customer_id,started_at\na,2027-01-01\n"))
    assert "no orders" in str(chapter.CHAPTER.left_out(later))
    begun = Wave.open(make_wave(wave_yaml=agreed, folder="w4", contracts="customer_id,started_at\na,2026-01-01\n"))
    assert chapter.CHAPTER.left_out(begun) is None


def test_headline_numbers_are_kept_even_where_there_are_none(make_wave, purchases, models, value):
    wave = Wave.open(make_wave())
    row = chapter.value_summary(wave, FromOrders(purchases, models, value), None)
    assert list(row.columns) == list(SUMMARY) and row["clv"].iloc[0] == value.total.estimate
    assert list(chapter.value_summary(wave, None, None).columns) == list(SUMMARY)
    chapter.keep_values(wave, None, None)
    assert list(wave.read("clv").columns) == ["customer_id"] and not len(wave.read("value_models"))
