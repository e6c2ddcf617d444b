from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import as_table
from workbench.report.chapters.summary.segments import segment_worth, segments_worth
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


def test_values_by_segment_add_up(make_wave, people):
    values, segments = people
    wave = Wave.open(make_wave())
    assert segment_worth(wave, as_table(segments)) is None
    wave.keep("clv", values)
    found = segment_worth(wave, as_table(segments))
    assert found["value"].sum() == pytest.approx(values["clv"].sum(), rel=1e-6)
    first = values.loc[segments["segment"] == 1, "clv"]
    reach = 1.959964 * first.std() / np.sqrt(300)
    row = found.iloc[0]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((first.mean() - reach, first.mean() + reach), rel=1e-5)
    assert "profit" not in found


def test_profit_stands_beside_value(make_wave, people):
    values, segments = people
    wave = Wave.open(make_wave())
    wave.keep("clv", values)
    costs = dict.fromkeys(("refunds", "goods", "contacts", "service"), 1.0)
    wave.keep("profits", pd.DataFrame({"customer_id": ["0000", "0003", "0001"], "revenue": [10.0, 20, 30], **costs}))
    found = segment_worth(wave, as_table(segments))
    assert found["profit"].tolist() == [22.0, 26.0, 0.0]
    assert segments_worth(wave) is None
    wave.keep("segments", segments)
    wave.keep("segment_names", pd.DataFrame({"segment": [1], "en": ["Loyal"], "zh": ["忠实"]}))
    shown = segments_worth(wave)
    assert shown["per_customer"].is_monotonic_decreasing
    assert {str(n) for n in shown["name"]} == {"1 Loyal", "2", "3"}


def test_values_without_a_chance_tell_nothing(make_wave, people):
    wave = Wave.open(make_wave())
    wave.keep("clv", people[0][["customer_id", "clv"]].head(0))
    assert segment_worth(wave, as_table(people[1])) is None
