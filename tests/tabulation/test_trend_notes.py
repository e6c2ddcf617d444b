from __future__ import annotations

import pandas as pd

from workbench.tabulation.trend_lines import Asked
from workbench.tabulation.trend_notes import trend_notes
from workbench.tabulation.waves import WaveAnswers

ASKED = Asked(("w0", "w1"), (None, None))
WAVES = [WaveAnswers(n, pd.DataFrame(), recipe=n) for n in ASKED.names]


def said(language="en", waves=WAVES, changed=None, missing=(), common=0, condition=None):
    labels = {"q": ("Content?", ("a",))}
    notes = trend_notes(ASKED, waves, changed or {}, missing, labels, common, condition=condition)
    return [n.message.text(language) for n in notes]


def test_signs_have_a_key_and_waves_what_they_have_in_common():
    assert "↑ ↓" in said()[0] and "↕" in said()[0]
    assert any("independent samples" in t for t in said()) and any("count as the same" in t for t in said(common=3))
    assert any("2 ways" in t for t in said()) and not any("ways" in t for t in said(waves=[WAVES[0]] * 2))
    assert any("visits > 1" in t for t in said(condition="visits > 1"))


def test_changes_of_questions_and_missing_answers_are_told_few_at_a_time():
    told = said(changed={("q", "w1"): "wording"}, missing=[("q", f"a{i}", "w0") for i in range(8)])
    assert any("Content?: changed from w1 on (wording)" in t for t in told)
    assert sum("'a" in t for t in told) == 6 and any("2 more answers" in t for t in told)
    assert len(said(waves=WAVES[:1])) == 1
