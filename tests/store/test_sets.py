"""Sets of answers: declared once, checked when they come in, and known by their name."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.conftest import WAVE
from workbench.store import Wave
from workbench.store.config.sets import SetPlan
from workbench.store.sets import set_items, ticked_of, with_sets

SETS = """
sets:
  seen: {label: {en: Seen in, zh-CN: 见于}, choices: {app: s_app, web: s_web}, none: s_none}
  used: {column: used, separator: ";", none: nothing}
"""
ANSWERS = (
    "customer_id,submitted_at,recommend,satisfaction,comment,s_app,s_web,s_none,used\n"
    "001,2026-06-10,9,5,fine,1,,,a;b\n"
    "002,2026-06-11,3,2,slow,1,0,1,nothing;a\n"
    "003,2026-06-11,3,2,slow,7,yes,0,nothing\n"
)


def test_wrong_values_are_quarantined_and_told(make_wave):
    wave = Wave.open(make_wave(wave_yaml=WAVE + SETS, responses=ANSWERS))
    kept = wave.read("responses").set_index("customer_id")
    assert kept.loc["001", "s_app"] == 1 and np.isnan(kept.loc["003", "s_app"]) and kept.loc["003", "s_web"] == 1
    # 'none of these' beside an answer counts as nothing said, and so does such a list
    assert np.isnan(kept.loc["002", "s_none"]) and pd.isna(kept.loc["002", "used"])
    told = wave.quarantine("responses").set_index("column")
    assert told.loc["s_app", "value"] == "7" and "ticked" in told.loc["s_app", "rule"]
    assert told.loc["s_none", "costs"] == "value" and "beside" in told.loc["used", "rule"]
    assert len(kept) == 3
    # a set that is declared later is checked, too
    (wave.folder / "wave.yaml").write_text(WAVE, encoding="utf-8")
    assert Wave.open(wave.folder).read("responses")["s_app"].tolist() == ["1", "1", "7"]


def test_a_set_is_a_column_that_lists_what_was_ticked(make_wave):
    config = Wave.open(make_wave(wave_yaml=WAVE + SETS, responses=ANSWERS)).config
    data = pd.DataFrame({"s_app": [1, 0, None, None], "s_web": [None, 0, None, None], "s_none": [None, 1, 1, None]})
    found = with_sets(data.assign(used=["a;b", "nothing", None, "b"]), config)
    assert found["seen"].tolist() == ["app┋", "┋", "┋", None]
    assert found["used"].tolist() == ["a┋b┋", "┋", None, "b┋"]
    assert found["s_web"].tolist()[:3] == [0.0, 0.0, 0.0] and np.isnan(found["s_web"].iloc[3])
    assert set_items(config, "seen") == {"app": "s_app", "web": "s_web"} and not set_items(config, "region")
    assert "seen" not in with_sets(data[[]], config)


def test_the_value_that_counts_is_the_one_the_set_names():
    data = pd.DataFrame({"a": ["2", "1", "", None], "b": [2.0, 1.0, np.nan, np.nan], "c": ["Yes", "No", None, "x"]})
    plan = SetPlan(choices={"a": "a", "b": "b"}, counted="2")
    assert ticked_of(data, plan)["b"].tolist()[:2] == [1.0, 0.0]
    assert ticked_of(data, plan)["a"].isna().tolist() == [False, False, True, True]
    assert ticked_of(data, SetPlan(choices={"c": "c"}))["c"].tolist()[:2] == [1.0, 0.0]
    assert ticked_of(data, SetPlan(choices={"c": "gone"})) == {}
