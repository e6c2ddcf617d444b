from __future__ import annotations

import pytest

from workbench.core.findings import spoken_json
from workbench.core.language import message
from workbench.report.site.refusals import chapter_note, in_language, section_note
from workbench.store.manifest import SectionRun

RULE = message("Base of {n:int} is below {minimum:int}.", n=7, minimum=30)
REFUSED = SectionRun(state="refused", rule=spoken_json(RULE), found="<7 answers>", fix="Ask more.")


def test_a_refusal_says_rule_found_and_fix():
    html = section_note(REFUSED, "en")
    assert 'class="not-computed refused"' in html
    assert RULE.text("en") in html and "&lt;7 answers&gt;" in html and "Ask more." in html
    assert "lang=" not in html


def test_words_without_translation_are_marked_as_english():
    html = section_note(REFUSED, "zh-CN")
    assert RULE.text("zh-CN") in html and '<span lang="en">Ask more.</span>' in html
    assert "无法计算" in html


def test_a_fault_shows_nothing_of_what_the_program_said():
    html = section_note(SectionRun(state="fault", found="KeyError: 'C000000001'"), "en")
    assert 'class="not-computed fault"' in html
    assert "C000000001" not in html and "artefacts/failed/" in html


@pytest.mark.parametrize(("state", "kind"), [("rests", "rests"), ("left out", "left-out")])
def test_a_section_that_did_not_run_says_why(state, kind):
    html = section_note(SectionRun(state=state, rule=spoken_json(RULE)), "en")
    assert f'class="not-computed {kind}"' in html and RULE.text("en") in html and "<dl>" not in html


def test_a_chapter_leads_to_where_it_was_computed_last():
    html = chapter_note(REFUSED, "en", ("../x/50_a.html", "2026-01-01 10:00"))
    assert 'href="../x/50_a.html"' in html and "2026-01-01 10:00" in html
    assert "href" not in chapter_note(REFUSED, "en", None)


def test_words_are_read_in_a_language():
    assert in_language(spoken_json(RULE), "en") == RULE.text("en")
    assert in_language("plain", "zh-CN") == "plain"
