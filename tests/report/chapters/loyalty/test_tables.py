from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.language import message
from workbench.estimation import Design
from workbench.nps import kano, scale_reliability
from workbench.report.chapters.loyalty import tables


def answers(seed, n=300):
    rng = np.random.default_rng(seed)
    score = rng.choice([3, 8, 10], n)
    noise = rng.integers(-1, 2, (n, 3))
    rated = np.clip(rng.integers(1, 6, n)[:, None] + noise, 1, 5)
    return pd.DataFrame(
        {"recommend": score, "weight": rng.uniform(0.5, 2, n), "a": rated[:, 0], "b": rated[:, 1], "c": rated[:, 2]}
    )


def test_three_ways_to_compute_a_change_stand_side_by_side():
    design = Design(weight="weight")
    found = tables.compare_methods(answers(1), answers(2), (design, design), confidence=0.8)
    assert found["method"].tolist() == list(tables.METHODS.values())
    assert found["estimate"].iloc[1] == pytest.approx(found["estimate"].iloc[2])


def test_a_battery_reads_by_its_questions():
    found = scale_reliability(answers(1), ["a", "b", "c"], Design(weight="weight"))
    named = tables.item_table(found, {"a": message("Region")})
    assert named["item"].iloc[0].text("zh-CN") == "地区" and "alpha" in tables.battery_note(found).message.text("en")
    few = scale_reliability(answers(1, n=3), ["a", "b", "c"], Design(weight="weight"))
    assert "too few answers" in tables.battery_note(few).message.text("en")


def test_kano_features_have_their_names():
    asked = pd.DataFrame({"f": [1, 2, 1, 5] * 10, "d": [5, 3, 4, 1] * 10})
    found = tables.named_features(kano(asked, {"speed": ("f", "d")}), {"speed": message("Region")})
    assert found.table["feature"].iloc[0].text("en") == "Region"
