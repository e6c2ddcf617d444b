from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.findings import said
from workbench.core.language import message
from workbench.estimation import Design
from workbench.nps import code_comments, topic_growth, topic_scores
from workbench.report.chapters.loyalty import comments as writing
from workbench.report.quotes import Choices, keep_choices, quote_hash
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


def read(wave, now):
    coded = code_comments(now, "comment", writing.frame_of(wave), DESIGN)
    scores = writing.scored(topic_scores, now, coded, DESIGN)
    then = answers(1)
    earlier = code_comments(then, "comment", coded.frame, DESIGN)
    growth = topic_growth((then, earlier), (now, coded), (DESIGN, DESIGN))
    return coded, writing.topics_kept(coded, scores, growth)


def test_topics_that_grew_and_go_with_low_scores_are_told(wave):
    _, kept = read(wave, answers(2, price=0.45))
    told = {f.id: f for f in said(writing.topic_findings(kept))}
    assert told["topic.score:price"].tone == "bad" and "topic.moved:price" in told and "topic.most" in told
    assert kept.set_index("topic").loc["price", "change_state"] == "clear"


def test_what_nobody_mentions_is_not_said(wave):
    _, kept = read(wave, answers(2))
    assert writing.topic_findings(kept.assign(mentions=0)) == []
    assert writing.topics_title([]).text("en") == "What customers write about"


def test_quotes_are_masked_and_come_from_both_sides(wave):
    now = writing.with_classes(answers(2, price=0.45))
    coded, _ = read(wave, now)
    kept = writing.quotes_kept(wave, now, coded)
    assert writing.quote_table(wave, coded, kept).empty
    keep_choices(wave.folder, Choices(accepted=frozenset(kept["quote"].map(quote_hash))))
    table = writing.quote_table(wave, coded, kept)
    assert table["quote"].tolist() == kept["quote"].tolist() and table.index.equals(kept.index)
    assert (
        not kept["quote"].str.contains("13812345678").any() and kept["quote"].str.contains("[phone]", regex=False).any()
    )
    assert {c.text("en") for c in table["class"]} >= {"Detractors"}


def test_topics_by_score_and_region(wave):
    now = writing.with_classes(answers(2, price=0.45))
    coded, _ = read(wave, now)
    shares, columns = writing.topic_shares(
        now, coded, DESIGN, [writing.CLASS, "region"], {"region": {"n": message("North")}}
    )
    assert columns["region=n"].label.text("en") == "North"
    price = shares[[t.text("en").startswith("Price") for t in shares["topic"]]].iloc[0]
    assert price[f"{writing.CLASS}=detractors"] > price[f"{writing.CLASS}=promoters"]


def test_without_a_score_there_are_no_classes():
    plain = answers(1).drop(columns="recommend")
    assert writing.CLASS not in writing.with_classes(plain)


def test_a_frame_of_the_waves_own(make_wave):
    own = Wave.open(make_wave(wave_yaml=WAVE + "loyalty: {code_frame: own.yaml}\n"))
    (own.folder / "own.yaml").write_text("topics: [{id: a, label: {en: Thanks}, patterns: [谢谢]}]", encoding="utf-8")
    coded, _ = read(own, answers(2))
    assert coded.table["topic"].tolist() == ["a"]
    assert writing.TopicName({"en": "Thanks"}).text("zh-CN") == "Thanks"
