from __future__ import annotations

import re

import numpy as np
import pandas as pd

from workbench.core.language import message
from workbench.core.names import COLUMNS, Column
from workbench.core.tables import MAX_ROWS, html_table


def html(frame, **options):
    return html_table(frame, **{"caption": "C", "columns": COLUMNS, "language": "en"} | options)


def test_rows_have_headers_numbers_are_marked_and_text_is_escaped():
    text = html(pd.DataFrame({"region": ["<n>"], "n": [1200], "share": [0.256]}), caption="A & B")
    assert '<th scope="row">&lt;n&gt;</th>' in text
    assert '<td class="number" data-value="1200">1,200</td>' in text and "25.6%" in text
    assert "<caption>A &amp; B</caption>" in text and 'aria-label="A &amp; B"' in text


def test_unknown_columns_keep_their_names_and_missing_cells_are_dashes():
    text = html(pd.DataFrame({"a{b}": ["x"], "v": [np.nan]}))
    assert "a(b)" in text and ">–</td>" in text


def test_notes_stand_below_and_a_label_before_the_caption():
    text = html(pd.DataFrame({"n": [1]}), notes=[message("Region")], label_html="<b>1</b>")
    assert '<ul class="notes"><li>Region</li></ul>' in text and "<caption><b>1</b>C</caption>" in text


def test_long_tables_are_cut_and_say_so():
    text = html(pd.DataFrame({"n": range(MAX_ROWS + 50)}))
    assert text.count("<tr>") == MAX_ROWS + 1
    assert f"{MAX_ROWS + 50:,}" in text


def test_whole_numbers_need_no_decimals():
    cells = re.findall(
        r"<td[^>]*>(.*?)</td>", html(pd.DataFrame({"x": [3.0, 2.5]}), columns={"x": Column(message("Group"))})
    )
    assert cells == ["3", "2.50"]


def test_a_table_without_rows_says_so_and_a_note_with_a_gap_is_not_said():
    gap = message("Base of {n:int} answers", n=float("nan"))
    text = html(pd.DataFrame({"a": [], "b": []}), notes=[gap])
    assert '<tbody><tr><td colspan="2">nothing</td></tr></tbody>' in text and "notes" not in text
