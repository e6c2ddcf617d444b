from __future__ import annotations

import base64
import io
import re
from importlib.resources import files

import pytest
from fontTools.ttLib import TTFont

from workbench.report.site import fonts
from workbench.report.site.fonts import page_font


def carried(rule):
    return [TTFont(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"base64,([^)]+)\)", rule)]


def named(rule):
    return re.findall(r'font-family:"([^"]+)"', rule)


def test_pages_carry_the_characters_they_use_and_no_more():
    rule = page_font("满意度 NPS abc")
    assert [set(map(chr, f.getBestCmap())) for f in carried(rule)] == [set("满意度"), set("NPSabc")]
    assert len(rule) < 5000


def test_chinese_is_a_font_of_its_own_and_has_nothing_else():
    assert named(page_font("满意度：NPS“”")) == ["Workbench Sans SC", "Workbench Sans"]
    assert re.findall("unicode-range:([^}]*)}", page_font("满 N")) == ["U+2E80-10FFFF", "U+0-2E7F"]
    assert named(page_font("NPS")) == ["Workbench Sans"]


def test_pages_name_chinese_first_and_letters_after_the_systems():
    sheet = (files("workbench.report.site") / "templates" / "page.css").read_text(encoding="utf-8")
    order = re.search("--sans:([^;}]*)", sheet)[1]
    assert order.startswith('"Workbench Sans SC",') and order.index("Arial") < order.index('"Workbench Sans",')


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
    assert named(rule) == ["Workbench Sans SC", "Workbench Sans", "Workbench Signs"]
    signs = carried(rule)[2]
    assert {chr(c) for c in signs.getBestCmap()} >= set("⌊⌋⧵")


def test_characters_nobody_has_are_left_to_the_system():
    assert page_font("\ue000") == ""


def test_letters_of_formulas_are_there_as_browsers_draw_them():
    rule = page_font("<p>率</p><mi>h</mi><mi>&#x003B8;</mi><mi>log</mi>")
    signs = carried(rule)[-1]
    assert set(signs.getBestCmap()) == {0x210E, 0x1D703}
