from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.clv.value.at_risk import risk_bands


def test_every_customer_is_in_one_band_and_the_value_adds_up():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(
        {
            "customer_id": [f"{i}" for i in range(1000)],
            "probability_alive": rng.random(1000),
            "at_risk": rng.gamma(1, 9, 1000),
        }
    )
    found = risk_bands(data)
    assert found.table["customers"].sum() == 1000
    assert found.savable + found.gone == pytest.approx(data["at_risk"].sum(), abs=1e-4)
    assert found.gone == pytest.approx(data.loc[data["probability_alive"] < 0.2, "at_risk"].sum(), abs=1e-4)


@pytest.mark.parametrize(("p", "band"), [(1.0, 0), (0.8, 0), (0.7999, 1), (0.2, 3), (0.0, 4)])
def test_a_band_begins_at_its_lower_end(p, band):
    one = pd.DataFrame({"customer_id": ["a"], "probability_alive": [p], "at_risk": [1.0]})
    assert risk_bands(one).table["customers"].to_numpy().argmax() == band


def test_bands_read_in_both_languages():
    one = pd.DataFrame({"customer_id": ["a"], "probability_alive": [0.5], "at_risk": [1.0]})
    assert "40–60%" in risk_bands(one).to_html("en") and "仍为客户" in risk_bands(one).to_html("zh-CN")
    assert risk_bands(one).plot("zh-CN").axes
