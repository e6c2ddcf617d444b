from __future__ import annotations

from workbench.store.answer_words import NO, STEPS, TICKED, UNTICKED, YES


def test_no_word_means_two_things():
    words = [w for step in STEPS for w in step]
    assert len(STEPS) == 5 and len(set(words)) == len(words)
    assert not set(YES) & set(NO) and not set(TICKED) & set(UNTICKED)
    assert set(YES) <= set(TICKED)
