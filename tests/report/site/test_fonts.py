from __future__ import annotations

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont

from workbench.report.site import fonts
from workbench.report.site.fonts import page_font


def test_pages_carry_the_characters_they_use_and_no_more():
    rule = page_font("满意度 NPS abc")
    data = re.search(r"base64,([^)]+)\)", rule).group(1)
    font = TTFont(io.BytesIO(base64.b64decode(data)))
    assert {chr(c) for c in font.getBestCmap()} == set("满意度NPSabc")
    assert len(rule) < 5000


def test_letters_travel_too_and_cost_little():
    letters = "".join(map(chr, range(0x20, 0x7F))) + "–“”·…−×±≤≥▲▼←→"
    rule = page_font(letters)
    assert 0 < len(rule) < 20_000
    assert page_font("") == ""


def test_the_same_text_gives_the_same_font():
    assert page_font("地区") == page_font("区地")


def test_a_page_with_the_same_characters_keeps_its_font(monkeypatch):
    page = f"<style>{page_font('地区 1')} body {{}}</style>"
    monkeypatch.setattr(fonts, "_rule", lambda *_: pytest.fail("it was cut anew"))
    assert page_font("1 区地", page) == page_font("区1地", page)
    assert page_font("1 区地", page) in page
    with pytest.raises(pytest.fail.Exception):
        page_font("1 区地域", page)


def test_signs_the_shipped_font_lacks_travel_in_a_second_one():
    rule = page_font("率 ⌊x⌋ ⧵")
    assert re.findall(r'font-family:"([^"]+)"', rule) == ["Workbench Sans SC", "Workbench Signs"]
    signs = TTFont(io.BytesIO(base64.b64decode(re.findall(r"base64,([^)]+)\)", rule)[1])))
    assert {chr(c) for c in signs.getBestCmap()} >= set("⌊⌋⧵")


def test_characters_nobody_has_are_left_to_the_system():
    assert page_font("\ue000") == ""


def test_letters_of_formulas_are_there_as_browsers_draw_them():
    rule = page_font("<p>率</p><mi>h</mi><mi>&#x003B8;</mi><mi>log</mi>")
    signs = TTFont(io.BytesIO(base64.b64decode(re.findall(r"base64,([^)]+)\)", rule)[1])))
    assert set(signs.getBestCmap()) == {0x210E, 0x1D703}
