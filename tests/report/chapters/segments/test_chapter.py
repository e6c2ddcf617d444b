from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.clustering import build_features, fit_segments, profile_segments
from workbench.report.chapters.segments.chapter import (
    model_of,
    model_table,
    names_table,
    segment_names,
)
from workbench.store import Wave
from workbench.store.config.parts import Words


def profiled(k=3):
    rng = np.random.default_rng(5)
    n = 600
    data = pd.DataFrame(
        {
            "customer_id": [f"{i}" for i in range(n)],
            "recency_days": rng.integers(1, 400, n),
            "frequency": rng.geometric(0.1, n),
            "monetary": rng.gamma(1.0, 500.0, n),
            "tenure_days": rng.integers(400, 800, n),
        }
    )
    model = fit_segments(build_features(data, ["recency_days", "frequency", "monetary"]), k=k, seed=1)
    return data, model, profile_segments(model, data)


def test_a_model_kept_with_a_wave_scores_the_same(make_wave):
    data, model, _ = profiled()
    wave = Wave.open(make_wave())
    assert model_of(wave) is None and model_of(None) is None
    wave.keep("segment_model", model_table(model))
    pd.testing.assert_series_equal(model_of(wave).assign(data), model.assign(data))


def test_names_of_wave_yaml_come_before_proposals(make_wave):
    _, _, profile = profiled()
    own = Words.model_validate({"en": "Stars", "zh-CN": "明星"})
    wave = Wave.open(make_wave())
    wave.keep("segment_names", names_table(profile, {1: own}))
    names = segment_names(wave)
    assert names[1].text("zh-CN") == "1 明星" and names[1].en == "1 Stars"
    assert len(names) == 3 and names[2].en.startswith("2 ")
