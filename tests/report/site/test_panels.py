from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.language import message
from workbench.core.sheet import Sheet
from workbench.report.site.blocks import Block
from workbench.report.site.panels import Action, Statement, action_cards, filtered, headline, linked, panel, plain_facts


def drawing(language):
    sheet = Sheet(30)
    sheet.text(0, 20, message("Region").text(language))
    return sheet.figure


def one(**given):
    rows = pd.DataFrame({"region": ["East <1>"], "estimate": [1.5]})
    return panel(
        "regions",
        **{
            "title": message("Region"),
            "measure": message("NPS"),
            "draw": drawing,
            "numbers": rows,
            "to": ("50_loyalty", message("Summary")),
            **given,
        },
    )


def test_a_panel_is_its_finding_with_the_proof_and_the_numbers_folded():
    block = one()
    zh, en = block.html["zh-CN"], block.html["en"]
    assert '<figure id="regions" class="panel"><figcaption><h3>Region</h3>' in en and "<h3>地区</h3>" in zh
    assert 'role="img" aria-label="Region"' in en and ">地区</text>" in zh
    assert "<details" in en and "East &lt;1&gt;" in en and 'data-chapter="50_loyalty"' in en
    assert block.csv == '"region","estimate"\n"East <1>",1.5\n'
    # both languages carry the same numbers
    assert en.count("1.50") == zh.count("1.50") == 1


def test_a_panel_may_be_a_sentence_alone():
    block = one(draw=None, numbers=None, to=None, note=message("NPS"))
    assert "<svg" not in block.html["en"] and "foot" not in block.html["en"] and block.csv == ""


def test_the_headline_gives_the_page_its_heading_and_its_drawings_are_silent():
    block = headline(message("NPS"), [Statement(message("Region"), message("NPS"), drawing)])
    assert block.title == {"zh-CN": message("NPS").text("zh-CN"), "en": "NPS"}
    assert 'aria-hidden="true"' in block.html["en"] and "role=" not in block.html["en"]
    assert block._repr_mimebundle_()["text/html"].startswith("<h1>NPS</h1>")


def test_actions_are_numbered_and_say_what_is_not_known():
    facts = [(message("Owner"), message("not named"), True), (message("Region"), message("NPS"), False)]
    block = action_cards([Action(message("Call"), message("Why"), facts, message("List"))])
    assert block.html["en"].startswith('<ol class="actions"><li>') and block.html["en"].count('class="gap"') == 1
    assert action_cards([]).html["en"] == ""


@pytest.mark.parametrize("pages", [{}, {"50_loyalty": "a.html"}])
def test_links_lead_to_pages_that_are_there(pages):
    block = plain_facts([(message("Region"), [message("NPS")], ("50_loyalty", message("Summary")))])
    html = linked(block.html["en"], pages)
    assert ("<a " in html) == bool(pages) and "data-chapter" not in html


def test_a_statement_with_a_gap_is_not_said_and_a_panel_of_nothing_says_so():
    gap, whole = message("Base of {n:int}", n=float("nan")), message("Base of {n:int}", n=3)
    shown = headline(whole, [Statement(whole, gap), Statement(gap, whole)]).html["en"]
    assert shown.count("<li>") == 1 and "–" not in shown
    empty = panel("p", title=whole, measure=whole, draw=lambda _: pytest.fail("drawn"), numbers=pd.DataFrame({"a": []}))
    assert "nothing to show" in empty.html["en"] and "<svg" not in empty.html["en"] and empty.csv == ""


def test_a_table_is_narrowed_by_some_of_its_columns():
    block = filtered(Block("table", "t", {"en": "<table></table>", "zh-CN": "<table></table>"}), [0, 2])
    assert block.html["en"] == '<div data-filter="0,2"><table></table></div>'
