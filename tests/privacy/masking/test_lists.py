from __future__ import annotations

import pytest

from workbench.privacy.masking.lists import CHARACTERS, word_list


def test_characters_stand_alone_and_words_do_not():
    assert all(len(c) == 1 for name in CHARACTERS for c in word_list(name))
    assert "charles de" in word_list("not_people") and "john" in word_list("first_names")


def test_words_that_yaml_would_take_for_something_else_are_words():
    assert {"no", "yes"} <= word_list("not_names") and "null" not in word_list("uk_areas")


def test_an_unknown_list_is_a_mistake():
    with pytest.raises(KeyError):
        word_list("nothing")
