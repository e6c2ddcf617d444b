"""Reference numbers and data of this room."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

NPS = Path(__file__).resolve().parents[1] / "reference" / "nps"


@pytest.fixture(scope="session")
def reference() -> dict[str, Any]:
    path = NPS / "segments.json"
    if not path.exists():
        pytest.skip(f"reference file {path} is not here")
    return json.loads(path.read_text())


@pytest.fixture(scope="session")
def campaign() -> pd.DataFrame:
    """Return 2,240 customers: scaled recency, log frequency, log amount, and the reference labels k2 … k8."""
    path = NPS / "data" / "rfm_labels.csv"
    if not path.exists():
        pytest.skip(f"data file {path} is not here")
    frame = pd.read_csv(path)
    scaled = frame.iloc[:, [4, 5, 6]].set_axis(["recency", "log_frequency", "log_monetary"], axis=1)
    return pd.concat([scaled, frame[[f"k{k}" for k in range(2, 9)]]], axis=1)


@pytest.fixture(scope="session")
def customers() -> pd.DataFrame:
    """Return 600 customers of three clear kinds."""
    rng = np.random.default_rng(7)
    kind = np.repeat([0, 1, 2], 200)
    frequency = rng.poisson(np.array([30, 8, 2])[kind]) + 1
    return pd.DataFrame(
        {
            "customer_id": [f"C{i:04d}" for i in range(600)],
            "recency_days": rng.poisson(np.array([5, 40, 200])[kind]),
            "frequency": frequency,
            "monetary": (frequency * rng.gamma(20, np.array([6.0, 4, 3])[kind])).round(2),
        }
    )


@pytest.fixture(scope="session")
def latent_reference() -> dict[str, Any]:
    path = NPS / "lca.json"
    if not path.exists():
        pytest.skip(f"reference file {path} is not here")
    return json.loads(path.read_text())


@pytest.fixture(scope="session")
def mixed_input() -> pd.DataFrame:
    """Return 2,240 customers described by five numbers and three categories."""
    path = NPS / "data" / "gower_input.csv"
    if not path.exists():
        pytest.skip(f"data file {path} is not here")
    return pd.read_csv(path)


@pytest.fixture(scope="session")
def campaign_dates(campaign: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the scaled features of the customers who joined before July 2013, and of the others."""
    raw = pd.read_csv(NPS / "data" / "marketing_campaign.csv", sep=None, engine="python")
    ids = pd.read_csv(NPS / "data" / "rfm_labels.csv")["ID"]
    joined = raw.set_index("ID")["Dt_Customer"].reindex(ids)
    day = pd.to_datetime(joined)
    early = (day < "2013-07-01").to_numpy()
    features = campaign[["recency", "log_frequency", "log_monetary"]]
    return features[early], features[~early]
