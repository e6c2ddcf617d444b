from __future__ import annotations

from tests.report.deck.conftest import made_pages
from workbench.report.deck.page_parts import parts_of
from workbench.report.site.render import Item, Page


def test_a_page_is_read_part_by_part_in_its_language(language):
    parts = {p.name: p for p in parts_of(made_pages(language)["90_summary"])}
    assert set(parts) == {"statements", "actions", "nps-trend", "value-bridge", "groups", "facts"}
    trend = parts["nps-trend"].numbers
    assert trend.names[:4] == ("wave", "estimate", "ci_low", "ci_high")
    assert [c.value for c in trend.column("estimate")] == [35.0, 41.0] and trend.column("estimate")[1].text == "+41.0"
    assert trend.label("n") == ("Base" if language == "en" else "样本量")
    assert parts["statements"].lines[0] == ("NPS is +41.", ("It has not clearly changed.",))
    assert parts["actions"].lines[0][1][-1].endswith("Anna Lee")
    assert "Response" not in str(parts["facts"].lines), "a link leads nowhere from a slide"


def test_a_table_of_groups_keeps_letters_apart_and_knows_what_its_sentence_is_about():
    part, _ = parts_of(made_pages("en")["55_tables"])
    assert part.kind == "crosstab" and part.name == "t001-brand" and part.measure.startswith("T001")
    assert part.row == 0 and part.group == "shop" and "above" in part.title
    lettered = [c for row in part.numbers.rows for c in row if c.letters]
    assert lettered and all(c.letters in "AB" and c.text.endswith("%") for c in lettered)
    assert len(part.cells) == 2 * 3


def test_what_is_hidden_on_the_page_has_no_number():
    html = (
        '<figure id="x" class="panel"><h3>Title</h3><p class="measure">NPS</p><table><thead><tr><th>Group</th><th>NPS'
        '</th></tr></thead><tbody><tr><th>North</th><td class="number">–</td></tr></tbody></table></figure>'
    )
    (part,) = parts_of(Page((Item("panel", html),), (), {"x": '"group","nps"\n"North",""\n'}, {}))
    assert part.numbers.column("nps")[0].value is None and part.numbers.column("nps")[0].text == "–"


def test_an_empty_page_has_no_parts():
    assert parts_of(Page((Item("prose", "<p>Not computed.</p>"), Item("block", " ")), (), {}, {})) == []
