import numpy as np
import pandas as pd
from scipy import stats

from workbench.nps import Scored, scorecard
from workbench.nps.funnel import funnel_places


def test_places_follow_the_limits():
    assert funnel_places(np.array([0.0, -25.0, 40.0, np.nan]), np.full(4, 10.0), 0.0) == [
        "inside",
        "warning",
        "signal",
        "",
    ]


def test_inner_limits_have_the_level_of_the_result():
    assert funnel_places(np.array([15.0]), np.array([10.0]), 0.0, 0.8) == ["warning"]
    assert funnel_places(np.array([15.0]), np.array([10.0]), 0.0, 0.95) == ["inside"]
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"region": ["a", "b"] * 60, "recommend": rng.choice([10, 8, 3], 120)})
    funnel = scorecard(Scored(data), confidence=0.8).funnel("nps")
    narrow, wide = ((funnel.table[f"high{s}"] - funnel.centre).to_numpy() for s in ("", "_outer"))
    assert np.allclose(wide / narrow, stats.norm.ppf(0.999) / stats.norm.ppf(0.9))
    page = funnel.to_html("en")
    assert "80 %" in page and "95 %" not in page
    assert {t.get_text() for t in funnel.plot("en").axes[0].texts} >= {"80 %", "99.8 %"}


def test_equal_regions_stay_inside_and_a_different_one_does_not():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(
        {
            "region": np.repeat([f"r{i:02d}" for i in range(20)], 50),
            "recommend": rng.choice([10, 8, 3], 1000, p=[0.5, 0.3, 0.2]),
        }
    )
    card = scorecard(Scored(data))
    row = card.measures_table.iloc[0]
    assert 25 < row["spread"] < 60 and abs(row["luck"] - 40) < 3 and row["p_value"] > 0.05
    assert (card.table["verdict"] == "no clear difference").all() and set(card.table["rank_high"]) == {20}
    funnel = card.funnel("nps")
    assert (funnel.table["place"] == "signal").sum() == 0
    assert "运气" in funnel.to_html("zh-CN") or "随机" in funnel.to_html("zh-CN")
    assert funnel.plot("en").axes
    data.loc[data["region"] == "r03", "recommend"] = 10
    other = scorecard(Scored(data)).lines("nps").set_index("region").loc["r03"]
    assert other["place"] == "signal" and other["verdict"] == "higher" and other["rank_high"] == 1
