from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.report.chapters.summary.segments import segments_worth
from workbench.store import Wave


@pytest.fixture
def people():
    rng = np.random.default_rng(1)
    ids = [f"{i:04d}" for i in range(900)]
    values = pd.DataFrame(
        {
            "customer_id": ids,
            "clv": rng.gamma(2, 50, 900),
            "probability_alive": rng.random(900),
            "at_risk": rng.gamma(1, 5, 900),
        }
    )
    segments = pd.DataFrame({"customer_id": ids, "segment": np.resize([1, 2, 3], 900)})
    return values, segments


def test_segments_with_their_values_and_profit(make_wave, people):
    values, segments = people
    wave = Wave.open(make_wave())
    assert segments_worth(wave) is None
    wave.keep("clv", values)
    assert segments_worth(wave) is None
    wave.keep("segments", segments)
    wave.keep("segment_names", pd.DataFrame({"segment": [1], "en": ["Loyal"], "zh": ["忠实"]}))
    found = segments_worth(wave)
    assert found["value"].sum() == pytest.approx(values["clv"].sum(), rel=1e-6)
    assert found["share"].sum() == pytest.approx(1)
    assert found["per_customer"].is_monotonic_decreasing
    assert {str(n) for n in found["name"]} == {"1 Loyal", "2", "3"}
    assert "profit" not in found
    costs = dict.fromkeys(("refunds", "goods", "contacts", "service"), 1.0)
    wave.keep("profits", pd.DataFrame({"customer_id": ["0000", "0003", "0001"], "revenue": [10.0, 20, 30], **costs}))
    shown = segments_worth(wave).set_index(segments_worth(wave)["name"].map(str))
    assert shown["profit"].to_dict() == {"1 Loyal": 22.0, "2": 26.0, "3": 0.0}


def test_values_without_a_chance_tell_nothing(make_wave, people):
    wave = Wave.open(make_wave())
    wave.keep("clv", people[0][["customer_id", "clv"]].head(0))
    wave.keep("segments", people[1])
    assert segments_worth(wave) is None
