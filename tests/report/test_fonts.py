from __future__ import annotations

import base64
import io
import re

from fontTools.ttLib import TTFont

from workbench.report.fonts import page_font


def test_pages_carry_the_characters_they_use_and_no_more():
    rule = page_font("满意度 NPS abc")
    data = re.search(r"base64,([^)]+)\)", rule).group(1)
    font = TTFont(io.BytesIO(base64.b64decode(data)))
    assert {chr(c) for c in font.getBestCmap()} == set("满意度")
    assert len(rule) < 5000


def test_english_pages_carry_no_font():
    assert page_font("plain English – “quoted”") == ""


def test_the_same_text_gives_the_same_font():
    assert page_font("地区") == page_font("区地")
