from __future__ import annotations

import re

from workbench.estimation import Design
from workbench.tabulation import nps, scale, tabulate
from workbench.tabulation.layout import headline_rows


def test_rows_that_stand_for_a_question():
    assert headline_rows(["net", "answer", "answer", "net", "mean", "mean"]) == [0, 5]
    assert headline_rows(["mean"]) == [0] and headline_rows(["net", "answer", "answer", "mean"]) == [0, 1, 2]
    assert headline_rows(["answer", "answer"]) == [0, 1]


def test_a_page_has_spanners_letters_bases_and_a_key(answers):
    table = tabulate(answers, Design(weight="w"), rows=["brand", scale("q"), nps()], columns=["region", "gender"])
    html = table.to_html("en")
    assert re.findall(r'colspan="(\d)" scope="colgroup"', html) == ["1", "2", "2"]
    assert html.count("<tbody>") == 3 and html.count("Base, unweighted") == 3
    assert 'aria-label="higher than A"' in html and "<sup" in html
    assert "No letter does not mean" in html and html.count("<table") == html.count("</table>") == 1
    assert "未加权" in table.to_html("zh-CN")


def test_nobody_is_a_dash_and_what_is_not_known_is_blank(answers):
    data = answers.assign(brand=answers["brand"].where(answers["region"] == "north"), empty="x")
    html = tabulate(data, rows="brand", columns="region").to_html("en")
    assert re.search(r"<td[^>]*></td></tr>", html)
    nobody = tabulate(answers.assign(brand="a"), rows="brand", columns="region").to_html("en")
    assert "100%" in nobody
