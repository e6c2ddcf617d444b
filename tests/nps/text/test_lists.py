import pytest

from workbench.nps.text.lists import any_of, tone_words


@pytest.mark.parametrize("written", ["zh", "en"])
def test_no_word_has_two_senses_and_no_key_is_empty(written):
    words = tone_words(written)
    assert words.count > 350
    assert words.turners and words.kept and words.better and words.nothing and words.splits and words.degrees
    assert set(words.senses.values()) == {1, -1}


def test_beginnings_of_english_words():
    words = tone_words("en")
    assert words.sense("disappointing") == -1 and words.sense("recommends") == 1 and words.sense("lamp") == 0


def test_longest_first():
    assert any_of(("不", "不错")).findall("不错不") == ["不错", "不"]
