from __future__ import annotations

import re

import numpy as np
import pandas as pd

from workbench.tabulation import WaveAnswers, scale, trend
from workbench.tabulation.trend_layout import change_text, shown_tests


def test_a_change_says_its_reason_or_its_direction_aloud():
    line = {"test": "previous", "estimate": 0.05, "verdict": "up", "reason": "", "p_adjusted": 0.01}
    assert change_text(line, "net", "en") == ("+5.0 ↑", "up")
    assert change_text({**line, "reason": "base too small"}, "net", "zh-CN")[1] == "样本量不足"
    assert change_text({**line, "test": "any", "verdict": "moved"}, "mean", "en")[0] == "0.010 ↕"


def test_no_wave_has_two_columns():
    tests = pd.DataFrame(
        {"test": ["previous", "first", "slope"], "since": ["w0", "w0", "w0"], "p_value": [0.1, 0.1, np.nan]}
    )
    assert shown_tests(tests) == [("previous", "w0")] and shown_tests(pd.DataFrame()) == []


def test_it_lies_on_a_page_in_both_languages(answers):
    waves = [
        WaveAnswers("w0", answers),
        WaveAnswers("w1", answers.assign(q=np.clip(answers["q"] + 1, 1, 5)), changed={"brand": "list"}),
    ]
    found = trend(waves, rows=[scale("q"), "brand"], columns="region", id=None)
    html = found.to_html("en")
    assert html.count("<table") == html.count("</table>") == 4
    assert 'aria-label="up">↑' in html and "Since w0" in html and "border-left:3px double" in html
    assert "the question changed" in html and re.search(r"<small[^>]*>600</small>", html)
    assert "较 w0" in found.to_html("zh-CN") and "总计" in found.to_html("zh-CN")
