import numpy as np
import pandas as pd

from workbench.estimation.words import DOWN, SMALL, UNCLEAR, UP, WORDS, in_words, verdicts


def test_verdicts():
    got = verdicts(
        np.array([1.0, -1.0, 1.0, 1.0]),
        np.array([0.01, 0.01, 0.2, 0.01]),
        np.array([True, True, True, False]),
        0.95,
        (UP, DOWN, UNCLEAR),
    )
    assert got == [UP, DOWN, UNCLEAR, SMALL]


def test_every_word_is_translated_and_the_table_unchanged():
    table = pd.DataFrame({"verdict": list(WORDS)})
    said = in_words(table, "zh-CN")["verdict"]
    assert not set(said) & set(WORDS)
    assert table["verdict"].tolist() == list(WORDS)
    assert in_words(table, "en")["verdict"].tolist() == list(WORDS)
