"""Reference numbers and data of this room."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.tiers import TierRules

NPS = Path(__file__).resolve().parents[1] / "reference" / "nps"


@pytest.fixture(scope="session")
def reference() -> dict[str, Any]:
    path = NPS / "tiers_migration.json"
    if not path.exists():
        pytest.skip(f"reference file {path} is not here")
    return json.loads(path.read_text())


@pytest.fixture(scope="session")
def cdnow_tiers() -> pd.DataFrame:
    path = NPS / "data" / "cdnow_tiers.csv"
    if not path.exists():
        pytest.skip(f"data file {path} is not here")
    return pd.read_csv(path, dtype={"masterid": str}).rename(columns={"masterid": "customer_id"})


@pytest.fixture(scope="session")
def rules() -> TierRules:
    return TierRules.of(
        [
            {"name": "A", "minimum": {"amount_12m": 3000, "orders_12m": 6, "satisfaction": 3}, "gets": "adviser"},
            {"name": "B", "minimum": {"amount_12m": 1000, "orders_12m": 2}, "owner": "shop"},
            {"name": "C"},
        ]
    )


@pytest.fixture(scope="session")
def customers() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 500
    return pd.DataFrame(
        {
            "customer_id": [f"C{i:05d}" for i in range(n)],
            "amount_12m": rng.gamma(1.2, 1500, n).round(2),
            "orders_12m": rng.poisson(6, n),
            "satisfaction": pd.array(np.where(rng.random(n) < 0.3, rng.integers(1, 6, n), None), dtype="Int64"),
        }
    )
