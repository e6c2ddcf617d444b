from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from workbench.store.demo import phrases_en, phrases_zh
from workbench.store.demo.comments import comment_random, compose


def test_comments_are_varied_and_bilingual(company, read):
    text = read(company, "2026q3", "responses")["comment"].dropna()
    assert text.nunique() > 600
    chinese = text.str.contains(r"[一-鿿]").mean()
    assert 0.75 < chinese < 0.92


def test_personal_details_are_invented_and_few(company, read):
    text = read(company, "2026q3", "responses")["comment"].dropna()
    phones = [n for t in text for n in re.findall(r"\d{11}", t)]
    mails = [m for t in text for m in re.findall(r"[\w.]+@[\w.]+", t)]
    assert phones
    assert all(n.startswith("154") for n in phones)
    assert mails
    assert all(m.endswith("@example.com") for m in mails)
    assert 0.002 < text.str.contains(r"154\d{8}|example\.com").mean() < 0.04


@given(st.lists(st.integers(1, 5), min_size=5, max_size=5), st.integers(0, 10), st.integers(1, 10**6))
def test_any_answer_gets_the_same_text_twice(ratings, recommend, number):
    first, second = (compose(comment_random(1, "2026q2", number), ratings, recommend, "en") for _ in range(2))
    assert first == second
    assert first.strip()


def test_low_rating_is_what_detractors_talk_about():
    topics = {"delivery": 0, "quality": 0}
    for number in range(400):
        text = compose(comment_random(1, "w", number), [5, 1, 5, 5, 5], 2, "zh-CN")
        for topic in topics:
            topics[topic] += any(phrase in text for phrase in phrases_zh.BAD[topic])
    assert topics["delivery"] > 3 * topics["quality"]


def test_languages_are_parallel():
    for name in ("GOOD", "BAD", "ENQUIRIES", "TOPICS"):
        assert list(getattr(phrases_en, name)) == list(getattr(phrases_zh, name))
    assert len(phrases_en.KINDS_CHANNEL) == len(phrases_zh.KINDS_CHANNEL)
