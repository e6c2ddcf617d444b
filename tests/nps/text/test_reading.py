import pandas as pd

from workbench.nps.text.reading import distinct, is_word, normalise, telling_words, tokens, written


def test_one_spelling():
    assert normalise("　服務　態度ＯＫ\n很好 ") == "服务 态度OK\n很好"
    assert normalise("Ｎｏ　ｗａｉｔ") == "No wait"


def test_words_of_both_languages():
    assert tokens("I don’t know 排队太久OK") == ["i", "don't", "know", "排队", "太久", "ok"]
    assert tokens("they're") == ["they're"] and tokens("666!") == []


def test_only_words_of_the_dictionary_are_shown():
    told = telling_words("宾馆反馈:感谢您的务态度, the lounge was ok")
    assert "宾馆" in told and "lounge" in told and "the" not in told
    assert all(is_word(w) for w in told)
    assert telling_words("The lounge was not clean") == ["lounge", "clean"]


def test_each_text_once():
    place, once = distinct(["a", "ｂ", "a"])
    assert [once[i] for i in place] == ["a", "b", "a"]
    assert written(pd.Series(["x" * 9000, 3, None])).str.len().tolist() == [5000, 1, 0]
