import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.weighting.dispositions import DISPOSITIONS, WORDS, disposition_groups


def test_no_word_means_two_things():
    words = [w for group in WORDS.values() for w in group]
    assert len(words) == len(set(words))
    assert set(WORDS) == set(DISPOSITIONS)


@pytest.mark.parametrize(
    ("value", "group"),
    [
        ("1.0", "I"),
        ("1.1", "I"),
        (1.2, "P"),
        ("2.11", "R"),
        ("2.112", "R"),
        ("2.20", "NC"),
        ("2.25", "NC"),
        ("2.3", "O"),
        ("3.1", "UH"),
        ("3.13", "UH"),
        ("3.2", "UO"),
        ("3.9", "UO"),
        ("4.1", "NE"),
        (4, "NE"),
        (1.1, "I"),
        (" Refused ", "R"),
        ("拒访", "R"),
        ("空号", "NE"),
        ("关机", "UH"),
        ("not_at_home", "NC"),
        ("ne", "NE"),
    ],
)
def test_codes_and_words(value, group):
    assert disposition_groups(pd.Series([value], dtype=object)).tolist() == [group]


@pytest.mark.parametrize("value", ["0.1", "5", "1.1x", "", "?", "yes"])
def test_anything_else_is_refused(value):
    with pytest.raises(InputError, match="known disposition"):
        disposition_groups(pd.Series([value]))
