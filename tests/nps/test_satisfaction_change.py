from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.estimation import Design
from workbench.nps.satisfaction_change import satisfaction_change

ONE = Design(lonely_psu="certainty")


def wave(seed, n=400, **shares):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({q: np.where(rng.random(n) < s, 5, 2) for q, s in shares.items()})


def test_the_change_is_the_difference_of_shares_with_the_error_of_two_samples():
    before, after = wave(1, service=0.6), wave(2, service=0.7)
    row = satisfaction_change(before, after, (ONE, ONE), {"service": 4}).table.iloc[0]
    p, q = (before["service"] >= 4).mean(), (after["service"] >= 4).mean()
    assert row["estimate"] == pytest.approx(q - p)
    error = np.sqrt(p * (1 - p) / 399 + q * (1 - q) / 399)
    assert row["std_error"] == pytest.approx(error, rel=1e-6)


def test_the_headline_question_stands_alone_and_the_others_are_corrected_together():
    before, after = wave(3, a=0.5, b=0.5, c=0.5), wave(4, a=0.58, b=0.58, c=0.58)
    found = satisfaction_change(before, after, (ONE, ONE), {"a": 4, "b": 4, "c": 4}, first="a")
    table = found.table.set_index("question")
    assert table.loc["a", "p_adjusted"] == table.loc["a", "p_value"] and found.family == 2
    assert (table.loc[["b", "c"], "p_adjusted"] >= table.loc[["b", "c"], "p_value"]).all()


def test_questions_of_one_wave_only_are_left_out_and_small_bases_have_no_verdict():
    before, after = wave(5, n=20, a=0.5, b=0.5), wave(6, n=20, a=0.9, c=0.5)
    table = satisfaction_change(before, after, (ONE, ONE), {"a": 4, "b": 4, "c": 4}).table
    assert table["question"].tolist() == ["a"] and table["state"].tolist() == ["unknown"]
    with pytest.raises(InputError, match="Both waves asked"):
        satisfaction_change(before, after, (ONE, ONE), {"b": 4, "c": 4})


def test_nothing_is_written_into_the_answers():
    before, after = wave(7, a=0.5), wave(8, a=0.5)
    kept = before.copy()
    satisfaction_change(before, after, (ONE, ONE), {"a": 4})
    pd.testing.assert_frame_equal(before, kept)
