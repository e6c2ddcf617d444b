from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.privacy.masking.words import compacted, words_of


def keys(text):
    return {w.key for w in words_of(text)}


def test_a_number_is_known_however_it_is_spaced():
    assert "3812345678" in keys("+86 138 1234 5678") and "13812345678" in keys("138-1234-5678")
    assert "k0003x" in keys("K-0003-X") and compacted("(0) 1-2.3") == "0123"


def test_words_of_a_row_belong_together_and_of_two_sentences_do_not():
    assert "anna li" in keys("Anna Li") and "anna; li" not in keys("Anna; Li")
    assert "c0012" in keys("卡号C0012请查") and "王小明" in keys("找王小明") and not keys("")


@given(st.text(max_size=80))
def test_every_word_stands_where_it_says(text):
    assert all(0 <= w.start < w.end <= len(text) and w.key for w in words_of(text))
