from __future__ import annotations

import json

import pandas as pd
import pytest

from workbench.core.charts import bar_rows, draw_figure
from workbench.core.findings import Evidence, Finding
from workbench.core.language import message, use_language
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.report.site.blocks import (
    MIME,
    Caption,
    Card,
    cards,
    contract,
    figure,
    findings,
    label_of,
    notes,
    shown_csv,
    table,
)
from workbench.store.config.parts import Words

RESULT = Result(
    table=pd.DataFrame({"region": ["north & co", "south"], "n": [1200, 30]}),
    notes=(Note(message("Base of {n:int} answers", n=30)),),
)


def test_a_table_holds_both_languages_and_the_same_numbers():
    block = table(RESULT, "by-region", Caption(message("Region"), base=1230))
    assert 'id="by-region"' in block.html["en"] and 'id="by-region"' in block.html["zh-CN"]
    assert ">Region</th>" in block.html["en"] and ">地区</th>" in block.html["zh-CN"]
    for html in block.html.values():
        assert "1,200" in html and "1,230" in html and "north &amp; co" in html


def test_a_block_shows_the_analysts_language_and_carries_all():
    with use_language("zh-CN"):
        bundle = table(RESULT, "t")._repr_mimebundle_()
    assert "地区" in bundle["text/html"] and "<!--number-->" not in bundle["text/html"]
    assert set(bundle[MIME]["html"]) == {"zh-CN", "en"}
    assert bundle[MIME]["csv"].splitlines()[0] == '"region","n"'


def test_columns_of_the_study_have_the_studys_names():
    words = Words.model_validate({"en": "Boarding area", "zh-CN": "登机区"})
    frame = pd.DataFrame({"boarding": ["A"]})
    html = table(frame, "t", labels={"boarding": words}).html
    assert "Boarding area" in html["en"] and "登机区" in html["zh-CN"]
    assert label_of("boarding", {"boarding": words}) is words
    assert label_of("region", {}).text("zh-CN") == "地区"


def test_words_in_cells_are_read_in_each_language():
    frame = pd.DataFrame({"what": pd.Series([message("Region")], dtype=object)})
    block = table(frame, "t", columns={"what": Column(message("Group"))})
    assert "地区" in block.html["zh-CN"]
    assert shown_csv(frame) == '"what"\n"Region"\n'


def test_a_figure_is_drawn_once_in_each_language_and_described():
    asked = []

    def draw(language):
        asked.append(language)
        return draw_figure(lambda ax: bar_rows(ax, ["a"], [1.0], language=language))

    block = figure(draw, "bars", message("Region"), alt=message("Bars <of> {n:int} regions", n=1))
    assert sorted(asked) == ["en", "zh-CN"]
    assert 'role="img" aria-label="Bars &lt;of&gt; 1 regions"' in block.html["en"]
    assert block.html["en"].count("<figcaption>") == 1


def claimed(text):
    proof = Evidence(source="t", estimate=1.0, n=50)
    return Finding(id="x", message=text, evidence=proof, claim="count", importance=1, tone="bad")


def test_cards_findings_and_notes_escape_what_they_say():
    card = Card(message("NPS"), message("{x}", x="<b>"), change=message("up"), tone="good")
    assert "&lt;b&gt;" in cards([card]).html["en"] and 'class="change good"' in cards([card]).html["en"]
    told = findings([claimed(message("{x}", x="a & b")), message("{x}", x="<i>")]).html["en"]
    assert '<li class="bad" data-finding="x">a &amp; b' in told and '<li class="neutral">&lt;i&gt;' in told
    assert 'class="warning"' in notes([Note(message("Region"), "warning")]).html["en"]
    assert notes([]).html["en"] == ""


def test_the_contract_is_rounded_json(capsys):
    contract({"nps": 12.3456, "n": 10, "none": None})
    assert json.loads(capsys.readouterr().out) == {"nps": 12.35, "n": 10, "none": None}


def test_a_result_without_a_picture_says_so():
    with pytest.raises(TypeError, match="no picture"):
        figure(RESULT, "x", alt=message("Region"))


def test_what_has_a_gap_is_not_said():
    gap, whole = message("NPS {x:dec1}", x=float("nan")), message("NPS {x:dec1}", x=12.0)
    assert findings([gap]).html["en"] == notes([gap]).html["en"] == ""
    shown = cards([Card(whole, gap), Card(whole, whole, detail=gap, change=gap)]).html["en"]
    assert shown.count('class="card"') == 1 and "–" not in shown


def test_a_tables_csv_keeps_texts_and_starts_no_formula():
    frame = pd.DataFrame(
        {"id": ["007", None], "name": ["=1+1", 'a "b"'], "n": [1.0, float("nan")], "ok": [True, False]}
    )
    assert shown_csv(frame).splitlines() == [
        '"id","name","n","ok"',
        '"007","\'=1+1",1,"True"',
        '"","a ""b""","","False"',
    ]
