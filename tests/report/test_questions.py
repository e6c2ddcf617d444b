from __future__ import annotations

import pandas as pd
import yaml

from tests.conftest import WAVE
from workbench.report.questions import question_row, question_rows
from workbench.store.wave_file import parse_wave
from workbench.tabulation import mean


def test_ratings_have_their_scale_and_the_recommendation_is_the_nps():
    config = parse_wave(yaml.safe_load(WAVE), where="wave.yaml")
    answers = pd.DataFrame({"satisfaction": [4, 5], "recommend": [9, 3], "brand": ["a", "b"]})
    rating = question_row(config, "satisfaction", answers)
    # nobody said 1, and the scale still begins there
    assert (rating.low, rating.high, rating.boxes) == (1, 5, (2, 2)) and str(rating.label) == "Satisfaction"
    assert type(question_row(config, "recommend", answers)).__name__ == "Nps"
    assert question_row(config, "brand", answers) == "brand"
    assert question_row(config, "satisfaction", answers.astype({"satisfaction": str})) == "satisfaction"
    own = mean("spend")
    assert question_rows(config, ["brand", own], answers) == ["brand", own]
    assert len(question_rows(config, own, answers)) == 1
