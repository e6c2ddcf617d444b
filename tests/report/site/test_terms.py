from __future__ import annotations

import re

import pytest

from workbench.report.site.terms import glossary_terms, with_terms

PAGE = """<body><p>NPS outside</p><main><h2>NPS</h2><p>The <a href="x">NPS</a> and <em>the NPS</em>, weighted.</p>
<table><tr><td>detractors</td></tr></table><ul><li>NPS &amp; the segments</li></ul><svg><text>tier</text></svg>
<details><summary>Base</summary><p>strata</p></details></main>"""


def test_a_term_opens_its_entry_where_it_is_first_used_in_a_sentence():
    page = with_terms(PAGE, "en", "glossary.en.html")
    assert re.findall(r'popovertarget="(.*?)">(.*?)<', page) == [
        ("term-nps", "NPS"),
        ("term-calibrated-weight", "weighted"),
        ("term-segment", "segments"),
    ]
    assert page.index("<em>the <button") > page.index('<a href="x">NPS</a>')
    assert page.count("<div popover") == 3 and 'href="glossary.en.html#nps"' in page
    assert re.sub(r"<div popover.*?</div>|</?button.*?>", "", page, flags=re.S) == PAGE


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_term_is_found_by_its_name(language):
    for term in glossary_terms():
        name = re.split(r"[(（]", term[language]["name"])[0].strip()
        page = with_terms(f"<main><p>{name}</p></main>", language, "g.html")
        assert (f'id="term-{term["id"]}"' in page) == (len(name) > 1), name


def test_a_word_inside_another_is_no_term():
    assert "popover" not in with_terms("<main><p>basement</p></main>", "en", "g.html")
    assert with_terms("<p>NPS</p>", "en", "g.html") == "<p>NPS</p>"


def test_a_language_that_the_glossary_does_not_know_stays_as_it_is():
    page = "<main><p>NPSは上昇</p></main>"
    assert with_terms(page, "ja", "glossary.ja.html") == page
