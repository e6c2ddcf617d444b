from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import as_table
from workbench.learning import choose_candidate, outlook_folds

END = dt.date(2025, 12, 31)


def shop(customers=1500, seed=1) -> pd.DataFrame:
    """Orders of customers who buy at random times and leave; some bring things back."""
    rng = np.random.default_rng(seed)
    start, stay = rng.integers(0, 500, customers), rng.exponential(400, customers)
    left = np.minimum(stay, 730 - start)
    n = rng.poisson(rng.gamma(1, 10, customers) * left / 365) + 1
    who = np.repeat(np.arange(customers), n)
    day = start[who] + (rng.random(len(who)) * left[who]).astype(int)
    orders = pd.DataFrame(
        {
            "customer_id": [f"C{i:05d}" for i in who],
            "ordered_at": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D"),
            "amount": np.round(rng.lognormal(3, 0.5, len(who)), 2),
            "category": rng.choice(["tea", "cup", "pot"], len(who)),
        }
    )
    back = orders.sample(frac=0.03, random_state=1).assign(amount=lambda o: -o["amount"])
    back["ordered_at"] += pd.Timedelta(days=3)
    kept = pd.concat([orders, back]).sort_values(["customer_id", "ordered_at"], ignore_index=True)
    return kept[kept["ordered_at"] <= pd.Timestamp(END)]


@pytest.fixture(scope="session")
def orders():
    return shop()


@pytest.fixture(scope="session")
def folds(orders):
    return outlook_folds(as_table(orders), as_of=END, horizon_days=90, items=["category"])


@pytest.fixture(scope="session")
def choice(folds):
    return choose_candidate(folds.folds, replicates=200)
