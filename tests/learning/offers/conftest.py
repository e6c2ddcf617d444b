from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import as_table


def basket(customers=1200, kinds=8, seed=1, likes=True) -> pd.DataFrame:
    """Orders of customers who buy things of their own kind (or anything), some of them again and again."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(customers):
        own = i % kinds
        for day in np.sort(rng.integers(0, 365, 8)):
            item = own * 6 + int(6 * rng.random() ** 2) if likes and rng.random() < 0.8 else int(48 * rng.random() ** 2)
            rows.append((f"C{i:04d}", day, f"item {item:02d}"))
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "product"]).assign(amount=5.0)
    return frame.assign(ordered_at=pd.Timestamp("2025-01-01") + pd.to_timedelta(frame.pop("day"), unit="D"))


@pytest.fixture(scope="session")
def liked():
    return basket()


@pytest.fixture(scope="session")
def liked_table(liked):
    return as_table(liked)
