from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.store import Wave


@pytest.fixture
def asked(make_wave):
    """Return a function that opens a wave of 200 answers with its crosstabs."""

    def make(crosstabs: str = "crosstabs: {}\n", folder: str = "w1", before: str = "") -> Wave:
        head = WAVE.replace("wave: w1", f"wave: {folder}{before}")
        wave = Wave.open(make_wave(wave_yaml=head + crosstabs, folder=folder))
        rng = np.random.default_rng(3)
        people = pd.DataFrame(
            {
                "customer_id": [f"{i}" for i in range(200)],
                "recommend": rng.integers(0, 11, 200),
                "satisfaction": rng.integers(1, 6, 200),
                "brand": rng.choice(["a", "b"], 200),
                "region": ["n", "s"] * 97 + ["tiny"] * 6,
                "app": rng.integers(0, 2, 200),
                "visits": rng.integers(0, 4, 200),
                "weight": 1.0,
                "stratum": "all",
                "psu": "x",
            }
        )
        wave.keep("respondents", people)
        return wave

    return make
