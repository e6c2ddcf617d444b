from __future__ import annotations

import pandas as pd
import pytest
from openpyxl import load_workbook

from workbench.core.errors import InputError
from workbench.report.words import verbatims_of, write_words
from workbench.store import Wave


@pytest.fixture
def wave(make_wave):
    opened = Wave.open(make_wave())
    texts = ["店员李雷态度差，电话13812345678", "没有排队", "价格太贵", None]
    rows = {
        "customer_id": list("1234"),
        "weight": 1.0,
        "stratum": "all",
        "recommend": [2, 10, 4, 9],
        "region": list("nsns"),
    }
    opened.keep("respondents", pd.DataFrame({**rows, "comment": texts}))
    return opened


def test_words_in_a_notebook_are_masked_and_chosen(wave):
    found = wave.verbatims(score="detractors", group={"region": "n"})
    assert found.table["score"].tolist() == [2, 4] and not found.table["words"].str.contains("13812345678").any()
    assert verbatims_of(wave, topic="price", tone="complaint").table["score"].tolist() == [4]


def test_words_are_written_beside_the_lists_and_noted(wave):
    made = write_words(wave, tone="praise")
    assert made.rows == 1 and made.files[0].parent == wave.lists
    sheet = load_workbook(made.files[0]).worksheets[0]
    assert sheet.max_row == 2 and "customer_id" not in [c.value for c in sheet[1]]
    log = next(wave.folder.parent.glob("*.jsonl"), None) or next(wave.folder.parent.glob("*log*"))
    assert "words.xlsx" in log.read_text(encoding="utf-8")


def test_answers_without_comments(make_wave):
    opened = Wave.open(make_wave())
    opened.keep("respondents", pd.DataFrame({"customer_id": ["1"], "weight": [1.0], "recommend": [9]}))
    with pytest.raises(InputError, match="no column comment"):
        verbatims_of(opened)
