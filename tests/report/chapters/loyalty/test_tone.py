from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.findings import said
from workbench.core.people import show_people_from
from workbench.estimation import Design
from workbench.nps import code_comments, comment_sentiment, topic_tone
from workbench.nps.text.reader import DictionaryReader
from workbench.report.chapters.loyalty import tone
from workbench.report.chapters.loyalty.chapter import Asked
from workbench.store import Wave

DESIGN = Design(weight="weight")


def answers(seed, angry_share, n=200):
    rng = np.random.default_rng(seed)
    angry = rng.random(n) < angry_share
    texts = [f"价格太贵,第{i}次" if a else f"服务很好,第{i}次来" for i, a in enumerate(angry)]
    return pd.DataFrame({"comment": texts, "recommend": np.where(angry, 3, 9), "weight": 1.0})


@pytest.fixture
def asked():
    return Asked(answers(1, 0.5), DESIGN, answers(2, 0.2), DESIGN, None, [], {})


@pytest.fixture
def wave(make_wave):
    return Wave.open(make_wave())


def kept_of(wave, asked, sentiment=None):
    coded = code_comments(asked.answers, "comment", "retail", DESIGN)
    found = tone.toned(wave, asked, coded, sentiment, topic_tone)
    return found, tone.tones_kept(found)


def test_costs_and_growth_of_complaints_are_told_with_their_evidence(wave, asked):
    _, kept = kept_of(wave, asked)
    told = {f.id: f for f in said(tone.tone_findings(kept))}
    assert told["tone.cost:price"].tone == "bad" and "points of NPS less" in told["tone.cost:price"].text.text("en")
    assert told["tone.moved:price"].tone == "bad" and told["tone.most"].claim == "estimate"
    assert tone.tone_title(list(told.values())) is told["tone.cost:price"].text


def test_what_is_learned_reads_instead_of_the_dictionaries(wave, asked):
    sentiment = tone.learned(wave, asked.answers, comment_sentiment, seed=1)
    found, _ = kept_of(wave, asked, sentiment)
    assert found.from_scores and "scores taught" in tone.tone_note(found).text("en")
    assert tone.reader_of(sentiment) is sentiment.reader
    mixed = asked.answers.assign(recommend=np.random.default_rng(3).choice([2, 10], len(asked.answers)))
    guessing = tone.learned(wave, mixed, comment_sentiment, seed=1)
    assert guessing is not None and not tone.reader_of(guessing).from_scores
    few = asked.answers.head(20)
    assert tone.learned(wave, few, comment_sentiment, seed=1) is None
    assert tone.learned(wave, few.drop(columns="recommend"), comment_sentiment, seed=1) is None


def test_few_complaints_are_neither_drawn_nor_told(wave, asked):
    _, kept = kept_of(wave, asked)
    one = kept.assign(complaints=1, praise=1)
    show_people_from(5)
    try:
        table = tone.tone_table(one)
        assert table["left"].isna().all() and (table["left_n"] == 0).all() and table["right"].isna().all()
        assert tone.tone_findings(one) == []
        assert (tone.drawn(table)[["left", "right"]] == 0).all().all()
    finally:
        show_people_from(0)
    assert tone.tone_table(kept.assign(mentions=0)).empty


def test_numbers_without_scores_leave_their_columns_out(wave, asked):
    plain = Asked(asked.answers.drop(columns="recommend"), DESIGN, None, None, None, [], {})
    _, kept = kept_of(wave, plain)
    numbers = tone.shown(tone.tone_table(kept))
    assert list(numbers) == ["name", "left", "ci_low", "ci_high", "right"]
    assert "comments" in tone.tone_measure(kept).text("en")


def test_a_quote_has_the_tone_of_what_it_says_on_its_topic(wave, asked):
    found, _ = kept_of(wave, asked)
    kept = pd.DataFrame(
        {"topic": ["staff", "price", "online"], "quote": ["服务很好,价格太贵", "服务很好,价格太贵", "你好"]}
    )
    told = tone.quotes_with_tone(kept, kept, found, DictionaryReader())
    assert [t.text("en") for t in told["tone"]] == ["praise", "complaint", "not told"]
