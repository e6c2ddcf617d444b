from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def answers() -> pd.DataFrame:
    """600 answers: the south likes brand b and rates lower, users of the card tick the app more often."""
    rng = np.random.default_rng(7)
    n = 600
    south = np.arange(n) % 2 == 1
    card = rng.random(n) < 0.5
    return pd.DataFrame(
        {
            "region": np.where(south, "south", "north"),
            "gender": rng.choice(["f", "m"], n),
            "brand": np.where(rng.random(n) < np.where(south, 0.7, 0.3), "b", "a"),
            "q": np.clip(np.round(rng.normal(np.where(south, 2.4, 3.8), 0.8)), 1, 5),
            "recommend": rng.integers(0, 11, n),
            "spend": rng.gamma(2, 50, n),
            "card": card.astype(int),
            "loan": (rng.random(n) < 0.4).astype(int),
            "app": (rng.random(n) < np.where(card, 0.8, 0.3)).astype(int),
            "web": (rng.random(n) < 0.5).astype(int),
            "visits": rng.integers(0, 5, n),
            "w": rng.uniform(0.5, 2, n),
            "store": rng.integers(0, 30, n),
        }
    )
