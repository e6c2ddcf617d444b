from __future__ import annotations

from workbench.report.site.unsaid import names_of, speaks_of, without_sentences

ROWS = (
    '<tbody><tr><th scope="row">R&amp;D</th><td>1</td></tr><tr><td>x</td></tr><tr><th scope="row">A</th></tr></tbody>'
)


def test_rows_are_called_as_the_page_calls_them():
    assert names_of(ROWS, [0, 1, 2]) == {"R&D"} and names_of("<p>none</p>", [0]) == set()


def test_a_name_within_a_name_is_another():
    assert speaks_of("<b>East China</b> fell", ["East China"]) and not speaks_of("Northeast", ["East"])
    assert speaks_of("华东地区下降", ["华东"])


def test_findings_statements_and_titles_about_a_hidden_group_leave():
    html = (
        '<ul class="findings"><li data-finding="a">West fell.</li><li data-finding="b">East rose.</li></ul>'
        '<ul class="statements"><li><p><strong>West</strong> is low</p></li><li><p>NPS 40</p></li></ul>'
        '<figcaption><h3>West leads</h3><p class="measure">NPS by region</p></figcaption>'
        "<table><tr><td>West</td></tr></table>"
    )
    shown = without_sentences(html, {"West"})
    assert "West fell" not in shown and "is low" not in shown and "East rose" in shown and "NPS 40" in shown
    assert "<h3>NPS by region</h3>" in shown and "<td>West</td>" in shown
    assert without_sentences(html, set()) == html
