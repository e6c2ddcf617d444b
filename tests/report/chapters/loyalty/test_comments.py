from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.language import message
from workbench.estimation import Design
from workbench.report.chapters.loyalty import comments as writing
from workbench.store import Wave

DESIGN = Design(weight="weight")


def answers(seed, price=0.2, n=300):
    rng = np.random.default_rng(seed)
    angry = rng.random(n) < price
    texts = np.where(
        angry, "价格太贵了，打13812345678", rng.choice(["服务很好，谢谢", "排队久", "the staff is friendly"], n)
    )
    return pd.DataFrame(
        {
            "comment": [f"{t} {i}" for i, t in enumerate(texts)],
            "weight": 1.0,
            "recommend": np.where(angry, 3, rng.choice([8, 9, 10], n)),
            "region": rng.choice(["n", "s"], n),
            "customer_id": [f"{i}" for i in range(n)],
        }
    )


@pytest.fixture
def wave(make_wave):
    return Wave.open(make_wave())


def read(wave, before=True):
    now = answers(2, price=0.45)
    then = answers(1) if before else None
    return writing.read_comments(wave, now, DESIGN, then, (DESIGN, DESIGN), id_column=None, seed=1)


def test_topics_growth_and_scores_are_told(wave):
    found = read(wave)
    assert found.growth.table.set_index("topic").loc["price", "verdict"] == "up"
    assert found.scores.table.iloc[0]["topic"] == "price" and found.sentiment is not None
    said = " ".join(f.text.text("zh-CN") for f in writing.comment_findings(found))
    assert "价格" in said and "高于上一波次" in said and "低" in said
    assert len(writing.draw_topics(found, "zh-CN").axes[0].get_yticks()) == writing.MOST_DRAWN
    kept = writing.topics_kept(found)
    assert {"topic", "change", "verdict"} <= set(kept) and len(kept) == 12
    assert read(wave, before=False).growth is None


def test_quotes_are_masked_and_come_from_both_sides(wave):
    quotes = writing.quote_table(read(wave))
    assert not quotes["quote"].str.contains("13812345678").any()
    assert {str(c) for c in quotes["class"]} == {"Promoters", "Detractors"}
    assert quotes["quote"].is_unique and quotes["quote"].map(writing.in_chinese).all()
    assert quotes["topic"].iloc[0].text("zh-CN") != quotes["topic"].iloc[0].text("en")


def test_topics_by_score_and_region(wave):
    names = {"region": {"n": message("Region")}}
    shares, heads = writing.topic_shares(read(wave), DESIGN, [writing.CLASS, "region"], names)
    assert list(shares.columns) == list(heads) and heads["region=n"].label.text("zh-CN") == "地区"
    price = shares.iloc[[t.text("en") == "Price" for t in shares["topic"]]].iloc[0]
    assert price["score_class=detractors"] > 0.9 > price["score_class=promoters"]


def test_few_comments_are_not_read(wave):
    few = answers(1).assign(comment=None)
    assert writing.read_comments(wave, few, DESIGN, None, None, id_column=None, seed=1) is None
    assert writing.read_comments(wave, few.drop(columns="comment"), DESIGN, None, None, id_column=None, seed=1) is None
    assert writing.comment_findings(None) == [] and writing.topics_kept(None).empty


def test_a_frame_of_the_waves_own(make_wave):
    own = Wave.open(make_wave(wave_yaml=WAVE + "loyalty: {code_frame: own.yaml}\n"))
    (own.folder / "own.yaml").write_text("topics: [{id: a, label: {en: Thanks}, patterns: [谢谢]}]", encoding="utf-8")
    found = read(own)
    assert found.coded.table["topic"].tolist() == ["a"]
    assert writing.TopicName({"en": "Thanks"}).text("zh-CN") == "Thanks"
