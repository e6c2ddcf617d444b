from __future__ import annotations

import datetime as dt
import os

import pandas as pd

from workbench.report.operations.record import RunRecord
from workbench.report.operations.status import status_of_all
from workbench.store import Wave

NOW = dt.datetime(2026, 10, 2, 8, tzinfo=dt.UTC)


def test_waves_runs_and_what_waits_are_told(make_wave, tmp_path):
    study = tmp_path / "shop"
    place = make_wave(folder="shop/w1")
    wave = Wave.open(place)
    wave.keep("quotes", pd.DataFrame({"topic": ["a"], "class": ["b"], "quote": ["well said"]}))
    for file in (place / "raw").iterdir():
        os.utime(file, (NOW.timestamp() - 3 * 86400 - 60,) * 2)
    make_wave(folder="shop/w2", wave_yaml="study: [")
    record = RunRecord.begin("workbench report shop")
    record.left_out("w2", "broken", fault=True)
    record.waves["w1"] = {"state": "published"}
    record.end(study, 2, "wave.yaml cannot be read")
    found = status_of_all(study, reports=tmp_path / "reports", now=NOW)
    rows = found.table.set_index("wave")
    assert rows.loc["w1", ["last_run", "waiting", "input_days", "failed"]].tolist() == ["published", 1, 3, 0]
    assert rows.loc["w2", ["status", "last_run"]].tolist() == ["invalid", "not read"]
    assert found.runs.loc[0, ["study", "exit_code"]].tolist() == ["shop", 2]
    told = found.to_json()
    assert {w["wave"] for w in told["waves"]} == {"w1", "w2"} and told["runs"][0]["error"].startswith("wave.yaml")
    shown = found.shown_table("zh-CN")
    assert "已发布" in shown["last_run"].tolist()


def test_an_empty_folder_has_no_waves(tmp_path):
    found = status_of_all(tmp_path, reports=tmp_path, now=NOW)
    assert found.table.empty and found.to_json() == {"waves": [], "runs": []}
