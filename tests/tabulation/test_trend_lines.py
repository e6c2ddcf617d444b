from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.tabulation.columns import read_columns
from workbench.tabulation.rows import as_rows
from workbench.tabulation.trend_lines import Asked, OfQuestion, trend_lines
from workbench.tabulation.wave_rows import WaveSamples
from workbench.tabulation.waves import WaveAnswers, WaveTables


def one(breaks=(False, False, False)):
    frames = [pd.DataFrame({"q": ["a", "b"] * k, "g": ["x", "y"] * k}) for k in (30, 40, 50)]
    waves = [WaveAnswers(f"w{i}", f) for i, f in enumerate(frames)]
    tables = WaveTables(waves)
    read = read_columns(frames[-1], ["g"], np.ones(100, dtype=bool))
    samples = WaveSamples(waves, tables.columns(["g"], read), None)
    question = as_rows("q", frames[-1])[0]
    aligned = tables.align(question, question.measure(frames[-1], "answered"), "answered")
    return OfQuestion("q", aligned.waves[-1], samples.fit(aligned), read, np.array(breaks))


def test_a_line_for_each_cell_and_wave_in_order():
    found = trend_lines(one(), Asked(("w0", "w1", "w2"), (None,) * 3, minimum=35, rolling=2))
    assert found["wave"].tolist()[:4] == ["w0", "w1", "w2", "w0"]
    assert found["column"].tolist()[:4] == ["total"] * 3 + ["x"] and found["row"].tolist()[9] == "b"
    assert found.query("column == 'x' and row == 'a'")["n"].tolist() == [30, 40, 50]
    assert found.query("column == 'x' and row == 'a'")["flag"].tolist() == ["**", "*", "*"]
    assert found.query("column == 'total' and row == 'a'")["rolling"].notna().tolist() == [False, True, True]


def test_nothing_is_joined_across_a_break():
    broken = one((False, False, True))
    assert broken.comparable.tolist() == [2] and broken.asked_in.tolist() == [0, 1, 2]
    found = trend_lines(broken, Asked(("w0", "w1", "w2"), (None,) * 3, rolling=2)).query("column == 'total'")
    assert found["change"].notna().tolist() == [False, True, False] * 2
    assert found["rolling"].notna().tolist() == [False, True, False] * 2
    assert [len(f) for f in broken.families] == [1, 2]
