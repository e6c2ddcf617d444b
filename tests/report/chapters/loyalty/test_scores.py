from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.language import message
from workbench.estimation import Design
from workbench.nps import net_promoter_score
from workbench.report.chapters.loyalty import scores as scoring
from workbench.report.chapters.loyalty.chapter import rating_table
from workbench.store.config.parts import Rating

DESIGN = Design(weight="weight")
QUESTIONS = {
    n: Rating.model_validate({"label": {"en": n.title(), "zh-CN": n}}) for n in ("service", "price", "range", "store")
}


def answers(seed=1, n=400):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "recommend": rng.integers(0, 11, n).astype(float),
            "weight": rng.uniform(1, 3, n),
            "region": rng.choice(["n", "s", "w"], n, p=[0.5, 0.47, 0.03]),
            "duration_seconds": rng.integers(60, 600, n),
        }
    )
    mood = rng.normal(size=n)
    for q in QUESTIONS:
        data[q] = np.clip(np.round(3 + mood + rng.normal(size=n)), 1, 5)
    return data


def test_the_distribution_adds_up_to_the_score():
    data = answers()
    shares = scoring.answer_shares(data)
    score = net_promoter_score(data, "recommend", DESIGN)
    by_class = shares.groupby("class")["share"].sum()
    assert shares["share"].sum() == pytest.approx(1)
    assert 100 * (by_class["promoters"] - by_class["detractors"]) == pytest.approx(score.table["nps"].item())
    assert scoring.draw_distribution(data, "zh-CN").axes
    row = scoring.overall_table(score).iloc[0]
    assert row["mean_low"] < row["mean"] < row["mean_high"]


def test_groups_stand_against_all_others_and_small_ones_are_not_shown():
    data = answers()
    data.loc[data["region"] == "n", "recommend"] = 10
    score = net_promoter_score(data, "recommend", DESIGN, by="region")
    compared = scoring.comparisons(data, DESIGN, ["region"], confidence=0.95, minimum=30)
    lines = scoring.group_lines(score, compared["region"], {"n": message("Region")})
    said = [a.text("en") for a in lines["against"]]
    assert said == ["higher", "lower", "base too small"]
    assert lines["difference"].isna().tolist() == [False, False, True]
    assert lines["letter"].tolist() == ["A", "B", "C"] and lines["above"].tolist() == ["B", "", ""]
    assert lines["group"].iloc[0].text("zh-CN") == "地区" and lines["group"].iloc[1] == "s"
    assert "against" not in scoring.group_lines(score, None, {})
    assert scoring.comparisons(data.assign(region="n"), DESIGN, ["region"], confidence=0.95, minimum=30) == {}


def test_the_change_is_split_only_where_groups_are_the_same():
    before, now = answers(1), answers(2)
    other = now.assign(tier="A"), before.assign(tier="B")
    found = scoring.mixes(other[1], other[0], (DESIGN, DESIGN), ["region", "tier"], id_column=None)
    assert list(found) == ["region"]
    table = scoring.mix_table(found, {"region": message("Region")})
    assert [p.text("en")[:4] for p in table["part"]] == ["Same", "Othe"] and len(table) == 2
    assert scoring.mix_table({}, {}).empty


def test_answers_battery_and_careless_answering():
    data = answers()
    ratings = rating_table(data, DESIGN, QUESTIONS)
    assert scoring.draw_answers(ratings, QUESTIONS, "en").axes
    found = scoring.battery(data, list(QUESTIONS), DESIGN)
    assert found is not None and 0.5 < found.alpha < 0.95
    assert scoring.item_table(found, QUESTIONS)["item"].iloc[0].text("en") == "Service"
    assert "Cronbach" in scoring.battery_note(found).message.text("zh-CN")
    assert scoring.battery(data.assign(price=3), list(QUESTIONS), DESIGN) is None
    quality = scoring.careless(data, list(QUESTIONS))
    assert quality is not None and quality.table["check"].tolist() == ["straight_lining", "speeding"]
    assert scoring.careless(data, ["service"]) is None


def test_kano_is_shown_where_it_was_asked():
    data = answers().assign(with_it=1, without_it=5)
    found = scoring.kano_of(
        data, {"delivery": ("with_it", "without_it"), "gone": ("x", "y")}, {"delivery": message("Visit")}
    )
    assert found is not None and len(found.table) == 1 and "期望" in found.to_html("zh-CN")
    assert scoring.kano_of(data, {}, {}) is None
