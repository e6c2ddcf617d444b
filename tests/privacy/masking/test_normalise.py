from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.privacy.masking.normalise import normalise
from workbench.privacy.masking.spans import Span


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("１３８ ｃａｆé", "138 café"),
        ("一三八零零壹贰叁肆伍陆", "13800123456"),
        ("一三八 0013 八零零零", "138 0013 8000"),
        ("一二三,排队", "一二三,排队"),
        ("five five five one two three four", "5551234"),
        ("double five one two three four six", "5512346"),
        ("1\ufe0f\u20e33\u200b8", "138"),
        ("li艾特qq点com", "li@qq.com"),
        ("有点common的感觉", "有点common的感觉"),
        ("13O-1234-56l8 call", "130-1234-5618 call"),
    ],
)
def test_one_spelling(text, normal):
    assert normalise(text).text == normal


@settings(max_examples=80)
@given(st.text(alphabet="ab1 ２一二三四五六七八①㎏\u200b艾特点@.é", max_size=60))
def test_every_character_knows_its_place(text):
    normal = normalise(text)
    assert normal.original == text
    for i, letter in enumerate(normal.text):
        place = normal.back(Span(i, i + 1, "name"))
        assert 0 <= place.start < place.end <= len(text)
        if letter in "ab@" and letter in text[place.start : place.end]:
            assert text[place.start : place.end].count(letter) >= 1
    ends = [normal.back(Span(i, i + 1, "name")).start for i in range(len(normal.text))]
    assert ends == sorted(ends)
