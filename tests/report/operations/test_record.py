from __future__ import annotations

import json

from workbench.core.language import Message
from workbench.report.operations import record as module
from workbench.report.operations.record import RunRecord, has_answers, has_numbers, read_records
from workbench.report.run.outcomes import Outcome
from workbench.store import Wave
from workbench.store.manifest import SectionRun

OFF = SectionRun(state="refused")


def test_a_record_tells_what_became_of_waves_and_chapters(make_wave, tmp_path):
    wave = Wave.open(make_wave())
    done = {
        "20_response": Outcome("ran", 1.234, cost=(0.9, 210.5), rows=12),
        "50_loyalty": Outcome("unchanged", sections={"a": SectionRun(), "b": OFF}),
        "60_tiers": Outcome("left out", reason=Message("No tiers.")),
    }
    record = RunRecord.begin("workbench report data/shop")
    record.chapters(wave, done, tmp_path / "index.html", is_new=True)
    record.left_out("w0", "not due", fault=False)
    path = record.end(tmp_path, 4, "broken")
    (found,) = read_records(tmp_path)
    assert json.loads(path.read_text())["exit_code"] == 4 and found == record
    told = found.waves["w1"]["chapters"]
    assert told["20_response"] == {"state": "ran", "seconds": 1.23, "rows": 12, "cpu_seconds": 0.9, "peak_mb": 210.5}
    assert told["50_loyalty"]["sections_missing"] == 1 and told["60_tiers"]["reason"] == "No tiers."
    assert found.waves["w0"] == {"state": "not run", "reason": "not due"}


def test_the_newest_records_come_first_and_the_oldest_go(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "KEPT", 3)
    for hour in range(5):
        RunRecord("x", f"2026-10-02T0{hour}:00:00.000+00:00").end(tmp_path, hour)
    assert [r.exit_code for r in read_records(tmp_path)] == [4, 3, 2]
    (tmp_path / "runs" / "20261003-000000-aaaa.json").write_text("{torn", encoding="utf-8")
    assert [r.exit_code for r in read_records(tmp_path, most=2)] == [4]
    assert read_records(tmp_path / "nobody") == []


def test_answers_without_a_number_are_told_from_a_report(make_wave):
    assert has_answers(Wave.open(make_wave()))
    none = {"10_sample": Outcome("ran"), "20_response": Outcome("ran"), "50_loyalty": Outcome("failed")}
    assert not has_numbers(none)
    assert not has_numbers({**none, "50_loyalty": Outcome("ran", sections={"a": OFF})})
    assert has_numbers({**none, "50_loyalty": Outcome("ran", sections={"a": OFF, "b": SectionRun()})})
    assert has_numbers({**none, "65_own": Outcome("unchanged")})
