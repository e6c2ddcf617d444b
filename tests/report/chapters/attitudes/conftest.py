"""Respondents of three kinds: content, unhappy with what things cost, unhappy throughout."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.store import Wave

QUESTIONS = "".join(
    f"  {q}: {{label: {{en: {q.title()}, zh-CN: {q}}}, low: 1, high: 5, top_box: 4}}\n"
    for q in ("staff", "price", "fees", "stock")
)
MEANS = np.array([[4.6, 4.5, 4.4, 4.5], [4.4, 1.6, 1.7, 4.2], [1.6, 1.8, 1.6, 1.7]])


def people(n=600, seed=3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % 3
    ratings = np.clip(np.round(MEANS[kind] + 0.5 * rng.normal(size=(n, 4))), 1, 5)
    table = pd.DataFrame(ratings, columns=["staff", "price", "fees", "stock"])
    table.insert(0, "customer_id", [f"k{i}" for i in range(n)])
    table["recommend"] = np.clip(np.round(2 * table["staff"]), 0, 10)
    table["satisfaction"] = np.nan
    table["region"] = np.where(kind == 1, "south", rng.choice(["north", "south"], n))
    return table.assign(weight=np.where(kind == 2, 3.0, 1.0), stratum="all", psu="x")


@pytest.fixture
def answered(make_wave):
    """Return a function that opens a wave of answers with a few lines more in its wave.yaml."""

    def make(extra: str = "", orders: bool = False, folder: str = "w1", **columns) -> Wave:
        head = WAVE.replace("wave: w1", f"wave: {folder}") + QUESTIONS
        if not orders:
            head = head.replace("  transactions: {file: raw/transactions.csv}\n", "")
        wave = Wave.open(make_wave(wave_yaml=head + extra, folder=folder))
        wave.keep("respondents", people().assign(**columns))
        return wave

    return make
