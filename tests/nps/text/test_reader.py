import numpy as np
import pandas as pd
import pytest

from workbench.nps import comment_sentiment
from workbench.nps.text.reader import COMPLAINT, NEUTRAL, NOTHING, PRAISE, UNKNOWN, DictionaryReader, says_nothing


@pytest.fixture(scope="module")
def learned():
    rng = np.random.default_rng(1)
    good = rng.random(260) < 0.6
    # words that no dictionary knows carry the tone
    words = {
        True: ["冷链到手还是冰的", "保质期都很新", "a tap pays"],
        False: ["购物车会不见", "打了三次电话", "the till erred"],
    }
    texts = [f"{rng.choice(words[bool(g)])},{rng.choice(words[bool(g)])}。第{i}单" for i, g in enumerate(good)]
    data = pd.DataFrame({"c": texts, "r": np.where(good, 10, 2)})
    return comment_sentiment(data, "c", "r", seed=1).reader


def test_scores_teach_words_that_no_dictionary_knows(learned):
    parts = ["冷链到手还是冰的", "购物车会不见", "无", "qqqq"]
    assert learned.from_scores and learned.tones(parts) == [PRAISE, COMPLAINT, NOTHING, UNKNOWN]
    assert DictionaryReader().tones(parts) == [UNKNOWN, UNKNOWN, NOTHING, UNKNOWN]


def test_a_negation_that_was_never_seen_is_read_by_the_dictionary(learned):
    assert learned.tones(["没有排队", "not clean"]) == [PRAISE, COMPLAINT]


def test_a_comment_that_taught_is_read_by_a_model_that_did_not_see_it(learned):
    text = next(iter(learned.folds))
    alone, judged = learned.scores(["冷链到手还是冰的"] * 2, ["another", text])
    assert alone != judged
    assert learned.tones([]) == [] and learned.scores([]).size == 0


def test_a_wish_without_tone_is_neutral_and_both_sides_weigh_up():
    assert DictionaryReader().tones(["希望增加夜间配送", "贵但好吃"]) == [NEUTRAL, NEUTRAL]


@pytest.mark.parametrize("text", ["没意见", "N/A", "Don’t know.", "无。", "暂时没有", "nothing", ""])
def test_nothing_to_say(text):
    assert says_nothing(text)
